import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LIMITS } from '../base/index.ts';
import { simWorld } from '../testing/index.ts';
import { digestFile, headOf, RunningDigest } from './digest-file.ts';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const content = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => i * 31);
const { headBytes } = LIMITS;

describe('RunningDigest', () => {
  it('gives the digests of the whole and of the head, however the bytes are cut', () => {
    const edge = fc.integer({ min: -2, max: 2 }).map((step) => headBytes + step);
    const size = fc.oneof(edge, fc.integer({ min: 0, max: 3 * headBytes }));
    const cuts = fc.array(fc.oneof(edge, fc.integer({ min: 0, max: 3 * headBytes })));
    fc.assert(
      fc.property(size, cuts, (sizeBytes, places) => {
        const bytes = content(sizeBytes);
        const digest = new RunningDigest();
        let start = 0;
        for (const end of [...places.sort((a, b) => a - b), sizeBytes]) {
          digest.update(bytes.subarray(start, end));
          start = Math.max(start, Math.min(end, sizeBytes));
        }
        expect(digest.finish()).toEqual({
          blob: sha256(bytes),
          sizeBytes,
          head: sha256(bytes.subarray(0, headBytes)).slice(0, 16),
        });
      }),
      { numRuns: 60 },
    );
  });
});

describe('headOf()', () => {
  it.each([0, 1, headBytes - 1, headBytes, headBytes + 1])(
    'is the head that digestFile() finds in %d bytes',
    async (sizeBytes) => {
      const { disk } = simWorld(1);
      const file = await disk.createNew('/x');
      await file.write(content(sizeBytes));
      await file.close();
      expect(await headOf(disk, '/x')).toBe((await digestFile(disk, '/x')).head);
    },
  );
});
