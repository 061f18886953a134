import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type MakerCoding,
  renderPreviews,
  type SensorFrame,
  type ShotFacts,
  shootFrame,
  simCamera,
  writeCr2,
  writeCrw,
  writeMakerRaw,
  writeRaf,
  writeSmallCr2,
} from '../../testing/index.ts';
import { decodeRaw } from './decode-raw.ts';
import { describeRaw } from './describe-raw.ts';
import { encodeRaw } from './encode-raw.ts';
import { writeSamples } from './part-samples.ts';
import { readParts, readSensorPlanes } from './read-parts.ts';

const FACTS: ShotFacts = {
  ...{ make: 'FieldVault', model: 'SimCam', serial: '1', lens: 'Sim 24-120mm f/4' },
  ...{ takenLocalMs: 1_795_241_525_250, offsetMinutes: 60, iso: 400, aperture: 4 },
  ...{ shutterPerSecond: 250, focalLength: 50, exposureStops: 0, place: null },
  ...{ shutterCount: 77, drive: 'single' },
};

interface Case {
  readonly name: string;
  readonly coding: MakerCoding;
  readonly width: number;
  readonly height: number;
  readonly bits: 12 | 14;
  /** What the samples are called in a container. */
  readonly kind: string;
}

const CASES: readonly Case[] = [
  {
    name: 'Sony words',
    coding: { kind: 'sony-words' },
    width: 256,
    height: 192,
    bits: 14,
    kind: 'packed',
  },
  {
    name: 'Nikon tens',
    coding: { kind: 'nikon-tens' },
    width: 260,
    height: 192,
    bits: 12,
    kind: 'blocks',
  },
  {
    name: 'Olympus tens',
    coding: { kind: 'olympus-tens' },
    width: 260,
    height: 192,
    bits: 12,
    kind: 'blocks',
  },
  {
    name: 'Olympus packed',
    coding: { kind: 'olympus-packed' },
    width: 256,
    height: 192,
    bits: 12,
    kind: 'packed',
  },
  {
    name: 'Samsung packed',
    coding: { kind: 'samsung' },
    width: 256,
    height: 192,
    bits: 12,
    kind: 'packed',
  },

  {
    name: 'Sony blocks',
    coding: { kind: 'sony-blocks' },
    width: 256,
    height: 192,
    bits: 14,
    kind: 'blocks',
  },
  {
    name: 'Sony lossless',
    coding: { kind: 'sony-lossless' },
    width: 384,
    height: 256,
    bits: 14,
    kind: 'lossless-cells',
  },
  {
    name: 'Nikon lossy',
    coding: { kind: 'nikon-lossy', split: 0 },
    width: 256,
    height: 192,
    bits: 12,
    kind: 'differences',
  },
  {
    name: 'Nikon lossy, split',
    coding: { kind: 'nikon-lossy', split: 100 },
    width: 256,
    height: 192,
    bits: 12,
    kind: 'differences',
  },
  {
    name: 'Pentax, 12 bits',
    coding: { kind: 'pentax' },
    width: 256,
    height: 192,
    bits: 12,
    kind: 'differences',
  },
  {
    name: 'Olympus',
    coding: { kind: 'olympus' },
    width: 256,
    height: 192,
    bits: 12,
    kind: 'olympus',
  },
  {
    name: 'Panasonic 4',
    coding: { kind: 'panasonic', format: 4 },
    width: 252,
    height: 192,
    bits: 12,
    kind: 'blocks',
  },
  {
    name: 'Panasonic 5, 12 bits',
    coding: { kind: 'panasonic', format: 5 },
    width: 260,
    height: 192,
    bits: 12,
    kind: 'blocks',
  },
  {
    name: 'Panasonic 5, 14 bits',
    coding: { kind: 'panasonic', format: 5 },
    width: 252,
    height: 192,
    bits: 14,
    kind: 'blocks',
  },
  {
    name: 'Panasonic 6, 12 bits',
    coding: { kind: 'panasonic', format: 6 },
    width: 252,
    height: 192,
    bits: 12,
    kind: 'blocks',
  },
  {
    name: 'Panasonic 6, 14 bits',
    coding: { kind: 'panasonic', format: 6 },
    width: 264,
    height: 192,
    bits: 14,
    kind: 'blocks',
  },
  {
    name: 'Panasonic 7',
    coding: { kind: 'panasonic', format: 7 },
    width: 252,
    height: 192,
    bits: 14,
    kind: 'blocks',
  },
];

function frameOf({ width, height, bits }: Omit<Case, 'name' | 'coding' | 'kind'>): SensorFrame {
  return shootFrame(simCamera({ seed: 8, width, height, bits, iso: 400 }));
}

/** The file, recoded and back. */
function recoded(bytes: Uint8Array): Uint8Array {
  const container = encodeRaw(bytes);
  if (container === null) throw new Error('it was not recoded');
  expect(decodeRaw(container)).toEqual(bytes);
  return container;
}

describe("makers' own codings, simulated", () => {
  test.each(CASES)('$name: the samples are those stored, and the file comes back', (one) => {
    const { bytes, stored } = writeMakerRaw(frameOf(one), { facts: FACTS, coding: one.coding });
    const [plane, ...others] = readSensorPlanes(bytes);
    expect(others).toEqual([]);
    expect([plane?.width, plane?.height]).toEqual([one.width, one.height]);
    const isRaised = one.coding.kind === 'nikon-lossy' && one.coding.split > 0;
    const wanted = isRaised ? stored.map((sample) => sample + 16) : stored;
    expect(plane?.samples.findIndex((sample, at) => sample !== wanted[at])).toBe(-1);
    expect(describeRaw(recoded(bytes))?.pictures[0]?.coding).toBe(one.kind);
  });

  test.each([true, false])('Canon before CR2, low bits apart: %s', (hasLowBits) => {
    const whole = frameOf({ width: 256, height: 192, bits: 12 });
    const samples = hasLowBits ? whole.samples : whole.samples.map((sample) => sample >> 2);
    const preview = Uint8Array.from({ length: 500 }, (_byte, at) => at & 63);
    const bytes = writeCrw({ ...whole, samples }, { preview, hasLowBits });
    expect(readSensorPlanes(bytes)[0]?.samples).toEqual(samples);
    expect(describeRaw(recoded(bytes))?.pictures[0]?.coding).toBe('canon-blocks');
  });

  test.each([true, false])('RAF without gaps: %s', (isPacked) => {
    const frame = frameOf({ width: 256, height: 192, bits: 14 });
    const preview = Uint8Array.from({ length: 500 }, (_byte, at) => at & 63);
    const bytes = writeRaf(frame, { preview, isPacked });
    expect(readSensorPlanes(bytes)[0]?.samples).toEqual(frame.samples);
    expect(describeRaw(recoded(bytes))?.pictures[0]?.coding).toBe('packed');
  });

  test.each([
    [1, [256]],
    [2, [256]],
    [1, [96, 96, 64]],
    [2, [100, 100, 56]],
  ] as const)('small CR2 with %i rows for one of colour, slices %j', (rowsEach, slices) => {
    const frame = frameOf({ width: 256, height: 192, bits: 14 });
    const { bytes, brightness, colours } = writeSmallCr2(frame, { facts: FACTS, rowsEach, slices });
    const plane = readSensorPlanes(bytes)[0];
    expect([plane?.width, plane?.height]).toEqual([256, 192 + 192 / rowsEach]);
    const below = plane?.samples.subarray(256 * 192);
    expect(plane?.samples.subarray(0, 256 * 192)).toEqual(brightness);
    for (const [side, colour] of colours.entries()) {
      const found = below?.filter((_sample, at) => Math.floor((at % 256) / 128) === side);
      expect(found).toEqual(colour);
    }
    expect(describeRaw(recoded(bytes))?.pictures[0]?.coding).toBe('lossless-sampled');
  });

  test.each([1, 2] as const)('Canon slices with %i rows in a line', async (rowsPerLine) => {
    const frame = frameOf({ width: 240, height: 160, bits: 12 });
    const previews = await renderPreviews(frame);
    const slices = [80, 80, 80];
    const bytes = writeCr2(frame, { facts: FACTS, previews, components: 4, slices, rowsPerLine });
    const [plane] = readSensorPlanes(bytes);
    expect([plane?.width, plane?.height]).toEqual([240, 160]);
    expect(plane?.samples).toEqual(frame.samples);
  });

  test('any values come back: every sample may follow every other', () => {
    const size = { width: 64, height: 34 };
    const samples = fc.array(fc.integer({ min: 0, max: 4095 }), { minLength: 60, maxLength: 60 });
    const codings: readonly MakerCoding[] = [
      ...(['pentax', 'olympus', 'olympus-tens', 'sony-blocks'] as const).map((kind) => ({ kind })),
      { kind: 'nikon-lossy', split: 0 },
      { kind: 'panasonic', format: 4 },
      { kind: 'panasonic', format: 6 },
    ];
    let understood = 0;
    fc.assert(
      fc.property(fc.constantFrom(...codings), samples, fc.nat(12), (coding, some, calm) => {
        const width = coding.kind === 'panasonic' || coding.kind === 'olympus-tens' ? 70 : 64;
        const frame = {
          ...frameOf({ width: 70, height: 64, bits: 12 }),
          width,
          height: size.height,
        };
        const wild = Uint16Array.from({ length: width * size.height }, (_sample, at) => {
          // Above what bodies call black: no body writes less.
          return Math.min(4095, 300 + ((some[(at * 7) % 60] ?? 0) >> calm));
        });
        const { bytes, stored } = writeMakerRaw(
          { ...frame, samples: wild },
          { facts: FACTS, coding },
        );
        const [part] = readParts(bytes);
        if (part === undefined) throw new Error('it was not read');
        // Noise that no camera has may take as many bytes as whole samples would: it is taken for those.
        if (part.recipe.coding.kind === 'packed') return;
        understood += 1;
        expect(part.plane.samples.findIndex((one, at) => one !== stored[at])).toBe(-1);
        const again = bytes.slice();
        for (const { offset, length } of part.recipe.holes) again.fill(0, offset, offset + length);
        expect(writeSamples(again, part.recipe, part.plane)).toBe(true);
        expect(Buffer.compare(again, bytes)).toBe(0);
      }),
      { numRuns: 100 },
    );
    expect(understood).toBeGreaterThan(70);
  }, 60_000);

  test('blocks that no body would write come back too, or the file is null', () => {
    for (const coding of [{ kind: 'sony-blocks' }, { kind: 'panasonic', format: 4 }] as const) {
      const width = coding.kind === 'panasonic' ? 252 : 256;
      const frame = frameOf({ width, height: 192, bits: coding.kind === 'panasonic' ? 12 : 14 });
      const { bytes } = writeMakerRaw(frame, { facts: FACTS, coding });
      let changed = 0;
      for (const every of [4001, 997, 31]) {
        const other = bytes.slice();
        for (let at = bytes.length - 30_000; at < bytes.length; at += every) other[at]! ^= 0x5a;
        const container = encodeRaw(other);
        if (container === null) continue;
        changed += 1;
        expect(decodeRaw(container)).toEqual(other);
      }
      expect(changed).toBeGreaterThan(0);
    }
  });
});
