import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type CoefficientPlane,
  hash32,
  openCoefficientCoder,
  plainCoefficientKernel,
} from './index.ts';

const plain = plainCoefficientKernel();

interface Picture {
  readonly planes: readonly CoefficientPlane[];
  readonly mcusHigh: number;
  readonly seed: number;
  /** Whether a sibling says what to expect, and whether it is right. */
  readonly said: 'nothing' | 'anything' | 'all';
  /** How many of a thousand coefficients are not zero, and how large they get, in bits. */
  readonly perMille: number;
  readonly bits: number;
}

const samplings: fc.Arbitrary<number[][]> = fc.constantFrom(
  [[1, 1]],
  [
    [2, 2],
    [1, 1],
    [1, 1],
  ],
  [
    [2, 1],
    [1, 1],
    [1, 1],
  ],
  [
    [1, 2],
    [2, 1],
    [1, 1],
    [4, 1],
  ],
);

const pictures: fc.Arbitrary<Picture> = fc
  .record({
    sampling: samplings,
    mcusWide: fc.integer({ min: 1, max: 4 }),
    mcusHigh: fc.integer({ min: 1, max: 4 }),
    seed: fc.integer(),
    said: fc.constantFrom('nothing', 'anything', 'all'),
    perMille: fc.constantFrom(0, 20, 300, 1000),
    bits: fc.integer({ min: 1, max: 10 }),
    step: fc.constantFrom(0, 1, 16, 255, 65_535),
  })
  .map(({ sampling, mcusWide, mcusHigh, step, ...rest }) => ({
    ...rest,
    mcusHigh,
    planes: sampling.map(([h = 1, v = 1]) => ({
      blocksWide: mcusWide * h,
      blocksHigh: mcusHigh * v,
      h,
      v,
      quant: new Uint16Array(64).fill(step),
    })),
  }));

/** The planes, with what a sibling says: about what is there, or anything. */
function planesOf(picture: Picture): readonly CoefficientPlane[] {
  const { planes, said, seed } = picture;
  if (said === 'nothing') return planes;
  let first = 0;
  const all = new Int16Array(planes.reduce((sum, plane) => sum + coefficientsOf(plane), 0));
  fill(all, said === 'all' ? picture : { ...picture, seed: seed ^ 77, bits: 15 });
  return planes.map((plane) => {
    const own = all.slice(first, first + coefficientsOf(plane));
    first += own.length;
    return { ...plane, said: own.map((value) => (said === 'all' ? 4 * value + 1 : value)) };
  });
}

function coefficientsOf({ blocksWide, blocksHigh }: CoefficientPlane): number {
  return blocksWide * blocksHigh * 64;
}

function fill(target: Int16Array, { seed, perMille, bits }: Picture): void {
  for (let index = 0; index < target.length; index++) {
    const random = hash32(seed, index);
    if (random % 1000 >= perMille) continue;
    const size = (random >>> 12) & ((1 << bits) - 1);
    target[index] = (random & 0x400) === 0 ? size : -size;
  }
}

function encoded(picture: Picture, isPlain: boolean): { coded: Uint8Array; before: Int16Array } {
  const options = isPlain ? { codedBytesMax: 0, kernel: plain } : { codedBytesMax: 0 };
  const coder = openCoefficientCoder(planesOf(picture), options);
  fill(coder.coefficients, picture);
  const before = coder.coefficients.slice();
  return { coded: coder.encode({ first: 0, count: picture.mcusHigh }), before };
}

function decoded(picture: Picture, coded: Uint8Array, isPlain: boolean) {
  const codedBytesMax = coded.length;
  const options = isPlain ? { codedBytesMax, kernel: plain } : { codedBytesMax };
  const coder = openCoefficientCoder(planesOf(picture), options);
  const isRight = coder.decode({ first: 0, count: picture.mcusHigh }, coded);
  return { isRight, after: coder.coefficients.slice() };
}

test('coefficients come back, and the compiled coder writes what the plain one writes', () => {
  fc.assert(
    fc.property(pictures, (picture) => {
      const { coded, before } = encoded(picture, false);
      expect(encoded(picture, true).coded).toEqual(coded);
      expect(decoded(picture, coded, false)).toEqual({ isRight: true, after: before });
      expect(decoded(picture, coded, true)).toEqual({ isRight: true, after: before });
    }),
    { numRuns: 60 },
  );
});

test('damaged bytes end in the same answer, compiled and plain, within the picture', () => {
  const cases = fc.tuple(pictures, fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 }))));
  fc.assert(
    fc.property(cases, fc.nat({ max: 40 }), ([picture, changes], cut) => {
      const { coded } = encoded(picture, false);
      const damaged = coded.slice(0, Math.max(coded.length - cut, 0));
      for (const [place, flip] of changes) {
        if (damaged.length > 0) damaged[place % damaged.length]! ^= flip;
      }
      const compiled = decoded(picture, damaged, false);
      const readable = decoded(picture, damaged, true);
      expect(compiled.isRight).toBe(readable.isRight);
      if (compiled.isRight) expect(compiled.after).toEqual(readable.after);
    }),
    { numRuns: 60 },
  );
});

test('a run of rows is coded without a look at the rows above', () => {
  const quant = new Uint16Array(64).fill(3);
  const picture: Picture = {
    planes: [{ blocksWide: 5, blocksHigh: 8, h: 1, v: 1, quant }],
    ...{ mcusHigh: 8, seed: 9, said: 'all', perMille: 200, bits: 4 },
  };
  const coder = openCoefficientCoder(planesOf(picture), { codedBytesMax: 0 });
  fill(coder.coefficients, picture);
  const before = coder.coefficients.slice();
  const coded = coder.encode({ first: 4, count: 4 });
  const other = openCoefficientCoder(planesOf(picture), { codedBytesMax: coded.length });
  expect(other.decode({ first: 4, count: 4 }, coded)).toBe(true);
  expect(other.coefficients.subarray(0, 20 * 64).every((value) => value === 0)).toBe(true);
  expect(other.coefficients.slice(20 * 64)).toEqual(before.slice(20 * 64));
});

test('what a sibling says makes it smaller where it is right', () => {
  const quant = new Uint16Array(64).fill(2);
  const planes = [{ blocksWide: 30, blocksHigh: 20, h: 1, v: 1, quant }];
  const sizes = (['nothing', 'all'] as const).map((said) => {
    const picture: Picture = { planes, said, mcusHigh: 20, seed: 4, perMille: 200, bits: 3 };
    return encoded(picture, false).coded.length;
  });
  expect(sizes[1]).toBeLessThan(0.7 * (sizes[0] ?? 0));
});

test('many chunks and a picture larger than the one before', () => {
  const quant = new Uint16Array(64).fill(2);
  for (const blocksWide of [3, 200]) {
    const picture: Picture = {
      planes: [{ blocksWide, blocksHigh: 20, h: 1, v: 1, quant }],
      ...{ mcusHigh: 20, seed: 4, said: 'nothing', perMille: 900, bits: 9 },
    };
    const { coded, before } = encoded(picture, false);
    expect(decoded(picture, coded, false)).toEqual({ isRight: true, after: before });
  }
});

test('planes that are no picture are refused', () => {
  const quant = new Uint16Array(64);
  const plane = { blocksWide: 1, blocksHigh: 2, h: 1, v: 2, quant };
  const options = { codedBytesMax: 0 };
  expect(() => openCoefficientCoder([], options)).toThrow(/1 to 4/);
  expect(() => openCoefficientCoder([{ ...plane, blocksHigh: 3 }], options)).toThrow(/whole/);
  expect(() => openCoefficientCoder([plane, { ...plane, v: 1 }], options)).toThrow(/whole/);
});
