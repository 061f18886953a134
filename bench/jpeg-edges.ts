import type { JpegPlaneData } from './jpeg-picture.ts';

/** What the edges of the blocks around say about the lowest coefficient. */
export interface DcGuess {
  /** In quantisation steps, with fraction. */
  readonly expected: number;
  /** How far the edges differ from each other, in half steps; null with fewer than two of them. */
  readonly spread: number | null;
  /** How unlike the edges are besides, in steps. */
  readonly unlike: number;
}

/** Sums along the edges of a plane's blocks: picture and sums go on smoothly from block to block, as the codec has it. */
export class EdgeSums {
  readonly #quant: Uint16Array;
  readonly #right: Float32Array;
  readonly #bottom: Float32Array;
  /** Of the block at hand: sums of each line, and behind them sums with turning signs. */
  readonly #rows = new Float64Array(16);
  readonly #columns = new Float64Array(16);

  constructor({ blocksWide, blocksHigh, quant }: JpegPlaneData) {
    this.#quant = quant;
    this.#right = new Float32Array(blocksWide * blocksHigh * 8);
    this.#bottom = new Float32Array(blocksWide * blocksHigh * 8);
  }

  /** Begins a block. */
  begin(): void {
    this.#rows.fill(0);
    this.#columns.fill(0);
  }

  /** Takes a coefficient of the block in. */
  add(k: number, value: number): void {
    const u = k & 7;
    const v = k >> 3;
    const size = value * (this.#quant[k] ?? 1);
    const inRow = size * (u === 0 ? Math.SQRT1_2 : 1);
    const inColumn = size * (v === 0 ? Math.SQRT1_2 : 1);
    addTo(this.#rows, v, inRow);
    addTo(this.#rows, v + 8, (u & 1) === 1 ? -inRow : inRow);
    addTo(this.#columns, u, inColumn);
    addTo(this.#columns, u + 8, (v & 1) === 1 ? -inColumn : inColumn);
  }

  /** Ends the block. */
  end(block: number): void {
    this.#right.set(this.#rows.subarray(8), block * 8);
    this.#bottom.set(this.#columns.subarray(8), block * 8);
  }

  /** The coefficient `i` of the first row or column that would go on smoothly from the block beyond the edge. */
  expect(isRow: boolean, i: number, beyond: number): number {
    const own = isRow ? this.#columns : this.#rows;
    const sums = isRow ? this.#bottom : this.#right;
    const step = this.#quant[isRow ? i : i * 8] ?? 1;
    return (((sums[beyond * 8 + i] ?? 0) - (own[i] ?? 0)) * Math.SQRT2) / step;
  }

  /** The lowest coefficient by the blocks on the left and above, -1 where there is none. */
  expectDc(left: number, above: number): DcGuess {
    const quant = this.#quant[0] ?? 1;
    const a = left < 0 ? null : this.#across(this.#right, left, this.#rows);
    const b = above < 0 ? null : this.#across(this.#bottom, above, this.#columns);
    const only = a ?? b;
    if (only === null) return { expected: 0, spread: null, unlike: 0 };
    if (a === null || b === null) {
      return { expected: only.step / quant, spread: null, unlike: only.unlike / quant };
    }
    const trust = (a.unlike + quant) / (a.unlike + b.unlike + 2 * quant);
    return {
      expected: (a.step * (1 - trust) + b.step * trust) / quant,
      spread: (2 * Math.abs(a.step - b.step)) / quant,
      unlike: (a.unlike + b.unlike) / quant,
    };
  }

  #across(
    sums: Float32Array,
    beyond: number,
    own: Float64Array,
  ): { readonly step: number; readonly unlike: number } {
    let unlike = 0;
    for (let i = 1; i < 8; i++) unlike += Math.abs((sums[beyond * 8 + i] ?? 0) - (own[i] ?? 0));
    return { step: ((sums[beyond * 8] ?? 0) - (own[0] ?? 0)) * Math.SQRT2, unlike };
  }
}

function addTo(sums: Float64Array, at: number, value: number): void {
  sums[at] = (sums[at] ?? 0) + value;
}
