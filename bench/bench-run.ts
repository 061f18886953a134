import { mkdtemp, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { openWorld } from '../src/index.ts';
import { benchShoot, writeShoot } from '../src/testing/index.ts';
import type { BenchRun, BenchSizes, Card } from './row.ts';

const SEED = 20_261_122;
/** Bytes on disk for each byte of a card: the card, its vault, a copy, and room for what others leave behind. */
const CARD_COPIES = 5;
/** Bytes on disk of one small file in five copies, with its inode and its journal lines. */
const SMALL_FILE_BYTES = 25_000;

/** A run with a scratch folder of its own in the system's folder for temporary files. */
export interface OpenRun extends BenchRun, AsyncDisposable {}

/** Makes the scratch folder; all that is in it goes when the run is disposed of. RangeError where space is short. */
export async function openRun(sizes: BenchSizes, say: (text: string) => void): Promise<OpenRun> {
  await assertRoom(sizes);
  const scratch = await mkdtemp(join(tmpdir(), 'fieldvault-bench-'));
  const remove = (): Promise<void> => rm(scratch, { recursive: true, force: true });
  let card: Promise<Card> | null = null;
  return {
    sizes,
    scratch,
    say,
    card: () => {
      card ??= writeCard(join(scratch, 'CARD'), sizes.cardBytes, say);
      return card;
    },
    [Symbol.asyncDispose]: remove,
  };
}

async function assertRoom(sizes: BenchSizes): Promise<void> {
  const volume = await statfs(tmpdir());
  const free = volume.bavail * volume.bsize;
  const needed = sizes.cardBytes * CARD_COPIES + sizes.smallFiles * SMALL_FILE_BYTES;
  if (free < needed) {
    const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;
    throw new RangeError(`${tmpdir()} has ${gigabytes(free)} free, needs ${gigabytes(needed)}`);
  }
}

/** The simulated camera's card: NEF and DNG frames with previews, sidecars, voice notes, a catalog. */
async function writeCard(path: string, bytes: number, say: (text: string) => void): Promise<Card> {
  say(`shooting a card of ${(bytes / 1e9).toFixed(1)} GB`);
  const plan = benchShoot(SEED, bytes);
  const world = openWorld();
  try {
    const startMs = performance.now();
    const shoot = await writeShoot(world.disk, path, plan, world.workers);
    return {
      path,
      bytes: shoot.bytes,
      files: shoot.files.length,
      frames: plan.frames,
      megapixels: (plan.width * plan.height) / 1e6,
      seconds: (performance.now() - startMs) / 1000,
    };
  } finally {
    await world.workers.close();
  }
}
