import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hash32 } from '../../kernels/index.ts';
import type { BitSink } from './bit-sink.ts';
import { parseFrame } from './frame.ts';
import { markCoefficients } from './marks.ts';
import { buildPrefixCode } from './prefix-code.ts';
import { readScan } from './read-scan.ts';
import type { JpegScan } from './walk.ts';
import { writeScan } from './write-scan.ts';

/** A grey progressive picture of 16 by 8 blocks. */
const frame = parseFrame(0xc2, Uint8Array.of(8, 0, 64, 0, 128, 1, 1, 0x11, 0), 0)!;
const BLOCKS = 128;

/** Nine bits for each symbol but the last. */
const symbols = Uint8Array.from({ length: 255 }, (_symbol, index) => index);
const ac = buildPrefixCode(new Uint8Array(16).fill(255, 8, 9), symbols);

/** The band's upper bits, then its lowest one. */
const scans: JpegScan[] = [
  { frame, parts: [{ plane: 0, dc: null, ac }], from: 1, to: 63, high: 0, low: 1, restartEvery: 0 },
  { frame, parts: [{ plane: 0, dc: null, ac }], from: 1, to: 63, high: 1, low: 0, restartEvery: 0 },
];

const pictures = fc.record({
  seed: fc.integer(),
  /** Of 16 coefficients: how many are not zero, and of 16 of those, how many are 1 or -1. */
  full: fc.nat({ max: 16 }),
  ones: fc.constantFrom(0, 0, 1, 8),
  runMax: fc.constantFrom(1, 5, 0x7fff),
});

test('bands come back from their scans, however many bits a run of ended bands keeps back', () => {
  fc.assert(
    fc.property(pictures, ({ seed, full, ones, runMax }) => {
      const coefficients = Int16Array.from({ length: BLOCKS * 64 }, (_value, index) => {
        const hash = hash32(seed, index);
        if ((index & 63) === 0 || (hash & 15) >= full) return 0;
        const magnitude = ((hash >> 4) & 15) < ones ? 1 : 2 + ((hash >> 8) & 63);
        return (hash & 0x10000) === 0 ? magnitude : -magnitude;
      });
      const picture = { coefficients, marks: markCoefficients(coefficients) };
      const none = new Map<number, number>();
      const lists = { oddRestarts: none, zeroRuns: none, runBreaks: none };
      const read = new Int16Array(coefficients.length);
      for (const scan of scans) {
        const sink: BitSink = { bytes: new Uint8Array(65_536), at: 0, bits: 0, count: 0 };
        const notes = { mcus: BLOCKS, pads: 'ones', runMax, ...lists } as const;
        expect(writeScan(sink, scan, picture, notes)).toBe(true);
        expect(readScan(sink.bytes, 0, scan, read)?.end).toBe(sink.at);
      }
      expect(read).toEqual(coefficients);
    }),
  );
});
