import { buildCode, type CategoryCode } from './category-code.ts';

/** The header of a lossless JPEG stream (ITU T.81 annex H: SOF3, Huffman, one scan). */
export interface LosslessHead {
  /** Bytes from SOI to the end of the scan header. */
  readonly bytes: number;
  readonly bits: number;
  /** Pixels of one line, each with a sample of every component; lines. */
  readonly columns: number;
  readonly lines: number;
  /** 1, 2 or 4; 3 where brightness has more samples than the colours. */
  readonly components: number;
  /** Three components: rows of brightness for one of colour, 1 or 2; columns are always two for one. Otherwise 0. */
  readonly sampledRows: 0 | 1 | 2;
  /** 1 to 7 (table H.1). */
  readonly predictor: number;
  /** Lines between two restart markers; 0 for none. */
  readonly restartLines: number;
  /** For each component. */
  readonly codes: readonly CategoryCode[];
}

interface Parsing {
  readonly bytes: Uint8Array;
  readonly tables: (CategoryCode | null)[];
  frame: Frame | null;
  restartEvery: number;
}

interface Frame {
  readonly bits: number;
  readonly lines: number;
  readonly columns: number;
  /** Identifiers of the components, in order. */
  readonly ids: readonly number[];
  readonly sampledRows: 0 | 1 | 2;
}

/** Segments before the scan. */
const SEGMENTS_MAX = 64;

/** Reads the header at the beginning of the bytes; null where it is none, or of a kind that is not understood. */
export function parseLosslessHead(bytes: Uint8Array): LosslessHead | null {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return null;
  const parsing: Parsing = {
    bytes,
    tables: [null, null, null, null],
    frame: null,
    restartEvery: 0,
  };
  let at = 2;
  for (let count = 0; count < SEGMENTS_MAX; count++) {
    if (bytes[at] !== 0xff || at + 4 > bytes.length) return null;
    const marker = bytes[at + 1]!;
    const length = (bytes[at + 2]! << 8) | bytes[at + 3]!;
    const from = at + 4;
    const end = at + 2 + length;
    if (length < 2 || end > bytes.length) return null;
    if (marker === 0xda) return headOf(parsing, from, end);
    if (!takeSegment(parsing, marker, from, end)) return null;
    at = end;
  }
  return null;
}

function takeSegment(parsing: Parsing, marker: number, from: number, end: number): boolean {
  const { bytes } = parsing;
  if (marker === 0xc4) return takeTables(parsing, from, end);
  if (marker === 0xc3) {
    parsing.frame = parseFrame(bytes.subarray(from, end));
    return parsing.frame !== null;
  }
  if (marker === 0xdd) {
    if (end - from !== 2) return false;
    parsing.restartEvery = (bytes[from]! << 8) | bytes[from + 1]!;
    return true;
  }
  // Application data and comments.
  return (marker >= 0xe0 && marker <= 0xef) || marker === 0xfe;
}

function parseFrame(content: Uint8Array): Frame | null {
  const count = content[5] ?? 0;
  if (content.length !== 6 + 3 * count) return null;
  const sampling = Array.from({ length: count }, (_one, index) => content[7 + 3 * index]!);
  const ids = Array.from({ length: count }, (_one, index) => content[6 + 3 * index]!);
  const sampledRows = sampledRowsOf(sampling);
  if (sampledRows === null) return null;
  const bits = content[0]!;
  const lines = (content[1]! << 8) | content[2]!;
  const columns = (content[3]! << 8) | content[4]!;
  if (bits < 2 || bits > 16 || lines === 0 || columns === 0) return null;
  return { bits, lines, columns, ids, sampledRows };
}

/** What the sizes of the components say; null for an order of samples that is not understood. */
function sampledRowsOf(sampling: readonly number[]): 0 | 1 | 2 | null {
  if (sampling.length !== 3) {
    return [1, 2, 4].includes(sampling.length) && sampling.every((one) => one === 0x11) ? 0 : null;
  }
  if (sampling[1] !== 0x11 || sampling[2] !== 0x11) return null;
  if (sampling[0] === 0x21) return 1;
  return sampling[0] === 0x22 ? 2 : null;
}

function takeTables({ bytes, tables }: Parsing, from: number, end: number): boolean {
  let at = from;
  while (at + 17 <= end) {
    const selector = bytes[at]!;
    const counts = bytes.subarray(at + 1, at + 17);
    const total = counts.reduce((sum, count) => sum + count, 0);
    if (selector > 3 || at + 17 + total > end) return false;
    const code = buildCode(counts, bytes.subarray(at + 17, at + 17 + total));
    if (code === null) return false;
    tables[selector] = code;
    at += 17 + total;
  }
  return at === end;
}

function headOf(parsing: Parsing, from: number, end: number): LosslessHead | null {
  const { bytes, frame, tables, restartEvery } = parsing;
  const count = bytes[from] ?? 0;
  if (frame === null || count !== frame.ids.length || end - from !== 4 + 2 * count) return null;
  const codes: CategoryCode[] = [];
  for (let component = 0; component < count; component++) {
    const at = from + 1 + 2 * component;
    const code = tables[bytes[at + 1]! >> 4];
    if (bytes[at] !== frame.ids[component] || code === null || code === undefined) return null;
    codes.push(code);
  }
  const predictor = bytes[end - 3]!;
  // No point transform; restarts only between lines.
  if (predictor < 1 || predictor > 7 || bytes[end - 1] !== 0 || bytes[end - 2] !== 0) return null;
  if (restartEvery % frame.columns !== 0) return null;
  const { bits, lines, columns, sampledRows } = frame;
  const restartLines = restartEvery / columns;
  const size = { bits, columns, lines, components: count, sampledRows };
  return { bytes: end, ...size, predictor, restartLines, codes };
}
