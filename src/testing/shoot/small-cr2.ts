import { BitText, bitsOf, differenceText } from './bit-text.ts';
import type { SensorFrame } from './camera.ts';
import { stripFields } from './dng.ts';
import { cameraFields } from './exif.ts';
import type { ShotFacts } from './shot-facts.ts';
import { blobOf, field, writeTiff } from './tiff-writer.ts';

/** What a small CR2-like file is made of beside the samples. */
export interface SmallCr2Options {
  readonly facts: ShotFacts;
  /** Rows of brightness for one of colour. */
  readonly rowsEach: 1 | 2;
  /** Columns of each slice, all but the last of one width; multiples of two. */
  readonly slices: readonly number[];
}

/** A simulated small CR2, and its samples: brightness row by row, then the two colours. */
export interface SmallCr2 {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly brightness: Uint16Array;
  readonly colours: readonly [Uint16Array, Uint16Array];
}

/** Bits of a sample. */
const BITS = 15;

/**
 * Writes a TIFF in the structure of a CR2 of a smaller size (sRAW): one lossless JPEG of brightness and two colours that
 * have half the columns. Simulated: made from public descriptions, compared with no body's file.
 */
export function writeSmallCr2(frame: SensorFrame, options: SmallCr2Options): SmallCr2 {
  const { width, height, samples } = frame;
  const { facts, rowsEach, slices } = options;
  const rows = height / rowsEach;
  const colour = (shift: number): Uint16Array =>
    Uint16Array.from({ length: (width / 2) * rows }, (_sample, at) => {
      const row = Math.floor(at / (width / 2)) * rowsEach;
      const from = row * width + (at % (width / 2)) * 2;
      return 8192 + Math.floor((samples[from + shift]! - samples[from]!) / 2);
    });
  const colours = [colour(1), colour(0).map((_sample, at) => 8192 + (at % 7))] as const;
  const groups = rowsEach * 2 + 2;
  const counted = slices.map((slice) => (slice / 2) * groups);
  const scan = orderScan({ width, height, samples }, colours, options);
  const strip = blobOf(writeJpeg(scan, { width, height, rowsEach }));
  const bytes = writeTiff('II', {
    fields: [
      ...cameraFields(facts),
      field(0x0103, 'short', 6),
      ...stripFields(strip, height),
      field(0xc640, 'short', slices.length - 1, counted[0] ?? 0, counted.at(-1) ?? 0),
    ],
  });
  return { bytes, brightness: samples, colours };
}

/** Groups of two columns, slice after slice: two or four of brightness, then one of each colour. */
function orderScan(
  frame: Pick<SensorFrame, 'width' | 'height' | 'samples'>,
  [first, second]: readonly [Uint16Array, Uint16Array],
  { rowsEach, slices }: SmallCr2Options,
): number[] {
  const { width, height, samples } = frame;
  const scan: number[] = [];
  let left = 0;
  for (const slice of slices) {
    for (let row = 0; row < height; row += rowsEach) {
      for (let column = left; column < left + slice; column += 2) {
        for (let down = 0; down < rowsEach; down++) {
          const at = (row + down) * width + column;
          scan.push(samples[at]!, samples[at + 1]!);
        }
        const colour = (row / rowsEach) * (width / 2) + column / 2;
        scan.push(first[colour]!, second[colour]!);
      }
    }
    left += slice;
  }
  return scan;
}

/** One word of four bits for each category: categories 0 to 14, for both tables. */
function writeJpeg(
  scan: readonly number[],
  {
    width,
    height,
    rowsEach,
  }: { readonly width: number; readonly height: number; readonly rowsEach: 1 | 2 },
): Uint8Array {
  const bits = new BitText();
  const inner = rowsEach * 2;
  const group = inner + 2;
  const line = (width / 2) * group;
  scan.forEach((sample, at) => {
    const inLine = at % line;
    const inGroup = inLine % group;
    const isFirst = inLine < group && (inGroup === 0 || inGroup >= inner);
    const back = inGroup >= inner ? group : inGroup === 0 ? 3 : 1;
    const start = at < line ? 2 ** (BITS - 1) : scan[at - line]!;
    const difference = sample - (isFirst ? start : scan[at - back]!);
    bits.addNumber(bitsOf(difference), 4);
    bits.add(differenceText(difference));
  });
  const coded = [...bits.end()].flatMap((byte) => (byte === 255 ? [255, 0] : [byte]));
  const table = [
    0,
    0,
    0,
    15,
    ...new Array<number>(12).fill(0),
    ...Array.from({ length: 15 }, (_one, category) => category),
  ];
  return Uint8Array.from([
    ...[0xff, 0xd8, 0xff, 0xc4, 0, 2 + 2 * 32, 0, ...table, 1, ...table],
    ...[0xff, 0xc3, 0, 17, BITS, height >> 8, height & 255, width >> 8, width & 255, 3],
    ...[1, 0x20 + rowsEach, 0, 2, 0x11, 0, 3, 0x11, 0],
    ...[0xff, 0xda, 0, 12, 3, 1, 0, 2, 0x10, 3, 0x10, 1, 0, 0],
    ...coded,
    ...[0xff, 0xd9],
  ]);
}
