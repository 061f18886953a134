import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lumaOf } from './fingerprint.ts';
import { GRID_SIDE, type Grid, gridOf, type Pixels } from './pixels.ts';
import { scoresOf } from './scores.ts';
import { colourDistance, colourOf, toneDistance, toneOf } from './tone-colour.ts';

function gridFrom(cell: (row: number, column: number) => readonly [number, number, number]): Grid {
  const grid = new Float32Array(GRID_SIDE * GRID_SIDE * 3);
  for (let at = 0; at < GRID_SIDE * GRID_SIDE; at += 1) {
    grid.set(cell(Math.floor(at / GRID_SIDE), at % GRID_SIDE), at * 3);
  }
  return grid;
}

describe('toneOf() and colourOf()', () => {
  const slope = gridFrom((row, column) => [row * 2, row + column, column]);

  test('say where light and colours are: sixteen tiles, row by row', () => {
    const corner = gridFrom((row, column) =>
      row < 16 && column >= 48 ? [250, 10, 10] : [9, 9, 9],
    );
    const tone = toneOf(lumaOf(corner));
    expect(tone.indexOf(Math.max(...tone))).toBe(3);
    const colour = colourOf(corner);
    expect(colour.slice(6, 8)).toEqual([90, 0]);
    expect(colour.filter((value) => value !== 0)).toEqual([90]);
  });

  test('stay the same with half of the light, and not with another picture', () => {
    const darker = slope.map((value) => value / 2);
    expect(toneDistance(toneOf(lumaOf(slope)), toneOf(lumaOf(darker)))).toBeLessThanOrEqual(1);
    expect(colourDistance(colourOf(slope), colourOf(darker))).toBeLessThan(8);
    const turned = gridFrom((row, column) => [126 - row * 2, 126 - row - column, 63 - column]);
    expect(toneDistance(toneOf(lumaOf(slope)), toneOf(lumaOf(turned)))).toBeGreaterThan(50);
    expect(colourDistance(colourOf(slope), colourOf(turned))).toBeGreaterThan(8);
  });

  test('distances are none to itself, the same both ways, and want signatures of one length', () => {
    const signature = fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 16, maxLength: 16 });
    fc.assert(
      fc.property(signature, signature, (left, right) => {
        expect(toneDistance(left, left)).toBe(0);
        expect(toneDistance(left, right)).toBe(toneDistance(right, left));
        expect(toneDistance(left, right)).toBeLessThanOrEqual(255);
      }),
    );
    expect(() => toneDistance([1], [1, 2])).toThrow(RangeError);
  });
});

describe('gridOf() and scoresOf()', () => {
  test('give numbers for every size from one pixel on, and keep the mean', () => {
    const side = fc.integer({ min: 1, max: 150 });
    fc.assert(
      fc.property(side, side, fc.integer({ min: 1, max: 8 }), (width, height, orientation) => {
        const rgb = Uint8Array.from({ length: width * height * 3 }, (_, at) => (at * 37) % 256);
        const pixels: Pixels = { width, height, rgb };
        const part = { left: 0, top: 0, width, height };
        const grid = gridOf(pixels, part, orientation);
        expect(grid.every((value) => value >= 0 && value <= 255.01)).toBe(true);
        const mean = (values: ArrayLike<number>): number =>
          Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
        expect(Math.abs(mean(grid) - mean(rgb))).toBeLessThan(0.5);
        const scores = Object.values(scoresOf(pixels, part));
        expect(scores.every((value) => Number.isFinite(value))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});
