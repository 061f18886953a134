import fc from 'fast-check';
import { expect, it } from 'vitest';
import { backup, forget, prune, restore } from '../../src/backup/index.ts';
import type { BlobId } from '../../src/base/index.ts';
import { type PowerLossMode, PROFILES, SimDisk } from '../../src/testing/index.ts';
import { check, createVault, listSnapshots, openVault, type Vault } from '../../src/vault/index.ts';
import { digestOf, startProcess } from '../power-loss/scene.ts';

/** Something a photographer, a program or bad luck does. Numbers are taken modulo what there is. */
type Action =
  | { readonly kind: 'write'; readonly path: number; readonly sizeBytes: number }
  | { readonly kind: 'delete' | 'forget' | 'restore'; readonly which: number }
  | { readonly kind: 'rename'; readonly which: number; readonly path: number }
  | { readonly kind: 'backup' | 'prune' | 'check' }
  | Cut;

/** An act that ends before its n-th change of the disk. */
interface Cut {
  readonly kind: 'cut-off backup' | 'killed backup' | 'cut-off prune';
  readonly change: number;
  readonly mode: PowerLossMode;
}

const PATHS = [
  'DCIM/IMG_0001.CR3',
  'DCIM/IMG_0002.CR3',
  'DCIM/IMG_0001.xmp',
  'DCIM/IMG_0002.xmp',
  'notes.txt',
  'kept/IMG_0001.CR3',
  'kept/Notes.txt',
];
const VAULT = '/drive/vault';
const CARD = '/card';

const pick = fc.nat(50);
const mode = fc.constantFrom<PowerLossMode>('drop', 'keep', 'random');
const change = fc.integer({ min: 1, max: 120 });
const anyAction: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('write' as const),
      path: pick,
      sizeBytes: fc.nat(3000),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete' as const), which: pick }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('rename' as const), which: pick, path: pick }),
  },
  { weight: 4, arbitrary: fc.constant({ kind: 'backup' as const }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('cut-off backup' as const), change, mode }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('killed backup' as const), change, mode }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('forget' as const), which: pick }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'prune' as const }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('cut-off prune' as const), change, mode }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'check' as const }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('restore' as const), which: pick }) },
);

/** The vault as it must be, and the simulated one beside it. */
class Model {
  readonly disk: SimDisk;
  readonly card: Map<string, Uint8Array> = new Map();
  readonly snapshots: Map<string, ReadonlyMap<string, Uint8Array>> = new Map();
  /** Contents of captures that were ever acknowledged: none of them is ever dropped unnamed. */
  readonly captures: Set<BlobId> = new Set();
  /** What the card held when each run began. */
  readonly #cards: Map<string, ReadonlyMap<string, Uint8Array>> = new Map();
  #lives = 0;
  #writes = 0;

  private constructor(disk: SimDisk) {
    this.disk = disk;
  }

  static async begin(fileSystem: keyof typeof PROFILES, seed: number): Promise<Model> {
    const disk = new SimDisk({ seed, writeChunkBytes: 1500 });
    disk.stage.mount('/drive', { profile: PROFILES[fileSystem] });
    disk.stage.mount(CARD, { profile: PROFILES.ext4 });
    const model = new Model(disk);
    await createVault(model.process(), VAULT);
    return model;
  }

  process(): ReturnType<typeof startProcess> {
    this.#lives += 1;
    const nowMs = Date.UTC(2026, 10, 22) + this.#lives * 3_600_000;
    return startProcess(this.disk, { number: this.#lives, nowMs });
  }

  put(path: string, bytes: Uint8Array): void {
    this.#writes += 1;
    this.disk.stage.plant(`${CARD}/${path}`, bytes, Date.UTC(2026, 9, 1) + this.#writes * 60_000);
    this.card.set(path, bytes);
  }

  /** Bytes that no earlier file had. */
  bytes(sizeBytes: number): Uint8Array {
    return new TextEncoder().encode(`${this.#writes} `.padEnd(sizeBytes, 'x'));
  }

  take(path: string): void {
    this.disk.stage.erase(`${CARD}/${path}`);
    this.card.delete(path);
  }

  /**
   * Learns what a backup's process had acknowledged when it ended.
   * @param read runs it had only read: a killed process may have left their lines where a power loss takes them
   */
  learn({ ledger }: Vault, read: ReadonlySet<string> = new Set()): void {
    for (const run of ledger.runs.values()) {
      const card = this.#cards.get(run.id) ?? new Map(this.card);
      this.#cards.set(run.id, card);
      if (read.has(run.id)) continue;
      for (const changes of run.changes.values()) {
        for (const [path, entry] of changes) {
          if (path.endsWith('.CR3') && entry?.kind === 'file') {
            this.captures.add(entry.content as BlobId);
          }
        }
      }
      // The lines of a killed process may be found whole by the next one, though nobody waited for them.
      const isThere = run.snapshot !== null && !ledger.forgotten.has(run.id);
      if (isThere) this.snapshots.set(run.id, card);
    }
  }

  /** Runs an act until its n-th change of the disk, as a process of its own. */
  async until(limit: number, act: (vault: Vault) => Promise<unknown>): Promise<void> {
    const vault = await openVault({ disk: this.disk }, VAULT);
    const read = new Set(vault.ledger.runs.keys());
    this.disk.faults.losePowerAtChange(this.disk.faults.changes + limit);
    const failure: unknown = await act(vault).then(
      () => null,
      (error: unknown) => error,
    );
    // Nothing but the cut may end it.
    if (failure !== null && !this.disk.faults.isOff) throw failure;
    this.disk.faults.clear();
    this.learn(vault, read);
  }
}

async function perform(model: Model, action: Action): Promise<void> {
  switch (action.kind) {
    case 'write':
      model.put(PATHS[action.path % PATHS.length] ?? '', model.bytes(action.sizeBytes));
      break;
    case 'delete': {
      const path = [...model.card.keys()][action.which % Math.max(1, model.card.size)];
      if (path !== undefined) model.take(path);
      break;
    }
    case 'rename': {
      const [path, bytes] = [...model.card][action.which % Math.max(1, model.card.size)] ?? [];
      if (path === undefined || bytes === undefined) break;
      model.take(path);
      model.put(PATHS[action.path % PATHS.length] ?? '', bytes);
      break;
    }
    case 'forget': {
      const id = [...model.snapshots.keys()][action.which % Math.max(1, model.snapshots.size)];
      if (id === undefined) break;
      const world = model.process();
      await forget(world, await openVault(world, VAULT), [id]);
      model.snapshots.delete(id);
      break;
    }
    case 'restore': {
      const id = [...model.snapshots.keys()][action.which % Math.max(1, model.snapshots.size)];
      if (id !== undefined) await mustRestore(model, id);
      break;
    }
    case 'backup':
    case 'prune':
    case 'check':
      await performAct(model, action.kind);
      break;
    default:
      await performCut(model, action);
  }
}

async function performAct(model: Model, kind: 'backup' | 'prune' | 'check'): Promise<void> {
  if (kind === 'check') return mustBeClean(model);
  const world = model.process();
  const vault = await openVault(world, VAULT);
  if (kind === 'prune') {
    const { unknown } = await prune(world, vault);
    const found = await check(world, await openVault(world, VAULT));
    // What no line names stays only where it may be the only copy.
    expect({ leftOver: found.leftOver, unknown: found.unknown }).toEqual({ leftOver: 0, unknown });
    return;
  }
  const report = await backup(world, vault, [CARD]);
  // An edited capture is said, and nothing else may be amiss.
  expect(report.issues.filter(({ code }) => code !== 'CAPTURE_CHANGED')).toEqual([]);
  model.learn(vault);
  expect(model.snapshots.has(report.snapshot)).toBe(true);
}

async function performCut(model: Model, { kind, change, mode }: Cut): Promise<void> {
  const world = model.process();
  await model.until(change, (vault) =>
    kind === 'cut-off prune' ? prune(world, vault) : backup(world, vault, [CARD]),
  );
  // A process that was killed leaves the disk on, and what it wrote in memory.
  if (kind === 'killed backup') model.disk.faults.powerOn();
  else model.disk.powerLoss(mode);
}

async function mustBeClean(model: Model): Promise<void> {
  const world = model.process();
  const vault = await openVault(world, VAULT);
  const report = await check(world, vault, { readData: true });
  expect(report.issues).toEqual([]);
  for (const capture of model.captures) expect(vault.ledger.holds(capture)).toBe(true);
}

async function mustRestore(model: Model, id: string): Promise<void> {
  const world = model.process();
  const vault = await openVault(world, VAULT);
  const snapshot = listSnapshots(vault.ledger).find((one) => one.id === id);
  if (snapshot === undefined) throw new Error(`snapshot ${id} is gone`);
  const to = `/out/${id}/${world.host.processId}`;
  const report = await restore(world, vault, snapshot, { to });
  expect(report.issues).toEqual([]);
  const found = model.disk.stage
    .paths(to)
    .map((path) => [
      path.slice(`${to}/EOS_DIGITAL/`.length),
      digestOf(model.disk.stage.peek(path) ?? new Uint8Array()),
    ]);
  const wanted = [...(model.snapshots.get(id) ?? [])].map(([path, bytes]) => [
    path,
    digestOf(bytes),
  ]);
  expect(new Map(found as [string, string][])).toEqual(new Map(wanted as [string, string][]));
}

it('a vault holds what its model holds, whatever happens in whatever order', async () => {
  const fileSystem = fc.constantFrom('ext4', 'exfat', 'fat32');
  const actions = fc.array(anyAction, { minLength: 5, maxLength: 40, size: 'max' });
  await fc.assert(
    fc.asyncProperty(fileSystem, fc.nat(1000), actions, async (name, seed, all) => {
      const model = await Model.begin(name, seed);
      for (const action of all) await perform(model, action);
      await mustBeClean(model);
      for (const id of model.snapshots.keys()) await mustRestore(model, id);
    }),
  );
}, 60_000);
