import { copyFile, cp, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import {
  backup,
  compact,
  createVault,
  openVault,
  openWorld,
  SAVING_KINDS,
  type Savings,
  savingsOf,
  type World,
} from '../src/index.ts';
import { demoShoot, RAW_FORMATS, type RawFormat, writeShoot } from '../src/testing/index.ts';
import { filesBelow } from './files-below.ts';
import type { Bench, BenchRun, Row } from './row.ts';

const DAYS = 5;
const SEED = 20_261_122;
const DAY_MS = 86_400_000;
/** Of a day: bursts of four, brackets and single shots, RAW and JPEG. */
const FRAMES_A_DAY = 16;
const SIZE = { width: 3008, height: 2000 } as const;

/** What a typical shoot takes in a vault, beside copying everything each evening; each part alone too. */
export const BENCH: Bench = {
  name: 'compact',
  promise:
    'A typical shoot takes at least 60 % less than copying everything each evening: five days of 16 frames (6 megapixels, ' +
    'uncompressed 14-bit NEF and JPEG, in bursts of four) on two card slots with the same frames, imported a second time to the ' +
    'laptop, where sidecars and a catalog change daily. Cards are formatted each morning. Bursts alone take at least 25 % less, ' +
    'each file copied once, where the RAW is uncompressed. Selects stay verbatim by the default policy.',
  run: async (run) => [
    ...(await measureShoot(run)),
    ...(await measureBurst(run, 'uncompressed NEF', RAW_FORMATS.nef, 25)),
    ...(await measureBurst(run, 'packed 14-bit DNG', RAW_FORMATS.packed, 25)),
    ...(await measureBurst(run, 'DNG that the camera compressed', RAW_FORMATS.tiles, null)),
  ],
};

async function measureShoot({ scratch, say }: BenchRun): Promise<Row[]> {
  const world = openWorld();
  const root = join(scratch, 'expedition');
  const vault = join(root, 'vault');
  let copied = 0;
  try {
    await mkdir(root, { recursive: true });
    await createVault(world, vault);
    for (let day = 0; day < DAYS; day += 1) {
      say(`day ${day + 1} of ${DAYS}`);
      const sources = await liveDay(world, root, day);
      copied += await bytesOf(sources);
      await backup(world, await openVault(world, vault), sources);
    }
    const before = await bytesOf([vault]);
    say('compacting');
    await compact(world, await openVault(world, vault), { onBattery: true });
    const after = await bytesOf([vault]);
    const savings = savingsOf((await openVault(world, vault)).ledger);
    return rowsOf({ copied, before, after }, savings);
  } finally {
    await world.workers.close();
    await rm(root, { recursive: true, force: true });
  }
}

/** Shoots on two slots, imports, edits; what is backed up that evening. */
async function liveDay(world: World, root: string, day: number): Promise<string[]> {
  const cards = [join(root, 'SLOT_1'), join(root, 'SLOT_2')] as const;
  const laptop = join(root, 'LAPTOP');
  for (const card of cards) await rm(card, { recursive: true, force: true });
  const base = demoShoot(SEED + day);
  await writeShoot(
    world.disk,
    cards[0],
    {
      ...base,
      ...SIZE,
      frames: FRAMES_A_DAY,
      formats: [RAW_FORMATS.nef],
      catalog: false,
      startLocalMs: base.startLocalMs + day * DAY_MS,
    },
    world.workers,
  );
  await cp(cards[0], cards[1], { recursive: true, preserveTimestamps: true });
  const folder = join(laptop, `day-${day + 1}`);
  await mkdir(folder, { recursive: true });
  for (const path of await filesBelow(cards[0])) {
    await copyFile(path, join(folder, path.slice(path.lastIndexOf('/') + 1)));
  }
  await editSidecars(laptop, day);
  growCatalog(join(laptop, 'expedition.lrcat'), day);
  return [...cards, laptop];
}

/** An editor rewrites every sidecar it touched that day. */
async function editSidecars(laptop: string, day: number): Promise<void> {
  for (const name of await readdir(laptop, { recursive: true })) {
    if (!/\.xmp$/i.test(name)) continue;
    const path = join(laptop, name);
    const text = await readFile(path, 'utf8');
    const stamp = `<!-- edited on day ${day + 1} -->`;
    await writeFile(path, `${text.trimEnd()}\n${stamp.padEnd(600, ' ')}\n`);
  }
}

/** A catalog of some megabytes: some rows change each day, some come. */
function growCatalog(path: string, day: number): void {
  const database = new DatabaseSync(path);
  database.exec(
    'CREATE TABLE IF NOT EXISTS images (id INTEGER PRIMARY KEY, settings TEXT, rating INT)',
  );
  database.exec('BEGIN');
  const insert = database.prepare('INSERT INTO images (settings, rating) VALUES (?, ?)');
  for (let row = 0; row < (day === 0 ? 12_000 : 600); row += 1) {
    insert.run(
      `exposure ${(row * 7919 + day) % 997}; curve ${(row * 104_729) % 65_521}; `.repeat(5),
      row % 6,
    );
  }
  database.exec(`UPDATE images SET rating = (rating + 1) % 6 WHERE id % 23 = ${day}`);
  database.exec('COMMIT');
  database.close();
}

function rowsOf(
  { copied, before, after }: { copied: number; before: number; after: number },
  { byKind, duplicates }: Savings,
): Row[] {
  const whole = saved(copied, after);
  return [
    {
      what: 'a typical shoot, beside copying everything each evening',
      unit: 'MB',
      ours: after / 1e6,
      peer: { name: 'five evenings of copies', value: copied / 1e6, ratio: after / copied },
      verdict: { text: `>= 60 % less (${whole.toFixed(1)} %)`, isKept: whole >= 60 },
    },
    part('... of that by storing each content once', copied, before),
    part('... and by compacting what was stored', before, after),
    ...SAVING_KINDS.filter((kind) => byKind[kind].blobs > 0).map((kind) =>
      part(
        `compacted: ${kind} (${byKind[kind].blobs})`,
        byKind[kind].bytesBefore,
        byKind[kind].bytesAfter,
      ),
    ),
    {
      what: `files whose content was there already (${duplicates.files})`,
      unit: 'MB',
      ours: 0,
      peer: { name: 'their bytes', value: duplicates.bytes / 1e6, ratio: 0 },
      verdict: null,
    },
  ];
}

function part(what: string, from: number, to: number): Row {
  const name = `before (${saved(from, to).toFixed(1)} % less)`;
  return {
    what,
    unit: 'MB',
    ours: to / 1e6,
    peer: { name, value: from / 1e6, ratio: to / from },
    verdict: null,
  };
}

/** Bursts of one format, RAW and JPEG, each file copied once. */
async function measureBurst(
  { scratch, say }: BenchRun,
  name: string,
  format: RawFormat,
  promised: number | null,
): Promise<Row[]> {
  say(`bursts: ${name}`);
  const world = openWorld();
  const root = join(scratch, 'bursts');
  const [card, vault] = [join(root, 'CARD'), join(root, 'vault')];
  try {
    await mkdir(root, { recursive: true });
    const plan = { ...demoShoot(SEED), ...SIZE, frames: 12, formats: [format], catalog: false };
    await writeShoot(world.disk, card, { ...plan, sidecars: false }, world.workers);
    await createVault(world, vault);
    await backup(world, await openVault(world, vault), [card]);
    await compact(world, await openVault(world, vault), { onBattery: true });
    const [copied, after] = [await bytesOf([card]), await bytesOf([vault])];
    const share = saved(copied, after);
    return [
      {
        what: `bursts alone: ${name} and JPEG`,
        unit: 'MB',
        ours: after / 1e6,
        peer: { name: 'one copy', value: copied / 1e6, ratio: after / copied },
        verdict:
          promised === null
            ? null
            : { text: `>= ${promised} % less (${share.toFixed(1)} %)`, isKept: share >= promised },
      },
    ];
  } finally {
    await world.workers.close();
    await rm(root, { recursive: true, force: true });
  }
}

function saved(from: number, to: number): number {
  return (1 - to / from) * 100;
}

async function bytesOf(roots: readonly string[]): Promise<number> {
  let sum = 0;
  for (const root of roots)
    for (const path of await filesBelow(root)) sum += (await stat(path)).size;
  return sum;
}
