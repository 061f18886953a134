import { frequenciesOf, type JpegPicture, type JpegPlaneData } from './jpeg-picture.ts';

/** What a sibling says about a picture's coefficients. */
export interface JpegGuess {
  /** By plane the expected coefficients in quantisation steps, with fraction, laid out as the picture's. */
  readonly planes: readonly Float32Array[];
  /** What the shifts of the tiles take. */
  readonly bits: number;
  /** The shift of the whole picture, in samples of the first plane. */
  readonly shift: Shift;
}

/** A shift in quarters of a sample of the first plane. */
export interface Shift {
  readonly x: number;
  readonly y: number;
}

/** Samples of a tile, across and down. */
const TILE = 64;

/** Tiles are looked for this far around their neighbours' shift, in samples. */
const REACH = 3;

/** The coefficients of the block that lies so many whole blocks beside, or zeros. */
export function guessByBlocks(target: JpegPicture, sibling: JpegPicture): JpegGuess {
  const reach = [-4, -3, -2, -1, 0, 1, 2, 3, 4];
  const [first] = target.planes;
  const [other] = sibling.planes;
  if (first === undefined || other === undefined) throw new RangeError('a picture without planes');
  // The shift has to be one of whole blocks in every plane.
  const step = { x: 8 * first.h, y: 8 * first.v };
  let best = { x: 0, y: 0, cost: Number.POSITIVE_INFINITY };
  for (const y of reach) {
    for (const x of reach) {
      const shift = { x: x * step.x, y: y * step.y };
      const whole = { x: 0, y: 0, width: first.blocksWide * 8, height: first.blocksHigh * 8 };
      const cost = unlikeness(first, other, whole, { shift, step: 3 });
      if (cost < best.cost) best = { ...shift, cost };
    }
  }
  const shift = { x: best.x * 4, y: best.y * 4 };
  const planes = target.planes.map((plane, index) =>
    guessPlane(
      plane,
      sibling.planes[index] ?? plane,
      { x: first.h / plane.h, y: first.v / plane.v },
      () => shift,
    ),
  );
  return { planes, bits: 8, shift };
}

interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The mean absolute difference of an area, shifted by whole samples; every so many samples are looked at. */
function unlikeness(
  plane: JpegPlaneData,
  other: JpegPlaneData,
  area: Area,
  { shift, step }: { readonly shift: Shift; readonly step: number },
): number {
  const wide = plane.blocksWide * 8;
  const high = plane.blocksHigh * 8;
  let sum = 0;
  let count = 0;
  for (let y = area.y; y < Math.min(area.y + area.height, high); y += step) {
    const line = Math.min(Math.max(y + shift.y, 0), high - 1) * wide;
    for (let x = area.x; x < Math.min(area.x + area.width, wide); x += step) {
      const column = Math.min(Math.max(x + shift.x, 0), wide - 1);
      sum += Math.abs((plane.samples[y * wide + x] ?? 0) - (other.samples[line + column] ?? 0));
      count += 1;
    }
  }
  return sum / Math.max(count, 1);
}

/** The sibling's samples where each tile of the picture is found in it, transformed and divided by the steps. */
export function guessByTiles(target: JpegPicture, sibling: JpegPicture): JpegGuess {
  const [first] = target.planes;
  const [other] = sibling.planes;
  if (first === undefined || other === undefined) throw new RangeError('a picture without planes');
  const whole = findWhole(first, other);
  const across = Math.ceil((first.blocksWide * 8) / TILE);
  const down = Math.ceil((first.blocksHigh * 8) / TILE);
  const shifts: Shift[] = [];
  let bits = 32;
  for (let tile = 0; tile < across * down; tile++) {
    const column = tile % across;
    const left = column > 0 ? shifts[tile - 1] : undefined;
    const above = shifts[tile - across];
    const area = {
      x: column * TILE,
      y: ((tile - column) / across) * TILE,
      width: TILE,
      height: TILE,
    };
    const from = [left, above, whole].filter((shift) => shift !== undefined);
    const shift = findTile(first, other, area, from);
    const expected = left ?? above ?? whole;
    bits += numberBits(shift.x - expected.x) + numberBits(shift.y - expected.y);
    shifts.push(shift);
  }
  const shiftAt = (x: number, y: number): Shift =>
    shifts[
      Math.min(Math.floor(y / TILE), down - 1) * across + Math.min(Math.floor(x / TILE), across - 1)
    ] ?? whole;
  const planes = target.planes.map((plane, index) =>
    guessPlane(
      plane,
      sibling.planes[index] ?? plane,
      { x: first.h / plane.h, y: first.v / plane.v },
      shiftAt,
    ),
  );
  return { planes, bits, shift: whole };
}

/** Bits of a small number with a sign, as a code that doubles its ranges takes them. */
function numberBits(value: number): number {
  return 1 + 2 * Math.floor(Math.log2(2 * Math.abs(value) + 1));
}

/** The shift of the whole picture: by ever smaller steps around the best one so far. */
function findWhole(plane: JpegPlaneData, other: JpegPlaneData): Shift {
  const area = { x: 0, y: 0, width: plane.blocksWide * 8, height: plane.blocksHigh * 8 };
  let best = { x: 0, y: 0, cost: Number.POSITIVE_INFINITY };
  for (const size of [4, 1]) {
    const { x: nearX, y: nearY } = best;
    for (let y = -8; y <= 8; y++) {
      for (let x = -8; x <= 8; x++) {
        const shift = { x: nearX + x * size, y: nearY + y * size };
        const cost = unlikeness(plane, other, area, { shift, step: 5 });
        if (cost < best.cost) best = { ...shift, cost };
      }
    }
  }
  return { x: best.x * 4, y: best.y * 4 };
}

/** The shift of one tile: whole samples around those given, then halves and quarters. */
function findTile(
  plane: JpegPlaneData,
  other: JpegPlaneData,
  area: Area,
  from: readonly Shift[],
): Shift {
  let best = { x: 0, y: 0, cost: Number.POSITIVE_INFINITY };
  const tried = new Set<number>();
  const tryAt = (x: number, y: number): void => {
    const key = (x + 4096) * 8192 + y + 4096;
    if (tried.has(key)) return;
    tried.add(key);
    const cost = unlikeness(plane, other, area, { shift: { x, y }, step: 1 });
    if (cost < best.cost) best = { x, y, cost };
  };
  for (const shift of from) tryAt(Math.round(shift.x / 4), Math.round(shift.y / 4));
  const { x: nearX, y: nearY } = best;
  for (let y = -REACH; y <= REACH; y++) {
    for (let x = -REACH; x <= REACH; x++) tryAt(nearX + x, nearY + y);
  }
  return findPart(plane, other, area, { x: best.x * 4, y: best.y * 4 });
}

const AROUND = [-1, 0, 1].flatMap((y) => [-1, 0, 1].map((x) => ({ x, y })));

/** The shift in quarters of a sample. */
function findPart(plane: JpegPlaneData, other: JpegPlaneData, area: Area, start: Shift): Shift {
  const wide = plane.blocksWide * 8;
  const high = plane.blocksHigh * 8;
  const width = Math.min(area.width, wide - area.x);
  const height = Math.min(area.height, high - area.y);
  const found = new Float32Array(width * height);
  let best = { ...start, cost: Number.POSITIVE_INFINITY };
  for (const size of [2, 1]) {
    const near = best;
    for (const { x, y } of AROUND) {
      const at = { x: near.x + x * size, y: near.y + y * size };
      sampleArea(other, { x: area.x + at.x / 4, y: area.y + at.y / 4, width, height }, found);
      let cost = 0;
      for (let row = 0; row < height; row++) {
        const line = (area.y + row) * wide + area.x;
        for (let column = 0; column < width; column++) {
          cost += Math.abs(
            (plane.samples[line + column] ?? 0) - (found[row * width + column] ?? 0),
          );
        }
      }
      if (cost < best.cost) best = { ...at, cost };
    }
  }
  return best;
}

/** Samples of an area that begins between samples, by cubic curves through four of them. */
function sampleArea(plane: JpegPlaneData, { x, y, width, height }: Area, into: Float32Array): void {
  const wide = plane.blocksWide * 8;
  const high = plane.blocksHigh * 8;
  const column = Math.floor(x);
  const row = Math.floor(y);
  const [a, b, c, d] = cubicWeights(x - column);
  const [e, f, g, h] = cubicWeights(y - row);
  const line = new Float32Array(width + 3);
  for (let down = 0; down < height + 3; down++) {
    const from = Math.min(Math.max(row + down - 1, 0), high - 1) * wide;
    for (let across = 0; across < width + 3; across++) {
      const at = Math.min(Math.max(column + across - 1, 0), wide - 1);
      line[across] = plane.samples[from + at] ?? 0;
    }
    for (let across = 0; across < width; across++) {
      LINES[down * width + across] =
        a * (line[across] ?? 0) +
        b * (line[across + 1] ?? 0) +
        c * (line[across + 2] ?? 0) +
        d * (line[across + 3] ?? 0);
    }
  }
  for (let at = 0; at < width * height; at++) {
    into[at] =
      e * (LINES[at] ?? 0) +
      f * (LINES[at + width] ?? 0) +
      g * (LINES[at + 2 * width] ?? 0) +
      h * (LINES[at + 3 * width] ?? 0);
  }
}

/** Lines of an area, moved sideways only. */
const LINES = new Float32Array(TILE * (TILE + 3));

/** Catmull and Rom's weights of four samples for a place between the middle two. */
function cubicWeights(t: number): readonly [number, number, number, number] {
  const [t2, t3] = [t * t, t * t * t];
  return [
    (-t3 + 2 * t2 - t) / 2,
    (3 * t3 - 5 * t2 + 2) / 2,
    (-3 * t3 + 4 * t2 + t) / 2,
    (t3 - t2) / 2,
  ];
}

/** The coefficients that a plane's blocks would have if they showed what the sibling shows at their shift. */
function guessPlane(
  plane: JpegPlaneData,
  other: JpegPlaneData,
  scale: { readonly x: number; readonly y: number },
  shiftAt: (x: number, y: number) => Shift,
): Float32Array {
  const guess = new Float32Array(plane.coefficients.length);
  const found = new Float32Array(64);
  const block = new Float64Array(64);
  for (let at = 0, number = 0; at < guess.length; at += 64, number++) {
    const column = (number % plane.blocksWide) * 8;
    const row = Math.floor(number / plane.blocksWide) * 8;
    const shift = shiftAt(column * scale.x, row * scale.y);
    const x = column + shift.x / 4 / scale.x;
    const y = row + shift.y / 4 / scale.y;
    sampleArea(other, { x, y, width: 8, height: 8 }, found);
    block.set(found);
    const turned = frequenciesOf(block);
    for (let k = 0; k < 64; k++) guess[at + k] = (turned[k] ?? 0) / (plane.quant[k] ?? 1);
  }
  return guess;
}
