import { describe, expect, it, vi } from 'vitest';
import { backup, restore } from '../../src/backup/index.ts';
import { equalBytes, LIMITS } from '../../src/base/index.ts';
import type { World } from '../../src/platform/index.ts';
import { type ObjectStore, retryingStore } from '../../src/store/index.ts';
import {
  FaultyStore,
  MemoryStore,
  type SimWorld,
  type StoreCall,
  type StoreFault,
} from '../../src/testing/index.ts';
import { check, createVault, findSnapshot, openVault } from '../../src/vault/index.ts';
import { noise, processAt, readBack, workstationAt } from './bucket-kit.ts';

vi.setConfig({ testTimeout: 120_000 });

const ROOT = 's3://studio/vault';
const FIRST = new Map([
  ['A.NEF', noise(3000, 1)],
  ['A.xmp', noise(200, 2)],
]);
const SMALL = new Map([
  ['C.NEF', noise(4000, 4)],
  ['D.NEF', new Uint8Array(0)],
]);
/** One that goes in parts. */
const LARGE = new Map([['B.MOV', noise(8_400_000, 3)]]);

type Files = ReadonlyMap<string, Uint8Array>;

/** A machine that has backed up once, and has a card with more. */
async function scene(later: Files): Promise<{ machine: SimWorld; store: MemoryStore }> {
  const memory = new MemoryStore();
  const { machine } = workstationAt(memory, 7);
  for (const [name, bytes] of FIRST) machine.disk.stage.plant(`/card/${name}`, bytes);
  const world = processAt(machine, memory);
  await backup(world, await createVault(world, ROOT), ['/card']);
  for (const [name, bytes] of later) machine.disk.stage.plant(`/card/${name}`, bytes);
  return { machine, store: memory };
}

async function backUp(world: World): Promise<void> {
  const report = await backup(world, await openVault(world, ROOT), ['/card']);
  expect(report.issues).toEqual([]);
}

/** Runs until the end, or until the process is cut; false where it was cut. */
async function untilCut(faulty: FaultyStore, act: () => Promise<void>): Promise<boolean> {
  const done = act().then(() => true);
  return Promise.race([done, faulty.whenCut.then(() => false)]);
}

/** What is not right with a vault. */
async function troubles(world: World): Promise<readonly string[]> {
  const { issues } = await check(world, await openVault(world, ROOT), { readData: true });
  return issues.map(({ code, path, message }) => `${code} ${path}: ${message}`);
}

async function expectAll(
  machine: SimWorld,
  store: ObjectStore,
  files: ReadonlyMap<string, Uint8Array>,
): Promise<void> {
  const world = processAt(machine, store);
  const vault = await openVault(world, ROOT);
  const to = `/out-${world.host.processId}`;
  await restore(world, vault, findSnapshot(vault.ledger, 'latest'), { to });
  for (const [name, bytes] of files) {
    const found = await readBack(machine, `${to}/card/${name}`);
    expect(found !== null && equalBytes(found, bytes), name).toBe(true);
  }
}

/** The requests of the second backup that a sweep tries: all of small files, those about the file itself of a large one. */
async function requestsOf(later: Files): Promise<readonly number[]> {
  const { machine, store } = await scene(later);
  const calls: StoreCall[] = [];
  const noted = new FaultyStore(store, (call) => {
    calls.push(call);
    return null;
  });
  await backUp(processAt(machine, noted));
  const tried = calls.filter(({ key }) => later !== LARGE || key.includes('B~'));
  expect(tried.length).toBeGreaterThan(8);
  return tried.map(({ number }) => number);
}

const SCENES = [
  ['small files', SMALL],
  ['a file in parts', LARGE],
] as const;

describe.each(SCENES)('a process that is cut at any request, with %s', (_, later) => {
  it('loses nothing that was acknowledged, and the next one goes on', async () => {
    for (const at of await requestsOf(later)) {
      const { machine, store } = await scene(later);
      const faulty = new FaultyStore(store, ({ number }) =>
        number === at ? { kind: 'cut' } : null,
      );
      const isDone = await untilCut(faulty, () => backUp(processAt(machine, faulty)));
      expect(isDone).toBe(false);
      expect(await troubles(processAt(machine, store)), `cut at ${at}`).toEqual([]);
      await expectAll(machine, store, FIRST);
      await backUp(processAt(machine, store));
      expect(await troubles(processAt(machine, store)), `after a cut at ${at}`).toEqual([]);
      await expectAll(machine, store, new Map([...FIRST, ...later]));
    }
  });
});

describe('a server that says "done" and forgets', () => {
  it('is seen by the same sweep', async () => {
    const seen: string[] = [];
    for (const at of await requestsOf(SMALL)) {
      const { machine, store } = await scene(SMALL);
      let newest = '';
      const faulty = new FaultyStore(store, ({ number, name, key }) => {
        if (name === 'put' && key.includes('/originals/') && !key.endsWith('/')) newest = key;
        return number === at ? { kind: 'cut' } : null;
      });
      await untilCut(faulty, () => backUp(processAt(machine, faulty)));
      if (newest !== '') await store.remove(newest);
      seen.push(...(await troubles(processAt(machine, store))));
    }
    expect(seen.some((trouble) => trouble.startsWith('BLOB_MISSING'))).toBe(true);
  });
});

const KINDS: Readonly<Record<string, (call: StoreCall) => StoreFault>> = {
  'is refused': () => ({ kind: 'refuse', code: 'EBUSY' }),
  'is done and its reply lost': () => ({ kind: 'lose-reply', code: 'ECONNRESET' }),
  'is done late, after the client gave it up': () => ({
    kind: 'late',
    code: 'ETIMEDOUT',
    calls: 9,
  }),
  'has one bit flipped': ({ name }) =>
    name === 'get' || name === 'put' || name === 'putPart'
      ? { kind: 'flip' }
      : { kind: 'refuse', code: 'EIO' },
};

describe.each(Object.entries(KINDS))('when any one request %s', (kind, faultOf) => {
  it.each(SCENES)('the backup of %s is whole, or says that it is not', async (_, later) => {
    for (const at of await requestsOf(later)) {
      const { machine, store } = await scene(later);
      const faulty = new FaultyStore(store, (call) => (call.number === at ? faultOf(call) : null));
      const run = backUp(processAt(machine, retryingStore(faulty, machine)));
      const isDone = await run.then(
        () => true,
        () => false,
      );
      // A bit that was flipped may end a run; it must not be taken for what was sent.
      if (!kind.includes('flipped')) expect(isDone, `request ${at}`).toBe(true);
      await faulty.applyLate();
      expect(await troubles(processAt(machine, store)), `request ${at}`).toEqual([]);
    }
  });
});

describe('an upload that was cut', () => {
  it('goes on in the next process with at most one part sent again', async () => {
    const long = noise(40_000_000, 9);
    const { machine, store } = await scene(new Map([['E.MOV', long]]));
    const before = store.counts.get('putPart')?.bytes ?? 0;
    let parts = 0;
    const faulty = new FaultyStore(store, ({ name }) => {
      if (name === 'putPart') parts += 1;
      return parts === 4 ? { kind: 'cut' } : null;
    });
    expect(await untilCut(faulty, () => backUp(processAt(machine, faulty)))).toBe(false);
    await backUp(processAt(machine, store));
    const sent = (store.counts.get('putPart')?.bytes ?? 0) - before;
    expect(sent - long.length).toBeLessThanOrEqual(LIMITS.storePartBytes);
    expect(await store.listUploads('')).toEqual([]);
    expect(await troubles(processAt(machine, store))).toEqual([]);
  });
});
