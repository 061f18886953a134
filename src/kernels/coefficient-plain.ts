import {
  CHUNK_OPS,
  CONTEXT,
  type CoefficientKernel,
  COEFFICIENT_PLACE as PLACE,
  PLANE_WORDS,
  COEFFICIENT_WORD as WORD,
} from './coefficient-block.ts';
import { blockAt, type PlainBlock } from './coefficient-plain-block.ts';
import {
  codeBit,
  codePlain,
  codeSymbol,
  type PlainCoder,
  type SymbolContexts,
  writeChunk,
} from './coefficient-plain-coder.ts';

/** The coefficient kernel in plain TypeScript: the same bytes as the compiled one, and readable. */
export function plainCoefficientKernel(): CoefficientKernel {
  let coder = openCoder(new ArrayBuffer(65_536));
  return {
    memory: (bytes) => {
      if (coder.bytes.length < bytes) coder = openCoder(new ArrayBuffer((bytes + 63) & ~63));
      return coder.bytes.buffer as ArrayBuffer;
    },
    encodeRow: () => codeRow(coder, false),
    decodeRow: () => codeRow(coder, true),
    begin: () => {
      const at = coder.words[WORD.in]!;
      coder.words[WORD.state] = readWord(coder.bytes, at);
      coder.words[WORD.in] = at + 4;
      coder.words[WORD.opCount] = 0;
    },
    flush: () => flush(coder),
  };
}

function openCoder(memory: ArrayBuffer): PlainCoder {
  return {
    bytes: new Uint8Array(memory),
    shorts: new Int16Array(memory),
    words: new Int32Array(memory),
    isDecoding: false,
    ...{ set: 0, state: 0, input: 0, ops: 0 },
  };
}

function readWord(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
}

function flush({ words, ...coder }: PlainCoder): void {
  const first = words[WORD.ops]!;
  const end = first + words[WORD.opCount]! * 4;
  words[WORD.out] = writeChunk({ words, ...coder }, first, end, words[WORD.out]!);
  words[WORD.opCount] = 0;
}

/** Codes all blocks of the MCU row. */
function codeRow(coder: PlainCoder, isDecoding: boolean): void {
  const { words } = coder;
  const first = words[WORD.ops]!;
  coder.isDecoding = isDecoding;
  coder.state = words[WORD.state]! >>> 0;
  coder.input = words[WORD.in]!;
  coder.ops = first + words[WORD.opCount]! * 4;
  const row = words[WORD.row]!;
  for (let plane = 0; plane < words[WORD.planes]!; plane++) {
    const at = WORD.plane + plane * PLANE_WORDS;
    const wide = words[at]!;
    const v = words[at + 2]!;
    coder.set = words[at + 8]!;
    for (let y = row * v; y < row * v + v; y++) {
      words.fill(0, PLACE.right >> 2, (PLACE.right >> 2) + 8);
      for (let x = 0; x < wide; x++) {
        codeBlock(coder, blockAt(coder, plane, x, y));
        if (coder.ops >= first + CHUNK_OPS * 4) endChunk(coder, first);
        if (isDecoding && coder.input > words[WORD.inEnd]!) {
          words[WORD.wrong] = 1;
          return;
        }
      }
    }
  }
  words[WORD.state] = coder.state;
  words[WORD.in] = coder.input;
  words[WORD.opCount] = (coder.ops - first) >> 2;
}

function endChunk(coder: PlainCoder, first: number): void {
  const { words } = coder;
  if (coder.isDecoding) {
    if (coder.state !== 65_536) words[WORD.wrong] = 1;
    coder.state = readWord(coder.bytes, coder.input) >>> 0;
    coder.input += 4;
  } else {
    words[WORD.opCount] = (coder.ops - first) >> 2;
    flush(coder);
  }
  coder.ops = first;
}

/** What the parts of one block share: sums of each line and, behind them, sums with turning signs. */
interface Sums {
  readonly rows: Int32Array;
  readonly columns: Int32Array;
}

function codeBlock(coder: PlainCoder, block: PlainBlock): void {
  const count = codeCount(coder, block);
  coder.bytes[block.counts] = count;
  const sums = { rows: new Int32Array(16), columns: new Int32Array(16) };
  codeInner(coder, block, sums, count);
  codeEdge(coder, { ...block, isRow: false, beyond: block.right }, sums, count);
  codeEdge(coder, { ...block, isRow: true, beyond: block.bottom }, sums, count);
  codeDc(coder, block, sums, count);
}

function codeCount(coder: PlainCoder, block: PlainBlock): number {
  const { plane, mean, nLeft, nAbove, reference } = block;
  let count = 0;
  for (let k = 9; k < 64; k++) {
    if ((k & 7) !== 0 && !coder.isDecoding && coder.shorts[block.at + k] !== 0) count += 1;
  }
  const late = plane >= 2 ? 64 : 0;
  const high: SymbolContexts = {
    weight: CONTEXT.countW,
    contexts: [
      CONTEXT.countA + mean + late,
      CONTEXT.countB + (nLeft >> 3) * 8 + (nAbove >> 3) + late,
      CONTEXT.countC + reference * 8 + (mean >> 3) + 512 * plane,
    ],
  };
  const safe = Math.min(codeSymbol(coder, high, count >> 3), 6);
  const near = plane > 0 ? reference : nAbove;
  const low: SymbolContexts = {
    weight: CONTEXT.restW + safe,
    contexts: [
      CONTEXT.restA + safe * 8 + (mean >> 3),
      CONTEXT.restB + safe * 64 + mean,
      CONTEXT.restC + safe * 8 + (near >> 3),
    ],
  };
  return Math.min(safe * 8 + codeSymbol(coder, low, count & 7), 49);
}

/** Levels of a sum: two for each doubling; what has overflowed is the highest. */
function level(coder: PlainCoder, value: number, most: number): number {
  return Math.min(coder.bytes[PLACE.levels + Math.min(value, 1023)]!, most);
}

/** Magnitudes from 7 on: the range, then the place in it, its top bit by a context. */
function codeOver(coder: PlainCoder, by: SymbolContexts, bits: number, given: number): number {
  const { bytes, words } = coder;
  const range = codeSymbol(coder, by, coder.isDecoding ? 0 : bytes[PLACE.tokens + given]! - 7);
  const base = words[(PLACE.bases >> 2) + range]!;
  const size = bytes[PLACE.extras + range]! - 1;
  const over = given - base;
  const value = base + (codeBit(coder, bits + range * 32, (over >> size) & 1) << size);
  return size > 0 ? value + codePlain(coder, size, over & ((1 << size) - 1)) : value;
}

/** The 49 coefficients that are not in the first row or column. */
function codeInner(coder: PlainCoder, block: PlainBlock, sums: Sums, count: number): void {
  const { bytes, shorts, isDecoding } = coder;
  const seen = new Int32Array(192);
  const tone = Math.min(block.plane, 3);
  let open = count;
  for (let i = 0; open > 0 && i < 49; i++) {
    const k = bytes[PLACE.order + i]!;
    const near = block.near[k]!;
    const own = ownOf(seen, k);
    const part = bytes[PLACE.shares + (49 - i) * 64 + open]!;
    const tint = block.plane < 2 ? 0 : Math.min(3, Math.abs(shorts[block.other + k]!));
    const value = isDecoding ? 0 : shorts[block.at + k]!;
    let size = Math.abs(value);
    const by: SymbolContexts = {
      weight: CONTEXT.innerW + i * 2 + (open < 3 ? 0 : 1),
      contexts: [
        CONTEXT.innerA + (i * 16 + block.nearLevel[k]!) * 12 + part,
        CONTEXT.innerB + (i * 12 + level(coder, own, 11)) * 12 + part,
        CONTEXT.innerC + (i * 24 + level(coder, near + own, 23)) * 4 + tint,
      ],
    };
    const token = codeSymbol(coder, by, Math.min(size, 7));
    if (token === 0) continue;
    open -= 1;
    if (isDecoding) size = token;
    if (token === 7) {
      const over: SymbolContexts = {
        weight: CONTEXT.innerOverW + tone,
        contexts: [
          CONTEXT.innerOverA + i,
          CONTEXT.innerOverB + level(coder, near + own, 23) * 4 + tone,
          CONTEXT.innerOverC + part,
        ],
      };
      size = codeOver(coder, over, CONTEXT.innerTop + Math.min(i, 31), size);
    }
    const sign = codePlain(coder, 1, Number(value < 0));
    const kept = Math.min(size, 2047);
    if (isDecoding) shorts[block.at + k] = sign === 1 ? -kept : kept;
    seen[seenAt(k)] = kept;
    addUp(sums, k, Math.imul(shorts[block.at + k]!, coder.words[block.quant + k]!));
  }
}

function seenAt(k: number): number {
  return ((k >> 3) + 1) * 16 + (k & 7) + 1;
}

/** Magnitudes around a place that this block has told already. */
function ownOf(seen: Int32Array, k: number): number {
  const at = seenAt(k);
  const beside = seen[at - 1]! + seen[at - 16]!;
  const corners = seen[at - 17]! + seen[at + 15]! + seen[at - 15]!;
  return 2 * beside + corners + seen[at - 2]! + seen[at - 32]!;
}

function addUp({ rows, columns }: Sums, k: number, value: number): void {
  const u = k & 7;
  const v = k >> 3;
  rows[v]! += value;
  rows[v + 8]! += (u & 1) === 1 ? -value : value;
  columns[u]! += value;
  columns[u + 8]! += (v & 1) === 1 ? -value : value;
}

/** The root of 1/2: what the lowest cosine weighs beside the others (T.81 A.3.3). */
function half(value: number): number {
  return Math.imul(value, 181) >> 8;
}

/** An edge of a block and the sums of the block beyond it. */
interface Edge extends PlainBlock {
  readonly isRow: boolean;
  readonly beyond: Int32Array | null;
}

/** Seven coefficients of the first column or row, predicted across the edge to the block beside it. */
function codeEdge(coder: PlainCoder, edge: Edge, sums: Sums, count: number): void {
  const { shorts, isDecoding, words } = coder;
  const { isRow, beyond } = edge;
  const [line, first] = isRow ? [sums.columns, sums.rows] : [sums.rows, sums.columns];
  const [step, across] = isRow ? [1, 8] : [8, 1];
  const full = Math.min(7, Math.floor((count + 6) / 7));
  const magnitude = (k: number): number => Math.abs(shorts[edge.at + k]!);
  for (let i = 1; i < 8; i++) {
    const k = i * step;
    const guess = beyond === null ? 0 : (beyond[i]! - line[i]!) | 0;
    const ratio = words[edge.quant + 64 + k]!;
    const ahead = beyond === null ? 0 : 1 + levelOf(Math.imul(Math.abs(guess), ratio) >> 10);
    const near = edge.nearLevel[k]!;
    let own = 2 * magnitude(k + across) + magnitude(k + 2 * across);
    if (i > 1) own += 2 * magnitude(k - step) + magnitude(k - step + across);
    const place = (isRow ? 7 : 0) + i - 1;
    const ownLevel = level(coder, own, 7);
    const value = isDecoding ? 0 : shorts[edge.at + k]!;
    const by: SymbolContexts = {
      weight: CONTEXT.edgeW + place * 8 + full,
      contexts: [
        CONTEXT.edgeA + (place * 8 + full) * 24 + ahead,
        CONTEXT.edgeB + ((place * 8 + full) * 16 + near) * 8 + ownLevel,
        CONTEXT.edgeC + (place * 16 + near) * 24 + ahead,
      ],
    };
    const token = codeSymbol(coder, by, Math.min(Math.abs(value), 7));
    if (token === 0) continue;
    let size = isDecoding ? token : Math.abs(value);
    const side = (place * 24 + ahead) * 2 + Number(guess < 0);
    const signBit = CONTEXT.edgeSign + side * 3 + Math.min(2, token - 1);
    const sign = codeBit(coder, signBit, Number(value < 0));
    if (token === 7) {
      const over: SymbolContexts = {
        weight: CONTEXT.edgeOverW + place,
        contexts: [
          CONTEXT.edgeOverA + place * 24 + ahead,
          CONTEXT.edgeOverB + place * 16 + near,
          CONTEXT.edgeOverC + place * 8 + ownLevel,
        ],
      };
      size = Math.min(codeOver(coder, over, CONTEXT.edgeTop + ahead, size), 2047);
    }
    if (isDecoding) shorts[edge.at + k] = sign === 1 ? -size : size;
    const sum = Math.imul(shorts[edge.at + k]!, words[edge.quant + k]!);
    line[i]! += half(sum);
    line[i + 8]! += half(sum);
    first[0]! += sum;
    first[8]! += (i & 1) === 1 ? -sum : sum;
  }
}

/** Half octaves up to 22 as a 32-bit float has them in its exponent and first bit; at most 22 where it overflowed. */
function levelOf(value: number): number {
  const bits = new Uint32Array(Float32Array.of(value).buffer)[0]! >>> 22;
  return Math.max(0, Math.min(22, bits - 253));
}

/** The lowest coefficient, predicted from the sums across both edges. */
function codeDc(
  coder: PlainCoder,
  block: PlainBlock,
  { rows, columns }: Sums,
  count: number,
): void {
  const { shorts, words, isDecoding } = coder;
  const q = words[block.quant]!;
  const { quarters, spread, whole, least } = guessDc(coder, block, { rows, columns });
  const guess = (quarters + 2) >> 2;
  const part = quarters - 4 * guess + 2;
  const full = level(coder, count, 15);
  const wholeLevel = level(coder, whole, 15);
  const plane = Math.min(block.plane, 3);
  const value = isDecoding ? 0 : shorts[block.at]!;
  let size = Math.abs(value - guess);
  const by: SymbolContexts = {
    weight: CONTEXT.dcW + spread,
    contexts: [
      CONTEXT.dcA + spread * 16 + wholeLevel,
      CONTEXT.dcB + (plane * 16 + level(coder, least, 15)) * 2 + Number(part < 2),
      CONTEXT.dcC + spread * 16 + full,
    ],
  };
  const token = codeSymbol(coder, by, Math.min(size, 7));
  let offset = 0;
  if (token !== 0) {
    if (isDecoding) size = token;
    const sign = codeBit(coder, CONTEXT.dcSign + spread * 4 + part, Number(value < guess));
    if (token === 7) {
      const over: SymbolContexts = {
        weight: CONTEXT.dcOverW,
        contexts: [CONTEXT.dcOverA + spread, CONTEXT.dcOverB + wholeLevel, CONTEXT.dcOverC + full],
      };
      size = codeOver(coder, over, CONTEXT.dcTop + spread, size);
    }
    offset = sign === 1 ? -size : size;
  }
  if (isDecoding) shorts[block.at] = Math.min(Math.max(guess + offset, -2047), 2047);
  const own = half(Math.imul(shorts[block.at]!, q));
  rows[8]! += own;
  columns[8]! += own;
  words.set(rows.subarray(8), PLACE.right >> 2);
  words.set(columns.subarray(8), block.bottomAt);
}

interface DcGuess {
  /** In quarters of a step. */
  readonly quarters: number;
  readonly spread: number;
  readonly whole: number;
  readonly least: number;
}

function guessDc(coder: PlainCoder, block: PlainBlock, { rows, columns }: Sums): DcGuess {
  const q = coder.words[block.quant]!;
  const ratio = coder.words[block.quant + 64]!;
  const left = block.right === null ? null : sideOf(block.right, rows, ratio);
  const above = block.bottom === null ? null : sideOf(block.bottom, columns, ratio);
  const only = left ?? above;
  if (only === null) return { quarters: 0, spread: 0, whole: 0, least: 0 };
  if (left === null || above === null) {
    const whole = Math.floor((2 * only.unlike) / q);
    return { quarters: only.guess, spread: 1 + level(coder, whole, 22), whole, least: whole };
  }
  const unlikeLeft = left.unlike + (q >> 1) + 2;
  const unlikeAbove = above.unlike + (q >> 1) + 2;
  const shift = Math.max(20 - Math.clz32(unlikeLeft + unlikeAbove), 0);
  const forLeft = (unlikeAbove >> shift) + 1;
  const forAbove = (unlikeLeft >> shift) + 1;
  const sum = left.guess * forLeft + above.guess * forAbove;
  return {
    quarters: Math.trunc(sum / (forLeft + forAbove)),
    spread: 1 + level(coder, (2 * Math.abs(left.guess - above.guess)) >> 3, 22),
    whole: Math.floor((left.unlike + above.unlike) / q),
    least: Math.floor((2 * Math.min(left.unlike, above.unlike)) / q),
  };
}

/** What the sums across one edge say: the guess, and how unlike the sides are besides. */
function sideOf(
  beyond: Int32Array,
  own: Int32Array,
  ratio: number,
): { guess: number; unlike: number } {
  const sum = (beyond[0]! - own[0]!) | 0;
  const size = Math.max(Math.min(Math.imul(Math.abs(sum), ratio) >> 10, 8188), 0);
  let unlike = 0;
  for (let i = 1; i < 8; i++) unlike = (unlike + Math.abs((beyond[i]! - own[i]!) | 0)) | 0;
  return { guess: sum < 0 ? -size : size, unlike: Math.min(Math.max(unlike, 0), 0xfffffff) };
}
