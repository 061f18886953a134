import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describeRaw, encodeRaw, readSensorPlanes } from '../src/codec/index.ts';
import {
  type MakerCoding,
  noiseSigmaAt,
  renderPreviews,
  type ShotFacts,
  shootFrame,
  simCamera,
  writeMakerRaw,
  writeNef,
} from '../src/testing/index.ts';
import { cjxl, codedBytes, type PlaneCoder, writePlanes, XZ, ZSTD } from './cfa-planes.ts';
import { findProgram, measuredNode, timed } from './command.ts';
import { measureRecoding, type RawFile, WORKERS } from './raw-workers.ts';
import type { Bench, BenchRun, Row, Verdict } from './row.ts';

const SAMPLES = resolve(
  process.env['FIELDVAULT_SAMPLES'] ?? join(import.meta.dirname, '../../shared/data'),
);
const CR2 = 'raw/complete/IMG_0848.CR2';
const BURST = 'raw_burst/mex2025/2025-03-20_9584122984';
const BURST_FRAMES = Array.from(
  { length: 16 },
  (_frame, index) => `${BURST}/image_${index + 21}.dng`,
);

/** Exact recoding of RAW files; libjxl and general compressors beside it, and what noise allows at best. */
export const BENCH: Bench = {
  name: 'raw',
  promise:
    'RAW files become smaller than by libjxl and come back byte for byte, at 30 Mpixel/s in and 60 out on 4 cores.',
  run: measureRaw,
};

async function measureRaw(run: BenchRun): Promise<readonly Row[]> {
  const folder = join(run.scratch, 'raw');
  mkdirSync(folder, { recursive: true });
  return [
    ...(await cr2Rows(run, folder)),
    ...(await crwRows()),
    ...(await burstRows(run, folder)),
    ...(await simulatedRows(run, folder)),
    ...(await makerRows(run, folder)),
    ...(await speedRows(run, folder)),
  ];
}

interface Peer {
  readonly name: string;
  readonly program: string;
  readonly coder: PlaneCoder;
  /** The ratio of ours to theirs that is promised. */
  readonly ratioMax?: number;
}

function jxlPeers(ratios: Readonly<Record<number, number>>): Peer[] {
  return [3, 7, 9].map((effort) => {
    const peer = { name: `cjxl -d 0 -e ${effort}, CFA planes`, program: 'cjxl' };
    const ratioMax = ratios[effort];
    return { ...peer, coder: cjxl(effort), ...(ratioMax === undefined ? {} : { ratioMax }) };
  });
}

const GENERAL: readonly Peer[] = [
  { name: 'zstd -19 --long', program: 'zstd', coder: ZSTD },
  { name: 'xz -9', program: 'xz', coder: XZ },
];

/** Ours beside what each peer makes of the same bytes. */
async function peerRows(
  run: BenchRun,
  what: string,
  { ours, paths, peers }: { ours: number; paths: readonly string[]; peers: readonly Peer[] },
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { name, program, coder, ratioMax } of peers) {
    const row = { what, unit: 'MB', ours: ours / 1e6, verdict: null } as const;
    if (findProgram(program) === null) {
      const skipped = `skipped: ${program} not installed`;
      rows.push({ ...row, peer: { name, value: null, ratio: null }, skipped });
      continue;
    }
    run.say(`${what}: ${name}`);
    const theirs = await codedBytes(paths, coder);
    const ratio = ours / theirs;
    const verdict: Verdict | null =
      ratioMax === undefined ? null : { text: `ratio <= ${ratioMax}`, isKept: ratio <= ratioMax };
    rows.push({ ...row, peer: { name, value: theirs / 1e6, ratio }, verdict });
  }
  return rows;
}

function absentRow(what: string): Row {
  const skipped = 'skipped: not in the samples folder (FIELDVAULT_SAMPLES)';
  return { what, unit: 'MB', ours: null, peer: null, verdict: null, skipped };
}

function savedRow(what: string, before: number, after: number, least?: number): Row {
  const saved = 100 * (1 - after / before);
  const verdict = least === undefined ? null : { text: `>= ${least} %`, isKept: saved >= least };
  return { what, unit: '%', ours: saved, peer: null, verdict };
}

async function cr2Rows(run: BenchRun, folder: string): Promise<Row[]> {
  const path = join(SAMPLES, CR2);
  if (!existsSync(path)) return [absentRow('Canon 30D CR2')];
  const size = statSync(path).size;
  const { storedBytes } = await measureRecoding([{ path, sibling: null }], 1);
  const whole = storedBytes[0] ?? size;
  const bytes = new Uint8Array(readFileSync(path));
  const sensor = sensorBytes(bytes);
  const [plane] = readSensorPlanes(bytes);
  if (plane === undefined) throw new Error('no sensor data in the CR2');
  const planes = writePlanes(folder, { name: 'cr2', ...plane });
  const limit = { text: '<= 5.00 MB', isKept: sensor <= 5e6 };
  return [
    savedRow('saved of a Canon 30D CR2, whole file', size, whole, 22),
    { what: 'its sensor data', unit: 'MB', ours: sensor / 1e6, peer: null, verdict: limit },
    ...(await peerRows(run, 'its sensor data', {
      ours: sensor,
      paths: planes,
      peers: jxlPeers({}),
    })),
    ...(await peerRows(run, 'the whole file', { ours: whole, paths: [path], peers: GENERAL })),
  ];
}

/** The one real file of Canon's coding before CR2. */
async function crwRows(): Promise<Row[]> {
  const path = join(SAMPLES, 'raw/complete/CRW.CRW');
  if (!existsSync(path)) return [absentRow('Canon D30 CRW')];
  const { storedBytes } = await measureRecoding([{ path, sibling: null }], 1);
  const size = statSync(path).size;
  return [savedRow('saved of a Canon D30 CRW, whole file', size, storedBytes[0] ?? size)];
}

async function burstRows(run: BenchRun, folder: string): Promise<Row[]> {
  const paths = BURST_FRAMES.map((path) => join(SAMPLES, path));
  if (!paths.every((path) => existsSync(path))) return [absentRow('Raspberry Pi burst')];
  let sensor = 0;
  let before = 0;
  const planes = paths.flatMap((path, index) => {
    const bytes = new Uint8Array(readFileSync(path));
    before += bytes.length;
    sensor += sensorBytes(bytes);
    return readSensorPlanes(bytes).flatMap((plane) =>
      writePlanes(folder, { name: `pi${index}`, ...plane }),
    );
  });
  const { storedBytes } = await measureRecoding(asBurst(paths), 1);
  const together = storedBytes.reduce((sum, bytes) => sum + bytes, 0);
  const what = 'sensor data of a real burst, 16 frames of 10 bits (Raspberry Pi)';
  return [
    ...(await peerRows(run, what, { ours: sensor, paths: planes, peers: jxlPeers({ 9: 0.99 }) })),
    ...(await peerRows(run, 'the same, whole files', { ours: together, paths, peers: GENERAL })),
    savedRow('saved of the same, each frame beside the one before', before, together),
  ];
}

/** Every frame may look at the one before it. */
function asBurst(paths: readonly string[]): RawFile[] {
  return paths.map((path, index) => ({ path, sibling: index === 0 ? null : (paths[0] ?? null) }));
}

/** Bytes that a file's samples take in its container. */
function sensorBytes(bytes: Uint8Array): number {
  const container = encodeRaw(bytes);
  return (container === null ? null : describeRaw(container))?.sensorBytes ?? Number.NaN;
}

const FACTS: ShotFacts = {
  ...{ make: 'FieldVault', model: 'SimCam', serial: '1', lens: 'Sim 24-120mm f/4' },
  ...{ takenLocalMs: 1_795_241_525_250, offsetMinutes: 60, iso: 400, aperture: 4 },
  ...{ shutterPerSecond: 250, focalLength: 50, exposureStops: 0, place: null },
  ...{ shutterCount: 77, drive: 'continuous' },
};

interface Maker {
  readonly name: string;
  readonly coding: MakerCoding;
  readonly width: number;
  readonly bits: 12 | 14;
}

const MAKERS: readonly Maker[] = [
  { name: 'Sony lossless', coding: { kind: 'sony-lossless' }, width: 1536, bits: 14 },
  { name: 'Sony, 11 bits in blocks', coding: { kind: 'sony-blocks' }, width: 1536, bits: 14 },
  { name: 'Nikon lossy', coding: { kind: 'nikon-lossy', split: 500 }, width: 1536, bits: 12 },
  { name: 'Pentax', coding: { kind: 'pentax' }, width: 1536, bits: 12 },
  { name: 'Olympus', coding: { kind: 'olympus' }, width: 1536, bits: 12 },
  { name: 'Panasonic 4', coding: { kind: 'panasonic', format: 4 }, width: 1540, bits: 12 },
  { name: 'Panasonic 5', coding: { kind: 'panasonic', format: 5 }, width: 1530, bits: 14 },
  { name: 'Panasonic 6', coding: { kind: 'panasonic', format: 6 }, width: 1540, bits: 14 },
];

interface Simulated {
  readonly path: string;
  readonly bytes: number;
  readonly floorBytes: number;
}

/** One frame of a hand-held burst as an uncompressed NEF-like file. */
async function writeFrame(
  folder: string,
  { iso, index, width, height }: { iso: number; index: number; width: number; height: number },
): Promise<Simulated> {
  const camera = simCamera({ seed: 5, width, height, bits: 14, iso });
  const shift = { x: 3.3 * index, y: -2.6 * index };
  const frame = shootFrame(camera, { shift, noiseSeed: 100 + index, sceneTimeMs: 50 * index });
  const bytes = writeNef(frame, { facts: FACTS, previews: await renderPreviews(frame, false) });
  const path = join(folder, `iso${iso}-${width}-${index}.nef`);
  writeFileSync(path, bytes);
  let bits = 0;
  for (const sample of frame.samples) {
    bits += Math.max(0, Math.log2(4.133 * noiseSigmaAt(camera.noise, sample)));
  }
  return { path, bytes: bytes.length, floorBytes: bits / 8 };
}

async function simulatedRows(run: BenchRun, folder: string): Promise<Row[]> {
  const rows: Row[] = [];
  for (const iso of [64, 400, 1600]) {
    const frames: Simulated[] = [];
    for (let index = 0; index < 4; index++) {
      frames.push(await writeFrame(folder, { iso, index, width: 3000, height: 2000 }));
    }
    const paths = frames.map(({ path }) => path);
    const before = frames.reduce((sum, { bytes }) => sum + bytes, 0);
    const bytes = new Uint8Array(readFileSync(paths[0] ?? ''));
    const sensor = sensorBytes(bytes);
    const planes = readSensorPlanes(bytes).flatMap((plane) =>
      writePlanes(folder, { name: `sim${iso}`, ...plane }),
    );
    const what = `sensor data of a simulated frame, 14 bits, ISO ${iso}`;
    rows.push(
      ...(await peerRows(run, what, { ours: sensor, paths: planes, peers: jxlPeers({ 7: 0.97 }) })),
      ...(await peerRows(run, what, { ours: sensor, paths: planes, peers: GENERAL })),
    );
    const floor = (frames[0]?.floorBytes ?? 0) / 1e6;
    rows.push({
      ...{ what, unit: 'MB', ours: sensor / 1e6, verdict: null },
      peer: { name: 'entropy of its noise', value: floor, ratio: sensor / 1e6 / floor },
    });
    const alone = await measureRecoding(
      paths.map((path) => ({ path, sibling: null })),
      1,
    );
    const beside = await measureRecoding(asBurst(paths), 1);
    const sum = (sizes: readonly number[]): number => sizes.reduce((all, one) => all + one, 0);
    const burst = `saved of a simulated hand-held burst of 4 uncompressed files, ISO ${iso}`;
    const single = sum(alone.storedBytes);
    const joint = sum(beside.storedBytes);
    const isSmaller = { text: 'more than each alone', isKept: joint < single };
    rows.push(savedRow(`${burst}, each alone`, before, single, iso <= 400 ? 40 : undefined), {
      ...savedRow(`${burst}, beside the first`, before, joint),
      verdict: isSmaller,
    });
  }
  return rows;
}

/** Makers' own codings as simulated bodies write them: no body's file was at hand. */
async function makerRows(run: BenchRun, folder: string): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { name, coding, width, bits } of MAKERS) {
    run.say(`simulated file: ${name}`);
    const frame = shootFrame(simCamera({ seed: 5, width, height: 1024, bits, iso: 400 }));
    const { bytes } = writeMakerRaw(frame, { facts: FACTS, coding });
    const path = join(folder, `${coding.kind}-${bits}-${width}.raw`);
    writeFileSync(path, bytes);
    const { storedBytes } = await measureRecoding([{ path, sibling: null }], 1);
    const after = storedBytes[0] ?? bytes.length;
    rows.push(savedRow(`saved of a simulated file, ISO 400, ${name}`, bytes.length, after));
  }
  return rows;
}

async function speedRows(run: BenchRun, folder: string): Promise<Row[]> {
  const frames: Simulated[] = [];
  for (let index = 0; index < WORKERS; index++) {
    frames.push(await writeFrame(folder, { iso: 400, index, width: 6048, height: 4032 }));
  }
  const megapixels = (frames.length * 6048 * 4032) / 1e6;
  run.say('24-megapixel files in all workers');
  const files = frames.map(({ path }) => ({ path, sibling: null }));
  const rounds = run.sizes.rounds + 1;
  const inside = await measureRecoding(files, rounds);
  const apart = await measureRecoding(files, rounds, 'apart');
  const large = await writeFrame(folder, { iso: 400, index: 0, width: 8256, height: 5504 });
  run.say('a 45-megapixel file in a process of its own');
  const once = measuredNode('bench/raw-once.ts', [large.path], join(folder, 'peak'));
  const { peakBytes } = await timed(once);
  const speed = (what: string, seconds: number, least?: number): Row => {
    const ours = megapixels / seconds;
    const verdict =
      least === undefined ? null : { text: `>= ${least} Mpixel/s`, isKept: ours >= least };
    return { what: `${what}, ${WORKERS} workers`, unit: 'Mpixel/s', ours, peer: null, verdict };
  };
  const memory = { text: '<= 1500 MB', isKept: peakBytes <= 1.5e9 };
  return [
    speed('recode and verify 24-megapixel files, previews apart', apart.encodeSeconds, 30),
    speed('decode them', apart.decodeSeconds, 60),
    speed('recode and verify them, JPEG of full size inside recoded too', inside.encodeSeconds),
    speed('decode them', inside.decodeSeconds),
    {
      ...{ what: 'memory of a process that recodes a 45-megapixel file', unit: 'MB', peer: null },
      ...{ ours: peakBytes / 1e6, verdict: memory },
    },
  ];
}
