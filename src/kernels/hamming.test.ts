import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hash32, openHamming, plainHammingKernel } from './index.ts';

const compiled = openHamming();
const plain = openHamming(plainHammingKernel);

/** Rows near each other: a few bits of one of three fingerprints are flipped. */
function rowsOf(seed: number, count: number): Uint8Array {
  const rows = new Uint8Array(count * 32);
  for (let row = 0; row < count; row++) {
    const base = hash32(seed, row) % 3;
    for (let byte = 0; byte < 32; byte++) rows[row * 32 + byte] = hash32(seed, base, byte);
    for (let flip = 0; flip < hash32(seed, row, 1) % 40; flip++) {
      const bit = hash32(seed, row, 2 + flip) % 256;
      rows[row * 32 + (bit >> 3)]! ^= 1 << (bit & 7);
    }
  }
  return rows;
}

/** By text and digit, as slow and plain as can be: shares nothing with the kernels. */
function countedDistance(rows: Uint8Array, left: number, right: number): number {
  let sum = 0;
  for (let byte = 0; byte < 32; byte++) {
    const differing = rows[left * 32 + byte]! ^ rows[right * 32 + byte]!;
    sum += differing.toString(2).replaceAll('0', '').length;
  }
  return sum;
}

function allPairs(of: typeof plain, rows: Uint8Array, ends: Uint32Array, distanceMax: number) {
  return [...of.nearPairs(rows, { ends, distanceMax })].flat();
}

const lists = fc.record({
  seed: fc.integer(),
  count: fc.integer({ min: 0, max: 40 }),
  reach: fc.integer({ min: 0, max: 50 }),
  distanceMax: fc.integer({ min: 0, max: 256 }),
});

test('distances are those counted bit by bit, compiled and plain', () => {
  fc.assert(
    fc.property(lists, ({ seed, count }) => {
      const rows = rowsOf(seed, count + 1);
      const counted = Array.from({ length: count + 1 }, (_v, row) => countedDistance(rows, 0, row));
      const query = rows.slice(0, 32);
      expect([...compiled.distances(query, rows)]).toEqual(counted);
      expect([...plain.distances(query, rows)]).toEqual(counted);
    }),
  );
});

test('near pairs are those of all pairs that are in the window and near, compiled and plain', () => {
  fc.assert(
    fc.property(lists, ({ seed, count, reach, distanceMax }) => {
      const rows = rowsOf(seed, count);
      const ends = Uint32Array.from({ length: count }, (_v, row) => row + (reach % (row + 2)));
      const counted = [];
      for (let left = 0; left < count; left++) {
        for (let right = left + 1; right < Math.min(count, ends[left]!); right++) {
          const distance = countedDistance(rows, left, right);
          if (distance <= distanceMax) counted.push({ left, right, distance });
        }
      }
      expect(allPairs(compiled, rows, ends, distanceMax)).toEqual(counted);
      expect(allPairs(plain, rows, ends, distanceMax)).toEqual(counted);
    }),
  );
});

test('all bits may differ, and none', () => {
  const rows = new Uint8Array(64).fill(0xff, 32);
  for (const one of [compiled, plain]) {
    expect([...one.distances(rows.slice(0, 32), rows)]).toEqual([0, 256]);
  }
});

test('rows beyond one tile and pairs beyond one batch are found, each once', () => {
  const count = 9001;
  const rows = rowsOf(5, count);
  const ends = Uint32Array.from({ length: count }, (_v, row) => row + 6);
  ends[7] = count;
  const batches = [...compiled.nearPairs(rows, { ends, distanceMax: 60 })];
  const found = batches.flat();
  const far = plain.distances(rows.slice(7 * 32, 8 * 32), rows);
  const nearSeven = [...far.keys()].filter((row) => row > 7 && far[row]! <= 60);
  expect(found.filter(({ left }) => left === 7).map(({ right }) => right)).toEqual(nearSeven);
  expect(new Set(found.map(({ left, right }) => left * count + right)).size).toBe(found.length);
  expect(found).toEqual(allPairs(plain, rows, ends, 60));
  expect(batches.length).toBeGreaterThan(2);
  expect(Math.max(...batches.map((batch) => batch.length))).toBeLessThanOrEqual(8192);
});

test('a search may begin while the pairs of another are still read', () => {
  const rows = rowsOf(1, 300);
  const ends = new Uint32Array(300).fill(300);
  const alone = allPairs(compiled, rows, ends, 256);
  const found = [];
  for (const batch of compiled.nearPairs(rows, { ends, distanceMax: 256 })) {
    compiled.distances(new Uint8Array(32), new Uint8Array(32 * 50));
    found.push(...batch);
  }
  expect(found).toEqual(alone);
  expect(found).toHaveLength((300 * 299) / 2);
});

test('bytes that are no fingerprints are refused', () => {
  const rows = new Uint8Array(33);
  const options = { ends: new Uint32Array(1), distanceMax: 1 };
  expect(() => compiled.distances(rows, new Uint8Array(32))).toThrow(/query/);
  expect(() => compiled.distances(rows.slice(1), rows)).toThrow(/rows/);
  expect(() => [...compiled.nearPairs(rows, options)]).toThrow(/rows/);
  expect(() => [...compiled.nearPairs(new Uint8Array(64), options)]).toThrow(/ends/);
});
