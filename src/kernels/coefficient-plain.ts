import {
  CHUNK_OPS,
  CONTEXT,
  type CoefficientKernel,
  COEFFICIENT_PLACE as PLACE,
  PLANE_WORDS,
  COEFFICIENT_WORD as WORD,
} from './coefficient-block.ts';
import { blockAt, type PlainBlock, type SaidBlock } from './coefficient-plain-block.ts';
import {
  codeBit,
  codeOver,
  codePlain,
  codeSymbol,
  level,
  type PlainCoder,
  type SymbolContexts,
  writeChunk,
} from './coefficient-plain-coder.ts';
import { codeDc, half, type Sums } from './coefficient-plain-dc.ts';

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
  const near = plane > 0 || block.said !== null ? reference : nAbove;
  const low: SymbolContexts = {
    weight: CONTEXT.restW + safe,
    contexts: [
      CONTEXT.restA + safe * 8 + (mean >> 3),
      CONTEXT.restB + safe * 64 + (block.said === null ? mean : reference),
      CONTEXT.restC + safe * 8 + (near >> 3),
    ],
  };
  return Math.min(safe * 8 + codeSymbol(coder, low, count & 7), 49);
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
    const { around, beside, tint } = besideOf(coder, block, { k, near, own });
    const value = isDecoding ? 0 : shorts[block.at + k]!;
    let size = Math.abs(value);
    const by: SymbolContexts = {
      weight: CONTEXT.innerW + i * 2 + (open < 3 ? 0 : 1),
      contexts: [
        CONTEXT.innerA + (i * 16 + around) * 12 + part,
        CONTEXT.innerB + (i * 12 + beside) * 12 + part,
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
    const sign =
      block.said === null
        ? codePlain(coder, 1, Number(value < 0))
        : codeBit(coder, saidSign(coder, block.said, k, token), Number(value < 0));
    const kept = Math.min(size, 2047);
    if (isDecoding) shorts[block.at + k] = sign === 1 ? -kept : kept;
    seen[seenAt(k)] = kept;
    addUp(sums, k, Math.imul(shorts[block.at + k]!, coder.words[block.quant + k]!));
  }
}

/** What the contexts of an inner coefficient are told besides its place. */
function besideOf(
  coder: PlainCoder,
  { plane, said, nearLevel, other }: PlainBlock,
  { k, near, own }: { readonly k: number; readonly near: number; readonly own: number },
): { readonly around: number; readonly beside: number; readonly tint: number } {
  const { shorts } = coder;
  if (said === null) {
    const tint = plane < 2 ? 0 : Math.min(3, Math.abs(shorts[other + k]!));
    return { around: nearLevel[k]!, beside: level(coder, own, 11), tint };
  }
  const beside = level(coder, Math.abs(shorts[said.at + k]!), 11);
  const tint = [2, 5, 7].filter((least) => beside >= least).length;
  return { around: level(coder, near + own, 15), beside, tint };
}

function saidSign(coder: PlainCoder, said: SaidBlock, k: number, token: number): number {
  return CONTEXT.saidSign + saidSide(coder, said, k) * 4 + Math.min(3, token - 1);
}

/** Which sign the sibling expects, and how surely: 0 to 23. */
function saidSide(coder: PlainCoder, said: SaidBlock, k: number): number {
  const value = coder.shorts[said.at + k]!;
  return level(coder, Math.abs(value), 11) * 2 + Number(value < 0);
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
    const { said } = edge;
    const saidLevel = said === null ? 0 : level(coder, Math.abs(shorts[said.at + k]!), 23);
    const beside = said === null ? ahead : saidLevel;
    const along = said === null ? near : Math.min(saidLevel, 15);
    const ownLevel = said === null ? level(coder, own, 7) : Math.min(saidLevel >> 1, 7);
    const value = isDecoding ? 0 : shorts[edge.at + k]!;
    const by: SymbolContexts = {
      weight: CONTEXT.edgeW + place * 8 + full,
      contexts: [
        CONTEXT.edgeA + (place * 8 + full) * 24 + beside,
        CONTEXT.edgeB + ((place * 8 + full) * 16 + near) * 8 + ownLevel,
        CONTEXT.edgeC + (place * 16 + along) * 24 + ahead,
      ],
    };
    const token = codeSymbol(coder, by, Math.min(Math.abs(value), 7));
    if (token === 0) continue;
    let size = isDecoding ? token : Math.abs(value);
    const behind = Number(guess < 0);
    const signs =
      said === null
        ? CONTEXT.edgeSign + ((place * 24 + ahead) * 2 + behind) * 3
        : CONTEXT.saidEdge +
          (saidSide(coder, said, k) * 16 + Math.min(7, ahead >> 1) * 2 + behind) * 3;
    const sign = codeBit(coder, signs + Math.min(2, token - 1), Number(value < 0));
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
