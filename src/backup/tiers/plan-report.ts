import { byOrder, type Plan, type Relief, type Step, type Waiting } from '../../priority/index.ts';
import type { TargetView } from '../target-view.ts';
import type { WorkPlan } from './plan-work.ts';

/** What a plan does with the frames of one tier that have something new. */
export interface TierPlan {
  readonly tier: string;
  /** Frames with something new, and the bytes that are to be copied of them, over all vaults. */
  readonly frames: number;
  readonly bytes: number;
  /** Of these: frames that have fewer copies than they want after the plan. */
  readonly framesWaiting: number;
  readonly bytesWaiting: number;
}

/** A vault of a plan. */
export interface VaultShare {
  /** Id and folder of the vault. */
  readonly vault: string;
  readonly path: string;
  readonly protectFrames: number;
  readonly protectBytes: number;
  readonly compactFrames: number;
  readonly freedBytes: number;
  readonly freeBytes: number;
  /** Expected when all is done. */
  readonly freeAfterBytes: number;
}

/** What a backup is planned to do, as data. */
export interface BackupPlan {
  /** The most precious first; tiers without work are left out. */
  readonly tiers: readonly TierPlan[];
  readonly vaults: readonly VaultShare[];
  /** In the order in which they are done. */
  readonly steps: readonly Step[];
  /** By id of a frame of the steps: the path of the picture that stands for it. */
  readonly paths: ReadonlyMap<string, string>;
  /** Every frame that has fewer copies than it wants after this, the most precious first. */
  readonly waiting: readonly Waiting[];
  /** What would make room on each vault that has none for something. */
  readonly relief: readonly Relief[];
  /** Vaults that the policy names and that are not here. */
  readonly absentReplicas: Plan['absentReplicas'];
  /** Frames that must never be touched: kept verbatim, and never compacted to make room. */
  readonly untouchable: number;
}

/** The plan as it is reported. */
export function planReport<T extends TargetView>(
  { plan, vaults, frames, tiers }: WorkPlan<T>,
  targets: readonly T[],
): BackupPlan {
  const folders = new Map(targets.map(({ vault }) => [vault.identity.id, vault.root]));
  const paths = new Map<string, string>();
  for (const { frame } of plan.steps) {
    const path = frames.get(frame)?.facts.paths[0];
    if (path !== undefined) paths.set(frame, path);
  }
  return {
    tiers: tierPlans({ plan, tiers }),
    vaults: plan.vaults.map(({ vault, extrasLeftOut: _, ...share }) => ({
      vault,
      path: folders.get(vault) ?? '',
      ...share,
      freeBytes: vaults.find(({ id }) => id === vault)?.freeBytes ?? 0,
    })),
    steps: plan.steps,
    paths,
    waiting: plan.waiting,
    relief: plan.relief,
    absentReplicas: plan.absentReplicas,
    untouchable: plan.untouchable.length,
  };
}

function tierPlans({ plan, tiers }: Pick<WorkPlan<TargetView>, 'plan' | 'tiers'>): TierPlan[] {
  const bytes = new Map<string, number>();
  for (const step of plan.steps) {
    if (step.act === 'protect') bytes.set(step.frame, (bytes.get(step.frame) ?? 0) + step.bytes);
  }
  const waiting = new Map(plan.waiting.map((one) => [one.frame, one]));
  const sums = new Map<string, { -readonly [K in keyof TierPlan]: TierPlan[K] }>();
  for (const { name } of byOrder({ tiers: [...new Set(tiers.values())] })) {
    sums.set(name, { tier: name, frames: 0, bytes: 0, framesWaiting: 0, bytesWaiting: 0 });
  }
  for (const [frame, { name }] of tiers) {
    const sum = sums.get(name);
    if (sum === undefined) continue;
    sum.frames += 1;
    sum.bytes += bytes.get(frame) ?? 0;
    sum.framesWaiting += waiting.has(frame) ? 1 : 0;
    sum.bytesWaiting += waiting.get(frame)?.sizeBytes ?? 0;
  }
  return [...sums.values()];
}
