import { readCanonBlocks, writeCanonBlocks } from './canon-blocks.ts';
import { reorderCells } from './cell-order.ts';
import { type LosslessHead, parseLosslessHead } from './lossless-head.ts';
import { readOlympus, writeOlympus } from './olympus.ts';
import { blockBytesOf, readBlocks, writeBlocks } from './read-blocks.ts';
import { type FoundSamples, readDifferences } from './read-differences.ts';
import { type LosslessScan, readLosslessScan } from './read-lossless.ts';
import { readSampledScan, writeSampledScan } from './sampled-jpeg.ts';
import type { BlockRule, Rectangle, SampleCoding } from './sensor-part.ts';
import { writeDifferences } from './write-differences.ts';
import { writeLosslessScan } from './write-lossless.ts';

/** Every coding but plain packing. */
export type Coded = Exclude<SampleCoding, { kind: 'packed' }>;

/** A lossless JPEG scan as it was found, and its header. */
export interface FoundScan extends LosslessScan {
  readonly head: LosslessHead;
}

/** Reads a lossless JPEG stream from its beginning; null where it is not understood. */
export function readLossless(bytes: Uint8Array): FoundScan | null {
  const head = parseLosslessHead(bytes);
  const scan = head === null ? null : readLosslessScan(bytes.subarray(head.bytes), head);
  return head === null || scan === null ? null : { ...scan, head };
}

/** Coded samples as they were found: lossless JPEG has a header before them. */
export interface CodedScan extends FoundSamples {
  readonly headBytes: number;
  /** Olympus: the bit that long words leave over. */
  readonly spare?: 0 | 1;
}

/** Reads the coded samples of a segment from its beginning; null where they are not understood. */
export function readCoded(
  bytes: Uint8Array,
  coding: Coded,
  places: readonly Rectangle[],
): CodedScan | null {
  if (coding.kind === 'lossless-jpeg' || coding.kind === 'lossless-cells') {
    const scan = readLossless(bytes);
    if (scan === null) return null;
    const { head } = scan;
    if (coding.kind === 'lossless-jpeg') return { ...scan, headBytes: head.bytes };
    if (head.components !== 4) return null;
    return { ...scan, samples: reorderCells(scan.samples, head, false), headBytes: head.bytes };
  }
  if (coding.kind === 'lossless-sampled') {
    const head = parseLosslessHead(bytes);
    const scan = head === null ? null : readSampledScan(bytes.subarray(head.bytes), head, coding);
    return head === null || scan === null ? null : { ...scan, headBytes: head.bytes };
  }
  const [place] = places;
  const scan = place === undefined ? null : readPlain(bytes, coding, place);
  return scan === null ? null : { ...scan, headBytes: 0 };
}

function readPlain(
  bytes: Uint8Array,
  coding: Exclude<Coded, { kind: 'lossless-jpeg' | 'lossless-cells' | 'lossless-sampled' }>,
  place: Rectangle,
): Omit<CodedScan, 'headBytes'> | null {
  switch (coding.kind) {
    case 'nikon-lossless':
    case 'differences':
      return readDifferences(bytes, coding, place);
    case 'olympus':
      return readOlympus(bytes, place);
    case 'canon-blocks':
      return readCanonBlocks(bytes, coding, place);
    case 'blocks': {
      const whole = blockBytesOf(coding, place);
      if (whole === null) return null;
      const length = Math.min(whole, bytes.length);
      const samples = readBlocks(bytes.subarray(0, length), coding, place);
      return { samples, bytes: length, padding: 0 };
    }
  }
}

/** Samples to be written where they stood. */
export interface ScanToWrite {
  /** Lossless JPEG: its header. */
  readonly head: Uint8Array;
  readonly samples: Uint16Array;
  readonly places: readonly Rectangle[];
  readonly padding: 0 | 1;
  readonly rules: readonly BlockRule[];
}

/** Writes coded samples into exactly this space; false where they do not fit: damage. */
export function writeCoded(space: Uint8Array, coding: Coded, scan: ScanToWrite): boolean {
  const { samples, padding, places } = scan;
  if (coding.kind.startsWith('lossless')) return writeLossless(space, coding, scan);
  const [place] = places;
  if (place === undefined) return false;
  const { width, height } = place;
  switch (coding.kind) {
    case 'nikon-lossless':
    case 'differences':
      return writeDifferences(space, coding, { samples, width, padding });
    case 'olympus':
      return writeOlympus(space, coding.spare, { samples, width, padding });
    case 'canon-blocks':
      return writeCanonBlocks(space, coding, { samples, width, padding });
    case 'blocks':
      writeBlocks(space, coding, { samples, width, height, rules: scan.rules });
      return true;
    default:
      return false;
  }
}

function writeLossless(
  space: Uint8Array,
  coding: Coded,
  { head: headBytes, samples, padding }: ScanToWrite,
): boolean {
  const head = parseLosslessHead(headBytes);
  if (head === null) return false;
  if (coding.kind === 'lossless-sampled') {
    return writeSampledScan(space, head, coding, { samples, padding });
  }
  if (head.columns * head.components * head.lines !== samples.length) return false;
  const isCells = coding.kind === 'lossless-cells';
  if (isCells && head.components !== 4) return false;
  const ordered = isCells ? reorderCells(samples, head, true) : samples;
  return writeLosslessScan(space, head, { samples: ordered, padding });
}
