import { readTiffFolders, type TiffFolder } from '../containers/tiff.ts';
import type { DifferenceWord } from './difference-code.ts';
import { nikonWords } from './nikon-codes.ts';
import { blockBytesOf } from './read-blocks.ts';
import type { BlockCoding, BlockName, SampleCoding, Segment, SensorPart } from './sensor-part.ts';

/** Strips or tiles, each with its place. */
export interface Grid {
  readonly width: number;
  readonly height: number;
  readonly segments: readonly Segment[];
}

const TAG = { makerNote: 0x927c, nikonTable: 0x0096, pentaxTable: 0x0220 } as const;

/** "Nikon" and a zero. */
const NIKON_NOTE = [0x4e, 0x69, 0x6b, 0x6f, 0x6e, 0];

/** "AOC" and a zero: offsets count from the file's start; "PENTAX " and a zero: from the note's. */
const PENTAX_NOTES = [
  { mark: [0x41, 0x4f, 0x43, 0], from: 6, isOwn: false },
  { mark: [0x50, 0x45, 0x4e, 0x54, 0x41, 0x58, 0x20, 0], from: 10, isOwn: true },
] as const;

/** Sony's blocks of 16 samples: a byte for each sample. */
export function sonyPart(grid: Grid): SensorPart | null {
  return blockPart(grid, 'sony-16', false);
}

/** Blocks of one kind where the one strip has exactly room for them; turned ones may end with the file. */
export function blockPart(grid: Grid, block: BlockName, isTurned: boolean): SensorPart | null {
  const [segment, ...others] = grid.segments;
  if (segment === undefined || others.length > 0) return null;
  const coding: BlockCoding = { kind: 'blocks', block, rule: 0, isTurned };
  const bytes = blockBytesOf(coding, grid);
  if (bytes === null || segment.length > bytes) return null;
  if (isTurned ? segment.length <= bytes - 0x4000 : segment.length !== bytes) return null;
  return { ...grid, coding };
}

/** Nikon's own codings, told by the table in the maker's note: two numbers, and what stands before the samples. */
export function nikonPart(
  grid: Grid,
  bits: number,
  folders: readonly TiffFolder[],
): SensorPart | null {
  if (grid.segments.length !== 1 || (bits !== 12 && bits !== 14)) return null;
  for (const folder of folders) {
    const note = folder.bytes(TAG.makerNote);
    if (!NIKON_NOTE.every((byte, at) => note[at] === byte)) continue;
    // The note is a TIFF file of its own from byte 10 on.
    for (const inner of readTiffFolders(note.subarray(10)) ?? []) {
      const table = inner.bytes(TAG.nikonTable);
      const coding = nikonCoding(table, { bits, isLittle: inner.isLittle });
      if (coding !== null) return { ...grid, coding };
    }
  }
  return null;
}

function nikonCoding(
  table: Uint8Array,
  { bits, isLittle }: { readonly bits: 12 | 14; readonly isLittle: boolean },
): SampleCoding | null {
  const from = table[0] === 0x49 || table[1] === 0x58 ? 2112 : 2;
  if (table.length < from + 8) return null;
  const view = new DataView(table.buffer, table.byteOffset, table.length);
  const starts = [0, 2, 4, 6].map((at) => view.getUint16(from + at, isLittle));
  if (table[0] === 0x46 && from === 2) return { kind: 'nikon-lossless', storedBits: bits, starts };
  const words = nikonWords(table[0] === 0x46 ? 'lossless' : 'lossy', bits);
  const isSplit = table[0] === 0x44 && (table[1] === 0x20 || table[1] === 0x40);
  const split = isSplit && table.length >= 564 ? view.getUint16(562, isLittle) : 0;
  const coarse = split === 0 ? words : nikonWords('split', bits);
  // Coarse steps may go a little below nothing: everything is raised by as much.
  const raised = split === 0 ? starts : starts.map((start) => (start + 16) & 0xffff);
  return { kind: 'differences', starts: raised, words: [words, coarse], split };
}

/** Pentax's differences, whose code stands in the maker's note: words of up to 12 bits, from the left, and their lengths. */
export function pentaxPart(
  bytes: Uint8Array,
  grid: Grid,
  folders: readonly TiffFolder[],
): SensorPart | null {
  if (grid.segments.length !== 1) return null;
  for (const folder of folders) {
    const note = folder.bytes(TAG.makerNote);
    const kind = PENTAX_NOTES.find(({ mark }) => mark.every((byte, at) => note[at] === byte));
    if (kind === undefined) continue;
    const isLittle = note[kind.from - 2] === 0x49;
    const words = pentaxWords(kind.isOwn ? note : bytes, { note, from: kind.from, isLittle });
    if (words === null) continue;
    const coding = { kind: 'differences', starts: [0, 0, 0, 0], words: [words, words] } as const;
    return { ...grid, coding: { ...coding, split: 0 } };
  }
  return null;
}

function pentaxWords(
  origin: Uint8Array,
  by: { readonly note: Uint8Array; readonly from: number; readonly isLittle: boolean },
): DifferenceWord[] | null {
  const { note, from, isLittle } = by;
  if (note.length < from + 2) return null;
  const view = new DataView(note.buffer, note.byteOffset, note.length);
  const count = view.getUint16(from, isLittle);
  for (let at = from + 2; at + 12 <= Math.min(note.length, from + 2 + count * 12); at += 12) {
    if (view.getUint16(at, isLittle) !== TAG.pentaxTable) continue;
    const offset = view.getUint32(at + 8, isLittle);
    const length = view.getUint32(at + 4, isLittle);
    const table = origin.subarray(offset, offset + length);
    return table.length === length ? wordsOfTable(table, isLittle) : null;
  }
  return null;
}

/** A number that says how many words there are, 12 bytes of something else, the words, their lengths. */
function wordsOfTable(table: Uint8Array, isLittle: boolean): DifferenceWord[] | null {
  const view = new DataView(table.buffer, table.byteOffset, table.length);
  if (table.length < 14) return null;
  const count = (view.getUint16(0, isLittle) + 12) & 15;
  if (table.length < 14 + 3 * count) return null;
  return Array.from({ length: count }, (_word, category) => {
    const length = table[14 + 2 * count + category]!;
    const word = view.getUint16(14 + 2 * category, isLittle) & 0xfff;
    return { category, shift: 0, length, code: length > 12 ? word : word >> (12 - length) };
  });
}
