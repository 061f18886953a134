import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pushNotes, pushNumber, type ScanNotes, takeNotes, takeNumber } from './scan-notes.ts';

test('numbers of 32 bits come back; longer ones and cut ones are null', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0xffffffff }), (number) => {
      const bytes: number[] = [];
      pushNumber(bytes, number);
      expect(takeNumber({ bytes: Uint8Array.from(bytes), at: 0 })).toBe(number);
      expect(takeNumber({ bytes: Uint8Array.from(bytes.slice(0, -1)), at: 0 })).toBeNull();
    }),
  );
  const tooLong = [0xff, 0xff, 0xff, 0xff, 0x7f];
  expect(takeNumber({ bytes: Uint8Array.from(tooLong), at: 0 })).toBeNull();
  expect(takeNumber({ bytes: new Uint8Array(9).fill(0xff), at: 0 })).toBeNull();
});

const pads = fc.array(
  fc
    .integer({ min: 0, max: 7 })
    .chain((size) =>
      fc.record({ size: fc.constant(size), pad: fc.integer({ min: 0, max: (1 << size) - 1 }) }),
    ),
);
const places = fc.uniqueArray(fc.nat({ max: 5000 })).map((list) => list.sort((a, b) => a - b));

test('notes come back', () => {
  fc.assert(
    fc.property(fc.nat(), pads, places, (mcus, list, blocks) => {
      const notes: ScanNotes = {
        mcus,
        pads: list.map(({ pad }) => pad),
        padSizes: list.map(({ size }) => size),
        oddRestarts: blocks.map((block) => [block, 0xd0 + (block & 7)]),
        zeroRuns: blocks.map((block) => [block, 1 + (block % 3)]),
        runMax: 9,
        // What reached the longest run needs no word.
        runBreaks: blocks.map((block) => [block, block % 2 === 0 ? 9 : 8]),
      };
      const bytes: number[] = [];
      pushNotes(bytes, notes);
      const source = { bytes: Uint8Array.from(bytes), at: 0 };
      const taken = takeNotes(source);
      expect(source.at).toBe(bytes.length);
      expect(taken?.mcus).toBe(mcus);
      expect([...(taken?.oddRestarts ?? [])]).toEqual(notes.oddRestarts);
      expect([...(taken?.zeroRuns ?? [])]).toEqual(notes.zeroRuns);
      expect([...(taken?.runBreaks.keys() ?? [])]).toEqual(
        blocks.filter((block) => block % 2 === 1),
      );
      expect(taken?.runMax).toBe(9);
      if (typeof taken?.pads === 'object') expect(taken.pads).toEqual(notes.pads);
      else if (taken?.pads === 'zeros') expect(notes.pads.every((pad) => pad === 0)).toBe(true);
      else expect(list.every(({ pad, size }) => pad === (1 << size) - 1)).toBe(true);
    }),
  );
});

test('other bytes are notes or null, never an endless list', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      const taken = takeNotes({ bytes, at: 0 });
      if (taken !== null) expect(taken.zeroRuns.size).toBeLessThanOrEqual(bytes.length);
    }),
  );
});
