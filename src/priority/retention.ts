import { assert } from '../base/index.ts';
import { dayOf } from './due.ts';
import type { Moment } from './plan.ts';
import { compareTexts } from './plan-frames.ts';
import type { Keep } from './policy.ts';

/** One version of a file. */
export interface Version {
  /** Names it in the plan; the same for no other. */
  readonly id: string;
  /** Versions of one path follow each other. */
  readonly path: string;
  /** Captures have no versions: what looks like one is suspicious, and kept. */
  readonly kind: 'sidecar' | 'catalog' | 'capture';
  /** When it was protected, in milliseconds since 1970, as a clock told it. */
  readonly timeMs: number;
  /** Place among all versions as they were written; decides which is newest. */
  readonly sequence: number;
  /** How many of its kind are kept. */
  readonly keep: Keep;
}

/** Why a version is kept. */
export type KeepReason =
  | 'capture'
  | 'newest'
  | 'last'
  | 'daily'
  | 'weekly'
  | 'monthly'
  /** Its time lies ahead of now, or before that of an earlier version: it counts for no rule and is kept. */
  | 'clock';

/** Which versions stay, and which nothing needs any more. */
export interface RetentionPlan {
  readonly keep: readonly { readonly version: Version; readonly reason: KeepReason }[];
  /** Never a capture, never the newest version of a path. */
  readonly drop: readonly Version[];
}

/**
 * Says which versions of sidecars and catalogs to keep: of each path the newest, the last so many, and the last one of
 * each of the last so many days, weeks and months that have any. Days are local; weeks begin on Monday.
 * A version whose time cannot be believed is kept. The same input in any order gives the same plan.
 */
export function planRetention(versions: readonly Version[], now: Moment): RetentionPlan {
  const byPath = new Map<string, Version[]>();
  for (const version of versions) {
    const known = byPath.get(version.path);
    if (known === undefined) byPath.set(version.path, [version]);
    else known.push(version);
  }
  const keep: { version: Version; reason: KeepReason }[] = [];
  const drop: Version[] = [];
  for (const path of [...byPath.keys()].sort(compareTexts)) {
    const oldestFirst = (byPath.get(path) ?? []).sort(
      (a, b) => a.sequence - b.sequence || a.timeMs - b.timeMs || compareTexts(a.id, b.id),
    );
    const reasons = reasonsOf(oldestFirst, now);
    for (const [index, version] of oldestFirst.entries()) {
      const reason = reasons[index] ?? null;
      if (reason === null) drop.push(version);
      else keep.push({ version, reason });
    }
  }
  return { keep, drop };
}

/** Why each version of one path is kept; null where it is not. */
function reasonsOf(oldestFirst: readonly Version[], now: Moment): (KeepReason | null)[] {
  const newest = oldestFirst.at(-1);
  assert(newest !== undefined, 'a path has a version');
  const isBelieved = believed(oldestFirst, now);
  const rules = rulesOf(newest.keep, now.offsetMinutes);
  const reasons: (KeepReason | null)[] = oldestFirst.map(() => null);
  for (let index = oldestFirst.length - 1; index >= 0; index -= 1) {
    const version = oldestFirst[index];
    if (version === undefined) continue;
    if (version.kind === 'capture') reasons[index] = 'capture';
    else if (isBelieved[index] !== true) reasons[index] = 'clock';
    else reasons[index] = firstReason(rules, version.timeMs);
    // However wrong the clock and however few a rule keeps: there is always a newest one.
    if (version === newest) reasons[index] ??= 'newest';
  }
  return reasons;
}

/** A clock that went back would put new versions among old ones, one ahead would push the old ones out. */
function believed(oldestFirst: readonly Version[], { timeMs: nowMs }: Moment): boolean[] {
  let latestMs = Number.NEGATIVE_INFINITY;
  return oldestFirst.map(({ timeMs }) => {
    // A time that is no number is never within.
    if (!(timeMs <= nowMs && timeMs >= latestMs)) return false;
    latestMs = timeMs;
    return true;
  });
}

interface Rule {
  readonly reason: KeepReason;
  /** Versions of one period have the same key. */
  readonly keyOf: (timeMs: number) => number;
  left: number;
  lastKey: number | null;
}

function rulesOf({ last, daily, weekly, monthly }: Keep, offsetMinutes: number): Rule[] {
  const day = (timeMs: number): number => dayOf(timeMs, offsetMinutes);
  let count = 0;
  const rule = (reason: KeepReason, left: number, keyOf: Rule['keyOf']): Rule => {
    return { reason, left, keyOf, lastKey: null };
  };
  return [
    rule('last', last, () => {
      count += 1;
      return count;
    }),
    rule('daily', daily, day),
    // 1970-01-01 was a Thursday: three days before, a week had begun.
    rule('weekly', weekly, (timeMs) => Math.floor((day(timeMs) + 3) / 7)),
    rule('monthly', monthly, (timeMs) => {
      const date = new Date(timeMs + offsetMinutes * 60_000);
      return date.getUTCFullYear() * 12 + date.getUTCMonth();
    }),
  ];
}

/** Newest first, each rule keeps the first of each period: the last version there was in it. */
function firstReason(rules: readonly Rule[], timeMs: number): KeepReason | null {
  let reason: KeepReason | null = null;
  for (const rule of rules) {
    const key = rule.keyOf(timeMs);
    if (rule.left === 0 || key === rule.lastKey) continue;
    rule.lastKey = key;
    rule.left -= 1;
    reason ??= rule.reason;
  }
  return reason;
}
