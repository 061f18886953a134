import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';
import { type Command, findProgram, timed } from './command.ts';
import { siblingRows } from './jpeg-siblings.ts';
import type { JpegAct, JpegDone } from './jpeg-worker.ts';
import type { Bench, BenchRun, Row } from './row.ts';

const SAVED_MIN = 21;
const MB_PER_SECOND_MIN = 40;
const WORKERS = Math.min(availableParallelism(), 4);
const SAMPLES = resolve(
  process.env['FIELDVAULT_SAMPLES'] ?? join(import.meta.dirname, '../../shared/data'),
);

/** Exact recoding of real JPEG files; libjxl's lossless transcode and general compressors beside it. */
export const BENCH: Bench = {
  name: 'jpeg',
  promise:
    'JPEG files lose at least 21 % and come back byte for byte, smaller than by libjxl; at 40 MB/s both ways on 4 cores.',
  run: measureJpeg,
};

interface Peer {
  readonly name: string;
  readonly program: string;
  readonly command: (path: string, out: string) => Command;
}

const PEERS: readonly Peer[] = [
  ...['3', '7', '9'].map(
    (effort): Peer => ({
      name: `cjxl -e ${effort}`,
      program: 'cjxl',
      command: (path, out) => ({ words: ['cjxl', '--lossless_jpeg=1', '-e', effort, path, out] }),
    }),
  ),
  {
    name: 'zstd -19',
    program: 'zstd',
    command: (path, out) => ({ words: ['zstd', '-19', '-q', '-f', path, '-o', out] }),
  },
  {
    name: 'xz -9',
    program: 'xz',
    command: (path, out) => ({ words: ['xz', '-9', '-k', '-c', path], output: out }),
  },
];

async function measureJpeg(run: BenchRun): Promise<readonly Row[]> {
  if (!existsSync(join(SAMPLES, 'MANIFEST.tsv'))) {
    const skipped = 'skipped: no MANIFEST.tsv in the samples folder (FIELDVAULT_SAMPLES)';
    return [
      {
        ...{ what: 'real JPEG files', unit: '%', ours: null, peer: null, verdict: null, skipped },
      },
    ];
  }
  const files = jpegFiles();
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  run.say(`${files.length} files, ${(bytes / 1e6).toFixed(1)} MB`);
  const ours = await measureOurs(files, bytes, run);
  const saved = 100 * (1 - ours.storedBytes / bytes);
  const what = `saved of ${files.length} JPEG files, ${(bytes / 1e6).toFixed(1)} MB`;
  const kept = { text: `>= ${SAVED_MIN} %`, isKept: saved >= SAVED_MIN };
  const rows: Row[] = [
    { what, unit: '%', ours: saved, peer: null, verdict: kept },
    speed(`recode and verify, ${WORKERS} workers`, ours.encode),
    speed(`decode, ${WORKERS} workers`, ours.decode),
  ];
  for (const peer of PEERS) rows.push(...(await measurePeer(peer, { files, bytes, saved }, run)));
  return [...rows, ...(await siblingRows(SAMPLES, run))];
}

function speed(what: string, mbPerSecond: number): Row {
  const isKept = mbPerSecond >= MB_PER_SECOND_MIN;
  const verdict = { text: `>= ${MB_PER_SECOND_MIN} MB/s`, isKept };
  return { what, unit: 'MB/s', ours: mbPerSecond, peer: null, verdict };
}

interface JpegFile {
  readonly path: string;
  readonly size: number;
}

/** All JPEG files of the samples by their first bytes, largest first; what is fuzzed is left out. */
function jpegFiles(): readonly JpegFile[] {
  return readdirSync(SAMPLES, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('fuzzed'))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => readFileSync(path).subarray(0, 3).toString('hex') === 'ffd8ff')
    .map((path) => ({ path, size: statSync(path).size }))
    .sort((left, right) => right.size - left.size);
}

interface Ours {
  readonly storedBytes: number;
  /** MB a second, the best of the rounds. */
  readonly encode: number;
  readonly decode: number;
}

async function measureOurs(
  files: readonly JpegFile[],
  bytes: number,
  run: BenchRun,
): Promise<Ours> {
  const shares = Array.from({ length: WORKERS }, () => ({ size: 0, paths: [] as string[] }));
  for (const { path, size } of files) {
    const least = shares.reduce((best, share) => (share.size < best.size ? share : best));
    least.size += size;
    least.paths.push(path);
  }
  const script = new URL('./jpeg-worker.ts', import.meta.url);
  const workers = shares.map(({ paths }) => new Worker(script, { workerData: paths }));
  const act = async (what: JpegAct): Promise<{ seconds: number; storedBytes: number }> => {
    const startMs = performance.now();
    const done = await Promise.all(
      workers.map(async (worker) => {
        worker.postMessage(what);
        const [said] = (await once(worker, 'message')) as [JpegDone];
        return said.storedBytes;
      }),
    );
    const seconds = (performance.now() - startMs) / 1000;
    return { seconds, storedBytes: done.reduce((sum, one) => sum + one, 0) };
  };
  await act('read');
  let best = { storedBytes: 0, encode: 0, decode: 0 };
  // One round more than asked for: the first one compiles.
  for (let round = 0; round <= run.sizes.rounds; round++) {
    const encoded = await act('encode');
    const decoded = await act('decode');
    run.say(`round ${round}: ${encoded.seconds.toFixed(2)} s, ${decoded.seconds.toFixed(2)} s`);
    best = {
      storedBytes: encoded.storedBytes,
      encode: Math.max(best.encode, bytes / encoded.seconds / 1e6),
      decode: Math.max(best.decode, bytes / decoded.seconds / 1e6),
    };
  }
  await Promise.all(workers.map((worker) => worker.terminate()));
  return best;
}

interface Measured {
  readonly files: readonly JpegFile[];
  readonly bytes: number;
  /** Per cent that we saved. */
  readonly saved: number;
}

/** What a peer saves of the same files, one process for each file; a file it refuses counts as it is. */
async function measurePeer(
  { name, program, command }: Peer,
  { files, bytes, saved }: Measured,
  run: BenchRun,
): Promise<Row[]> {
  const what = `saved of the same files beside ${name}`;
  if (findProgram(program) === null) {
    const skipped = `skipped: ${program} not installed`;
    const peer = { name, value: null, ratio: null };
    return [{ what, unit: '%', ours: saved, peer, verdict: null, skipped }];
  }
  run.say(name);
  const out = join(run.scratch, 'jpeg-peer.out');
  let stored = 0;
  let cpuSeconds = 0;
  let refused = 0;
  for (const { path, size } of files) {
    const timing = await timed(command(path, out)).catch(() => null);
    cpuSeconds += timing?.cpuSeconds ?? 0;
    if (timing === null) refused += 1;
    stored += timing === null ? size : Math.min(size, statSync(out).size);
  }
  const theirs = 100 * (1 - stored / bytes);
  run.say(`${name}: ${(bytes / cpuSeconds / 1e6).toFixed(1)} MB a CPU second, ${refused} refused`);
  const isKept = saved > theirs;
  const verdict = { text: 'more than the peer', isKept };
  return [
    {
      what: refused === 0 ? what : `${what} (${refused} refused)`,
      unit: '%',
      ours: saved,
      peer: { name, value: theirs, ratio: saved / theirs },
      verdict,
    },
  ];
}
