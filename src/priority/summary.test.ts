import { describe, expect, it } from 'vitest';
import { copyOf, frameOf, framesOf, GB, NOW_MS } from '../../test/priority/frame-sketches.ts';
import { inputOf, vaultOf } from '../../test/priority/plan-inputs.ts';
import {
  forecast,
  formatSpace,
  parseSpace,
  planTiers,
  spaceBytes,
  summarizeTiers,
} from './index.ts';

const DAY_MS = 86_400_000;
const NOW = { timeMs: NOW_MS, offsetMinutes: 0 };

describe('summarizeTiers()', () => {
  it('counts frames, bytes, copies and what waits by tier, and finds the oldest verification', () => {
    const old = copyOf('mirror', { verifiedMs: 77 });
    const frames = [
      frameOf({ id: 's1', rating: 5, copies: [copyOf('ssd'), old, copyOf('home')] }),
      frameOf({ id: 's2', rating: 5 }),
      ...framesOf('g', 3, {}),
    ];
    const input = inputOf({ frames, vaults: [vaultOf('ssd', { freeBytes: 3.1 * GB })] });
    const [select, keeper, general, reject] = summarizeTiers(input, planTiers(input));
    expect(select).toEqual({
      tier: 'select',
      frames: 2,
      bytes: 2 * GB,
      copiesWanted: 4,
      copiesHeld: 2,
      framesSafe: 1,
      framesWaiting: 1,
      bytesWaiting: GB,
      oldestVerifiedMs: 77,
    });
    expect(general).toMatchObject({ frames: 3, copiesWanted: 3, copiesHeld: 0, framesWaiting: 1 });
    expect(keeper).toMatchObject({ tier: 'keeper', frames: 0, oldestVerifiedMs: null });
    expect(reject?.tier).toBe('reject');
  });
});

describe('forecast()', () => {
  const came = (daysAgo: number, bytes: number): { timeMs: number; bytes: number } => {
    return { timeMs: NOW_MS - daysAgo * DAY_MS, bytes };
  };

  it('divides the room by what came in a day, from the first day of the last week', () => {
    const arrivals = [came(30, 900 * GB), came(2, 40 * GB), came(0, 20 * GB)];
    expect(forecast(70 * GB, arrivals, NOW)).toEqual({
      bytesPerDay: 20 * GB,
      daysSeen: 3,
      daysLeft: 3,
    });
  });

  it('says nothing where nothing came, and no day where no room is left', () => {
    expect(forecast(70 * GB, [], NOW).daysLeft).toBe(null);
    expect(forecast(-5, [came(0, GB)], NOW).daysLeft).toBe(0);
  });

  it('takes what a clock put ahead of now for today', () => {
    expect(forecast(10 * GB, [came(-400, 2 * GB)], NOW)).toEqual({
      bytesPerDay: 2 * GB,
      daysSeen: 1,
      daysLeft: 5,
    });
  });
});

describe('parseSpace()', () => {
  it.each([
    ['20GB', 20e9],
    ['1.5 tb', 1.5e12],
    ['300mb', 3e8],
    ['7B', 7],
    ['25%', 50],
    ['0.5%', 1],
  ])('reads %s', (text, bytes) => {
    const space = parseSpace(text);
    expect(space === null ? null : spaceBytes(space, 200)).toBe(bytes);
    expect(space === null ? null : parseSpace(formatSpace(space))).toEqual(space);
  });

  it.each(['', '20', '0GB', '0%', '101%', '-1GB', 'GB', '1e9B', '99999999TB', '20 GB left'])(
    'refuses %j',
    (text) => {
      expect(parseSpace(text)).toBe(null);
    },
  );
});
