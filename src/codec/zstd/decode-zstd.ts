import { FieldVaultError } from '../../base/index.ts';
import { type HuffmanTable, readLiterals } from './literals.ts';
import { readSequences, type Sequence, type SequenceTables } from './sequences.ts';

/**
 * Unpacks one frame of Zstandard (RFC 8878) into exactly so many bytes: for places where no library does, as in a
 * browser. Dictionaries are raw content, as `zstd --patch-from` has them. The frame's own checksum is not looked at: the
 * caller compares a digest.
 * @throws FieldVaultError DAMAGED
 */
export function decodeZstd(
  frame: Uint8Array,
  sizeBytes: number,
  dictionary: Uint8Array = NOTHING,
): Uint8Array {
  const head = readHead(frame);
  if (head === null) throw damaged('it has no frame');
  const state: State = {
    output: new Uint8Array(sizeBytes),
    length: 0,
    dictionary,
    repeats: [1, 4, 8],
    huffman: null,
    tables: null,
  };
  let at = head.bytes;
  for (let isLast = false; !isLast; ) {
    if (at + 3 > frame.length) throw damaged('it is cut off');
    const word = frame[at]! | (frame[at + 1]! << 8) | (frame[at + 2]! << 16);
    isLast = (word & 1) === 1;
    const kind = (word >> 1) & 3;
    const size = word >> 3;
    const block = frame.subarray(at + 3, at + 3 + (kind === 1 ? 1 : size));
    if (block.length < (kind === 1 ? 1 : size) || !addBlock(state, block, { kind, size })) {
      throw damaged('a block of it makes no sense');
    }
    at += 3 + block.length;
  }
  if (state.length !== sizeBytes || at + (head.hasChecksum ? 4 : 0) !== frame.length) {
    throw damaged('it has another length than it says');
  }
  return state.output;
}

const NOTHING = new Uint8Array(0);

/** A frame while it is unpacked. */
interface State {
  readonly output: Uint8Array;
  length: number;
  readonly dictionary: Uint8Array;
  readonly repeats: [number, number, number];
  huffman: HuffmanTable | null;
  tables: SequenceTables | null;
}

function readHead(frame: Uint8Array): { bytes: number; hasChecksum: boolean } | null {
  const [a, b, c, d, flags = 0] = frame;
  if (a !== 0x28 || b !== 0xb5 || c !== 0x2f || d !== 0xfd || (flags & 8) !== 0) return null;
  const isSingle = (flags & 32) !== 0;
  const sizeBytes = [isSingle ? 1 : 0, 2, 4, 8][flags >> 6]!;
  const idBytes = [0, 1, 2, 4][flags & 3]!;
  const bytes = 5 + (isSingle ? 0 : 1) + idBytes + sizeBytes;
  return { bytes, hasChecksum: (flags & 4) !== 0 };
}

function addBlock(
  state: State,
  block: Uint8Array,
  { kind, size }: { readonly kind: number; readonly size: number },
): boolean {
  if (kind === 0) return addLiterals(state, block, 0, size);
  if (kind === 1) {
    if (state.length + size > state.output.length) return false;
    state.output.fill(block[0]!, state.length, state.length + size);
    state.length += size;
    return true;
  }
  return kind === 2 && addCoded(state, block);
}

function addCoded(state: State, block: Uint8Array): boolean {
  const literals = readLiterals(block, state.huffman);
  if (literals === null) return false;
  state.huffman = literals.table ?? state.huffman;
  let used = 0;
  const read = readSequences(
    block.subarray(literals.sectionBytes),
    state.tables,
    (sequence: Sequence) => {
      const isThere = addLiterals(state, literals.bytes, used, sequence.literals);
      used += sequence.literals;
      return isThere && addMatch(state, sequence);
    },
  );
  if (read === null) return false;
  state.tables = read.tables;
  return addLiterals(state, literals.bytes, used, literals.bytes.length - used);
}

function addLiterals(state: State, bytes: Uint8Array, from: number, count: number): boolean {
  const isThere = from + count <= bytes.length && state.length + count <= state.output.length;
  if (!isThere || count < 0) return false;
  state.output.set(bytes.subarray(from, from + count), state.length);
  state.length += count;
  return true;
}

/** Copies what came before, byte by byte where it overlaps; what lies further back stands in the dictionary. */
function addMatch(state: State, sequence: Sequence): boolean {
  const { output, dictionary } = state;
  const offset = offsetOf(state, sequence);
  let left = sequence.match;
  if (offset <= 0 || offset > state.length + dictionary.length) return false;
  if (state.length + left > output.length) return false;
  if (offset > state.length) {
    const from = dictionary.length - (offset - state.length);
    const count = Math.min(left, dictionary.length - from);
    output.set(dictionary.subarray(from, from + count), state.length);
    state.length += count;
    left -= count;
  }
  if (offset >= left) {
    output.copyWithin(state.length, state.length - offset, state.length - offset + left);
    state.length += left;
    return true;
  }
  for (let index = 0; index < left; index++, state.length++) {
    output[state.length] = output[state.length - offset]!;
  }
  return true;
}

/** RFC 8878 section 3.1.1.5: small numbers stand for offsets that were used before. */
function offsetOf({ repeats }: State, { offset: value, literals }: Sequence): number {
  const [first, second, third] = repeats;
  const place = value > 3 ? 0 : value + (literals === 0 ? 1 : 0);
  if (place === 1) return first;
  const offset = place === 0 ? value - 3 : place === 2 ? second : place === 3 ? third : first - 1;
  if (place !== 2) repeats[2] = second;
  repeats[1] = first;
  repeats[0] = offset;
  return offset;
}

function damaged(why: string): FieldVaultError {
  return new FieldVaultError('DAMAGED', `A Zstandard frame cannot be unpacked: ${why}.`);
}
