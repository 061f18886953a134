import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatRecipe, KNOTS, knotLevel, parseRecipe, tilesOf } from './sibling-recipe.ts';

const curve = fc
  .array(fc.integer({ min: knotLevel(0), max: knotLevel(KNOTS - 1) }), {
    minLength: KNOTS,
    maxLength: KNOTS,
  })
  .map((levels) => Int16Array.from(levels));

const recipes = fc
  .record({
    across: fc.integer({ min: 1, max: 5 }),
    down: fc.integer({ min: 1, max: 5 }),
    planes: fc.integer({ min: 1, max: 4 }),
  })
  .chain(({ across, down, planes }) =>
    fc.record({
      tiles: fc.constant({ across, down }),
      curves: fc.array(curve, { minLength: planes, maxLength: planes }),
      shifts: fc
        .array(fc.integer({ min: -16_384, max: 16_384 }), {
          minLength: 2 * across * down,
          maxLength: 2 * across * down,
        })
        .map((shifts) => Int16Array.from(shifts)),
    }),
  );

describe('a recipe', () => {
  it('comes back, and not from a byte more or less', () => {
    fc.assert(
      fc.property(recipes, ({ tiles, curves, shifts }) => {
        const bytes = formatRecipe({ curves, shifts }, tiles.across);
        expect(parseRecipe(bytes, curves.length, tiles)).toEqual({ curves, shifts });
        expect(parseRecipe(bytes.subarray(0, -1), curves.length, tiles)).toBeNull();
        expect(parseRecipe(Uint8Array.from([...bytes, 0]), curves.length, tiles)).toBeNull();
      }),
    );
  });

  it('is null or within its ranges, whatever the bytes', () => {
    const tiles = { across: 2, down: 2 };
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 41, maxLength: 130 }), (bytes) => {
        const recipe = parseRecipe(bytes, 1, tiles);
        for (const shift of recipe?.shifts ?? []) expect(Math.abs(shift)).toBeLessThan(16_385);
        for (const level of recipe?.curves[0] ?? []) {
          expect(level).toBeGreaterThanOrEqual(knotLevel(0));
          expect(level).toBeLessThanOrEqual(knotLevel(KNOTS - 1));
        }
      }),
    );
  });

  it('has tiles for the last samples too', () => {
    expect(tilesOf(64, 65)).toEqual({ across: 1, down: 2 });
  });
});
