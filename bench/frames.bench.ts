import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { type FramePart, joinFrames, readXmpFacts, setXmpProperty } from '../src/metadata/index.ts';
import { type Command, findProgram, type Timing, timed } from './command.ts';
import { filesBelow } from './files-below.ts';
import { compare, type Entrant, limited, measureRounds, median, secondsOf } from './rounds.ts';
import type { Bench, BenchRun, Row } from './row.ts';

const PARTS = 100_000;
const JOIN_MS_MAX = 1000;
const PEER = 'exiftool -json';
const SAMPLES = resolve(
  process.env['FIELDVAULT_SAMPLES'] ?? join(import.meta.dirname, '../../shared/data'),
  'sidecars',
);

/** What joining files into frames takes, and reading and changing XMP sidecars. */
export const BENCH: Bench = {
  name: 'frames',
  promise: 'Joining 100,000 files into frames takes less than a second.',
  run: measureFrames,
};

async function measureFrames(run: BenchRun): Promise<readonly Row[]> {
  const parts = shootParts();
  const joining: Entrant = { name: 'join', measure: () => wallTime(() => joinFrames(parts)) };
  await joining.measure();
  const joined = await measureRounds([joining], run.sizes.rounds, run.say);
  const joinMs = 1000 * median((joined.get('join') ?? []).map(secondsOf));
  const what = `joining ${PARTS.toLocaleString('en')} files into frames`;
  return [limited(what, 'ms', joinMs, JOIN_MS_MAX), ...(await sidecarRows(run))];
}

/** RAW, JPEG and two sidecars of each frame, in folders of a card. */
function shootParts(): FramePart[] {
  const endings = ['NEF', 'JPG', 'xmp', 'NEF.dop'];
  return Array.from({ length: PARTS }, (_, index) => {
    const frame = Math.floor(index / endings.length);
    const folder = `DCIM/${100 + Math.floor(frame / 9999)}NIKON`;
    return {
      path: `CARD/${folder}/DSC_${(frame % 9999) + 1}.${endings[index % endings.length]}`,
      sizeBytes: 25_000_000,
      content: `${index}`.padStart(64, '0'),
      mtimeMs: frame * 1000,
      make: 'NIKON CORPORATION',
      model: 'NIKON Z 9',
      serial: '3000001',
      takenMs: frame * 1000,
      contentIdentifier: null,
      sidecarFor: null,
    };
  });
}

async function sidecarRows(run: BenchRun): Promise<Row[]> {
  if (!existsSync(SAMPLES)) {
    const skipped = 'skipped: no folder sidecars in the samples folder (FIELDVAULT_SAMPLES)';
    const row = { what: 'XMP sidecars', unit: 'files/s', ours: null, peer: null } as const;
    return [{ ...row, verdict: null, skipped }];
  }
  const files = filesBelow(SAMPLES, (path) => path.endsWith('.xmp'));
  const packets = files.map((path) => new Uint8Array(readFileSync(path)));
  const read: Entrant = {
    name: 'read',
    measure: () => wallTime(() => packets.map((bytes) => readXmpFacts('S.xmp', bytes))),
  };
  const change: Entrant = {
    name: 'change',
    measure: () => wallTime(() => packets.map((bytes) => setXmpProperty(bytes, 'xmp:Rating', '5'))),
  };
  const words: Command['words'] = ['exiftool', '-json', '-q', '-q', ...files];
  const peers: Entrant[] =
    findProgram('exiftool') === null ? [] : [{ name: PEER, measure: () => timed({ words }) }];
  await read.measure();
  await change.measure();
  const results = await measureRounds([read, change, ...peers], run.sizes.rounds, run.say);
  const perSecond = (name: string): number =>
    files.length / median((results.get(name) ?? []).map(secondsOf));
  return [
    limited(`reading ${files.length} XMP sidecars, one thread`, 'files/s', perSecond('read')),
    limited('setting the rating in each, with its proof', 'files/s', perSecond('change')),
    compare(results, { what: `reading ${files.length} XMP sidecars`, ours: 'read', peer: PEER }),
  ];
}

async function wallTime(work: () => unknown): Promise<Timing> {
  const startMs = performance.now();
  work();
  const seconds = (performance.now() - startMs) / 1000;
  return { seconds, cpuSeconds: seconds, peakBytes: 0 };
}
