import type { FrameFacts } from '../query/index.ts';
import type { Moment } from './plan.ts';
import { compareTaken } from './plan-frames.ts';
import type { Policy } from './policy.ts';
import { lastMarks, type Mark, tierOf, tierRules } from './tier-of.ts';

/** Frames that another policy would move from one tier to another. */
export interface TierChange {
  readonly from: string;
  readonly to: string;
  /** Ids, as the pictures were taken. */
  readonly frames: readonly string[];
  readonly bytes: number;
}

/** Two policies, and the marks that win over both. */
export interface PolicyChange {
  readonly before: Policy;
  readonly after: Policy;
  readonly marks: readonly Mark[];
  readonly now: Moment;
}

/** Says which frames would change their tier, the largest change first; changes nothing. */
export function tierChanges(
  frames: readonly FrameFacts[],
  { before, after, marks, now }: PolicyChange,
): TierChange[] {
  const local = { localMs: now.timeMs + now.offsetMinutes * 60_000 };
  const [old, next] = [tierRules(before, local), tierRules(after, local)];
  const last = lastMarks(marks);
  const changes = new Map<string, { from: string; to: string; facts: FrameFacts[] }>();
  for (const facts of frames) {
    const from = tierOf(facts, old, last).tier.name;
    const to = tierOf(facts, next, last).tier.name;
    if (from === to) continue;
    const change = changes.get(`${from} ${to}`) ?? { from, to, facts: [] };
    changes.set(`${from} ${to}`, change);
    change.facts.push(facts);
  }
  return [...changes]
    .toSorted(([a, one], [b, other]) => other.facts.length - one.facts.length || (a < b ? -1 : 1))
    .map(([, { from, to, facts }]) => ({
      from,
      to,
      frames: facts.toSorted(compareTaken).map(({ id }) => id),
      bytes: facts.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    }));
}
