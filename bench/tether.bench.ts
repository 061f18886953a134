import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import {
  createVault,
  openVault,
  openWorld,
  type TetheredFrame,
  type TetherReport,
  tether,
  type World,
} from '../src/index.ts';
import { limited } from './rounds.ts';
import type { Bench, BenchRun, Row } from './row.ts';

const LARGE_BYTES = 60_000_000;
const LARGE_SHOTS = 100;
const BURST = { raw: 25_000_000, jpeg: 8_000_000, shots: 100, perSecond: 20 };
const DAY = { bytes: 200_000, shots: 5000, perSecond: 200 };

const MEDIAN_MS_MAX = 400;
const P99_MS_MAX = 1500;
const TAIL_MS_MAX = 2000;
const GAP_MS_MAX = 100;
const GROWTH_MB_MAX = 64;

/** Tethering over loopback: the camera is a thread of its own, so that it shares no work with what is measured. */
export const BENCH: Bench = {
  name: 'tether',
  promise:
    'A 60 MB frame is durable and verified 400 ms after the camera tells of it (99 of 100: 1.5 s); no frame of a burst is lost.',
  run: measureTether,
};

async function measureTether(run: BenchRun): Promise<readonly Row[]> {
  return [...(await measureLarge(run)), ...(await measureBurst(run)), ...(await measureDay(run))];
}

/** Shot after shot: each is safe before the next one is made. */
async function measureLarge(run: BenchRun): Promise<Row[]> {
  run.say(`${LARGE_SHOTS} frames of 60 MB, one after the other`);
  await using camera = await startCamera(LARGE_BYTES, null);
  const times: number[] = [];
  await tetherTo(run, camera, {
    files: LARGE_SHOTS,
    act: () => camera.shoot(1),
    onFrame: (frame, count) => {
      times.push(frame.times.durableMs);
      if (count < LARGE_SHOTS) void camera.shoot(1);
    },
  });
  times.sort((a, b) => a - b);
  const at = (share: number): number => times[Math.floor((times.length - 1) * share)] ?? 0;
  const what = '60 MB frame over loopback, from the word of the camera until durable and read back';
  return [
    limited(`${what}: median of ${times.length}`, 'ms', at(0.5), MEDIAN_MS_MAX),
    limited('the same: 99 of 100', 'ms', at(0.99), P99_MS_MAX),
  ];
}

/** RAW and JPEG, faster than anything can be written. */
async function measureBurst(run: BenchRun): Promise<Row[]> {
  const { raw, jpeg, shots, perSecond } = BURST;
  run.say(`a burst of ${shots} RAW + JPEG at ${perSecond} a second`);
  await using camera = await startCamera(raw, jpeg);
  let lastMs = 0;
  let transferMs = 0;
  let firstMs = 0;
  let shotMs = 0;
  const report = await tetherTo(run, camera, {
    files: 2 * shots,
    act: async () => {
      firstMs = performance.now();
      await camera.shoot(shots, perSecond);
      shotMs = performance.now();
    },
    onFrame: (frame) => {
      transferMs += frame.times.transferMs;
      lastMs = performance.now();
    },
  });
  // The link was busy all the time but for the gaps: the last byte could have come no sooner than this.
  const endMs = Math.max(shotMs, firstMs + transferMs);
  return [
    limited(
      `files of a burst of ${shots} RAW + JPEG at ${perSecond} a second that were lost`,
      '%',
      100 - (50 * report.taken) / shots,
      0,
    ),
    limited(
      'its last file durable after its transfer could have ended',
      'ms',
      Math.max(0, lastMs - endMs),
      TAIL_MS_MAX,
    ),
    limited(
      'what the camera waits for us between two files of it (99 of 100)',
      'ms',
      report.timings.gapMs.p99,
      GAP_MS_MAX,
    ),
  ];
}

/** A day's session of small frames: what it keeps in memory must not grow with it. */
async function measureDay(run: BenchRun): Promise<Row[]> {
  run.say(`a session of ${DAY.shots} frames`);
  await using camera = await startCamera(DAY.bytes, null);
  const samples: number[] = [];
  await tetherTo(run, camera, {
    files: DAY.shots,
    act: () => camera.shoot(DAY.shots, DAY.perSecond),
    onFrame: (_, count) => {
      if (count % 500 !== 0) return;
      globalThis.gc?.();
      samples.push(process.memoryUsage().heapUsed / 1e6);
    },
  });
  const growth = (samples.at(-1) ?? 0) - (samples[0] ?? 0);
  return [
    limited(
      `heap that a session of ${DAY.shots} frames grows by after its first 500`,
      'MB',
      growth,
      GROWTH_MB_MAX,
    ),
  ];
}

interface Session {
  readonly files: number;
  readonly act: () => Promise<unknown>;
  readonly onFrame: (frame: TetheredFrame, count: number) => void;
}

async function tetherTo(
  run: BenchRun,
  camera: BenchCamera,
  session: Session,
): Promise<TetherReport> {
  const world: World = openWorld();
  const root = join(run.scratch, `tether-${camera.port}`);
  try {
    await createVault(world, root);
    const vault = await openVault(world, root);
    let count = 0;
    return await tether(world, vault, `ptpip://127.0.0.1:${camera.port}`, {
      framesMax: session.files,
      learn: false,
      onCamera: () => void session.act(),
      onFrame: (frame) => {
        count += 1;
        session.onFrame(frame, count);
      },
    });
  } finally {
    await world.workers.close();
    await rm(root, { recursive: true, force: true });
  }
}

interface BenchCamera extends AsyncDisposable {
  readonly port: number;
  shoot(shots: number, perSecond?: number): Promise<void>;
}

async function startCamera(sizeBytes: number, jpegBytes: number | null): Promise<BenchCamera> {
  const worker = new Worker(new URL('./sim-camera.ts', import.meta.url), {
    workerData: { sizeBytes, jpegBytes },
  });
  const next = (kind: string): Promise<{ readonly port?: number }> =>
    new Promise((resolve, reject) => {
      worker.once('error', reject);
      const listen = (message: { readonly kind: string; readonly port?: number }): void => {
        if (message.kind !== kind) return;
        worker.off('message', listen);
        worker.off('error', reject);
        resolve(message);
      };
      worker.on('message', listen);
    });
  const { port = 0 } = await next('ready');
  return {
    port,
    shoot: async (shots, perSecond) => {
      const done = next('shot');
      worker.postMessage({ shots, ...(perSecond !== undefined && { perSecond }) });
      await done;
    },
    [Symbol.asyncDispose]: async () => {
      const closed = next('closed');
      worker.postMessage({ shots: 0 });
      await closed;
      await worker.terminate();
    },
  };
}
