import fc from 'fast-check';

/** Places, taken round the end, and the bits that are flipped there. */
export type Changes = readonly (readonly [number, number])[];

/** One to six bytes of a file, spoiled. */
export const changes: fc.Arbitrary<[number, number][]> = fc.array(
  fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })),
  { minLength: 1, maxLength: 6 },
);

/** The same bytes with these changes. */
export function damage(bytes: Uint8Array, at: Changes): Uint8Array {
  const damaged = bytes.slice();
  for (const [place, flip] of at) {
    const where = place % damaged.length;
    damaged[where] = (damaged[where] ?? 0) ^ flip;
  }
  return damaged;
}
