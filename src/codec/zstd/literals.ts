import { BackwardBits } from './backward-bits.ts';
import { buildTable, nextState, readCounts } from './fse.ts';

/** Huffman codes (RFC 8878 section 4.2): by the next bits the symbol and how many of them it takes. */
export interface HuffmanTable {
  readonly log: number;
  readonly symbols: Uint8Array;
  readonly lengths: Uint8Array;
}

/** Literals of a block, and how many bytes their section takes. */
export interface Literals {
  readonly bytes: Uint8Array;
  readonly sectionBytes: number;
  readonly table: HuffmanTable | null;
}

/** A block has at most so many literals. */
const LITERALS_MAX = 131_072;

/** Reads the literals of a block; null where they make no sense. */
export function readLiterals(block: Uint8Array, before: HuffmanTable | null): Literals | null {
  const first = block[0];
  if (first === undefined) return null;
  const kind = first & 3;
  const format = (first >> 2) & 3;
  if (kind < 2) return readPlain(block, kind, format);
  const bits = [10, 10, 14, 18][format]!;
  const headBytes = [3, 3, 4, 5][format]!;
  let head = 0;
  for (let index = headBytes - 1; index >= 0; index--) head = head * 256 + (block[index] ?? 0);
  const size = Math.floor(head / 16) % 2 ** bits;
  const codedBytes = Math.floor(head / 2 ** (4 + bits)) % 2 ** bits;
  if (size > LITERALS_MAX || headBytes + codedBytes > block.length) return null;
  const coded = block.subarray(headBytes, headBytes + codedBytes);
  const tree = kind === 2 ? readTree(coded) : before === null ? null : { table: before, bytes: 0 };
  if (tree === null) return null;
  const bytes = new Uint8Array(size);
  const streams = coded.subarray(tree.bytes);
  const isRight =
    format === 0
      ? readStream(streams, tree.table, bytes)
      : readFourStreams(streams, tree.table, bytes);
  if (!isRight) return null;
  return { bytes, sectionBytes: headBytes + codedBytes, table: tree.table };
}

function readPlain(block: Uint8Array, kind: number, format: number): Literals | null {
  const headBytes = [1, 2, 1, 3][format]!;
  const [low = 0, middle = 0, high = 0] = block;
  const sizes = [low >> 3, (low >> 4) | (middle << 4), low >> 3];
  const size = sizes[format] ?? (low >> 4) | (middle << 4) | (high << 12);
  const isSame = kind === 1;
  const sectionBytes = headBytes + (isSame ? 1 : size);
  if (size > LITERALS_MAX || sectionBytes > block.length) return null;
  const bytes = isSame
    ? new Uint8Array(size).fill(block[headBytes]!)
    : block.subarray(headBytes, sectionBytes);
  return { bytes, sectionBytes, table: null };
}

function readFourStreams(coded: Uint8Array, table: HuffmanTable, bytes: Uint8Array): boolean {
  if (coded.length < 6) return false;
  const each = (bytes.length + 3) >> 2;
  let at = 6;
  for (let index = 0; index < 4; index++) {
    const length =
      index === 3 ? coded.length - at : coded[2 * index]! | (coded[2 * index + 1]! << 8);
    const part = bytes.subarray(index * each, index === 3 ? bytes.length : (index + 1) * each);
    if (length < 0 || at + length > coded.length || index * each > bytes.length) return false;
    if (!readStream(coded.subarray(at, at + length), table, part)) return false;
    at += length;
  }
  return true;
}

/** False where the stream does not end with the last byte. */
function readStream(coded: Uint8Array, table: HuffmanTable, bytes: Uint8Array): boolean {
  const source = new BackwardBits(coded);
  for (let index = 0; index < bytes.length; index++) {
    const entry = source.peek(table.log);
    bytes[index] = table.symbols[entry]!;
    source.left -= table.lengths[entry]!;
    if (source.left < 0) return false;
  }
  return source.left === 0;
}

function readTree(coded: Uint8Array): { table: HuffmanTable; bytes: number } | null {
  const head = coded[0];
  if (head === undefined) return null;
  const isPlain = head >= 128;
  const count = isPlain ? head - 127 : head;
  const length = isPlain ? (count + 1) >> 1 : count;
  const body = coded.subarray(1, 1 + length);
  if (body.length < length) return null;
  const weights = isPlain
    ? Array.from({ length: count }, (_, at) => (body[at >> 1]! >> (at % 2 === 0 ? 4 : 0)) & 15)
    : readWeights(body);
  const table = weights === null ? null : tableOf(weights);
  return table === null ? null : { table, bytes: 1 + length };
}

/** Weights by two states in turn, until the bits are used up. */
function readWeights(body: Uint8Array): number[] | null {
  const counts = readCounts(body, 6, 12);
  if (counts === null) return null;
  const table = buildTable(counts);
  const source = new BackwardBits(body.subarray(counts.bytes));
  const states: [number, number] = [source.read(table.log), source.read(table.log)];
  if (source.left < 0) return null;
  const weights: number[] = [];
  for (let turn: 0 | 1 = 0; weights.length < 255; turn = turn === 0 ? 1 : 0) {
    const state = states[turn];
    weights.push(table.symbols[state]!);
    states[turn] = nextState(table, state, source);
    if (source.left >= 0) continue;
    weights.push(table.symbols[states[turn === 0 ? 1 : 0]]!);
    return weights;
  }
  return null;
}

const CODE_BITS_MAX = 11;

/** The last weight is what is missing to a power of two. */
function tableOf(known: readonly number[]): HuffmanTable | null {
  const sum = known.reduce((total, weight) => total + (weight === 0 ? 0 : 2 ** (weight - 1)), 0);
  if (sum === 0 || known.length > 255) return null;
  const log = 32 - Math.clz32(sum);
  const missing = 2 ** log - sum;
  if (log > CODE_BITS_MAX || (missing & (missing - 1)) !== 0) return null;
  const weights = [...known, 32 - Math.clz32(missing)];
  const symbols = new Uint8Array(1 << log);
  const lengths = new Uint8Array(1 << log);
  let at = 0;
  for (let weight = 1; weight <= log; weight++) {
    for (const [symbol, own] of weights.entries()) {
      if (own !== weight) continue;
      const end = at + 2 ** (weight - 1);
      symbols.fill(symbol, at, end);
      lengths.fill(log + 1 - weight, at, end);
      at = end;
    }
  }
  return at === 1 << log ? { log, symbols, lengths } : null;
}
