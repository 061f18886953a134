import { assert } from '../base/index.ts';
import { type FrameFacts, matches, type Now, parseQuery, type Query } from '../query/index.ts';
import { type Policy, REST, type Tier } from './policy.ts';

/** A person's word about a frame; it wins over every rule and is never overwritten by one. */
export interface Mark {
  /** Id of the frame. */
  readonly frame: string;
  /** Name of the tier; null takes an earlier word back. */
  readonly tier: string | null;
  readonly who: string;
  /** When it was said, in milliseconds since 1970; told to people, decides nothing. */
  readonly timeMs: number;
  /** Place among all marks as they were written: the last word counts, whatever the clocks said. */
  readonly sequence: number;
}

/** Why a frame is of its tier. */
export type TierReason =
  | { readonly kind: 'mark'; readonly mark: Mark }
  | { readonly kind: 'rule'; readonly where: string }
  | { readonly kind: 'rest' };

/** The tier of a frame and why. */
export interface TierChoice {
  readonly tier: Tier;
  readonly reason: TierReason;
  /** A mark whose tier this policy does not have: it waits for a policy that does. */
  readonly idleMark: Mark | null;
}

/** A policy, ready to be asked. */
export interface TierRules {
  readonly rules: readonly { readonly tier: Tier; readonly where: string; readonly query: Query }[];
  readonly rest: Tier;
  readonly byName: ReadonlyMap<string, Tier>;
}

/**
 * Makes a policy ready to be asked.
 * @param now what `today` and the like in a `where` are told from
 */
export function tierRules(policy: Policy, now: Now): TierRules {
  const rest = policy.tiers.find(({ name }) => name === REST);
  assert(rest !== undefined, `a policy always has the tier ${REST}`);
  const rules = policy.tiers.flatMap((tier) =>
    tier.where === null ? [] : [{ tier, where: tier.where, query: parseQuery(tier.where, now) }],
  );
  return { rules, rest, byName: new Map(policy.tiers.map((tier) => [tier.name, tier])) };
}

/** The word that counts about each frame: the last one written. A frame whose word was taken back has none. */
export function lastMarks(marks: readonly Mark[]): ReadonlyMap<string, Mark> {
  const last = new Map<string, Mark>();
  for (const mark of marks) {
    const other = last.get(mark.frame);
    if (other === undefined || isLater(mark, other)) last.set(mark.frame, mark);
  }
  for (const [frame, { tier }] of last) if (tier === null) last.delete(frame);
  return last;
}

/** Marks of one place can only come from vaults that were joined: any order will do that is always the same. */
function isLater(mark: Mark, other: Mark): boolean {
  if (mark.sequence !== other.sequence) return mark.sequence > other.sequence;
  if (mark.timeMs !== other.timeMs) return mark.timeMs > other.timeMs;
  return `${mark.tier} ${mark.who}` > `${other.tier} ${other.who}`;
}

/**
 * The tier of a frame: a person's mark, else the first tier whose rule fits, else `general`.
 * @param marks of {@link lastMarks}
 */
export function tierOf(
  facts: FrameFacts,
  { rules, rest, byName }: TierRules,
  marks: ReadonlyMap<string, Mark>,
): TierChoice {
  const mark = marks.get(facts.id);
  const marked = mark === undefined ? undefined : byName.get(mark.tier ?? '');
  if (mark !== undefined && marked !== undefined) {
    return { tier: marked, reason: { kind: 'mark', mark }, idleMark: null };
  }
  const idleMark = mark ?? null;
  const rule = rules.find(({ query }) => matches(query, facts));
  if (rule === undefined) return { tier: rest, reason: { kind: 'rest' }, idleMark };
  return { tier: rule.tier, reason: { kind: 'rule', where: rule.where }, idleMark };
}
