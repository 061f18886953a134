import { cpSync, mkdtempSync, readdirSync, rmSync, watch } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import {
  backup,
  createVault,
  findSnapshot,
  forget,
  listSnapshots,
  openVault,
  openWorld,
  restore,
} from '../../src/index.ts';
import { type SeededRandom, seededRandom } from '../../src/testing/index.ts';
import { check } from '../../src/vault/index.ts';
import { type ActEnd, ActProcess, type ActRequest, runAct } from './acts.ts';
import { Card, contentOf } from './card.ts';
import { differences, digestOf, filesBelow, journalsOf, judge, wholeLines } from './judge.ts';

const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
const world = openWorld();
const scratch = mkdtempSync(join(tmpdir(), 'fieldvault-kill-'));

afterAll(async () => {
  await world.workers.close();
  rmSync(scratch, { recursive: true });
});

/** Where in its work a backup was when it was killed, as its journal tells. */
function momentOf(vault: string, before: readonly string[]): string {
  const added = journalsOf(vault).filter((name) => !before.includes(name));
  if (added.length === 0) return 'before its journal';
  const types = new Set(
    added.flatMap((name) => wholeLines(join(vault, 'journal', name)).map((line) => line.type)),
  );
  if (types.has('seal')) return 'after its seal';
  if (types.has('file') || types.has('snapshot')) return 'closing';
  return types.has('entry') ? 'copying, with acknowledged files' : 'before its first file';
}

/** A way to choose the moment of a kill. */
interface Moment {
  /** Resolves when the time before the kill begins to run. */
  readonly begin: (act: ActProcess) => Promise<void>;
  /** How long the act usually goes on from there, in milliseconds: a guess at first, then as seen. */
  usualMs: number;
}

/** The moments of acts that report progress: from the start, and from the first bytes on (threads need time to start). */
function moments(): Moment[] {
  return [
    { begin: async () => {}, usualMs: 500 },
    { begin: (act) => act.underWay, usualMs: 100 },
  ];
}

/** Lets an act go and kills it after a random part of the time that it usually takes. */
async function killAtRandom(
  act: ActProcess,
  random: SeededRandom,
  moment: Moment,
): Promise<ActEnd> {
  await act.go();
  await moment.begin(act);
  const startMs = performance.now();
  const timer = setTimeout(() => act.kill(), random() * moment.usualMs * 1.2);
  const end = await act.ended;
  clearTimeout(timer);
  // Nobody knows how fast the machine is: wait longer until one gets away, then that is the time it takes.
  const isAway = end.report !== null;
  moment.usualMs = isAway ? performance.now() - startMs : moment.usualMs * 1.1;
  return end;
}

/** Kills an act so many times at random moments; the next process is always warm. */
async function killMany(
  random: SeededRandom,
  count: number,
  work: {
    readonly script?: string;
    readonly request: ActRequest;
    readonly moments: readonly Moment[];
    before(round: number): void;
    after(round: number, end: ActEnd): Promise<void>;
  },
): Promise<void> {
  const start = (): ActProcess => new ActProcess(work.request, [], work.script);
  let next = start();
  try {
    for (let round = 0, killed = 0; killed < count; round += 1) {
      if (round > 4 * count) throw new Error(`only ${killed} kills in ${round} runs`);
      const act = next;
      next = start();
      work.before(round);
      const moment = work.moments[round % work.moments.length];
      if (moment === undefined) throw new Error('no moment to kill at');
      const end = await killAtRandom(act, random, moment);
      if (end.signal === 'SIGKILL') killed += 1;
      await work.after(round, end);
    }
  } finally {
    next.kill();
    await next.ended;
  }
}

describe('kill -9 at random moments', () => {
  const seen = new Map<string, number>();

  /** One vault and one card that fills while its backups are killed again and again. */
  async function killBackups(name: string, seed: number, count: number): Promise<void> {
    const random = seededRandom(seed);
    const folder = join(scratch, name);
    const card = new Card(join(folder, 'EOS_DIGITAL'));
    const vault = join(folder, 'vault');
    await createVault(world, vault);
    const request: ActRequest = { act: 'backup', vault, paths: [card.folder] };
    let journals: readonly string[] = [];
    await killMany(random, count, {
      moments: moments(),
      request,
      before: () => {
        card.shoot(random, 8, 1_000_000);
        journals = journalsOf(vault);
      },
      after: async (round, end) => {
        const moment = end.signal === 'SIGKILL' ? momentOf(vault, journals) : 'not killed in time';
        seen.set(moment, (seen.get(moment) ?? 0) + 1);
        const faults = await judge(world, { vault, cards: [card], scratch: join(folder, 'back') });
        expect(faults, `SEED=${SEED}, ${name}, kill ${round}, ${moment}`).toEqual([]);
      },
    });
    const last = await runAct(request);
    expect(last.report?.issues).toEqual([]);
    const opened = await openVault(world, vault);
    const to = join(folder, 'restored');
    await restore(world, opened, findSnapshot(opened, 'latest'), { to });
    expect(differences(card, to)).toEqual([]);
    rmSync(folder, { recursive: true });
  }

  test('100 kills of a backup cost nothing that was acknowledged, and the last run completes', async () => {
    const lanes = [0, 1, 2, 3].map(async (lane) => {
      for (const [series, count] of [9, 8, 8].entries()) {
        await killBackups(`series-${lane}-${series}`, SEED + 4 * series + lane, count);
      }
    });
    await Promise.all(lanes);
    const places = [...seen].map(([moment, count]) => `${count} ${moment}`).sort();
    console.log(`kill -9, SEED=${SEED}: ${places.join('; ')}`);
    const idle = ['not killed in time', 'before its journal', 'after its seal'];
    const busy = [...seen].filter(([moment]) => !idle.includes(moment));
    // Kills that only ever met idle moments would prove nothing.
    expect(busy.reduce((sum, [, count]) => sum + count, 0)).toBeGreaterThan(30);
  }, 300_000);

  test('the judge catches a writer that acknowledges before its bytes are there', async () => {
    const random = seededRandom(SEED);
    const card = new Card(join(scratch, 'careless', 'EOS_DIGITAL'));
    const vault = join(scratch, 'careless', 'vault');
    await createVault(world, vault);
    const caught: string[][] = [];
    await killMany(random, 5, {
      script: 'careless-child.ts',
      moments: moments().slice(0, 1),
      request: { act: 'backup', vault, paths: [card.folder] },
      before: () => card.shoot(random, 12, 700_000),
      after: async () => {
        const back = join(scratch, 'careless', 'back');
        caught.push(await judge(world, { vault, cards: [card], scratch: back }));
      },
    });
    expect(caught.flat().join('\n')).toMatch(/BLOB_DAMAGED .*~.*\.CR2: This file has \d+ bytes/);
    expect(caught.flat().join('\n')).toMatch(/IMG_\d+\.CR2: acknowledged, came back as/);
  }, 180_000);

  test('kills of prune cost nothing that a snapshot needs', async () => {
    const random = seededRandom(SEED + 10);
    const card = new Card(join(scratch, 'prune', 'EOS_DIGITAL'));
    const model = join(scratch, 'prune', 'model');
    const vault = join(scratch, 'prune', 'vault');
    await makePrunable(card, model);
    const copyModel = (): void => {
      rmSync(vault, { recursive: true, force: true });
      cpSync(model, vault, { recursive: true, preserveTimestamps: true });
    };
    const left = new Set<number>();
    await killMany(random, 12, {
      moments: [{ begin: (act) => removed(vault, random() * 250, act), usualMs: 2 }],
      request: { act: 'prune', vault, paths: [] },
      before: (round) => {
        // Every other kill meets what the one before left.
        if (round % 2 === 0) copyModel();
      },
      after: async (round) => {
        left.add(storedFilesOf(vault));
        expect(await prunedFaults(vault, card), `SEED=${SEED}, kill ${round}`).toEqual([]);
      },
    });
    const last = await runAct({ act: 'prune', vault, paths: [] });
    expect(last.failure).toBeNull();
    expect(await prunedFaults(vault, card)).toEqual([]);
    expect(storedFilesOf(vault)).toBe(new Set(card.files.values()).size);
    console.log(`kill -9 of prune: files left in originals: ${[...left].sort().join(', ')}`);
  }, 180_000);

  test('kills of restore leave whole files or none under a name, and a new run completes', async () => {
    const random = seededRandom(SEED + 20);
    const card = new Card(join(scratch, 'restore', 'EOS_DIGITAL'));
    card.shoot(random, 60, 900_000);
    const vault = join(scratch, 'restore', 'vault');
    await backup(world, await createVault(world, vault), [card.folder]);
    const to = join(scratch, 'restore', 'to');
    const counts: number[] = [];
    await killMany(random, 12, {
      moments: moments(),
      request: { act: 'restore', vault, paths: [to] },
      before: (round) => {
        if (round % 3 === 0) rmSync(to, { recursive: true, force: true });
      },
      after: async (round, end) => {
        const files = filesBelow(join(to, card.name)).filter((file) => !file.endsWith('-part'));
        counts.push(files.length);
        const wrong = files.filter(
          (file) => card.files.get(file) !== digestOf(join(to, card.name, file)),
        );
        expect(wrong, `SEED=${SEED}, kill ${round}`).toEqual([]);
        // A run that meets what killed ones left must not stumble over it.
        if (end.report !== null) expect(end.report.issues).toEqual([]);
      },
    });
    const last = await runAct({ act: 'restore', vault, paths: [to] });
    expect(last.report?.issues).toEqual([]);
    expect(differences(card, to)).toEqual([]);
    console.log(`kill -9 of restore: whole files found after each: ${counts.join(', ')}`);
  }, 180_000);
});

/** Resolves once so many stored files were removed, or the act has ended. */
function removed(vault: string, count: number, act: ActProcess): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const days = readdirSync(join(vault, 'originals'), { recursive: true, withFileTypes: true });
  const folder = days.find((entry) => entry.isFile())?.parentPath ?? vault;
  let seen = 0;
  const watcher = watch(folder, { persistent: false }, () => {
    seen += 1;
    if (seen > count) resolve();
  });
  return Promise.race([promise, act.ended.then(() => {})]).finally(() => watcher.close());
}

/** A vault whose first snapshot, forgotten, holds 300 settings files that no other needs. */
async function makePrunable(card: Card, path: string): Promise<void> {
  const first = new Card(join(card.folder, '..', 'old', card.name));
  for (let index = 0; index < 300; index += 1) {
    first.write(`SETTINGS/S${index}.DAT`, contentOf(`old ${index}`, 2000));
  }
  card.shoot(seededRandom(SEED), 20, 60_000);
  const vault = await createVault(world, path);
  await backup(world, vault, [first.folder]);
  await backup(world, await openVault(world, path), [card.folder]);
  const opened = await openVault(world, path);
  const oldest = listSnapshots(opened)[0];
  if (oldest === undefined) throw new Error('no snapshot to forget');
  await forget(world, opened, [oldest.id]);
}

/** What is wrong with a vault under prune: damage, or anything of the snapshot that stays. */
async function prunedFaults(path: string, card: Card): Promise<string[]> {
  const vault = await openVault(world, path);
  const checked = await check(world, vault, { readData: true });
  const to = join(scratch, 'prune', 'back');
  rmSync(to, { recursive: true, force: true });
  const restored = await restore(world, vault, findSnapshot(vault, 'latest'), { to });
  const issues = [...checked.issues, ...restored.issues];
  return [...issues.map((issue) => `${issue.code} ${issue.path}`), ...differences(card, to)];
}

function storedFilesOf(vault: string): number {
  const names = filesBelow(join(vault, 'originals'));
  return names.filter((name) => !name.includes('SHA256SUMS')).length;
}
