import {
  type CoefficientKernel,
  SET_BYTES,
  COEFFICIENT_WORD as WORD,
} from './coefficient-block.ts';
import { coefficientKernel } from './coefficient-kernel.ts';
import {
  type CoefficientLayout,
  type CoefficientPlane,
  fillCoefficientMemory,
  layOutCoefficients,
  resetCoefficientSet,
} from './coefficient-memory.ts';

/** A run of MCU rows that is coded by itself. */
export interface CoefficientRows {
  readonly first: number;
  readonly count: number;
}

/**
 * Codes the DCT coefficients of one picture. Everything lies in the kernel's memory, which the next coder of the same
 * kernel takes over: the coder and its coefficients must not be used after that.
 */
export interface CoefficientCoder {
  /** All coefficients, plane by plane, block by block in rows, 64 in natural order each; zeros at first. */
  readonly coefficients: Int16Array;
  /** Codes a run of rows. */
  encode(rows: CoefficientRows): Uint8Array;
  /** Decodes a run of rows into the coefficients; false where the bytes were not made by `encode` for these rows. */
  decode(rows: CoefficientRows, coded: Uint8Array): boolean;
}

/** What a coder is opened with. */
export interface CoefficientCoderOptions {
  /** The longest segment that will be decoded; 0 for an encoder. */
  readonly codedBytesMax: number;
  /** The compiled kernel, or its plain twin, which gives the same results. */
  readonly kernel?: CoefficientKernel;
}

/** Opens a coder. RangeError where a plane is empty or its blocks do not make whole MCU rows. */
export function openCoefficientCoder(
  planes: readonly CoefficientPlane[],
  options: CoefficientCoderOptions,
): CoefficientCoder {
  if (planes.length < 1 || planes.length > 4) throw new RangeError('planes: 1 to 4');
  const rows = planes[0]!.blocksHigh / planes[0]!.v;
  for (const { blocksWide, blocksHigh, v } of planes) {
    if (blocksWide < 1 || !Number.isInteger(rows) || blocksHigh !== rows * v) {
      throw new RangeError('planes: must have whole MCU rows, the same number each');
    }
  }
  const { kernel = coefficientKernel(), codedBytesMax } = options;
  const layout = layOutCoefficients(planes, codedBytesMax);
  const memory = kernel.memory(layout.bytes);
  fillCoefficientMemory(memory, layout, planes);
  const blocks = planes.reduce((sum, plane) => sum + plane.blocksWide * plane.blocksHigh, 0);
  const coefficients = new Int16Array(memory, layout.coefficients, blocks * 64);
  coefficients.fill(0);
  const bench: Bench = { kernel, layout, memory, words: new Int32Array(memory, 0, 128) };
  return {
    coefficients,
    encode: (run) => encodeRows(bench, run),
    decode: (run, coded) => decodeRows(bench, run, coded),
  };
}

interface Bench {
  readonly kernel: CoefficientKernel;
  readonly layout: CoefficientLayout;
  readonly memory: ArrayBuffer;
  readonly words: Int32Array;
}

function beginRows({ layout, memory, words }: Bench, { first }: CoefficientRows): void {
  resetCoefficientSet(memory, layout.sets);
  resetCoefficientSet(memory, layout.sets + SET_BYTES);
  words[WORD.firstRow] = first;
  words[WORD.opCount] = 0;
  words[WORD.wrong] = 0;
}

function encodeRows(bench: Bench, rows: CoefficientRows): Uint8Array {
  const { kernel, layout, memory, words } = bench;
  beginRows(bench, rows);
  const parts: Uint8Array[] = [];
  const collect = (code: () => void): void => {
    words[WORD.out] = layout.coded;
    code();
    parts.push(new Uint8Array(memory.slice(layout.coded, words[WORD.out])));
  };
  for (let row = rows.first; row < rows.first + rows.count; row++) {
    words[WORD.row] = row;
    collect(kernel.encodeRow);
  }
  collect(kernel.flush);
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function decodeRows(bench: Bench, rows: CoefficientRows, coded: Uint8Array): boolean {
  const { kernel, layout, memory, words } = bench;
  if (coded.length < 4) return false;
  beginRows(bench, rows);
  const end = layout.coded + coded.length;
  const input = new Uint8Array(memory, layout.coded);
  input.set(coded);
  // Nothing of an earlier picture may decide what damaged bytes give.
  input.fill(0, coded.length, Math.min(coded.length + 1024, input.length));
  words[WORD.in] = layout.coded;
  words[WORD.inEnd] = end;
  kernel.begin();
  for (let row = rows.first; row < rows.first + rows.count; row++) {
    words[WORD.row] = row;
    kernel.decodeRow();
    if (words[WORD.wrong] !== 0) return false;
  }
  return words[WORD.in] === end && words[WORD.state] === 65536;
}
