import { assert } from '../base/index.ts';
import type { FrameFacts } from '../query/index.ts';
import { isDue } from './due.ts';
import type { FrameCopy, PlanFrame, PlanInput, PlanVault } from './plan.ts';
import { byOrder, type Tier } from './policy.ts';
import { lastMarks, type Mark, tierOf, tierRules } from './tier-of.ts';

type Taken = Pick<FrameFacts, 'takenMs' | 'id' | 'paths'>;

/** A frame while a plan is made. */
export interface Planned {
  readonly frame: PlanFrame;
  readonly id: string;
  /** Place among all frames as they were taken. */
  readonly turn: number;
  readonly tier: Tier;
  /** Place of its tier, 0 the most precious. */
  readonly rank: number;
  /** Whole copies there are, on whatever vault. */
  readonly held: number;
  /** Ids of the vaults it goes to, the first first. */
  readonly placed: string[];
}

/** The frames of a plan by tier, the most precious first; those of one tier as they were taken. */
export interface TieredFrames {
  readonly tiers: readonly Tier[];
  readonly byRank: readonly (readonly Planned[])[];
  readonly idleMarks: readonly Mark[];
  /** By rank: whether the tier is taken care of now. */
  readonly isDue: readonly boolean[];
}

/** Gives each frame its tier. */
export function tierFrames(input: PlanInput): TieredFrames {
  const { policy, now } = input;
  const tiers = byOrder(policy);
  const ranks = new Map(tiers.map(({ name }, rank) => [name, rank]));
  const rules = tierRules(policy, { localMs: now.timeMs + now.offsetMinutes * 60_000 });
  const marks = lastMarks(input.marks);
  const byRank: Planned[][] = tiers.map(() => []);
  const idleMarks: Mark[] = [];
  const seen = new Set<string>();
  for (const [turn, frame] of asTaken(input.frames).entries()) {
    const { id } = frame.facts;
    assert(!seen.has(id), `a frame stands in a plan once: ${id}`);
    seen.add(id);
    assertFrame(frame);
    const { tier, idleMark } = tierOf(frame.facts, rules, marks);
    if (idleMark !== null) idleMarks.push(idleMark);
    const rank = ranks.get(tier.name) ?? 0;
    const held = heldCopies(frame.copies);
    byRank[rank]?.push({ frame, id, turn, tier, rank, held, placed: [] });
  }
  return {
    tiers,
    byRank,
    idleMarks: idleMarks.toSorted((a, b) => compareTexts(a.frame, b.frame)),
    isDue: tiers.map(({ when }) => isDue(when, input)),
  };
}

/** A vault that was counted twice would be a copy that is not there. */
function assertFrame({ facts, copies }: PlanFrame): void {
  assert(facts.sizeBytes >= 0, `a size is a number: ${facts.id}`);
  const isTwice = copies.some(({ vault }, at) => {
    return copies.findIndex((copy) => copy.vault === vault) !== at;
  });
  assert(!isTwice, `a vault holds a frame once: ${facts.id}`);
}

/** Whole copies on distinct vaults. */
export function heldCopies(copies: readonly FrameCopy[]): number {
  let held = 0;
  for (const copy of copies) if (copy.missingBytes === 0) held += 1;
  return held;
}

/** What a vault holds of a frame. */
export function copyOn({ copies }: PlanFrame, vault: string): FrameCopy | null {
  return copies.find((copy) => copy.vault === vault) ?? null;
}

/** Bytes that a vault lacks of a frame. */
export function missingOn(frame: PlanFrame, vault: string): number {
  return copyOn(frame, vault)?.missingBytes ?? frame.facts.sizeBytes;
}

/** Whether frames of a tier go to a vault. */
export function isReplica({ replicas }: Tier, { id, label }: PlanVault): boolean {
  return replicas === 'all' || replicas.includes(id) || replicas.includes(label);
}

/** Ids in one order everywhere: by UTF-16 units, no matter the language of the system. */
export function compareTexts(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** Frames as they were taken. What is compared lies beside each: sorting is most of the work of a plan. */
function asTaken(frames: readonly PlanFrame[]): PlanFrame[] {
  return frames
    .map((frame) => {
      const { takenMs, id, paths } = frame.facts;
      return { frame, takenMs, id, paths };
    })
    .sort(compareTaken)
    .map(({ frame }) => frame);
}

/** As pictures were taken; those of an unknown time last, by path. */
export function compareTaken(a: Taken, b: Taken): number {
  const [first, second] = [a.takenMs ?? Number.MAX_VALUE, b.takenMs ?? Number.MAX_VALUE];
  if (first !== second) return first - second;
  return compareTexts(a.paths[0] ?? '', b.paths[0] ?? '') || compareTexts(a.id, b.id);
}
