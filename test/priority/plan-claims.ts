import { LIMITS } from '../../src/base/index.ts';
import {
  byOrder,
  lastMarks,
  type Plan,
  type PlanInput,
  type Step,
  spaceBytes,
  type Tier,
  tierOf,
  tierRules,
} from '../../src/priority/index.ts';

/** Something that makes plans: the planner, or one with a planted fault. */
export type Planner = (input: PlanInput) => Plan;

/** A step and its place in its plan, as messages tell it. */
const told = ({ act, frame, vault }: Step): string => `${act} ${frame} on ${vault}`;

/** Where a plan writes more than there is, compacts what is not there, or protects what is. */
export function spaceFaults(
  { frames, vaults }: PlanInput,
  { steps, vaults: ends }: Plan,
): string[] {
  const faults: string[] = [];
  const free = new Map(vaults.map(({ id, freeBytes }) => [id, freeBytes]));
  const held = new Map<string, number>();
  for (const { facts, copies } of frames) {
    for (const { vault, form, missingBytes, storedBytes } of copies) {
      if (form === 'verbatim' && missingBytes === 0) held.set(`${facts.id} ${vault}`, storedBytes);
    }
  }
  for (const step of steps) {
    const key = `${step.frame} ${step.vault}`;
    const before = free.get(step.vault) ?? 0;
    if (before - step.bytes < (step.act === 'protect' ? LIMITS.reserveBytes : 0)) {
      faults.push(`no room to ${told(step)}`);
    }
    if (step.act === 'protect') {
      if (held.has(key)) faults.push(`held already: ${told(step)}`);
      held.set(key, step.bytes);
      free.set(step.vault, before - step.bytes);
    } else {
      if (held.get(key) !== step.bytes + step.freesBytes) faults.push(`not there: ${told(step)}`);
      held.delete(key);
      free.set(step.vault, before + step.freesBytes);
    }
  }
  for (const { vault, freeAfterBytes } of ends) {
    if (free.get(vault) !== freeAfterBytes) faults.push(`${vault} ends otherwise`);
  }
  return faults;
}

/** Where a plan removes anything, or changes the bytes of what is to stay verbatim. */
export function deletionFaults(input: PlanInput, { steps, untouchable }: Plan): string[] {
  const kept = new Set(untouchable);
  const acts: readonly string[] = ['protect', 'compact'];
  const tiers = tiersOf(input);
  const faults = steps.filter(({ act }) => !acts.includes(act)).map(told);
  for (const step of steps) {
    if (step.act !== 'compact') continue;
    const isAllowed = tiers.get(step.frame)?.forms === 'compact' && !kept.has(step.frame);
    const isSmaller = step.bytes > 0 && step.freesBytes > 0;
    if (!isAllowed || !isSmaller || input.power === 'battery') faults.push(told(step));
  }
  return faults;
}

/**
 * Where what is more precious fares otherwise because of what is less: every tier has to fare as if what is less precious
 * than it could not be read at all.
 */
export function precedenceFaults(input: PlanInput, planner: Planner): string[] {
  const tiers = tiersOf(input);
  const plan = planner(input);
  const faults: string[] = [];
  for (const { order, name } of byOrder(input.policy)) {
    const isAbove = (frame: string): boolean => (tiers.get(frame)?.order ?? 0) <= order;
    const frames = input.frames.map((frame) =>
      isAbove(frame.facts.id) ? frame : { ...frame, isAtHand: false },
    );
    const alone = planner({ ...input, frames });
    if (fateOf(plan, isAbove) !== fateOf(alone, isAbove)) faults.push(`${name} fares otherwise`);
  }
  return faults;
}

function fateOf({ steps, waiting }: Plan, isMeant: (frame: string) => boolean): string {
  const wanted = steps.filter((step) => step.act === 'protect' && step.why === 'wanted');
  const done = wanted.filter(({ frame }) => isMeant(frame)).map(told);
  const waits = waiting.filter(({ frame }) => isMeant(frame));
  return [...done, ...waits.map(({ frame, why }) => `${frame} waits: ${why}`)].join('\n');
}

/** Where a waiting frame would find room on its vault if less precious ones were given up there; nothing is compacted. */
export function sacrificeFaults(input: PlanInput, { steps, waiting, vaults }: Plan): string[] {
  const tiers = tiersOf(input);
  const orderOf = (frame: string): number => tiers.get(frame)?.order ?? 0;
  return waiting.flatMap(({ frame, vault, why, sizeBytes }) => {
    if (why !== 'no-room') return [];
    const lower = steps.filter((step) => {
      return step.vault === vault && orderOf(step.frame) > orderOf(frame);
    });
    const after = vaults.find((end) => end.vault === vault)?.freeAfterBytes ?? 0;
    const kept = LIMITS.reserveBytes + reservedAbove(input, orderOf(frame), vault);
    const room = lower.reduce((sum, { bytes }) => sum + bytes, after) - kept;
    return room >= sizeBytes && lower.length > 0 ? [`${frame} could have had ${room}`] : [];
  });
}

/** What more precious tiers have for themselves on a vault. */
function reservedAbove({ policy, vaults }: PlanInput, order: number, id: string | null): number {
  const total = vaults.find((vault) => vault.id === id)?.totalBytes ?? 0;
  return policy.tiers
    .filter((tier) => tier.order < order)
    .reduce((sum, { reserve }) => sum + (reserve === null ? 0 : spaceBytes(reserve, total)), 0);
}

/** How many frames have a first, a second, a third copy after a plan: tier by tier, the most precious first. */
export function protectedByTier(input: PlanInput, plan: Plan): number[] {
  const tiers = tiersOf(input);
  const waiting = new Map(plan.waiting.map((one) => [one.frame, one]));
  return byOrder(input.policy).flatMap(({ name, copies }) => {
    const members = input.frames.filter(({ facts }) => tiers.get(facts.id)?.name === name);
    const counts = members.map(({ facts }) => {
      const { copiesHeld, copiesPlanned } = waiting.get(facts.id) ?? {
        copiesHeld: copies,
        copiesPlanned: 0,
      };
      return copiesHeld + copiesPlanned;
    });
    return Array.from(
      { length: copies },
      (_, index) => counts.filter((count) => count > index).length,
    );
  });
}

/** The world after all steps of a plan were done as expected. */
export function applied(input: PlanInput, { steps, vaults: ends }: Plan): PlanInput {
  const done = new Map<string, Step[]>();
  for (const step of steps) done.set(step.frame, [...(done.get(step.frame) ?? []), step]);
  const frames = input.frames.map((frame) => {
    const copies = new Map(frame.copies.map((copy) => [copy.vault, copy]));
    for (const { act, vault, bytes } of done.get(frame.facts.id) ?? []) {
      // A compacted form beside a verbatim one is still there: no plan removes it.
      const before = copies.get(vault);
      copies.set(vault, {
        vault,
        form: act === 'compact' ? 'compact' : 'verbatim',
        storedBytes: act === 'compact' ? bytes : bytes + (before?.storedBytes ?? 0),
        missingBytes: 0,
        verifiedMs: input.now.timeMs,
      });
    }
    return { ...frame, copies: [...copies.values()] };
  });
  const free = new Map(ends.map(({ vault, freeAfterBytes }) => [vault, freeAfterBytes]));
  const vaults = input.vaults.map((vault) => {
    return { ...vault, freeBytes: free.get(vault.id) ?? vault.freeBytes };
  });
  return { ...input, frames, vaults };
}

/** Whether the first of two is less where they first differ. */
export function isLess(some: readonly number[], others: readonly number[]): boolean {
  const at = some.findIndex((count, index) => count !== others[index]);
  return at >= 0 && (some[at] ?? 0) < (others[at] ?? 0);
}

/** The tier of each frame by its id. */
export function tiersOf({ frames, policy, marks, now }: PlanInput): ReadonlyMap<string, Tier> {
  const rules = tierRules(policy, { localMs: now.timeMs + now.offsetMinutes * 60_000 });
  const last = lastMarks(marks);
  return new Map(frames.map(({ facts }) => [facts.id, tierOf(facts, rules, last).tier]));
}
