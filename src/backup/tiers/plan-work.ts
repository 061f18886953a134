import { LIMITS } from '../../base/index.ts';
import type { World } from '../../platform/index.ts';
import {
  type FrameCopy,
  isReplica,
  lastMarks,
  type Occasion,
  type Plan,
  type PlanFrame,
  type PlanInput,
  type PlanVault,
  planTiers,
  REST,
  reservedBytes,
  SCRATCH_BYTES_MAX,
  type Tier,
  tierOf,
  tierRules,
} from '../../priority/index.ts';
import { storedBytes, type TargetView } from '../target-view.ts';
import type { WorkItem } from '../work.ts';
import { type NewBytes, newBytes } from './new-bytes.ts';
import type { HeldFrames, Tiering } from './tiering.ts';
import { framesOfWork, isWork, type Scouting, type WorkFrame } from './work-frames.ts';

/** What a plan of work is made for. */
export interface Planning<T extends TargetView> extends Scouting<T> {
  readonly tiering: Tiering;
  readonly occasion: Occasion;
  /** Whether compaction may make room before what waits for it. */
  readonly canCompact: boolean;
}

/** Work in order, and the plan that says so. */
export interface WorkPlan<T extends TargetView> {
  readonly plan: Plan;
  /** The vaults of the plan, the primary first. */
  readonly vaults: readonly PlanVault[];
  /** By id: frames that have work, and their tiers. */
  readonly frames: ReadonlyMap<string, WorkFrame<T>>;
  readonly tiers: ReadonlyMap<string, Tier>;
  /** What is done, the most precious first; each wants only the targets it goes to. */
  readonly items: readonly WorkItem<T>[];
  /** Files that the plan leaves to another time on some target, with the targets. */
  readonly heldBack: readonly HeldBack<T>[];
}

/** A file that is not copied to a target now. */
export interface HeldBack<T extends TargetView> {
  readonly item: WorkItem<T>;
  readonly target: T;
  readonly frame: string;
  /** Whether its tier goes to this vault at all. */
  readonly isAsked: boolean;
}

/** Plans all work that a survey found; takes what waits out of the items' wants. */
export async function planWork<T extends TargetView>(
  world: World,
  planning: Planning<T>,
): Promise<WorkPlan<T>> {
  const { tiering, targets } = planning;
  let asked: Promise<HeldFrames> | null = null;
  const held = (): Promise<HeldFrames> => {
    // What was learned may be damaged; no picture waits for that.
    asked ??= tiering.held().catch(() => NOTHING_HELD);
    return asked;
  };
  const scouting = { ...planning, tiering: { policy: tiering.policy, held } };
  const frames = await framesOfWork(world, scouting);
  const vaults: PlanVault[] = [];
  for (const [rank, target] of targets.entries()) vaults.push(await vaultOf(world, target, rank));
  const isExact = mayBeShort(planning, frames, vaults);
  const known = isExact ? await held() : null;
  const lacking = await newBytes(world, { frames, isExact });
  const knownById = new Map(known?.frames.map((frame) => [frame.facts.id, frame]));
  const fresh = frames.map((frame) =>
    planFrameOf(frame, { targets, lacking, same: knownById.get(frame.facts.id) }),
  );
  const byId = new Map(frames.map((frame) => [frame.facts.id, frame]));
  const input: PlanInput = {
    frames: [...fresh, ...[...knownById.values()].filter(({ facts }) => !byId.has(facts.id))],
    vaults: vaults.map((vault) => withOthers(vault, known)),
    policy: tiering.policy,
    marks: tiering.marks,
    now: momentOf(world),
    occasion: planning.occasion,
    lastDailyMs: lastDailyMs(planning),
    power: planning.canCompact ? 'mains' : 'battery',
    compactsOnBattery: false,
  };
  const plan = onlyOf(planTiers(input), byId);
  const { now, policy, marks } = input;
  const rules = tierRules(policy, { localMs: now.timeMs + now.offsetMinutes * 60_000 });
  const last = lastMarks(marks);
  const tierOfFrame = (id: string): Tier => {
    const facts = byId.get(id)?.facts;
    return facts === undefined ? rules.rest : tierOf(facts, rules, last).tier;
  };
  const tiers = new Map([...byId.keys()].map((id) => [id, tierOfFrame(id)]));
  const samples = planning.found.items.filter((item) => !isWork(item));
  const order = inOrder({ planning, byId, lacking, plan, vaults, tiers });
  const items = [...order.items, ...samples];
  return { plan, vaults, frames: byId, tiers, ...order, items };
}

const NOTHING_HELD: HeldFrames = { byContent: new Map(), frames: [], otherBytes: new Map() };

/** What vaults hold already is planned with, but nothing of it is this run's work. */
function onlyOf(plan: Plan, ids: ReadonlyMap<string, unknown>): Plan {
  return { ...plan, waiting: plan.waiting.filter(({ frame }) => ids.has(frame)) };
}

function momentOf({ clock }: Pick<World, 'clock'>): PlanInput['now'] {
  const timeMs = clock.nowMs();
  return { timeMs, offsetMinutes: clock.offsetMinutes(timeMs) };
}

/** When the source that waited longest was last backed up to the end; null where one never was. */
function lastDailyMs<T extends TargetView>({ targets }: Planning<T>): number | null {
  let oldest: number | null = Number.POSITIVE_INFINITY;
  for (const { lastMs } of targets[0]?.sources.values() ?? []) {
    oldest = oldest === null || lastMs === null ? null : Math.min(oldest, lastMs);
  }
  return oldest !== null && Number.isFinite(oldest) ? oldest : null;
}

/** A drive that does not say how much it has left is taken at its word later, when it is full. */
const UNKNOWN_BYTES = 2 ** 50;

async function vaultOf(
  { disk }: Pick<World, 'disk'>,
  { vault }: TargetView,
  rank: number,
): Promise<PlanVault> {
  const free = await disk.freeBytes(vault.root).catch(() => null);
  const freeBytes = Math.max(0, Math.floor(free ?? UNKNOWN_BYTES));
  const { id, label } = vault.identity;
  const totalBytes = storedBytes(vault) + freeBytes;
  return {
    id,
    label,
    rank,
    isConnected: true,
    // Beyond the copies that are wanted: a person named this vault for these cards.
    takesAll: true,
    freeBytes,
    totalBytes,
    otherBytes: {},
  };
}

function withOthers(vault: PlanVault, known: HeldFrames | null): PlanVault {
  return { ...vault, otherBytes: { [REST]: known?.otherBytes.get(vault.id) ?? 0 } };
}

/** Whether room may be short: then all there is counts; else only the order is to be told. */
function mayBeShort<T extends TargetView>(
  { tiering, found }: Planning<T>,
  frames: readonly WorkFrame<T>[],
  vaults: readonly PlanVault[],
): boolean {
  if (frames.length === 0) return false;
  if (tiering.policy.tiers.some(({ quota }) => quota !== null)) return true;
  const bytes = found.items.reduce((sum, item) => sum + item.found.sizeBytes, 0);
  return vaults.some(({ freeBytes, totalBytes }) => {
    const reserved = Math.max(0, ...reservedBytes(tiering.policy, totalBytes).values());
    // Compaction keeps room to work in.
    return freeBytes < bytes + Math.max(reserved, SCRATCH_BYTES_MAX) + LIMITS.reserveBytes;
  });
}

function planFrameOf<T extends TargetView>(
  { facts, items }: WorkFrame<T>,
  around: {
    readonly targets: readonly T[];
    readonly lacking: NewBytes<T>;
    /** The frame as the vaults know it. */
    readonly same: PlanFrame | undefined;
  },
): PlanFrame {
  const { targets, lacking, same } = around;
  const copies = targets.flatMap((target): FrameCopy[] => {
    const vault = target.vault.identity.id;
    const sums = items.map((item) => lacking.get(item)?.get(target) ?? 0);
    const missingBytes = sums.reduce((sum, bytes) => sum + bytes, 0);
    const copy = same?.copies.find((one) => one.vault === vault);
    if (missingBytes === facts.sizeBytes && copy === undefined) return [];
    const { form = 'verbatim', storedBytes = 0, verifiedMs = 0 } = copy ?? {};
    return [{ vault, form, storedBytes, missingBytes, verifiedMs }];
  });
  return { facts, compactBytes: same?.compactBytes ?? null, isAtHand: true, copies };
}

/** A plan that is put into an order of work. */
interface Ordering<T extends TargetView> {
  readonly planning: Planning<T>;
  readonly byId: ReadonlyMap<string, WorkFrame<T>>;
  readonly lacking: NewBytes<T>;
  readonly plan: Plan;
  readonly vaults: readonly PlanVault[];
  readonly tiers: ReadonlyMap<string, Tier>;
}

/** Puts items into the order of the plan's steps; what needs no room goes along with its frame. */
function inOrder<T extends TargetView>(
  ordering: Ordering<T>,
): Pick<WorkPlan<T>, 'items' | 'heldBack'> {
  const { planning, byId, lacking, plan, vaults, tiers } = ordering;
  const { targets, tiering } = planning;
  const placed = new Map<string, Set<string>>();
  for (const step of plan.steps) {
    if (step.act !== 'protect' || !byId.has(step.frame)) continue;
    placed.set(step.frame, (placed.get(step.frame) ?? new Set()).add(step.vault));
  }
  const reserved = vaults.map(({ totalBytes }) => reservedBytes(tiering.policy, totalBytes));
  const heldBack: HeldBack<T>[] = [];
  const items: WorkItem<T>[] = [];
  const rest = byId.keys().filter((id) => !placed.has(id));
  for (const id of [...placed.keys(), ...rest]) {
    const tier = tiers.get(id)?.name ?? REST;
    const floors = new Map(targets.map((one, at) => [one, reserved[at]?.get(tier) ?? 0]));
    const own = byId.get(id)?.items ?? [];
    // A sidecar alone, without its picture, would be no frame: all of it goes to a vault, or nothing.
    const isPlaced = (target: T): boolean =>
      placed.get(id)?.has(target.vault.identity.id) === true ||
      own.every((item) => (lacking.get(item)?.get(target) ?? 0) === 0);
    for (const item of own) {
      item.floors = floors;
      for (const [target, reason] of [...item.wants]) {
        if (reason === 'sample' || isPlaced(target)) continue;
        item.wants.delete(target);
        const isAsked = isAskedOn(tiers.get(id), vaults[targets.indexOf(target)]);
        heldBack.push({ item, target, frame: id, isAsked });
      }
      if (item.wants.size > 0) items.push(item);
    }
  }
  return { items, heldBack };
}

function isAskedOn(tier: Tier | undefined, vault: PlanVault | undefined): boolean {
  return tier !== undefined && vault !== undefined && isReplica(tier, vault);
}
