import { createHash, randomFillSync } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { backup, createVault, openVault, sync } from '../src/index.ts';
import { SimLink, simWorld, tinyShoot, withDisk, writeShoot } from '../src/testing/index.ts';
import { type Command, findProgram, prepare, SYNC, timed } from './command.ts';
import { digestAll, fieldvault } from './contenders.ts';
import { compare, type Entrant, limited, measureRounds, median } from './rounds.ts';
import type { Bench, BenchRun, Row } from './row.ts';
import { writeSmallFiles } from './small-files.ts';

const FRAMES = 5000;
const OURS = 'FieldVault sync';
const RSYNC = 'rsync -a + sha256sum';
const DURABLE_RSYNC = 'rsync -a + sync + sha256sum';
/** At least 80 % of the rate. */
const RATIO_MAX = 1 / 0.8;
const SECOND_SECONDS_MAX = 2;
const PART_BYTES = 8_388_608;

/** Two vaults become one: how fast, how fast when nothing is new, and what a cut costs. */
export const BENCH: Bench = {
  name: 'sync',
  promise:
    'A first sync of 5,000 frames from folder to folder goes at 80 % of the rate of rsync -a and sha256sum of the copy; ' +
    'a sync of 100,000 frames with nothing new takes less than 2 s; a cut costs no more than one part.',
  run: measureSync,
};

async function measureSync(run: BenchRun): Promise<readonly Row[]> {
  return [
    ...(await firstSync(run)),
    ...(await secondSync(run)),
    ...(await cutSync()),
    ...(await satelliteSync(run)),
  ];
}

async function firstSync(run: BenchRun): Promise<readonly Row[]> {
  const folder = join(run.scratch, 'expedition');
  const frameBytes = Math.floor(run.sizes.cardBytes / FRAMES);
  run.say(`writing ${FRAMES} frames of ${(frameBytes / 1e6).toFixed(2)} MB`);
  writeFrames(folder, frameBytes);
  const field = join(run.scratch, 'field');
  await prepare(
    fieldvault(['init', field], `${field}.peak`),
    fieldvault(['backup', folder, '--vault', field, '--no-learn'], `${field}.peak`),
  );
  await rm(folder, { recursive: true });
  await prepare(digestAll(join(field, 'originals'), 'cat'));
  const entrants = [ours(run, field)];
  if (findProgram('rsync') !== null) {
    entrants.push(rsync(run, field, RSYNC, []), rsync(run, field, DURABLE_RSYNC, [SYNC]));
  }
  const results = await measureRounds(entrants, run.sizes.rounds, run.say);
  await rm(field, { recursive: true });
  const bytes = frameBytes * FRAMES;
  const size = `${FRAMES.toLocaleString('en')} frames of ${(frameBytes / 1e6).toFixed(2)} MB`;
  const row = { what: `first sync of ${size}`, ours: OURS };
  const timings = results.get(OURS) ?? [];
  const seconds = median(timings.map((timing) => timing.seconds));
  return [
    compare(results, { ...row, peer: RSYNC, ratioMax: RATIO_MAX }),
    compare(results, { ...row, peer: DURABLE_RSYNC }),
    limited('its rate', 'MB/s', bytes / 1e6 / seconds),
    limited('its peak memory (VmHWM)', 'MB', median(timings.map((one) => one.peakBytes)) / 1e6),
  ];
}

/** Frames that nothing shrinks, each with a content of its own. */
function writeFrames(folder: string, frameBytes: number): void {
  const noise = randomFillSync(Buffer.alloc(frameBytes));
  for (let frame = 0; frame < FRAMES; frame += 1) {
    const within = join(folder, 'DCIM', `${100 + Math.floor(frame / 1000)}NCZ_9`);
    mkdirSync(within, { recursive: true });
    noise.set(createHash('sha256').update(String(frame)).digest());
    writeFileSync(join(within, `DSC_${String(frame).padStart(4, '0')}.NEF`), noise);
  }
}

function ours(run: BenchRun, field: string): Entrant {
  let round = 0;
  return {
    name: OURS,
    measure: async () => {
      // Another vault at the same place would be refused, and rightly.
      round += 1;
      const at = join(run.scratch, `studio-${round}`);
      const peak = `${at}.peak`;
      await prepare(fieldvault(['init', at], peak), SYNC);
      try {
        return await timed(fieldvault(['sync', field, at], peak), SYNC);
      } finally {
        await rm(at, { recursive: true, force: true });
      }
    },
  };
}

function rsync(run: BenchRun, field: string, name: string, between: readonly Command[]): Entrant {
  const at = join(run.scratch, 'rsync-copy');
  const copy: Command = { words: ['rsync', '-a', `${field}/originals/`, `${at}/`] };
  return {
    name,
    measure: async () => {
      await prepare(SYNC);
      try {
        return await timed(copy, ...between, digestAll(at, 'sha256sum'));
      } finally {
        await rm(at, { recursive: true, force: true });
      }
    },
  };
}

async function secondSync(run: BenchRun): Promise<readonly Row[]> {
  const { smallFiles, rounds } = run.sizes;
  const folder = join(run.scratch, 'many');
  const [field, studio] = [join(run.scratch, 'field'), join(run.scratch, 'studio')];
  const peak = `${field}.peak`;
  run.say(`two vaults of ${smallFiles} files`);
  await writeSmallFiles(folder, smallFiles);
  await prepare(
    fieldvault(['init', field], peak),
    fieldvault(['init', studio], peak),
    fieldvault(['backup', folder, '--vault', field, '--no-learn'], peak),
  );
  const first = await timed(fieldvault(['sync', field, studio], peak), SYNC);
  const seconds: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const timing = await timed(fieldvault(['sync', field, studio], peak));
    run.say(`round ${round + 1}: nothing new ${timing.seconds.toFixed(2)} s`);
    seconds.push(timing.seconds);
  }
  for (const path of [folder, field, studio]) await rm(path, { recursive: true, force: true });
  const of = `${smallFiles.toLocaleString('en')} frames of about 1 kB`;
  return [
    limited(`first sync of ${of}`, 's', first.seconds),
    limited(`second sync of ${of}, nothing new`, 's', median(seconds), SECOND_SECONDS_MAX),
  ];
}

/** In a simulated world: a link that breaks in the middle of a file of three parts and a half. */
async function cutSync(): Promise<readonly Row[]> {
  const size = 3.5 * PART_BYTES;
  const world = simWorld(1);
  world.disk.stage.plant('/card/A.CR3', randomFillSync(new Uint8Array(size)));
  const field = await createVault(world, '/far/field');
  await backup(world, field, ['/card'], { learn: false });
  await createVault(world, '/near/studio');
  const link = new SimLink({ far: '/far', clock: world.clock, bitsPerSecond: 8_000_000 });
  const seen = withDisk(world, link.seen(world.disk));
  const vaults = async () =>
    [await openVault(world, '/far/field'), await openVault(world, '/near/studio')] as const;
  link.cutAfter(2.4 * PART_BYTES);
  await sync(seen, ...(await vaults())).catch(() => {});
  link.mend();
  world.clock.advance(3_600_000);
  await sync(seen, ...(await vaults()));
  const sent = link.passages
    .filter(({ path }) => path.includes('/originals/'))
    .reduce((sum, { bytes }) => sum + bytes, 0);
  const what = 'bytes of a RAW file sent again after a cut (simulated link)';
  return [limited(what, 'bytes', sent - size, PART_BYTES)];
}

const SATELLITE_FRAMES = 200;

/** In a simulated world: 256 kbit/s, 600 ms there and back; small frames with the previews that cameras embed. */
async function satelliteSync(run: BenchRun): Promise<readonly Row[]> {
  run.say(`${SATELLITE_FRAMES} frames over a simulated satellite link`);
  const world = simWorld(1);
  const size = { frames: SATELLITE_FRAMES, width: 512, height: 320 };
  const plan = { ...tinyShoot(1), ...size, pairs: false, catalog: false };
  world.disk.stage.makeFolders('/card');
  await writeShoot(world.disk, '/card', plan, world.workers);
  const field = await createVault(world, '/near/field');
  await backup(world, field, ['/card']);
  await createVault(world, '/far/studio');
  const link = new SimLink({
    far: '/far',
    clock: world.clock,
    bitsPerSecond: 256_000,
    latencyMs: 300,
  });
  const startMs = world.clock.monotonicMs();
  const seen = withDisk(world, link.seen(world.disk));
  await sync(seen, await openVault(world, '/near/field'), await openVault(world, '/far/studio'), {
    bytesPerSecond: 32_000,
  });
  const { ledger } = await openVault(world, '/far/studio');
  const digests = (holds: string): Set<string> =>
    new Set(
      [...ledger.facts.values()].filter((one) => one.holds === holds).map((one) => one.sha256),
    );
  const raws = new Set(
    [...ledger.blobs.values()]
      .filter(({ places }) => /\.(NEF|DNG)$/.test(places[0]?.at ?? ''))
      .map(({ id }) => String(id)),
  );
  const written = link.passages.filter(({ direction }) => direction === 'written');
  const digestOf = (path: string): string =>
    /([0-9a-f]{64})\.[0-9a-f]{16}\.part$/.exec(path)?.[1] ?? '';
  const [looks, previews] = [digests('look'), digests('preview')];
  const isFacts = (path: string): boolean =>
    looks.has(digestOf(path)) || previews.has(digestOf(path));
  const lastFacts = written.findLast(({ path }) => isFacts(path));
  const firstRaw = written.find(({ path }) => raws.has(digestOf(path)));
  const what = `${SATELLITE_FRAMES} frames over 256 kbit/s, 600 ms (simulated)`;
  const seconds = ((lastFacts?.atMs ?? Number.NaN) - startMs) / 1000;
  const rawSeconds = ((firstRaw?.atMs ?? Number.NaN) - startMs) / 1000;
  return [
    limited(`${what}: first piece of a RAW after`, 's', rawSeconds),
    {
      what: `${what}: all facts and previews after`,
      unit: 's',
      ours: seconds,
      peer: null,
      verdict: { text: 'before any RAW', isKept: seconds < rawSeconds },
    },
  ];
}
