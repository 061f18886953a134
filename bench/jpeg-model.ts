import { EdgeSums } from './jpeg-edges.ts';
import { fineLevel, levelOf, within } from './jpeg-levels.ts';
import { BitMixer } from './jpeg-mixer.ts';
import type { JpegGuess } from './jpeg-motion.ts';
import type { JpegPicture, JpegPlaneData } from './jpeg-picture.ts';

/**
 * Bytes that a picture's coefficients would take by contexts like the codec's and some more, mixed by learned weights:
 * alone, or with what a sibling says as further contexts. An ideal length: nothing is written, and no decoder exists.
 */
export function estimateBytes(picture: JpegPicture, guess: JpegGuess | null): number {
  const bright = new BitMixer();
  const colours = new BitMixer();
  for (const [index, plane] of picture.planes.entries()) {
    const like = index === 0 ? null : (picture.planes[index - 1] ?? null);
    const said = guess?.planes[index] ?? null;
    new PlaneModel(index === 0 ? bright : colours, { index, plane, like, said }).codeAll();
  }
  return (bright.bits + colours.bits + (guess?.bits ?? 0)) / 8;
}

interface PlaneWork {
  readonly index: number;
  readonly plane: JpegPlaneData;
  /** The plane before, at the same places. */
  readonly like: JpegPlaneData | null;
  /** What a sibling says about the coefficients, in steps with fraction; null without one. */
  readonly said: Float32Array | null;
}

/** A block and those around it by number, -1 or another near one where there is none. */
interface Place {
  readonly block: number;
  readonly hasLeft: boolean;
  readonly hasAbove: boolean;
  readonly left: number;
  readonly above: number;
  readonly corner: number;
  readonly next: number;
  /** Where the plane before has its coefficients of the same place, -1 without one. */
  readonly likeAt: number;
}

/** Natural positions of the inner coefficients in zigzag order (T.81 figure 5). */
const INNER = Array.from({ length: 64 }, (_place, k) => ({ u: k & 7, v: k >> 3, k }))
  .filter(({ u, v }) => u > 0 && v > 0)
  .sort((a, b) => a.u + a.v - b.u - b.v || ((a.u + a.v) % 2 === 0 ? a.u - b.u : b.u - a.u))
  .map(({ k }) => k);

/** Sets of weights of the kinds of symbols, and what tells their contexts from those of others. */
const KIND = { inner: 0, edge: 1 << 26, dc: 2 << 26, count: 3 << 26, sign: 4 << 26 };
const WEIGHTS = {
  ...{ inner: 0, innerMore: 256, edge: 1000, edgeMore: 1300, dc: 2000, dcMore: 2200 },
  ...{ sign: 3000, signMore: 3500, count: 4000, countMore: 4010 },
};

/** Codes one plane block by block, in rows. */
class PlaneModel {
  readonly #mixer: BitMixer;
  readonly #plane: JpegPlaneData;
  readonly #like: JpegPlaneData | null;
  readonly #values: Int16Array;
  readonly #said: Float32Array | null;
  readonly #tone: number;
  readonly #edges: EdgeSums;
  readonly #counts: Uint8Array;
  /** By block how far what was said is off: in all but the lowest coefficient, and in that one; and the edges' guess. */
  readonly #off: Float32Array;
  readonly #saidDcOff: Float32Array;
  readonly #edgeDcOff: Float32Array;
  /** By coefficient the magnitudes around, and how far what was said is off there. */
  readonly #near = new Int32Array(64);
  readonly #nearOff = new Float32Array(64);
  #aroundOff = 0;
  #at = 0;

  constructor(mixer: BitMixer, { index, plane, like, said }: PlaneWork) {
    this.#mixer = mixer;
    this.#plane = plane;
    this.#like = like;
    this.#values = plane.coefficients;
    this.#said = said;
    this.#tone = Math.min(index, 2);
    this.#edges = new EdgeSums(plane);
    const blocks = plane.blocksWide * plane.blocksHigh;
    this.#counts = new Uint8Array(blocks);
    this.#off = new Float32Array(blocks);
    this.#saidDcOff = new Float32Array(blocks);
    this.#edgeDcOff = new Float32Array(blocks);
  }

  codeAll(): void {
    const { blocksWide, blocksHigh } = this.#plane;
    for (let y = 0; y < blocksHigh; y++) {
      for (let x = 0; x < blocksWide; x++) this.#codeBlock(this.#placeOf(x, y));
    }
  }

  #placeOf(x: number, y: number): Place {
    const { h, v, blocksWide: wide } = this.#plane;
    const block = y * wide + x;
    const [hasLeft, hasAbove] = [x > 0, y > 0];
    const left = hasLeft ? block - 1 : block - wide;
    const above = hasAbove ? block - wide : left;
    const corner = hasLeft && hasAbove ? block - wide - 1 : above;
    const next = hasAbove && x + 1 < wide ? block - wide + 1 : above;
    const like = this.#like;
    const across = like === null ? 0 : Math.min(like.blocksWide - 1, Math.floor((x * like.h) / h));
    const down = like === null ? 0 : Math.floor((y * like.v) / v);
    const likeAt = like === null ? -1 : (down * like.blocksWide + across) * 64;
    return { block, hasLeft, hasAbove, left, above, corner, next, likeAt };
  }

  #codeBlock(place: Place): void {
    this.#at = place.block * 64;
    this.#lookAround(place);
    this.#edges.begin();
    const count = this.#codeCount(place);
    this.#counts[place.block] = count;
    this.#codeInner(place, count);
    this.#codeEdge(false, place.hasLeft ? place.left : -1, count);
    this.#codeEdge(true, place.hasAbove ? place.above : -1, count);
    this.#codeDc(place, count);
    this.#edges.end(place.block);
  }

  #lookAround({ left, above, corner, next }: Place): void {
    this.#near.fill(0);
    this.#nearOff.fill(0);
    this.#aroundOff = 0;
    for (const [index, block] of [left, above, corner, next].entries()) {
      if (block < 0) continue;
      const weight = index < 2 ? 2 : 1;
      this.#aroundOff += (weight * (this.#off[block] ?? 0)) / 6;
      for (let k = 0; k < 64; k++) {
        const value = this.#values[block * 64 + k] ?? 0;
        this.#near[k] = (this.#near[k] ?? 0) + weight * Math.abs(value);
        if (this.#said === null) continue;
        const off = Math.abs(value - (this.#said[block * 64 + k] ?? 0));
        this.#nearOff[k] = (this.#nearOff[k] ?? 0) + (weight * off) / 3;
      }
    }
  }

  /** How many inner coefficients are not zero. */
  #codeCount({ left, above, corner, next, likeAt }: Place): number {
    const mixer = this.#mixer;
    const [a = 0, b = 0, c = 0, d = 0] = [left, above, corner, next].map(
      (block) => this.#counts[block] ?? 0,
    );
    const mean = Math.floor((2 * a + 2 * b + c + d + 3) / 6);
    const like = likeAt < 0 ? (c + d + 1) >> 1 : countInner(this.#like?.coefficients, likeAt);
    const kind = KIND.count + (this.#tone << 20);
    mixer.begin(WEIGHTS.count + this.#tone, WEIGHTS.countMore + (mean >> 3));
    mixer.add(kind + mean);
    mixer.add(kind + (a >> 2) * 64 + (b >> 2));
    mixer.add(kind + like * 8 + (mean >> 3));
    mixer.add(kind + b);
    mixer.add(kind + like * 64 + mean);
    if (this.#said !== null) {
      let whole = 0;
      let soft = 0;
      for (const k of INNER) {
        const size = Math.abs(this.#said[this.#at + k] ?? 0);
        if (size >= 0.5) whole += 1;
        soft += Math.min(1, size);
      }
      mixer.add(kind + whole);
      mixer.add(kind + Math.round(soft * 1.3));
      mixer.add(kind + whole * 64 + mean);
      mixer.add(kind + whole * 64 + fineLevel(this.#aroundOff, 31));
    }
    const count = countInner(this.#values, this.#at);
    let node = 1;
    for (let bit = 5; bit >= 0; bit--) {
      mixer.code((count >> bit) & 1, node);
      node = node * 2 + ((count >> bit) & 1);
    }
    return count;
  }

  /** The 49 coefficients that are not in the first row or column. */
  #codeInner({ block, likeAt }: Place, count: number): void {
    const mixer = this.#mixer;
    const seen = new Int32Array(192);
    let open = count;
    for (let i = 0; open > 0 && i < 49; i++) {
      const k = INNER[i] ?? 0;
      const at = ((k >> 3) + 1) * 16 + (k & 7) + 1;
      const own = ownOf(seen, at);
      const near = this.#near[k] ?? 0;
      const nearLevel = Math.min(15, levelOf(near));
      const share = shareOf(49 - i, open);
      const like = likeAt < 0 ? 0 : Math.abs(this.#like?.coefficients[likeAt + k] ?? 0);
      const tint = Math.min(3, like);
      const base = (this.#tone * 64 + k) * 64;
      const level = this.#said === null ? nearLevel : Math.min(31, this.#saidLevel(k));
      mixer.begin(WEIGHTS.inner + this.#tone * 64 + k, WEIGHTS.innerMore + share * 32 + level);
      mixer.add((base + nearLevel) * 16 + share);
      mixer.add((base + Math.min(11, levelOf(own))) * 16 + share);
      mixer.add((base + Math.min(23, levelOf(near + own))) * 4 + tint);
      mixer.add((levelOf(near) * 32 + levelOf(own)) * 64 + Math.min(open, 20));
      mixer.add((base + open) * 4 + tint);
      mixer.add(base);
      this.#addSaid(KIND.inner, k, nearLevel * 16 + share);
      const value = this.#values[this.#at + k] ?? 0;
      this.#codeSize(Math.abs(value));
      if (value === 0) continue;
      open -= 1;
      seen[at] = Math.abs(value);
      this.#codeSign(k, value, 0);
      this.#takeIn(block, k, value);
    }
  }

  /** Seven coefficients of the first row or column, with the block beyond that edge, -1 without one. */
  #codeEdge(isRow: boolean, beyond: number, count: number): void {
    const mixer = this.#mixer;
    const [step, across] = isRow ? [1, 8] : [8, 1];
    const full = Math.min(7, Math.floor((count + 6) / 7));
    const sizeAt = (k: number): number => Math.abs(this.#values[this.#at + k] ?? 0);
    for (let i = 1; i < 8; i++) {
      const k = i * step;
      const expected = beyond < 0 ? 0 : this.#edges.expect(isRow, i, beyond);
      const ahead = beyond < 0 ? 63 : fineLevel(Math.abs(expected), 62);
      const near = Math.min(15, levelOf(this.#near[k] ?? 0));
      let own = 2 * sizeAt(k + across) + sizeAt(k + 2 * across);
      if (i > 1) own += 2 * sizeAt(k - step) + sizeAt(k - step + across);
      const ownLevel = Math.min(11, levelOf(own));
      const base = KIND.edge + (this.#tone * 64 + k) * 1024;
      const level = Math.min(31, this.#said === null ? ahead : this.#saidLevel(k));
      mixer.begin(WEIGHTS.edge + this.#tone * 64 + k, WEIGHTS.edgeMore + full * 32 + level);
      mixer.add(base + full * 64 + ahead);
      mixer.add(base + (near * 8 + full) * 16 + ownLevel);
      mixer.add(base + near * 64 + ahead);
      mixer.add(base + ahead * 16 + ownLevel);
      mixer.add(base + count);
      mixer.add(base + levelOf(this.#near[k] ?? 0));
      this.#addSaid(KIND.edge, k, near * 16 + full);
      const value = this.#values[this.#at + k] ?? 0;
      this.#codeSize(Math.abs(value));
      if (value === 0) continue;
      this.#codeSign(k, value, expected);
      this.#takeIn(this.#at >> 6, k, value);
    }
  }

  #saidLevel(k: number): number {
    return fineLevel(Math.abs(this.#said?.[this.#at + k] ?? 0));
  }

  /** What a sibling says about a coefficient, as contexts of its magnitude; `around` is what else is known, below 256. */
  #addSaid(kind: number, k: number, around: number): void {
    if (this.#said === null) return;
    const mixer = this.#mixer;
    const level = this.#saidLevel(k);
    const off = fineLevel(this.#nearOff[k] ?? 0, 31);
    const own = kind + (this.#tone * 64 + k) * 4096 + level * 32;
    mixer.add(own);
    mixer.add(own + (off >> 1));
    mixer.add(kind + (level * 32 + off) * 4 + this.#tone);
    mixer.add(kind + (level * 32 + fineLevel(this.#aroundOff, 31)) * 4 + this.#tone);
    mixer.add(kind + level * 256 + around);
  }

  /** A magnitude: a bit for each step up to 15, then the rest in ranges that double. */
  #codeSize(size: number): void {
    const mixer = this.#mixer;
    for (let step = 0; step < 15; step++) {
      mixer.code(size > step ? 1 : 0, step);
      if (size <= step) return;
    }
    const rest = size - 14;
    const top = 31 - Math.clz32(rest);
    for (let bit = 0; bit <= top; bit++) mixer.code(bit < top ? 1 : 0, 32 + bit);
    for (let bit = top - 1; bit >= 0; bit--) {
      mixer.code((rest >> bit) & 1, 64 + top * 8 + Math.min(bit, 7));
    }
  }

  /** The sign of a coefficient that is not zero; `expected` is what the edge makes likely. */
  #codeSign(k: number, value: number, expected: number): void {
    const mixer = this.#mixer;
    const size = Math.min(3, Math.abs(value));
    const ahead = within(Math.round(expected * 2), 20) + 32;
    const kind = KIND.sign + size;
    mixer.begin(WEIGHTS.sign + k, WEIGHTS.signMore + size);
    mixer.add(kind + k * 4);
    mixer.add(kind + (within(Math.round(expected * 4), 100) + 128) * 4);
    mixer.add(kind + (ahead * 64 + k) * 4);
    if (this.#said !== null) {
      const said = this.#said[this.#at + k] ?? 0;
      const side = kind + (Math.sign(said) * this.#saidLevel(k) + 64) * 4096;
      mixer.add(side);
      mixer.add(side + fineLevel(this.#nearOff[k] ?? 0, 31) * 4);
      mixer.add(side + k * 4);
      mixer.add(side + ahead * 4);
    }
    mixer.code(value < 0 ? 1 : 0, 0);
  }

  #takeIn(block: number, k: number, value: number): void {
    this.#edges.add(k, value);
    if (this.#said === null) return;
    const off = Math.abs(value - (this.#said[this.#at + k] ?? 0));
    this.#off[block] = (this.#off[block] ?? 0) + off / 8;
  }

  /** The lowest coefficient, from the edges or from what the sibling says, whichever was nearer beside this block. */
  #codeDc(place: Place, count: number): void {
    const mixer = this.#mixer;
    const { block, hasLeft, hasAbove, left, above } = place;
    const edge = this.#edges.expectDc(hasLeft ? left : -1, hasAbove ? above : -1);
    const [a = 0, b = 0] = [this.#saidDcOff[left], this.#saidDcOff[above]];
    const saidOff = Math.abs(a - b);
    const said = (this.#said?.[this.#at] ?? 0) + (a + b) / 2;
    const edgeOff = ((this.#edgeDcOff[left] ?? 0) + (this.#edgeDcOff[above] ?? 0)) / 2;
    const isSaid = this.#said !== null && (saidOff < edgeOff || edge.spread === null);
    const middle = isSaid ? said : edge.expected;
    const start = Math.round(middle);
    const spread = edge.spread === null ? 31 : Math.min(30, levelOf(Math.round(edge.spread)));
    const unlike = Math.min(23, levelOf(Math.round(edge.unlike)));
    const kind = KIND.dc + (this.#tone * 2 + Number(isSaid)) * 0x400000;
    const other = within(Math.round(((isSaid ? edge.expected : said) - middle) * 2), 40) + 41;
    mixer.begin(
      WEIGHTS.dc + this.#tone * 32 + spread,
      WEIGHTS.dcMore + Number(isSaid) * 32 + unlike,
    );
    mixer.add(kind + spread * 32 + unlike);
    mixer.add(kind + unlike * 4 + Math.floor((middle - start + 0.5) * 3.99));
    mixer.add(kind + spread * 64 + count);
    mixer.add(kind + fineLevel(edgeOff) * 32 + spread);
    if (this.#said !== null) {
      mixer.add(kind + other);
      mixer.add(kind + other * 64 + fineLevel(saidOff));
      mixer.add(kind + (other * 32 + spread) * 32 + unlike);
      mixer.add(kind + fineLevel(saidOff) * 32 + fineLevel(this.#aroundOff, 31));
    }
    const value = this.#values[this.#at] ?? 0;
    this.#codeSize(Math.abs(value - start));
    // Which side of the rounded guess: in the same contexts, at a node of its own.
    if (value !== start) mixer.code(value < start ? 1 : 0, 255);
    this.#edgeDcOff[block] = Math.abs(value - edge.expected);
    this.#saidDcOff[block] = value - (this.#said?.[this.#at] ?? 0);
    this.#edges.add(0, value);
  }
}

function countInner(values: Int16Array | undefined, at: number): number {
  let count = 0;
  for (const k of INNER) if ((values?.[at + k] ?? 0) !== 0) count += 1;
  return count;
}

/** Magnitudes around a place that this block has told already. */
function ownOf(seen: Int32Array, at: number): number {
  const by = (step: number): number => seen[at + step] ?? 0;
  return 2 * (by(-1) + by(-16)) + by(-17) + by(15) + by(-15) + by(-2) + by(-32);
}

/** How full the rest of a block is, by places left and coefficients still to come. */
function shareOf(left: number, open: number): number {
  if (open >= left) return 11;
  return open <= 4 ? open - 1 : Math.min(10, 4 + Math.floor((open * 7) / left));
}
