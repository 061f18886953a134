import { PatchSampler } from './patch-sampler.ts';
import type { PlaneSamples } from './plane-samples.ts';
import { TILE, tilesOf } from './sibling-recipe.ts';

/** Whole blocks that the view may move by, across and down; a smaller picture's fourth part. */
const BLOCKS_MAX = 16;

/** Whole samples that are tried around what the blocks say, and around the tiles beside each. */
const AROUND_WHOLE = 8;
const AROUND_TILE = 3;

/** Samples of a picture that are looked at to find how its view as a whole moved, about. */
const LOOKED_AT = 65_536;

interface Shift {
  readonly x: number;
  readonly y: number;
}

/**
 * By tile of the picture where the sibling shows the same: across and down, in quarters of a sample. Tiles follow their
 * neighbours, as a moved camera makes them.
 */
export function findShifts(picture: PlaneSamples, sibling: PlaneSamples): Int16Array {
  const { across, down } = tilesOf(picture.width, picture.height);
  const whole = findWhole(picture, sibling);
  const search = new TileSearch(picture, sibling);
  const shifts: Shift[] = [];
  for (let tile = 0; tile < across * down; tile++) {
    const column = tile % across;
    const beside = column > 0 ? shifts[tile - 1] : undefined;
    const near = [beside, shifts[tile - across], whole].filter((shift) => shift !== undefined);
    shifts.push(search.find(column * TILE, ((tile - column) / across) * TILE, near));
  }
  return Int16Array.from(shifts.flatMap(({ x, y }) => [x, y]));
}

/** How the view as a whole moved: by blocks' means, then by samples. */
function findWhole(picture: PlaneSamples, sibling: PlaneSamples): Shift {
  const [small, other] = [meansOf(picture), meansOf(sibling)];
  const reach = Math.min(BLOCKS_MAX, small.width >> 2, small.height >> 2);
  const blocks = findBest(small, other, { x: 0, y: 0 }, reach);
  const near = { x: blocks.x * 8, y: blocks.y * 8 };
  const { x, y } = findBest(picture, sibling, near, AROUND_WHOLE);
  return { x: x * 4, y: y * 4 };
}

/** A plane of the means of its blocks. */
function meansOf({ samples, width, height, ...plane }: PlaneSamples): PlaneSamples {
  const means = new Float64Array((width * height) / 64);
  for (let y = 0, at = 0; y < height; y++) {
    const line = (y >> 3) * (width >> 3);
    for (let x = 0; x < width; x++, at++) means[line + (x >> 3)]! += samples[at]! / 64;
  }
  return { ...plane, width: width >> 3, height: height >> 3, samples: Int16Array.from(means) };
}

/** The shift by whole samples around another at which two planes are most alike. */
function findBest(picture: PlaneSamples, sibling: PlaneSamples, near: Shift, reach: number): Shift {
  const { width, height } = picture;
  const every = Math.max(1, Math.floor(Math.sqrt((width * height) / LOOKED_AT)));
  const area = { x: 0, y: 0, width, height, every };
  let best = { ...near, unlike: Number.POSITIVE_INFINITY };
  for (let y = near.y - reach; y <= near.y + reach; y++) {
    for (let x = near.x - reach; x <= near.x + reach; x++) {
      const unlike = unlikeness(picture, sibling, { ...area, best: best.unlike }, { x, y });
      if (unlike < best.unlike) best = { x, y, unlike };
    }
  }
  return best;
}

interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Every so many samples are looked at, across and down. */
  readonly every: number;
}

/** The sum of absolute differences of an area, shifted by whole samples; as soon as it is no better than `best`, that. */
function unlikeness(
  picture: PlaneSamples,
  sibling: PlaneSamples,
  area: Area & { readonly best: number },
  by: Shift,
): number {
  const { width, height, samples } = picture;
  const others = sibling.samples;
  let sum = 0;
  for (let y = area.y; y < Math.min(area.y + area.height, height); y += area.every) {
    if (sum >= area.best) return area.best;
    const line = Math.max(0, Math.min(height - 1, y + by.y)) * width;
    for (let x = area.x; x < Math.min(area.x + area.width, width); x += area.every) {
      const other = line + Math.max(0, Math.min(width - 1, x + by.x));
      sum += Math.abs(samples[y * width + x]! - others[other]!);
    }
  }
  return sum;
}

/** Looks for single tiles. */
class TileSearch {
  readonly #picture: PlaneSamples;
  readonly #sibling: PlaneSamples;
  readonly #sampler = new PatchSampler(TILE, TILE);

  constructor(picture: PlaneSamples, sibling: PlaneSamples) {
    this.#picture = picture;
    this.#sibling = sibling;
  }

  /** The shift of the tile that begins at these samples, near the ones given; in quarters of a sample. */
  find(x: number, y: number, near: readonly Shift[]): Shift {
    const area = { x, y, width: TILE, height: TILE, every: 2 };
    const tried = new Set<number>();
    let best = { x: 0, y: 0, unlike: Number.POSITIVE_INFINITY };
    const tryAt = (by: Shift): void => {
      const key = by.x * 65_536 + by.y;
      if (tried.has(key)) return;
      tried.add(key);
      const unlike = unlikeness(this.#picture, this.#sibling, { ...area, best: best.unlike }, by);
      if (unlike < best.unlike) best = { ...by, unlike };
    };
    for (const shift of near) tryAt({ x: Math.round(shift.x / 4), y: Math.round(shift.y / 4) });
    const { x: nearX, y: nearY } = best;
    for (let down = -AROUND_TILE; down <= AROUND_TILE; down++) {
      for (let across = -AROUND_TILE; across <= AROUND_TILE; across++) {
        tryAt({ x: nearX + across, y: nearY + down });
      }
    }
    return this.#findPart(x, y, { x: best.x * 4, y: best.y * 4 });
  }

  /** By halves, then quarters of a sample around a shift, across and then down. */
  #findPart(x: number, y: number, start: Shift): Shift {
    let best = { ...start, unlike: this.#unlikeness(x, y, start) };
    for (const size of [2, 1]) {
      for (const way of ['x', 'y'] as const) {
        const near = best;
        for (const step of [-size, size]) {
          const by = { x: near.x, y: near.y, [way]: near[way] + step };
          const unlike = this.#unlikeness(x, y, by);
          if (unlike < best.unlike) best = { ...by, unlike };
        }
      }
    }
    return best;
  }

  #unlikeness(x: number, y: number, by: Shift): number {
    const { width, height, samples } = this.#picture;
    this.#sampler.take(this.#sibling, x + by.x / 4, y + by.y / 4);
    const { patch } = this.#sampler;
    let sum = 0;
    for (let row = 0; row < Math.min(TILE, height - y); row++) {
      const line = (y + row) * width + x;
      for (let column = 0; column < Math.min(TILE, width - x); column++) {
        sum += Math.abs(samples[line + column]! - patch[row * TILE + column]!);
      }
    }
    return sum;
  }
}
