import { describe, expect, it } from 'vitest';
import {
  forecast,
  type Plan,
  type PlanFrame,
  type PlanInput,
  planTiers,
  summarizeTiers,
} from '../../src/priority/index.ts';
import { frameOf, GB, NOW_MS } from './frame-sketches.ts';
import { applied, deletionFaults, spaceFaults } from './plan-claims.ts';
import { inputOf, policyWith, vaultOf } from './plan-inputs.ts';

const DAY_MS = 86_400_000;
const MB = 1_000_000;
/** What was said of a day's frames by the evening: of ten, one is the best and two are no good. */
const EVENING = [5, 2, 2, 0, 0, 0, 0, 0, -1, -1];

/** 160 frames of 100 MB, which nobody has looked at yet. */
function cardOf(day: number): PlanFrame[] {
  return Array.from({ length: 160 }, (_, index) =>
    frameOf({
      id: `d${day}-${String(index).padStart(3, '0')}`,
      sizeBytes: 100 * MB,
      compactBytes: 60 * MB,
      takenMs: NOW_MS + day * DAY_MS + index,
    }),
  );
}

function rated(frames: readonly PlanFrame[]): PlanFrame[] {
  return frames.map((frame, index) => {
    const rating = frame.facts.rating ?? EVENING[index % EVENING.length] ?? 0;
    return { ...frame, facts: { ...frame.facts, rating } };
  });
}

/** Plans, checks the plan, and does what it says. */
function done(input: PlanInput): PlanInput {
  const plan = planTiers(input);
  expect([...spaceFaults(input, plan), ...deletionFaults(input, plan)]).toEqual([]);
  return applied(input, plan);
}

/** How many of so many days' frames of each tier lack copies: select, keeper, general, reject. */
function lackingIn(input: PlanInput): number[] {
  return summarizeTiers(input, planTiers(input)).map(
    ({ frames, framesSafe }) => frames - framesSafe,
  );
}

describe('five days out with a small drive and a mirror', () => {
  const policy = policyWith({
    select: { reserve: { kind: 'bytes', bytes: 5 * GB } },
    keeper: { copies: 1 },
  });
  let world = inputOf({
    policy,
    power: 'battery',
    vaults: [
      vaultOf('ssd', { freeBytes: 45 * GB, totalBytes: 64 * GB }),
      vaultOf('mirror', { rank: 1, freeBytes: 25 * GB, totalBytes: 64 * GB }),
    ],
  });
  const diary: Record<string, number[]> = {};
  let fourth: Plan | null = null;
  for (let day = 1; day <= 5; day += 1) {
    const now = { timeMs: NOW_MS + day * DAY_MS, offsetMinutes: 180 };
    world = done({ ...world, now, frames: [...world.frames, ...cardOf(day)] });
    const frames = rated(world.frames);
    // The generator runs on two evenings.
    const power = day === 3 || day === 5 ? 'mains' : 'battery';
    world = done({ ...world, frames, occasion: 'idle', power });
    diary[`day ${day}`] = lackingIn(world);
    if (day === 4) fourth = planTiers(world);
    world = { ...world, power: 'battery', occasion: 'session' };
  }

  it('has every select twice every evening; on the fourth the drives are full, and the rest waits', () => {
    expect(diary).toEqual({
      'day 1': [0, 0, 0, 0],
      'day 2': [0, 0, 0, 0],
      'day 3': [0, 0, 0, 0],
      // Nobody had rated them when they came: those that wait are what came last and stay on the card.
      'day 4': [0, 16, 40, 18],
      'day 5': [0, 0, 0, 0],
    });
  });

  it('named mains power as what makes room, on the evening without', () => {
    const ways = fourth?.relief.flatMap((relief) => relief.ways.map(({ kind }) => kind));
    expect(ways).toContain('mains-power');
    expect(new Set(fourth?.waiting.map(({ frame }) => frame.slice(0, 2)))).toEqual(new Set(['d4']));
  });

  it('has everything safe at the end, since what may be compacted made room for the rest', () => {
    expect(diary['day 5']).toEqual([0, 0, 0, 0]);
    const stored = world.frames.flatMap(({ copies }) => copies.map(({ form }) => form));
    expect(stored).toContain('compact');
    const selects = world.frames.filter(({ facts }) => facts.rating === 5);
    expect(selects).toHaveLength(80);
    expect(selects.every(({ copies }) => copies.every(({ form }) => form === 'verbatim'))).toBe(
      true,
    );
  });

  it('sees how many days are left', () => {
    const arrivals = world.frames.map(({ facts, copies }) => ({
      timeMs: facts.takenMs ?? 0,
      bytes: copies.reduce((sum, { storedBytes }) => sum + storedBytes, 0),
    }));
    const room = world.vaults.reduce((sum, { freeBytes }) => sum + freeBytes, 0);
    const { daysSeen, daysLeft } = forecast(room, arrivals, world.now);
    expect(daysSeen).toBe(5);
    expect(daysLeft).toBe(Math.floor(room / (sum(arrivals) / 5)));
  });
});

function sum(arrivals: readonly { readonly bytes: number }[]): number {
  return arrivals.reduce((total, { bytes }) => total + bytes, 0);
}
