import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type DngLayout,
  type Previews,
  renderPreviews,
  type SensorFrame,
  type ShotFacts,
  seededRandom,
  shootFrame,
  simCamera,
  writeCameraJpeg,
  writeDng,
  writeNef,
} from '../../src/testing/index.ts';
import { skipBecause } from '../skip.ts';
import { runExifTool, runRawIdentify, runUnprocessedRaw, whyNoTool } from './raw-tools.ts';

const FACTS: ShotFacts = {
  make: 'FieldVault',
  model: 'SimCam D',
  serial: '6001234',
  lens: 'Sim 24-120mm f/4',
  // 2026-11-22 09:03:07.04
  takenLocalMs: 1_795_338_187_040,
  offsetMinutes: -210,
  iso: 400,
  aperture: 2.8,
  shutterPerSecond: 250,
  focalLength: 35,
  exposureStops: -2,
  // Whole hundredths of a second of arc, so that EXIF can say them exactly.
  place: { latitude: -33.8567, longitude: 151.2153, altitude: 12.5 },
  shutterCount: 4711,
  drive: 'bracket',
};
const NIKON: ShotFacts = { ...FACTS, make: 'NIKON CORPORATION', model: 'NIKON SimCam' };
const NO_FIX: ShotFacts = {
  ...FACTS,
  place: null,
  shutterPerSecond: 3200,
  aperture: 11,
  offsetMinutes: 345,
  drive: 'single',
  exposureStops: 1 / 3,
};

/** Neither side is a multiple of a tile's, so tiles at the ends are part empty. */
const SIZE = { width: 180, height: 134 } as const;

/** One file of a sample frame. */
interface Written {
  readonly name: string;
  readonly path: string;
  readonly frame: SensorFrame;
  readonly facts: ShotFacts;
}

const PREDICTORS = [1, 2, 3, 4, 5, 6, 7] as const;
const LAYOUTS: readonly (readonly [string, DngLayout])[] = [
  ['words', { kind: 'words' }],
  ['packed', { kind: 'packed' }],
  ...PREDICTORS.flatMap((predictor) =>
    ([1, 2] as const).flatMap((components) =>
      [null, 64].map((tileSize): readonly [string, DngLayout] => [
        `jpeg-${components}-${predictor}-${tileSize === null ? 'strip' : 'tiles'}`,
        { kind: 'lossless-jpeg', components, predictor, tileSize },
      ]),
    ),
  ),
];

const raws: Written[] = [];
/** Files whose sample at {@link CHANGED} is not the one of their frame. */
const changed: Written[] = [];
const CHANGED = 777;
const jpegs: Written[] = [];
let folder = '';

/** A simulated frame, and one of the same camera where every value may follow every other. */
function sampleFrames(bits: 12 | 14): readonly (readonly [string, SensorFrame])[] {
  const cfa = bits === 12 ? 'GBRG' : 'RGGB';
  const scene = shootFrame(simCamera({ seed: 5, ...SIZE, bits, cfa, iso: 400 }));
  const random = seededRandom(bits);
  const samples = scene.samples.map(() => Math.floor(random() * 2 ** bits));
  // The longest steps there are, up and down.
  samples.set([0, 0, 2 ** bits - 1, 2 ** bits - 1, 0, 0], SIZE.width * 2);
  return [
    ['scene', scene],
    ['wild', { ...scene, samples }],
  ];
}

function put(list: Written[], bytes: Uint8Array, file: Omit<Written, 'path'>): void {
  const path = join(folder, file.name);
  writeFileSync(path, bytes);
  list.push({ ...file, path });
}

function writeRaws(id: string, frame: SensorFrame, previews: Previews): void {
  const samples = frame.samples.map((value, index) => (index === CHANGED ? value ^ 1 : value));
  for (const [layoutName, layout] of LAYOUTS) {
    const options = { layout, facts: FACTS, previews };
    const file = { name: `${id}-${layoutName}.DNG`, frame, facts: FACTS };
    put(raws, writeDng(frame, options), file);
    const other = { ...file, name: `changed-${file.name}` };
    if (id === 'scene-14') put(changed, writeDng({ ...frame, samples }, options), other);
  }
  for (const layout of [{ kind: 'words' }, { kind: 'packed' }] as const) {
    const bytes = writeDng(frame, { layout, facts: NO_FIX, previews, order: 'MM' });
    put(raws, bytes, { name: `${id}-${layout.kind}-big.DNG`, frame, facts: NO_FIX });
  }
  for (const order of ['II', 'MM'] as const) {
    const bytes = writeNef(frame, { facts: NIKON, previews, order });
    put(raws, bytes, { name: `${id}-${order}.NEF`, frame, facts: NIKON });
  }
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fieldvault-raw-'));
  for (const bits of [12, 14] as const) {
    for (const [kind, frame] of sampleFrames(bits)) {
      const previews = await renderPreviews(frame);
      writeRaws(`${kind}-${bits}`, frame, previews);
      for (const facts of [FACTS, NIKON, NO_FIX]) {
        const name = `${kind}-${bits}-${jpegs.length}.JPG`;
        put(jpegs, await writeCameraJpeg(frame, facts, previews), { name, frame, facts });
      }
    }
  }
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function hundredths(value: number): string {
  return String(value).padStart(2, '0');
}

/** What the facts are in ExifTool's names and units. */
function expectedTags({ facts }: Written): Record<string, string | number> {
  const east = facts.offsetMinutes < 0 ? '-' : '+';
  const minutes = Math.abs(facts.offsetMinutes);
  const { place } = facts;
  return {
    'IFD0:Make': facts.make,
    'IFD0:Model': facts.model,
    'IFD0:Orientation': 1,
    'ExifIFD:DateTimeOriginal': '2026:11:22 09:03:07',
    'ExifIFD:SubSecTimeOriginal': '04',
    'ExifIFD:OffsetTimeOriginal': `${east}${hundredths(Math.floor(minutes / 60))}:${minutes % 60}`,
    'ExifIFD:FNumber': facts.aperture,
    'ExifIFD:ISO': facts.iso,
    'ExifIFD:FocalLength': facts.focalLength,
    'ExifIFD:LensModel': facts.lens,
    'ExifIFD:SerialNumber': Number(facts.serial),
    'Composite:SubSecDateTimeOriginal': expect.stringContaining('2026:11:22 09:03:07.04'),
    ...(place && { 'GPS:GPSAltitude': place.altitude, 'GPS:GPSLatitudeRef': 'S' }),
    ...(place && { 'Composite:GPSLatitude': place.latitude }),
    ...(place && { 'Composite:GPSLongitude': place.longitude }),
    ...(place && { 'GPS:GPSDateStamp': '2026:11:22', 'GPS:GPSTimeStamp': '12:33:07' }),
  };
}

describe('ExifTool', skipBecause(whyNoTool('exiftool')), () => {
  /** As in the uncompressed files of Nikon bodies, samples of 14 bits stand in words of 16. */
  const wordsOfFourteen = `[minor] Oversized SubIFD1 StripByteCounts (${
    SIZE.width * SIZE.height * 2
  } bytes, but expected ${(SIZE.width * SIZE.height * 14) / 8})`;

  test('finds nothing wrong in any file, but for the words that 14-bit NEF files are made of', () => {
    for (const { file, said } of runExifTool([...raws, ...jpegs])) {
      const isKnown = file.name.endsWith('.NEF') && file.frame.bits === 14;
      const verdict = [said['ExifTool:Error'], said['ExifTool:Warning'], said['ExifTool:Validate']];
      const clean = [undefined, undefined, '0 0 0'];
      expect(verdict, file.name).toEqual(isKnown ? [undefined, wordsOfFourteen, '0 1 1'] : clean);
    }
  });

  test('finds a file wrong whose facts lie outside the file', () => {
    const bytes = readFileSync(join(folder, 'scene-12-0.JPG'));
    // The offset of the first folder, in an APP1 segment right behind the JPEG's start.
    bytes.writeUInt32LE(0x00ffffff, 2 + 4 + 6 + 4);
    const path = join(folder, 'damaged.jpg');
    writeFileSync(path, bytes);
    for (const { said } of runExifTool([{ path }])) {
      expect(said['ExifTool:Validate']).not.toBe('0 0 0');
    }
  });

  test('gives back the facts of every file', () => {
    for (const { file, said } of runExifTool([...raws, ...jpegs])) {
      const { shutterPerSecond, exposureStops, place } = file.facts;
      expect(said, file.name).toMatchObject(expectedTags(file));
      expect(said['ExifIFD:ExposureTime'], file.name).toBeCloseTo(1 / shutterPerSecond, 9);
      expect(said['ExifIFD:ExposureCompensation'], file.name).toBeCloseTo(exposureStops, 9);
      const gps = Object.keys(said).filter((key) => key.startsWith('GPS:'));
      expect(gps.length, file.name).toBe(place === null ? 0 : 10);
    }
  });

  test('reads Nikon notes, which tell the body, its shutter count and its drive', () => {
    const nikons = [...raws, ...jpegs].filter(({ facts }) => facts === NIKON);
    for (const { file, said } of runExifTool(nikons)) {
      expect(said, file.name).toMatchObject({
        'Nikon:SerialNumber': Number(NIKON.serial),
        'Nikon:ShutterCount': NIKON.shutterCount,
        // Bit 4: exposure bracketing.
        'Nikon:ShootingMode': 16,
      });
    }
  });

  test('reads what a DNG says of its samples', () => {
    for (const { file, said } of runExifTool(raws.filter(({ name }) => name.endsWith('.DNG')))) {
      const { frame } = file;
      expect(said, file.name).toMatchObject({
        'IFD0:DNGVersion': '1 4 0 0',
        'IFD0:UniqueCameraModel': 'FieldVault SimCam D',
        'IFD0:CalibrationIlluminant1': 21,
        'IFD0:AsShotNeutral': '0.5 1 0.625',
        'SubIFD:BlackLevel': frame.blackLevel,
        'SubIFD:WhiteLevel': frame.whiteLevel,
        'SubIFD:CFAPattern2': frame.cfa === 'RGGB' ? '0 1 1 2' : '1 2 0 1',
        'SubIFD:ImageWidth': SIZE.width,
        'SubIFD:ImageHeight': SIZE.height,
      });
    }
  });

  test('cuts a whole JPEG file out of a NEF', () => {
    const path = join(folder, 'scene-14-MM.NEF');
    const { stdout } = spawnSync('exiftool', ['-b', '-JpgFromRaw', path]);
    expect(stdout.subarray(0, 2)).toEqual(Buffer.from([0xff, 0xd8]));
    expect(stdout.subarray(-2)).toEqual(Buffer.from([0xff, 0xd9]));
  });
});

describe('LibRaw', skipBecause(whyNoTool('unprocessed_raw')), () => {
  test('decodes exactly the values of the sensor from every layout', () => {
    for (const { file, said } of runUnprocessedRaw(raws)) {
      expect([said.width, said.height], file.name).toEqual([SIZE.width, SIZE.height]);
      expect(firstDifference(said.samples, file.frame.samples), file.name).toBe(-1);
    }
  });

  test('gives another value where one sample is another', () => {
    expect(changed.length).toBe(LAYOUTS.length);
    for (const { file, said } of runUnprocessedRaw(changed)) {
      expect(firstDifference(said.samples, file.frame.samples), file.name).toBe(CHANGED);
    }
  });
});

describe('LibRaw', skipBecause(whyNoTool('raw-identify')), () => {
  test('knows camera, exposure, colour filter and black level of every file', () => {
    for (const { file, said } of runRawIdentify(raws)) {
      const { name, frame, facts } = file;
      const camera = name.endsWith('.NEF') ? 'Nikon SimCam' : 'FieldVault SimCam D';
      expect(said, name).toMatchObject({
        Camera: `${camera} ID: 0x0`,
        'ISO speed': `${facts.iso}`,
        Shutter: `1/${facts.shutterPerSecond}.0`,
        Aperture: `f/${facts.aperture.toFixed(1)}`,
        'Focal length': '35.0 mm',
        'Filter pattern': frame.cfa.repeat(4),
        'Full size': `${SIZE.width} x ${SIZE.height}`,
        'Thumb size': `${SIZE.width} x ${SIZE.height}`,
        black: `${frame.blackLevel}`,
      });
    }
  });
});

/** Where two lists of values first differ; -1 where they are the same. */
function firstDifference(left: Uint16Array, right: Uint16Array): number {
  if (left.length !== right.length) return Math.min(left.length, right.length);
  return left.findIndex((value, index) => value !== right[index]);
}
