import type { Grid } from './maker-codings.ts';
import { packedRowBytes, type SensorPart } from './sensor-part.ts';
import { smoothestOrder } from './smoothness.ts';

/** Whole samples, with or without gaps, where the strips have room for them; null where they have not. */
export function wholeSamplesPart(bytes: Uint8Array, grid: Grid, bits: number): SensorPart | null {
  const first = grid.segments[0]!;
  const { width, height } = first.places[0]!;
  if (bits < 8 || bits > 16) return null;
  // Words of 16 bits where the strip has room for them; rows may be filled up to more bytes.
  const isWords = first.length >= width * height * 2;
  const storedBits = isWords ? 16 : bits;
  const least = packedRowBytes(width, storedBits);
  const exact = first.length / height;
  const rowBytes = Number.isInteger(exact) && exact > least && exact < 2 * least ? exact : least;
  const segments = grid.segments.map((segment) => {
    return { ...segment, length: rowBytes * segment.places[0]!.height };
  });
  if (segments.some(({ length }, index) => length > grid.segments[index]!.length)) return null;
  if (segments.some(({ offset, length }) => offset + length > bytes.length)) return null;
  const coding = { kind: 'packed', storedBits, order: 'words-little', rowBytes } as const;
  const part: SensorPart = { ...grid, segments, coding };
  return { ...part, coding: { ...coding, order: smoothestOrder(bytes, part) } };
}

/** Bytes that some bodies fill rows up with at most. */
const ROW_FILL_MAX = 16;

/** The same where they fill their strips exactly: what makers call compressed is sometimes not. */
export function filledSamplesPart(bytes: Uint8Array, grid: Grid, bits: number): SensorPart | null {
  const part = wholeSamplesPart(bytes, grid, bits);
  const isFilled = part?.segments.every(({ length }, index) => {
    return length === grid.segments[index]?.length;
  });
  if (isFilled !== true || part?.coding.kind !== 'packed') return null;
  const { rowBytes, storedBits } = part.coding;
  return rowBytes - packedRowBytes(grid.width, storedBits) < ROW_FILL_MAX ? part : null;
}
