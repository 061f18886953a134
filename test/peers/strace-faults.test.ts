import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mapPool } from '../../src/base/index.ts';
import { backup, createVault, openVault, openWorld } from '../../src/index.ts';
import { skipBecause } from '../skip.ts';
import { type ActEnd, ActProcess, type ActRequest, runAct } from './acts.ts';
import { Card, contentOf } from './card.ts';
import { acknowledgedIn, judge } from './judge.ts';
import {
  type Injection,
  injecting,
  parseTrace,
  straceAbsence,
  type TracedCall,
  tracing,
} from './traced-calls.ts';

const LANES = 4;
const world = openWorld();
let scratch = '';
let calls: TracedCall[] = [];

/** A stage for one fault: the same small vault and card every time, below a root of its own. */
interface Stage {
  readonly root: string;
  readonly vault: string;
  readonly card: Card;
  readonly request: ActRequest;
}

async function makeStage(name: string): Promise<Stage> {
  const root = join(scratch, name);
  rmSync(root, { recursive: true, force: true });
  const card = new Card(join(root, 'CARD'));
  card.write('A.CR2', contentOf('a', 50_000));
  const vault = join(root, 'vault');
  // Made in its own place each time: a card that is copied elsewhere is another source.
  await backup(world, await createVault(world, vault), [card.folder], { learn: false });
  card.write('B.CR2', contentOf('b', 2_500_000));
  card.write('C.XMP', contentOf('c', 900));
  return { root, vault, card, request: { act: 'backup', vault, paths: [card.folder], seed: 's' } };
}

/** What is wrong after a fault, and after the run that follows it. */
async function faultsAfter(stage: Stage): Promise<string[]> {
  const { root, vault, card } = stage;
  const cases = { vault, cards: [card], scratch: join(root, 'back') };
  const faults = await judge(world, cases);
  const again = await backup(world, await openVault(world, vault), [card.folder], { learn: false });
  faults.push(...again.issues.map((issue) => `again: ${issue.code} ${issue.path}`));
  if (acknowledgedIn(vault).size !== card.files.size) faults.push('again: not all acknowledged');
  return [...faults, ...(await judge(world, cases)).map((fault) => `again: ${fault}`)];
}

interface Outcome {
  readonly at: TracedCall;
  readonly end: ActEnd;
  readonly faults: readonly string[];
}

/** Makes each of these calls go wrong in a run of its own. */
async function sweep(points: readonly TracedCall[], injection: Injection): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const run = async ([index, at]: readonly [number, TracedCall]): Promise<Outcome> => {
    const stage = await makeStage(`${injection.replace('=', '-')}-${index}`);
    const end = await runAct(stage.request, injecting(stage.root, at, injection));
    const faults = await faultsAfter(stage);
    rmSync(stage.root, { recursive: true });
    return { at, end, faults };
  };
  for await (const outcome of mapPool(LANES, points.entries(), run)) outcomes.push(outcome);
  return outcomes;
}

function shown({ call, path, ordinal }: TracedCall): string {
  return `${call} ${path} (${ordinal})`;
}

/** The faults of all outcomes, each with its call. */
function allFaults(outcomes: readonly Outcome[]): string[] {
  return outcomes.flatMap(({ at, faults }) => faults.map((fault) => `${shown(at)}: ${fault}`));
}

/** How runs ended, counted: the code of the error, or of the issues, or `no word`. */
function endings(outcomes: readonly Outcome[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { end } of outcomes) {
    const issues = [...new Set((end.report?.issues ?? []).map(({ code }) => code))].join('+');
    const ending = end.failure?.code ?? (issues === '' ? 'no word' : `issue ${issues}`);
    counts.set(ending, (counts.get(ending) ?? 0) + 1);
  }
  return counts;
}

function print(name: string, outcomes: readonly Outcome[]): void {
  const counts = [...endings(outcomes)].map(([ending, count]) => `${count} ${ending}`);
  console.log(`${name}: ${outcomes.length} points: ${counts.sort().join(', ')}`);
}

describe('system calls that go wrong', skipBecause(straceAbsence()), () => {
  beforeAll(async () => {
    scratch = mkdtempSync(join(tmpdir(), 'fieldvault-strace-'));
    const stage = await makeStage('traced');
    const list = join(scratch, 'list');
    const end = await runAct(stage.request, tracing(list));
    expect(end.report?.issues, end.text).toEqual([]);
    calls = parseTrace(readFileSync(list, 'utf8'), stage.root);
    expect(calls.length).toBeGreaterThan(50);
  }, 180_000);

  afterAll(async () => {
    await world.workers.close();
    rmSync(scratch, { recursive: true });
  });

  /** Whether a call only concerns the list of digests beside the pictures: its loss costs no picture and no run. */
  const isOfSums = ({ path }: TracedCall): boolean =>
    calls.some((call) => call.path === path && call.target.includes('SHA256SUMS'));

  const inVault = (...names: readonly TracedCall['call'][]): TracedCall[] =>
    calls.filter(({ call, path }) => names.includes(call) && path.startsWith('vault/'));

  test('killed at each call that changes the vault, nothing acknowledged is lost', async () => {
    const changing = inVault('write', 'fsync', 'rename', 'mkdir', 'unlink', 'rmdir');
    const creating = calls.filter((call) => call.isCreating);
    const outcomes = await sweep([...changing, ...creating], 'signal=KILL');
    print('killed', outcomes);
    // strace passes the signal on by dying of it itself; anything else means that nobody was killed.
    const survived = outcomes.filter(({ end }) => end.code !== 137 && end.signal !== 'SIGKILL');
    expect(survived.map(({ at }) => shown(at))).toEqual([]);
    expect(allFaults(outcomes)).toEqual([]);
  }, 300_000);

  test('EIO at each fsync: done again elsewhere, or an error with a code; the vault goes on', async () => {
    const outcomes = await sweep(inVault('fsync'), 'error=EIO');
    print('fsync EIO', outcomes);
    expect(allFaults(outcomes)).toEqual([]);
    expect(outcomes.filter(({ end }) => end.report === null && end.failure?.code === '')).toEqual(
      [],
    );
  }, 180_000);

  test('ENOSPC at each write and each new file: TARGET_FULL, of one file or of the run', async () => {
    const creating = calls.filter((call) => call.isCreating);
    const outcomes = await sweep([...inVault('write'), ...creating], 'error=ENOSPC');
    print('ENOSPC', outcomes);
    expect(allFaults(outcomes)).toEqual([]);
    const others = outcomes
      .filter(({ at }) => !isOfSums(at))
      .filter(({ end }) => end.failure?.code !== 'TARGET_FULL' && end.report?.isFull !== true);
    expect(others.map(({ at }) => shown(at))).toEqual([]);
  }, 180_000);

  test('EIO at each rename and removal: an error with a code, or none where it only leaves litter', async () => {
    const outcomes = await sweep(inVault('rename', 'unlink', 'rmdir'), 'error=EIO');
    print('rename and unlink EIO', outcomes);
    expect(allFaults(outcomes)).toEqual([]);
    for (const { at, end } of outcomes) {
      expect(end.failure?.code ?? end.report?.issues, shown(at)).toEqual(
        at.call === 'rename' && !isOfSums(at) ? 'TARGET_GONE' : [],
      );
    }
  }, 180_000);

  test('EIO at each read of the card: that file is named unless the next try reads it, the others are protected', async () => {
    const reads = calls.filter(({ call, path }) => call === 'pread64' && path.startsWith('CARD/'));
    expect(reads.length).toBeGreaterThan(3);
    const outcomes = await sweep(reads, 'error=EIO');
    print('read EIO', outcomes);
    expect(allFaults(outcomes)).toEqual([]);
    for (const { at, end } of outcomes) {
      const named = (end.report?.issues ?? []).map(({ code, path }) => `${code} ${path}`);
      // The first read of a picture only asks of which tier it is.
      expect([[], [`UNREADABLE ${at.path}`]], shown(at)).toContainEqual(named);
    }
    const isNamed = ({ end }: (typeof outcomes)[number]): boolean => end.report?.issueCount === 1;
    expect(outcomes.filter(isNamed).length).toBeGreaterThanOrEqual(outcomes.length / 2);
  }, 180_000);

  test('a write that claims bytes it did not take is seen when the copy is read back', async () => {
    const parts = inVault('write').filter(({ path }) => path.endsWith('.part'));
    expect(parts.length).toBeGreaterThan(3);
    const outcomes = await sweep(parts, 'retval=10');
    print('lying write', outcomes);
    expect(allFaults(outcomes)).toEqual([]);
  }, 180_000);

  test('a real short write, then EFBIG: the file is named as not protected', async () => {
    const stage = await makeStage('limited');
    const limit = ['bash', '-c', 'ulimit -f 2000; exec "$@"', 'limited'];
    const end = await runAct(stage.request, limit);
    expect(end.report?.issues.map(({ code, path }) => `${code} ${path}`)).toEqual([
      'TARGET_FULL CARD/B.CR2',
    ]);
    expect(await faultsAfter(stage)).toEqual([]);
  }, 180_000);

  test('the judge catches the careless writer at a kill in mid-file', async () => {
    const stage = await makeStage('careless');
    const path = `vault/originals/2026/2026-11-22/B~${stage.card.files.get('B.CR2')?.slice(0, 16)}.CR2`;
    const at = { call: 'write', path, target: '', ordinal: 20, isCreating: false } as const;
    mkdirSync(join(stage.root, 'vault/originals/2026/2026-11-22'), { recursive: true });
    const before = injecting(stage.root, at, 'signal=KILL');
    const act = new ActProcess(stage.request, before, 'careless-child.ts');
    await act.go();
    const end = await act.ended;
    expect(end.signal ?? end.code, end.text).not.toBe(0);
    expect((await faultsAfter(stage)).join('\n')).toContain('B.CR2: acknowledged, came back as');
  }, 180_000);
});
