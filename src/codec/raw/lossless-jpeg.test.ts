import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hash32 } from '../../kernels/index.ts';
import { encodeLosslessJpeg, type LosslessOptions, type Predictor } from '../../testing/index.ts';
import { readLossless } from './coded-samples.ts';
import { writeLosslessScan } from './write-lossless.ts';

interface Stream {
  readonly samples: Uint16Array;
  readonly bytes: Uint8Array;
}

const options = fc.record({
  bits: fc.constantFrom(8, 10, 12, 14, 16),
  components: fc.constantFrom<1 | 2 | 4>(1, 2, 4),
  predictor: fc.integer({ min: 1, max: 7 }).map((number) => number as Predictor),
  hasFixedCode: fc.boolean(),
});

const streams: fc.Arbitrary<Stream> = fc
  .record({
    how: options,
    columns: fc.integer({ min: 1, max: 12 }),
    height: fc.integer({ min: 1, max: 20 }),
    restartRows: fc.constantFrom(0, 1, 3, 7),
    noiseBits: fc.integer({ min: 0, max: 16 }),
    seed: fc.nat(),
  })
  .map(({ how, columns, height, restartRows, noiseBits, seed }) => {
    const width = columns * how.components;
    const most = 2 ** how.bits - 1;
    const samples = Uint16Array.from({ length: width * height }, (_sample, at) => {
      return ((hash32(seed, 1) & most) + (hash32(seed, at) & (2 ** noiseBits - 1))) & most;
    });
    const grid = { samples, stride: width, left: 0, top: 0, width, height };
    const restarts: Partial<LosslessOptions> = restartRows === 0 ? {} : { restartRows };
    return { samples, bytes: encodeLosslessJpeg(grid, { ...how, ...restarts }) };
  });

describe('lossless JPEG streams', () => {
  test('give their samples, and the samples give the same bytes', () => {
    fc.assert(
      fc.property(streams, ({ samples, bytes }) => {
        const scan = readLossless(bytes);
        if (scan === null) throw new Error('it was not understood');
        expect(scan.samples).toEqual(samples);
        // All but the end marker.
        expect(scan.head.bytes + scan.bytes).toBe(bytes.length - 2);
        const space = new Uint8Array(scan.bytes);
        expect(writeLosslessScan(space, scan.head, scan)).toBe(true);
        expect(space).toEqual(bytes.subarray(scan.head.bytes, -2));
      }),
      { numRuns: 400 },
    );
  });

  test('that are damaged are null, or give the bytes back that they were read from', () => {
    const changes = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), {
      maxLength: 3,
    });
    let exact = 0;
    fc.assert(
      fc.property(streams, changes, fc.nat({ max: 4 }), ({ bytes }, flips, cut) => {
        const damaged = bytes.slice(0, bytes.length - cut);
        for (const [place, flip] of flips) {
          const at = place % damaged.length;
          damaged[at] = (damaged[at] ?? 0) ^ flip;
        }
        const scan = readLossless(damaged);
        if (scan === null) return;
        const space = new Uint8Array(scan.bytes);
        const isWritten = writeLosslessScan(space, scan.head, scan);
        const read = damaged.subarray(scan.head.bytes, scan.head.bytes + scan.bytes);
        if (isWritten && Buffer.compare(space, read) === 0) exact += 1;
      }),
      { numRuns: 600 },
    );
    expect(exact).toBeGreaterThan(30);
  });

  test('too large for their space are refused', () => {
    const [stream] = fc.sample(streams, { numRuns: 1, seed: 3 });
    const scan = readLossless(stream?.bytes ?? new Uint8Array(0));
    if (scan === null) throw new Error('it was not understood');
    for (const length of [scan.bytes - 1, scan.bytes + 1]) {
      expect(writeLosslessScan(new Uint8Array(length), scan.head, scan)).toBe(false);
    }
  });
});
