import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseBlobId } from '../../src/base/index.ts';
import { decodeRaw, encodeRaw, rawDependencies, readSensorPlanes } from '../../src/codec/index.ts';
import {
  type MakerCoding,
  renderPreviews,
  type ShotFacts,
  shootFrame,
  simCamera,
  writeMakerRaw,
  writeNef,
} from '../../src/testing/index.ts';
import { skipBecause } from '../skip.ts';
import { runUnprocessedRaw, whyNoTool } from './raw-tools.ts';

const FOLDER = resolve(
  process.env['FIELDVAULT_SAMPLES'] ?? join(import.meta.dirname, '../../../shared/data'),
);

/** Why a file of the samples cannot be tested. */
function absent(path: string): string | null {
  return existsSync(join(FOLDER, path))
    ? null
    : `no ${path} in the samples folder (FIELDVAULT_SAMPLES)`;
}

function read(path: string): Uint8Array {
  return new Uint8Array(readFileSync(join(FOLDER, path)));
}

const BURST = 'raw_burst/mex2025/2025-03-20_9584122984';
const OTHER = 'raw_burst/mex2025/2025-03-14_0aff6e2f7c';

/** Files that are recoded, and the largest share of their bytes that may be left. */
const RECODED: readonly (readonly [string, number])[] = [
  ['raw/complete/IMG_0848.CR2', 0.78],
  ['raw/complete/CRW.CRW', 0.82],
  ['raw/complete/colorchart.dng', 0.55],
  ['raw/complete/emubayer_test.dng', 0.2],
  [`${OTHER}/image_0.dng`, 0.31],
  [`${OTHER}/dark_frame.dng`, 0.1],
  ...[21, 24, 28, 32, 36].map((index) => [`${BURST}/image_${index}.dng`, 0.2] as const),
];

describe('real RAW files', () => {
  for (const [path, shareMax] of RECODED) {
    test(
      `${path} comes back from at most ${shareMax} of its bytes`,
      skipBecause(absent(path)),
      () => {
        const bytes = read(path);
        const container = encodeRaw(bytes);
        if (container === null) throw new Error('it was not recoded');
        expect(container.length).toBeLessThanOrEqual(bytes.length * shareMax);
        expect(decodeRaw(container)).toEqual(bytes);
      },
    );
  }

  const unknown = ['GOPR0024.GPR', 'GPFR7066.GPR', 'GPBK7066.GPR'].map(
    (name) => `raw/complete/${name}`,
  );
  test.each(unknown)('%s is of a coding that is not understood: null', (path) => {
    if (existsSync(join(FOLDER, path))) expect(encodeRaw(read(path))).toBeNull();
  });

  test(
    'cut short are null, or come back as they were',
    skipBecause(absent(`${OTHER}/image_0.dng`)),
    () => {
      const bytes = read(`${OTHER}/image_0.dng`);
      for (const length of [0, 7, 8, 100, 600, 747, 748, 5000, 1_000_000, bytes.length - 1]) {
        const cut = bytes.slice(0, length);
        const container = encodeRaw(cut);
        if (container !== null) expect(decodeRaw(container)).toEqual(cut);
      }
    },
  );

  test(
    'the frame before in the burst may help, a wrong one is left alone',
    skipBecause(absent(BURST)),
    () => {
      const bytes = read(`${BURST}/image_28.dng`);
      const alone = encodeRaw(bytes)?.length ?? 0;
      for (const path of [`${BURST}/image_27.dng`, `${OTHER}/image_0.dng`]) {
        const other = read(path);
        const id = parseBlobId(createHash('sha256').update(other).digest('hex'));
        if (id === null) throw new Error('no digest');
        const dependencies = [{ id, bytes: other }];
        const container = encodeRaw(bytes, { sibling: { id, bytes: other } });
        if (container === null) throw new Error('it was not recoded');
        expect(container.length).toBeLessThanOrEqual(alone * 1.01);
        expect(decodeRaw(container, { dependencies })).toEqual(bytes);
        expect(rawDependencies(container).every((needed) => needed === id)).toBe(true);
      }
    },
  );
});

describe('files that are no RAW, or broken ones', () => {
  const folders = [
    'metadata/fuzzed',
    'metadata/truncated_raw',
    'metadata/exiftool_t',
    'raw/vintage',
  ];
  test.each(folders)('%s: every file is null or comes back', (folder) => {
    if (!existsSync(join(FOLDER, folder))) return;
    const entries = readdirSync(join(FOLDER, folder), { recursive: true, withFileTypes: true });
    for (const entry of entries.filter((one) => one.isFile())) {
      const bytes = new Uint8Array(readFileSync(join(entry.parentPath, entry.name)));
      const container = encodeRaw(bytes);
      if (container !== null) expect(decodeRaw(container), entry.name).toEqual(bytes);
    }
  });
});

describe('samples beside LibRaw', skipBecause(whyNoTool('unprocessed_raw')), () => {
  /** The samples as LibRaw reads them and as we do. */
  function bothReadings(name: string, bytes: Uint8Array) {
    const folder = mkdtempSync(join(tmpdir(), 'fieldvault-raw-'));
    try {
      const path = join(folder, name);
      writeFileSync(path, bytes);
      const theirs = runUnprocessedRaw([{ path }])[0]?.said;
      const ours = readSensorPlanes(bytes)[0];
      return { theirs, ours };
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  const real = [
    'raw/complete/IMG_0848.CR2',
    'raw/complete/CRW.CRW',
    'raw/complete/colorchart.dng',
    `${OTHER}/image_0.dng`,
  ];
  for (const path of real) {
    test(`${path} has the same`, skipBecause(absent(path)), () => {
      const { theirs, ours } = bothReadings(basename(path), read(path));
      expect([ours?.width, ours?.height]).toEqual([theirs?.width, theirs?.height]);
      expect(ours?.samples).toEqual(theirs?.samples);
    });
  }

  test.each([12, 14] as const)(
    'Nikon lossless of %i bits, simulated, has the same',
    async (bits) => {
      const frame = shootFrame(simCamera({ seed: 3, width: 640, height: 480, bits, iso: 400 }));
      const facts = factsOf('NIKON CORPORATION', 'NIKON D800');
      const previews = await renderPreviews(frame, false);
      const bytes = writeNef(frame, { facts, previews, isLossless: true });
      const { theirs, ours } = bothReadings('SIM.NEF', bytes);
      expect(theirs?.samples).toEqual(frame.samples);
      expect(ours?.samples).toEqual(frame.samples);
    },
  );

  interface Maker {
    readonly make: string;
    readonly model: string;
    readonly coding: MakerCoding;
    readonly width: number;
    readonly bits: 12 | 14;
    readonly name: string;
    /** How many times as much LibRaw says. */
    readonly times: number;
  }

  const plain = { width: 640, bits: 12, times: 1 } as const;
  const nikon = { ...plain, make: 'NIKON CORPORATION', name: 'SIM.NEF' } as const;
  const panasonic = { ...plain, make: 'Panasonic', name: 'SIM.RW2' } as const;
  const sony = { make: 'SONY', model: 'ILCE-7M2', coding: { kind: 'sony-blocks' } } as const;
  const makers: readonly Maker[] = [
    { ...plain, ...sony, bits: 14, name: 'SIM.ARW', times: 2 },
    { ...nikon, model: 'NIKON D70', coding: { kind: 'nikon-lossy', split: 0 } },
    { ...nikon, model: 'NIKON D90', coding: { kind: 'nikon-lossy', split: 99 } },
    { ...plain, make: 'PENTAX', model: 'PENTAX K-5', coding: { kind: 'pentax' }, name: 'SIM.PEF' },
    {
      ...{ ...plain, make: 'OLYMPUS IMAGING CORP.', model: 'E-M5', name: 'SIM.ORF' },
      coding: { kind: 'olympus' },
    },
    { ...panasonic, model: 'DMC-GH3', coding: { kind: 'panasonic', format: 4 }, width: 644 },
    { ...panasonic, model: 'DC-GH5', coding: { kind: 'panasonic', format: 5 } },
    {
      ...panasonic,
      model: 'DC-GH5',
      coding: { kind: 'panasonic', format: 5 },
      width: 648,
      bits: 14,
    },
  ];
  test.each(makers)('$make $model of $bits bits, simulated, has the same', (maker) => {
    const { make, model, coding, width, bits, name, times } = maker;
    const frame = shootFrame(simCamera({ seed: 3, width, height: 240, bits, iso: 400 }));
    const { bytes, stored } = writeMakerRaw(frame, { facts: factsOf(make, model), coding });
    const { theirs, ours } = bothReadings(name, bytes);
    expect([ours?.width, ours?.height]).toEqual([theirs?.width, theirs?.height]);
    expect(theirs?.samples).toEqual(stored.map((sample) => sample * times));
  });
});

function factsOf(make: string, model: string): ShotFacts {
  return {
    ...{ make, model, serial: '1', lens: '' },
    ...{ takenLocalMs: 1_795_241_525_250, offsetMinutes: 0, iso: 400, aperture: 4 },
    ...{ shutterPerSecond: 250, focalLength: 50, exposureStops: 0, place: null },
    ...{ shutterCount: 1, drive: 'single' as const },
  };
}
