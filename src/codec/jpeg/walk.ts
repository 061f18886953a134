import { LIMITS } from '../../base/index.ts';
import { type JpegFrame, parseFrame } from './frame.ts';
import { buildPrefixCode, type PrefixCode } from './prefix-code.ts';
import { ZIGZAG } from './zigzag.ts';

/** One scan header with all that was in force where it stood. */
export interface JpegScan {
  readonly frame: JpegFrame;
  /** Planes of the scan, by number in the frame, with their tables; null where the file never defined one. */
  readonly parts: readonly ScanPart[];
  /** Spectral selection and successive approximation (T.81 B.2.3). */
  readonly from: number;
  readonly to: number;
  readonly high: number;
  readonly low: number;
  /** MCUs between two restart markers; 0 for none. */
  readonly restartEvery: number;
}

/** One plane in a scan. */
export interface ScanPart {
  readonly plane: number;
  readonly dc: PrefixCode | null;
  readonly ac: PrefixCode | null;
}

/** What a whole walk found. */
export interface Walked {
  readonly frame: JpegFrame;
  /** Quantisation tables in natural order, by selector, as at the first scan. */
  readonly quantTables: readonly (Uint16Array | null)[];
  /** Where the walk ended: behind EOI, or where the bytes stop making sense. */
  readonly end: number;
}

/**
 * What is done at each scan: called with the scan and the position behind its header; gives back where the walk goes on.
 * Null ends the walk as not understood.
 */
export type ScanVisitor = (scan: JpegScan, position: number, walked: Walked) => number | null;

interface WalkState {
  frame: JpegFrame | null;
  walked: Walked | null;
  restartEvery: number;
  scans: number;
  readonly dc: (PrefixCode | null)[];
  readonly ac: (PrefixCode | null)[];
  readonly quantTables: (Uint16Array | null)[];
}

/**
 * Walks the markers of a JPEG file. Encoder and decoder walk alike: the one over the file, the other over the file
 * without its scans, so that both see the same tables at the same scan.
 * Null: not a JPEG picture of a kind that is understood.
 */
export function walkJpeg(bytes: Uint8Array, visit: ScanVisitor): Walked | null {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return null;
  const state: WalkState = {
    frame: null,
    walked: null,
    restartEvery: 0,
    scans: 0,
    dc: [null, null, null, null],
    ac: [null, null, null, null],
    quantTables: [null, null, null, null],
  };
  let at = 2;
  for (;;) {
    at = nextMarker(bytes, at);
    const marker = bytes[at + 1];
    if (marker === undefined) break;
    if (marker === 0xd9) {
      at += 2;
      break;
    }
    const length = ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
    if (length < 2 || at + 2 + length > bytes.length) break;
    const body = bytes.subarray(at + 4, at + 2 + length);
    at += 2 + length;
    if (marker === 0xda) {
      const next = visitScan(state, body, at, visit);
      if (next === null) return null;
      at = next;
    } else if (!takeSegment(state, marker, body, bytes.subarray(at))) return null;
  }
  return state.walked === null ? null : { ...state.walked, end: Math.min(at, bytes.length) };
}

/** The next marker that may stand in headers: fill bytes, stuffing, restart markers and stray bytes are passed over. */
function nextMarker(bytes: Uint8Array, from: number): number {
  let at = from;
  for (;;) {
    at = bytes.indexOf(0xff, at);
    if (at < 0) return bytes.length;
    const marker = bytes[at + 1]!;
    const isStray = marker === 0 || marker === 1 || marker === 0xff || (marker & 0xf8) === 0xd0;
    if (!isStray) return at;
    at += 1;
  }
}

/** Takes one marker segment in; false where the file is of a kind that is not understood. */
function takeSegment(
  state: WalkState,
  marker: number,
  body: Uint8Array,
  rest: Uint8Array,
): boolean {
  if (marker === 0xc4) return takePrefixCodes(state, body);
  if (marker === 0xdb) return takeQuantTables(state, body);
  if (marker === 0xdd) {
    if (body.length !== 2) return false;
    state.restartEvery = (body[0]! << 8) | body[1]!;
    return true;
  }
  // SOI again, arithmetic coding conditions, hierarchical files.
  if (marker === 0xd8 || marker === 0xcc || marker === 0xde || marker === 0xdf) return false;
  if (marker < 0xc0 || marker > 0xcf) return true;
  if (state.frame !== null) return false;
  state.frame = parseFrame(marker, body, definedLines(rest));
  return state.frame !== null;
}

/** The height that a DNL segment gives behind the first scan (T.81 B.2.5), 0 without one. */
function definedLines(rest: Uint8Array): number {
  for (let at = rest.indexOf(0xff); at >= 0; at = rest.indexOf(0xff, at + 1)) {
    if (rest[at + 1] === 0xdc && rest[at + 2] === 0 && rest[at + 3] === 4) {
      return ((rest[at + 4] ?? 0) << 8) | (rest[at + 5] ?? 0);
    }
  }
  return 0;
}

function takePrefixCodes(state: WalkState, body: Uint8Array): boolean {
  let at = 0;
  while (at < body.length) {
    const head = body[at]!;
    const counts = body.subarray(at + 1, at + 17);
    const total = counts.reduce((sum, count) => sum + count, 0);
    const symbols = body.subarray(at + 17, at + 17 + total);
    if (counts.length < 16 || symbols.length < total || (head & 0xec) !== 0) return false;
    const code = buildPrefixCode(counts, symbols);
    if (code === null) return false;
    (head < 16 ? state.dc : state.ac)[head & 3] = code;
    at += 17 + total;
  }
  return true;
}

function takeQuantTables(state: WalkState, body: Uint8Array): boolean {
  let at = 0;
  while (at < body.length) {
    const head = body[at]!;
    const isWide = head >> 4 === 1;
    const size = isWide ? 128 : 64;
    if ((head & 0xec) !== 0 || at + 1 + size > body.length) return false;
    const table = new Uint16Array(64);
    for (let place = 0; place < 64; place++) {
      const from = at + 1 + place * (isWide ? 2 : 1);
      table[ZIGZAG[place]!] = isWide ? (body[from]! << 8) | body[from + 1]! : body[from]!;
    }
    state.quantTables[head & 3] = table;
    at += 1 + size;
  }
  return true;
}

function visitScan(
  state: WalkState,
  body: Uint8Array,
  at: number,
  visit: ScanVisitor,
): number | null {
  const { frame } = state;
  state.scans += 1;
  if (frame === null || state.scans > LIMITS.jpegScansMax) return null;
  const scan = parseScan(state, frame, body);
  if (scan === null) return null;
  state.walked ??= { frame, quantTables: state.quantTables.slice(), end: 0 };
  return visit(scan, at, state.walked);
}

function parseScan(state: WalkState, frame: JpegFrame, body: Uint8Array): JpegScan | null {
  const count = body[0]!;
  if (count < 1 || count > 4 || body.length !== 4 + 2 * count) return null;
  const parts: ScanPart[] = [];
  for (let index = 0; index < count; index++) {
    const plane = frame.planes.findIndex(({ id }) => id === body[1 + 2 * index]);
    const tables = body[2 + 2 * index]!;
    if (plane < 0 || parts.some((part) => part.plane === plane) || (tables & 0xcc) !== 0) {
      return null;
    }
    parts.push({ plane, dc: state.dc[tables >> 4]!, ac: state.ac[tables & 15]! });
  }
  const [from, to, bits] = body.subarray(1 + 2 * count) as unknown as [number, number, number];
  const { restartEvery } = state;
  const scan = { frame, parts, from, to, high: bits >> 4, low: bits & 15, restartEvery };
  return isPossible(scan) ? scan : null;
}

/**
 * The parameters that T.81 B.2.3 and G.1.1.1 allow, apart from the order of scans. Readers of sequential files pay no
 * heed to them, and some writers leave them wrong.
 */
function isPossible(scan: JpegScan): boolean {
  const { frame, parts, from, to, high, low } = scan;
  if (!frame.isProgressive) return true;
  if (from > to || to > 63 || low > 10 || (high !== 0 && high !== low + 1)) return false;
  return from === 0 ? to === 0 : parts.length === 1;
}
