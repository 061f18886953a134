import type { PlaneSamples } from './plane-samples.ts';

/** Takes patches of a plane that begin between its samples: cubic curves through four samples (Catmull and Rom). */
export class PatchSampler {
  /** The last patch, row by row. */
  readonly patch: Float64Array;
  readonly #width: number;
  readonly #height: number;
  /** Samples of one line, then lines moved sideways only. */
  readonly #from: Float64Array;
  readonly #lines: Float64Array;

  constructor(width: number, height: number) {
    this.#width = width;
    this.#height = height;
    this.patch = new Float64Array(width * height);
    this.#from = new Float64Array(width + 3);
    this.#lines = new Float64Array(width * (height + 3));
  }

  /** Takes the patch at this place; beyond its edges a plane goes on as it ends. */
  take({ samples, width: wide, height: high }: PlaneSamples, x: number, y: number): void {
    const width = this.#width;
    const lines = this.#lines;
    const column = Math.floor(x);
    const row = Math.floor(y);
    const [a, b, c, d] = cubicWeights(x - column);
    const from = this.#from;
    for (let down = 0; down < this.#height + 3; down++) {
      const line = clamp(row + down - 1, high) * wide;
      for (let at = 0; at < from.length; at++) {
        from[at] = samples[line + clamp(column + at - 1, wide)]!;
      }
      const start = down * width;
      for (let at = 0; at < width; at++) {
        lines[start + at] =
          a * from[at]! + b * from[at + 1]! + c * from[at + 2]! + d * from[at + 3]!;
      }
    }
    const [e, f, g, h] = cubicWeights(y - row);
    for (let at = 0; at < this.patch.length; at++) {
      this.patch[at] =
        e * lines[at]! +
        f * lines[at + width]! +
        g * lines[at + 2 * width]! +
        h * lines[at + 3 * width]!;
    }
  }
}

function clamp(at: number, length: number): number {
  return at < 0 ? 0 : at >= length ? length - 1 : at;
}

/** The weights of four samples for a place between the middle two. */
function cubicWeights(t: number): readonly [number, number, number, number] {
  const [t2, t3] = [t * t, t * t * t];
  return [
    (-t3 + 2 * t2 - t) / 2,
    (3 * t3 - 5 * t2 + 2) / 2,
    (-3 * t3 + 4 * t2 + t) / 2,
    (t3 - t2) / 2,
  ];
}
