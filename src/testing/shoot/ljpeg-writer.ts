import { codeFor, type HuffmanCode } from './huffman.ts';

/** A selection of samples: every value of `width` columns by `height` rows from a place in a larger grid. */
export interface SampleGrid {
  readonly samples: Uint16Array;
  /** Samples from one row to the next. */
  readonly stride: number;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Prediction of ITU T.81 table H.1. */
export type Predictor = 1 | 2 | 3 | 4 | 5 | 6 | 7;

/** How a grid is coded. */
export interface LosslessOptions {
  readonly bits: number;
  /** Samples side by side that count as components of one pixel; the width must be a multiple. */
  readonly components: 1 | 2 | 4;
  readonly predictor: Predictor;
  /** Rows between two restart markers; left out: none. */
  readonly restartRows?: number;
  /** The same code for every picture, as bodies that write as they read have; left out: the best for each component. */
  readonly hasFixedCode?: boolean;
}

/** How often a body expects differences of 0 to 16 bits. */
const EXPECTED = Float64Array.from([8, 9, 11, 14, 18, 22, 20, 14, 9, 6, 4, 3, 2, 1, 1, 1, 1]);

/**
 * Codes samples as lossless JPEG (ITU T.81 annex H, process 14: SOF3, Huffman, no point transform, one scan) with the
 * best code for each component. A sample's neighbours are those of its own component.
 */
export function encodeLosslessJpeg(grid: SampleGrid, options: LosslessOptions): Uint8Array {
  const { components } = options;
  const differences = differencesOf(grid, options);
  const codes: HuffmanCode[] = [];
  let bits = 0;
  for (let component = 0; component < components; component++) {
    const counts = new Float64Array(17);
    for (let index = component; index < differences.length; index += components) {
      counts[categoryOf(differences[index]!)]! += 1;
    }
    const code = codeFor(options.hasFixedCode === true ? EXPECTED : counts);
    codes.push(code);
    counts.forEach((count, category) => {
      bits += count * (code.length[category]! + (category & 15));
    });
  }
  const head = header(grid, options, codes);
  // Twice the bytes, for at worst every one is followed by a zero; and the end.
  const restarts = options.restartRows === undefined ? 0 : grid.height * 4;
  const target = new Uint8Array(head.length + Math.ceil(bits / 8) * 2 + 4 + restarts);
  target.set(head);
  const every = (options.restartRows ?? grid.height) * grid.width;
  const end = writeScan(differences, codes, { bytes: target, at: head.length, every });
  target[end] = 0xff;
  target[end + 1] = 0xd9;
  return target.slice(0, end + 2);
}

/** Bits that the absolute value of a difference needs: SSSS of ITU T.81 table H.2. */
function categoryOf(difference: number): number {
  return 32 - Math.clz32(difference < 0 ? -difference : difference);
}

function differencesOf(grid: SampleGrid, options: LosslessOptions): Int32Array {
  const { samples, stride, width, height } = grid;
  const { components, predictor, bits, restartRows = height } = options;
  const differences = new Int32Array(width * height);
  let index = 0;
  for (let row = 0; row < height; row++) {
    const start = (grid.top + row) * stride + grid.left;
    for (let column = 0; column < width; column++, index++) {
      const at = start + column;
      let predicted: number;
      if (row % restartRows === 0)
        predicted = column < components ? 1 << (bits - 1) : samples[at - components]!;
      else if (column < components) predicted = samples[at - stride]!;
      else if (predictor === 1) predicted = samples[at - components]!;
      else predicted = predict(predictor, samples, { at, stride, components });
      // Modulo 65536 (ITU T.81 H.1.2.1).
      differences[index] = ((samples[at]! - predicted) << 16) >> 16;
    }
  }
  return differences;
}

function predict(
  predictor: Predictor,
  samples: Uint16Array,
  place: { readonly at: number; readonly stride: number; readonly components: number },
): number {
  const left = samples[place.at - place.components]!;
  const above = samples[place.at - place.stride]!;
  const corner = samples[place.at - place.stride - place.components]!;
  switch (predictor) {
    case 1:
      return left;
    case 2:
      return above;
    case 3:
      return corner;
    case 4:
      return left + above - corner;
    case 5:
      return left + ((above - corner) >> 1);
    case 6:
      return above + ((left - corner) >> 1);
    case 7:
      return (left + above) >> 1;
  }
}

function header(
  { width, height }: SampleGrid,
  { bits, components, predictor, restartRows }: LosslessOptions,
  codes: readonly HuffmanCode[],
): number[] {
  const bytes = [0xff, 0xd8];
  codes.forEach((code, table) => {
    const values = code.symbols;
    segment(bytes, 0xc4, [table, ...code.counts, ...values]);
  });
  const columns = width / components;
  const frame = [bits, height >> 8, height & 255, columns >> 8, columns & 255, components];
  const scan: number[] = [components];
  for (let component = 0; component < components; component++) {
    frame.push(component, 0x11, 0);
    scan.push(component, component << 4);
  }
  segment(bytes, 0xc3, frame);
  if (restartRows !== undefined) {
    const pixels = restartRows * columns;
    segment(bytes, 0xdd, [pixels >> 8, pixels & 255]);
  }
  segment(bytes, 0xda, [...scan, predictor, 0, 0]);
  return bytes;
}

function segment(bytes: number[], marker: number, content: readonly number[]): void {
  const length = content.length + 2;
  bytes.push(0xff, marker, length >> 8, length & 255, ...content);
}

function writeScan(
  differences: Int32Array,
  codes: readonly HuffmanCode[],
  target: { readonly bytes: Uint8Array; readonly at: number; readonly every: number },
): number {
  const { bytes, every } = target;
  let at = target.at;
  let held = 0;
  let count = 0;
  const push = (value: number, length: number): void => {
    held = (held << length) | value;
    count += length;
    while (count >= 8) {
      count -= 8;
      const byte = (held >>> count) & 255;
      bytes[at++] = byte;
      // A zero byte follows each 0xFF, or it would look like a marker.
      if (byte === 255) bytes[at++] = 0;
    }
    held &= (1 << count) - 1;
  };
  const fillUp = (): void => {
    if (count > 0) push((1 << (8 - count)) - 1, 8 - count);
  };
  for (let index = 0; index < differences.length; index++) {
    if (index > 0 && index % every === 0) {
      fillUp();
      bytes[at++] = 0xff;
      bytes[at++] = 0xd0 + ((index / every - 1) & 7);
    }
    const difference = differences[index]!;
    const code = codes[index % codes.length]!;
    const category = categoryOf(difference);
    push(code.code[category]!, code.length[category]!);
    // A negative difference is written as its lowest bits, less one (ITU T.81 F.1.2.1.1).
    // 32768 has a category of its own and no bits.
    if (category < 16)
      push(difference < 0 ? difference - 1 + (1 << category) : difference, category);
  }
  fillUp();
  return at;
}
