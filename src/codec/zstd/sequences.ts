import { BackwardBits } from './backward-bits.ts';
import { buildTable, type FseTable, nextState, readCounts, singleTable } from './fse.ts';

/** The three tables of sequences: how many literals, how far back, how long. */
export interface SequenceTables {
  readonly literals: FseTable;
  readonly offsets: FseTable;
  readonly matches: FseTable;
}

/** What a block copies: for each sequence, literals first, then a match. */
export interface Sequence {
  literals: number;
  offset: number;
  match: number;
}

const less = (count: number): number[] => new Array<number>(count).fill(-1);
const ones = (count: number): number[] => new Array<number>(count).fill(1);
const twos = (count: number): number[] => new Array<number>(count).fill(2);

/** RFC 8878 section 3.1.1.3.2.2. */
const KINDS = {
  literals: {
    logMax: 9,
    symbolMax: 35,
    usual: {
      log: 6,
      counts: [4, 3, ...twos(11), 1, 1, 1, ...twos(9), 3, 2, ...ones(5), ...less(4)],
    },
  },
  offsets: {
    logMax: 8,
    symbolMax: 31,
    usual: { log: 5, counts: [...ones(6), 2, 2, 2, ...ones(15), ...less(5)] },
  },
  matches: {
    logMax: 9,
    symbolMax: 52,
    usual: { log: 6, counts: [1, 4, 3, ...twos(6), ...ones(37), ...less(7)] },
  },
} as const;

const LITERAL_BITS = [...new Array<number>(16).fill(0), 1, 1, 1, 1, 2, 2, 3, 3, 4, 6].concat([
  7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
]);
const MATCH_BITS = [...new Array<number>(32).fill(0), 1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5].concat([
  7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
]);
const LITERAL_BASES = basesOf(LITERAL_BITS, 0);
const MATCH_BASES = basesOf(MATCH_BITS, 3);

function basesOf(bits: readonly number[], first: number): number[] {
  let base = first;
  return bits.map((count) => {
    const own = base;
    base += 2 ** count;
    return own;
  });
}

/** Offsets beyond this cannot lie in anything we unpack. */
const OFFSET_BITS_MAX = 30;

/**
 * Reads the sequences of a block and hands each on. Null where they make no sense; otherwise the tables, which the next
 * block may use again.
 * @param onSequence false ends it: what was asked for is not there
 */
export function readSequences(
  section: Uint8Array,
  before: SequenceTables | null,
  onSequence: (sequence: Sequence) => boolean,
): { readonly tables: SequenceTables | null } | null {
  const head = readCount(section);
  if (head === null) return null;
  if (head.count === 0) return section.length === head.bytes ? { tables: before } : null;
  const modes = section[head.bytes] ?? 0;
  const cursor = { bytes: section, at: head.bytes + 1 };
  const literals = readTable(cursor, modes >> 6, KINDS.literals, before?.literals);
  const offsets = readTable(cursor, (modes >> 4) & 3, KINDS.offsets, before?.offsets);
  const matches = readTable(cursor, (modes >> 2) & 3, KINDS.matches, before?.matches);
  if (literals === null || offsets === null || matches === null || (modes & 3) !== 0) return null;
  const tables = { literals, offsets, matches };
  const source = new BackwardBits(section.subarray(cursor.at));
  return readAll(source, tables, { count: head.count, onSequence }) ? { tables } : null;
}

function readAll(
  source: BackwardBits,
  tables: SequenceTables,
  { count, onSequence }: { count: number; onSequence: (sequence: Sequence) => boolean },
): boolean {
  let literalState = source.read(tables.literals.log);
  let offsetState = source.read(tables.offsets.log);
  let matchState = source.read(tables.matches.log);
  const sequence: Sequence = { literals: 0, offset: 0, match: 0 };
  for (let index = 0; index < count; index++) {
    const literalCode = tables.literals.symbols[literalState]!;
    const offsetCode = tables.offsets.symbols[offsetState]!;
    const matchCode = tables.matches.symbols[matchState]!;
    if (offsetCode > OFFSET_BITS_MAX) return false;
    sequence.offset = 2 ** offsetCode + source.read(offsetCode);
    sequence.match = MATCH_BASES[matchCode]! + source.read(MATCH_BITS[matchCode]!);
    sequence.literals = LITERAL_BASES[literalCode]! + source.read(LITERAL_BITS[literalCode]!);
    if (source.left < 0 || !onSequence(sequence)) return false;
    if (index === count - 1) break;
    literalState = nextState(tables.literals, literalState, source);
    matchState = nextState(tables.matches, matchState, source);
    offsetState = nextState(tables.offsets, offsetState, source);
  }
  return source.left === 0;
}

function readCount(section: Uint8Array): { count: number; bytes: number } | null {
  const [first, second = 0, third = 0] = section;
  if (first === undefined) return null;
  if (first < 128) return { count: first, bytes: 1 };
  if (first < 255) return { count: ((first - 128) << 8) + second, bytes: 2 };
  return { count: second + (third << 8) + 0x7f00, bytes: 3 };
}

function readTable(
  cursor: { readonly bytes: Uint8Array; at: number },
  mode: number,
  kind: (typeof KINDS)[keyof typeof KINDS],
  before: FseTable | undefined,
): FseTable | null {
  if (mode === 0) return buildTable(kind.usual);
  if (mode === 3) return before ?? null;
  if (mode === 1) {
    const symbol = cursor.bytes[cursor.at++];
    return symbol === undefined || symbol > kind.symbolMax ? null : singleTable(symbol);
  }
  const counts = readCounts(cursor.bytes.subarray(cursor.at), kind.logMax, kind.symbolMax);
  if (counts === null) return null;
  cursor.at += counts.bytes;
  return buildTable(counts);
}
