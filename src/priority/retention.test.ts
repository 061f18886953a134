import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Keep, planRetention, type RetentionPlan, type Version } from './index.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A Sunday. */
const NOW = { timeMs: Date.UTC(2026, 10, 22, 12), offsetMinutes: 0 };
const NONE: Keep = { last: 1, daily: 0, weekly: 0, monthly: 0 };

/** Versions of one catalog, the oldest first; ages in days before now. */
function versionsOf(ages: readonly number[], keep: Partial<Keep>): Version[] {
  return ages.map((age, index) => ({
    id: `v${index}`,
    path: 'Catalog.lrcat',
    kind: 'catalog',
    timeMs: NOW.timeMs - age * DAY_MS,
    sequence: index,
    keep: { ...NONE, ...keep },
  }));
}

function keptIn({ keep }: RetentionPlan): string {
  return keep.map(({ version, reason }) => `${version.id} ${reason}`).join(', ');
}

describe('planRetention()', () => {
  it('keeps the last versions, and only those', () => {
    const plan = planRetention(versionsOf([4, 3, 2, 1], { last: 2 }), NOW);
    expect(keptIn(plan)).toBe('v2 last, v3 last');
    expect(plan.drop.map(({ id }) => id)).toEqual(['v0', 'v1']);
  });

  it('keeps the last version of each day that has any, day by day and not by age', () => {
    const ages = [30, 9.1, 9, 2.2, 2.1, 0.2, 0.1];
    expect(keptIn(planRetention(versionsOf(ages, { daily: 3 }), NOW))).toBe(
      'v2 daily, v4 daily, v6 last',
    );
  });

  it('counts weeks from Monday and months by the calendar', () => {
    // 2026-11-22 is a Sunday: its week began six days before.
    const ages = [60, 21.9, 13, 7, 6, 5];
    expect(keptIn(planRetention(versionsOf(ages, { weekly: 2 }), NOW))).toBe('v3 weekly, v5 last');
    expect(keptIn(planRetention(versionsOf(ages, { monthly: 2 }), NOW))).toBe(
      'v1 monthly, v5 last',
    );
  });

  it('tells days in local time', () => {
    // 20 and 23 hours UTC are two days in Nairobi, where the second is 2 o'clock.
    const versions = versionsOf([0.6667, 0.5417, 0.0833], { daily: 2 });
    expect(planRetention(versions, NOW).drop.map(({ id }) => id)).toEqual(['v0']);
    const there = planRetention(versions, { ...NOW, offsetMinutes: 180 });
    expect(there.drop.map(({ id }) => id)).toEqual(['v1']);
  });

  it('looks at each path for itself', () => {
    const [first, second] = versionsOf([2, 1], {});
    if (first === undefined || second === undefined) throw new RangeError('there are two');
    const other = { ...second, path: 'DSC_0001.xmp', kind: 'sidecar' as const };
    expect(planRetention([first, other], NOW).drop).toEqual([]);
  });

  it('keeps what a clock that went back has dated before its predecessor, and drops nothing for it', () => {
    const ages = [3, 2, 5, 4, 1];
    const plan = planRetention(versionsOf(ages, { last: 1, daily: 2 }), NOW);
    expect(keptIn(plan)).toBe('v1 daily, v2 clock, v3 clock, v4 last');
    expect(plan.drop.map(({ id }) => id)).toEqual(['v0']);
  });

  it('does not let a version from the future push out what is older', () => {
    const plan = planRetention(versionsOf([3, 2, -400, 1], { last: 1, daily: 3 }), NOW);
    expect(keptIn(plan)).toBe('v0 daily, v1 daily, v2 clock, v3 last');
  });

  it('keeps all there is when now itself went back before everything', () => {
    const plan = planRetention(versionsOf([3, 2, 1], {}), { ...NOW, timeMs: 0 });
    expect(plan.drop).toEqual([]);
  });

  it('never drops a capture, however many versions of it there seem to be', () => {
    const versions = versionsOf([4, 3, 2, 1], {});
    const captures = versions.map((version) => ({ ...version, kind: 'capture' as const }));
    expect(planRetention(captures, NOW).drop).toEqual([]);
  });
});

/** What must hold of any retention; empty where it does. */
function faultsIn(versions: readonly Version[], { keep, drop }: RetentionPlan): string[] {
  const faults: string[] = [];
  if (keep.length + drop.length !== versions.length) faults.push('a version is lost or twice');
  for (const { id, path, kind, sequence } of drop) {
    const isNewest = versions.every((other) => other.path !== path || other.sequence <= sequence);
    if (kind === 'capture') faults.push(`capture ${id}`);
    if (isNewest) faults.push(`newest ${id}`);
  }
  for (const path of new Set(versions.map((version) => version.path))) {
    const mine = versions.filter((version) => version.path === path);
    const asked = mine.toSorted((a, b) => b.sequence - a.sequence)[0]?.keep.last ?? 1;
    const left = keep.filter(({ version }) => version.path === path).length;
    if (left < Math.min(asked, mine.length)) faults.push(`too few of ${path}`);
  }
  return faults;
}

const versionLists = fc
  .array(
    fc.record({
      path: fc.constantFrom('a.xmp', 'b.lrcat'),
      kind: fc.constantFrom('sidecar', 'catalog', 'capture'),
      // Mostly days that follow each other; now and then a clock that is wrong.
      days: fc.oneof({ weight: 9, arbitrary: fc.nat(5) }, { weight: 1, arbitrary: fc.double() }),
      keep: fc.record({
        last: fc.integer({ min: 1, max: 4 }),
        daily: fc.nat(4),
        weekly: fc.nat(4),
        monthly: fc.nat(4),
      }),
    }),
    { maxLength: 30 },
  )
  .map((list) =>
    list.map(({ days, ...rest }, sequence) => {
      const timeMs = NOW.timeMs - (90 - sequence * 3 - days) * DAY_MS;
      return { ...rest, id: `v${sequence}`, sequence, timeMs };
    }),
  );

function tried(plan: typeof planRetention, numRuns?: number): boolean {
  const claim = fc.property(versionLists, (versions) => {
    expect(faultsIn(versions, plan(versions, NOW))).toEqual([]);
    expect(plan(versions.toReversed(), NOW)).toEqual(plan(versions, NOW));
  });
  return !fc.check(claim, numRuns === undefined ? {} : { numRuns }).failed;
}

describe('planRetention(), whatever the clocks said', () => {
  it('never drops a capture, nor the newest version, nor more than its rules allow', () => {
    expect(tried(planRetention)).toBe(true);
  });

  it('would be caught if it believed the clock about what is newest', () => {
    const believing: typeof planRetention = (versions, now) => {
      const dated = versions.map((version) => ({ ...version, sequence: version.timeMs }));
      const { drop } = planRetention(dated, now);
      const dropped = new Set(drop.map(({ id }) => id));
      return {
        keep: versions
          .filter(({ id }) => !dropped.has(id))
          .map((version) => ({ version, reason: 'last' })),
        drop: versions.filter(({ id }) => dropped.has(id)),
      };
    };
    expect(tried(believing, 2000)).toBe(false);
  });

  it('would be caught if it took a capture for a sidecar', () => {
    const careless: typeof planRetention = (versions, now) => {
      const known = new Map(versions.map((version) => [version.id, version]));
      const alike = versions.map((version) => ({ ...version, kind: 'sidecar' as const }));
      const { keep, drop } = planRetention(alike, now);
      return { keep, drop: drop.map((version) => known.get(version.id) ?? version) };
    };
    expect(tried(careless, 2000)).toBe(false);
  });
});
