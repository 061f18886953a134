import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  burstHintOf,
  byteSourceOf,
  type GroupFrame,
  type Look,
  lookAt,
} from '../src/analysis/index.ts';
import { factsOfRecord, type QuickFacts, type RecordReader } from '../src/metadata/index.ts';
import { simFrame, simScenes, takeSceneShot } from '../src/testing/index.ts';
import { filesBelow } from './files-below.ts';

/** Frames whose series are known. */
export interface KnownSet {
  readonly name: string;
  readonly frames: readonly GroupFrame[];
  /** By frame its series; a frame alone in its series has to stay alone. */
  readonly truth: ReadonlyMap<string, string>;
  /** By frame the shot it shows: files of one shot are look-alikes. */
  readonly shots: ReadonlyMap<string, string>;
}

/** A set of real files: where they lie, and by path which series and shot a file is of; null is alone. */
interface RealSet {
  readonly name: string;
  readonly folder: string;
  readonly series: (path: string) => string | null;
  readonly shot?: (path: string) => string | null;
}

const one = (): string => 'one';
const alone = (): null => null;

/** What the folders of samples are known to hold (the page about them says how). */
const REAL_SETS: readonly RealSet[] = [
  { name: 'focus bracket', folder: 'jpeg_burst/focus_bracket', series: one },
  { name: 'exposure bracket', folder: 'jpeg_burst/exposure_bracket', series: one },
  {
    name: 'RAW burst without times, with a frame of another scene and a dark one',
    folder: 'raw_burst/mex2025',
    series: (path) => (path.includes('2025-03-20') ? 'burst' : null),
  },
  {
    name: 'camera traps',
    folder: 'jpeg_burst/camtrapR',
    // Two cameras of one kind stood at each station: by eye these are the frames of one camera in one minute.
    series: (path) => /(2009-04-28__17-4[89])-00\([12]\)/.exec(path)?.[1] ?? null,
  },
  { name: 'old cameras', folder: 'raw/vintage', series: alone },
  {
    name: 'duplicates of imagededup',
    folder: 'similarity/imagededup',
    series: alone,
    shot: (path) => {
      // A mirrored or turned picture is another one for a fingerprint; one file of these holds no picture.
      if (/hflip|rotation|corrupt/.test(path)) return null;
      // One picture stands there with a layer of transparency, another one as a JPEG that is called SVG.
      if (path.endsWith('alpha_channel_image.png')) return 'ukbench00120';
      return /(ukbench\d+)[^/]*$/.exec(path)?.[1] ?? null;
    },
  },
  {
    name: 'graded edits of pdq',
    folder: 'similarity/pdq',
    series: alone,
    shot: () => 'bridge',
  },
  {
    name: 'pairs of images4',
    folder: 'similarity/images4',
    series: alone,
    // One picture in sizes, proportions and ways of scaling; turned ones are others for a fingerprint.
    shot: (path) =>
      /(large|small|distorted|nearest\w+|original|rotate\/0)\.\w+$/.test(path) ? 'forum' : null,
  },
];

/** The real sets, read once: full records by ExifTool, looks by our own reader. */
export async function readRealSets(samples: string, records: RecordReader): Promise<KnownSet[]> {
  const sets: KnownSet[] = [];
  for (const set of REAL_SETS) {
    const paths = filesBelow(join(samples, set.folder), () => true);
    const frames: GroupFrame[] = [];
    const shots = new Map<string, string>();
    for (const path of paths) {
      const bytes = new Uint8Array(await readFile(path));
      frames.push(await readFrame(path, bytes, records));
      // Files with the same bytes show the same shot.
      const digest = createHash('sha256').update(bytes).digest('hex');
      shots.set(path, set.shot?.(path) ?? digest);
    }
    const truth = new Map(paths.map((path) => [path, set.series(path) ?? path]));
    sets.push({ name: set.name, frames, truth, shots });
  }
  return sets;
}

/** The simulated day: every shot taken, and looked at as any other picture. */
export async function takeSimulatedSet(seed: number): Promise<KnownSet> {
  const planned = simScenes(seed);
  const frames: GroupFrame[] = [];
  for (const shot of planned) {
    const look = await lookAt(byteSourceOf(await takeSceneShot(shot)), 'shot.jpg');
    frames.push({ ...shot.frame, ...seen(look) });
  }
  return {
    name: `simulated day ${seed}`,
    frames,
    truth: new Map(planned.map(({ frame, series }) => [frame.id, series])),
    shots: new Map(planned.map(({ frame }) => [frame.id, frame.id])),
  };
}

async function readFrame(
  path: string,
  bytes: Uint8Array,
  records: RecordReader,
): Promise<GroupFrame> {
  const answer = await records.read(path);
  const facts = answer.state === 'read' ? factsOfRecord(answer.record) : null;
  const hint = answer.state === 'read' ? burstHintOf(answer.record.tags) : null;
  const look = await lookAt(byteSourceOf(bytes), path);
  const { aperture = null, iso = null, shutterSeconds = null, lens = null } = facts ?? {};
  return simFrame({
    id: path,
    ...timeOf(facts),
    ...seen(look),
    body: bodyOf(facts),
    lens,
    width: facts?.width ?? null,
    height: facts?.height ?? null,
    orientation: facts?.orientation ?? null,
    exposureBias: facts?.exposureBias ?? null,
    shutterSeconds,
    aperture,
    iso,
    fileNumber: numberIn(path),
    folder: path.slice(0, path.lastIndexOf('/')),
    hint,
  });
}

function seen(look: Look | null): Partial<GroupFrame> {
  if (look === null) return {};
  const { fingerprint, quality, tone, colour } = look;
  return { fingerprint, quality, tone, colour };
}

function bodyOf(facts: QuickFacts | null): string | null {
  const body = [facts?.make, facts?.model, facts?.serial].map((part) => part ?? '').join('|');
  return body === '||' ? null : body;
}

function timeOf(facts: QuickFacts | null): Partial<GroupFrame> {
  const local = facts?.time?.local ?? null;
  const takenMs = local === null ? Number.NaN : Date.parse(`${local}Z`);
  if (!Number.isFinite(takenMs)) return { takenMs: null, hasSubSeconds: false };
  return { takenMs, hasSubSeconds: local?.includes('.') ?? false };
}

/** The last number in the name of the file. */
function numberIn(path: string): number | null {
  const stem = path.slice(path.lastIndexOf('/') + 1).replace(/\.[^.]*$/, '');
  const digits = /(\d{1,9})\D*$/.exec(stem)?.[1];
  return digits === undefined ? null : Number(digits);
}
