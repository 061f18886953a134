import type { Disk, World } from '../../src/platform/index.ts';
import { type PowerLossMode, type SimDisk, withDisk } from '../../src/testing/index.ts';
import { openVault, type Vault } from '../../src/vault/index.ts';
import { judge } from './judge.ts';
import { type Scene, startProcess } from './scene.ts';

/** What the cut-off process was doing; the vaults are opened for it, the primary first. */
export type Act = (world: World, vaults: readonly [Vault, ...Vault[]]) => Promise<unknown>;

/** What the power takes, with the seed of its choices. */
export interface Cut {
  readonly mode: PowerLossMode;
  readonly seed: number;
}

/** What a sweep is made of. */
export interface Sweep {
  readonly scene: Scene;
  readonly act: Act;
  /** Ways to lose what was not synced; all of {@link CUTS} unless told. */
  readonly cuts?: readonly Cut[];
  /** A disk that lies to the act: the twin of a sweep, which must find something. */
  readonly disguise?: (disk: Disk) => Disk;
  readonly mayForget?: readonly string[];
  /**
   * Where it is set, the cut only kills the process; this act follows at once in another process, to its end, and
   * then the power goes.
   */
  readonly after?: Act;
  /** Every how many changes the power is cut, 1 unless told; a twin may look at fewer. */
  readonly stride?: number;
  /** Ends after so many violations, 10 unless told; a twin needs one. */
  readonly wrongMax?: number;
}

/** What a sweep did and found. */
export interface SweepReport {
  /** Changes of the disk that the whole act makes. */
  readonly changes: number;
  readonly runs: number;
  /** Acknowledged files that were compared byte by byte, over all runs. */
  readonly acknowledged: number;
  /** The first violations found. */
  readonly wrong: readonly string[];
}

/** Everything not synced goes, nothing goes, and two ways between. */
export const CUTS: readonly [Cut, Cut, Cut, Cut] = [
  { mode: 'drop', seed: 1 },
  { mode: 'keep', seed: 1 },
  { mode: 'random', seed: 1 },
  { mode: 'random', seed: 2 },
];

const WRONG_MAX = 10;

/**
 * Cuts the power before every change that an act makes to the disk, and after the last one, in every way asked for;
 * then starts again and judges. Calls that only look change nothing, so cuts before them would be the same cuts.
 */
export async function sweepPowerLoss(sweep: Sweep): Promise<SweepReport> {
  const { cuts = CUTS, stride = 1, wrongMax = WRONG_MAX } = sweep;
  const wrong: string[] = [];
  let runs = 0;
  let acknowledged = 0;
  let changes = 0;
  let isOver = false;
  for (let change = 1; !isOver; change += stride) {
    for (const cut of cuts) {
      const end = await runUntil(sweep, change, cut);
      changes = end.changes;
      isOver = end.isOver;
      runs += 1;
      acknowledged += end.acknowledged;
      const where = `cut before change ${change}, ${cut.mode} ${cut.seed}`;
      wrong.push(...end.wrong.map((text) => `${where}: ${text}`));
      if (wrong.length >= wrongMax) return { changes, runs, acknowledged, wrong };
    }
  }
  return { changes, runs, acknowledged, wrong };
}

interface End {
  readonly changes: number;
  /** Whether the act came to its end before the cut. */
  readonly isOver: boolean;
  readonly acknowledged: number;
  readonly wrong: readonly string[];
}

async function runUntil(sweep: Sweep, change: number, cut: Cut): Promise<End> {
  const { scene, mayForget = [] } = sweep;
  const disk = scene.disk.clone({ seed: cut.seed });
  let { vaults, failure } = await actUntil(sweep, disk, change);
  const isOver = !disk.faults.isOff;
  const { changes } = disk.faults;
  disk.faults.clear();
  if (sweep.after !== undefined && !isOver) {
    // Only the process was killed: what it wrote is still seen, and not durable.
    disk.faults.powerOn();
    ({ vaults, failure } = await actIn(sweep, disk, { number: 401, act: sweep.after }));
  }
  disk.powerLoss(cut.mode);
  const verdict = await judge({ scene, disk, acted: vaults, mayForget });
  const mustEnd = isOver || sweep.after !== undefined;
  const wrong = mustEnd && failure !== null ? [`the act failed: ${failure}`] : [];
  return { ...verdict, wrong: [...wrong, ...verdict.wrong], changes, isOver };
}

interface Acted {
  readonly vaults: readonly Vault[];
  readonly failure: string | null;
}

function actUntil(sweep: Sweep, disk: SimDisk, change: number): Promise<Acted> {
  disk.faults.losePowerAtChange(change);
  return actIn(sweep, disk, { number: 400, act: sweep.act });
}

async function actIn(
  { scene, disguise }: Sweep,
  disk: SimDisk,
  life: { readonly number: number; readonly act: Act },
): Promise<Acted> {
  const plain = startProcess(disk, { number: life.number, nowMs: scene.startMs });
  const world = disguise === undefined ? plain : withDisk(plain, disguise(disk));
  const vaults = await Promise.all(scene.roots.map((root) => openVault(world, root)));
  try {
    await life.act(world, vaults as [Vault, ...Vault[]]);
    return { vaults, failure: null };
  } catch (error) {
    return { vaults, failure: String(error) };
  }
}

/** The two cuts that find most, for sweeps of long acts. */
export const MAIN_CUTS: readonly Cut[] = [CUTS[0], CUTS[2]];
