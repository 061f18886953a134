import { describe, expect, it } from 'vitest';
import {
  DEFAULT_POLICY,
  type HeldCopy,
  type SafeVerdict,
  safeVerdict,
  type Tier,
} from './index.ts';

const NOW_MS = Date.UTC(2026, 10, 22);
const DAY_MS = 86_400_000;

function tierNamed(name: string): Tier {
  const tier = DEFAULT_POLICY.tiers.find((one) => one.name === name);
  if (tier === undefined) throw new RangeError(`no tier ${name}`);
  return tier;
}

const seen = (vault: string): HeldCopy => ({ vault, told: 'vault', verifiedMs: NOW_MS - 1000 });
const receipt = (vault: string, days: number): HeldCopy => {
  return { vault, told: 'receipt', verifiedMs: NOW_MS - days * DAY_MS };
};

function verdict(
  files: readonly (readonly [path: string, tier: string, copies: readonly HeldCopy[]])[],
  options: {
    readonly unread?: readonly string[];
    readonly ageDaysMax?: number;
    readonly copiesAtMost?: number;
  } = {},
): SafeVerdict {
  const { unread = [], ageDaysMax, copiesAtMost } = options;
  return safeVerdict({
    files: files.map(([path, tier, copies]) => {
      const one = tierNamed(tier);
      return { path, tier: one, sizeBytes: 25, copies, copiesAtMost: copiesAtMost ?? one.copies };
    }),
    unread,
    nowMs: NOW_MS,
    receiptAgeMsMax: ageDaysMax === undefined ? null : ageDaysMax * DAY_MS,
  });
}

describe('safeVerdict()', () => {
  it('says yes where every file is on as many distinct vaults as its tier wants', () => {
    const both = [seen('ssd'), seen('mirror')];
    const { isSafe, missing, byTier } = verdict([
      ['b.NEF', 'general', [seen('ssd')]],
      ['a.NEF', 'select', both],
    ]);
    expect([isSafe, missing]).toEqual([true, []]);
    expect(byTier).toEqual([
      { tier: 'select', files: 1, copiesWanted: 2, copiesHeld: 2 },
      { tier: 'general', files: 1, copiesWanted: 1, copiesHeld: 1 },
    ]);
  });

  it('says no where a file may turn out to want more than it has, and yes where it has that many', () => {
    const one: [string, string, HeldCopy[]] = ['a.NEF', 'general', [seen('ssd')]];
    const doubt = verdict([one], { copiesAtMost: 2 });
    expect(doubt).toMatchObject({ isSafe: false, missing: [], undecided: [{ path: 'a.NEF' }] });
    const two: typeof one = ['a.NEF', 'general', [seen('ssd'), seen('mirror')]];
    expect(verdict([two], { copiesAtMost: 2 })).toMatchObject({ isSafe: true, undecided: [] });
  });

  it('names every file that lacks copies, and does not let a surplus make up for one', () => {
    const { isSafe, missing, byTier } = verdict([
      ['z.NEF', 'select', [seen('ssd')]],
      ['b.NEF', 'general', [seen('ssd'), seen('mirror')]],
      ['a.NEF', 'general', []],
    ]);
    expect(isSafe).toBe(false);
    expect(missing.map(({ path, copiesHeld }) => [path, copiesHeld])).toEqual([
      ['a.NEF', 0],
      ['z.NEF', 1],
    ]);
    expect(byTier[1]).toMatchObject({ copiesWanted: 2, copiesHeld: 1 });
  });

  it('counts a vault once, however often it is told of', () => {
    const twice = [seen('ssd'), receipt('ssd', 1), seen('ssd')];
    expect(verdict([['a.NEF', 'select', twice]]).isSafe).toBe(false);
  });

  it('counts receipts of vaults that are not there, and tells the age of the oldest it leans on', () => {
    const copies = [seen('ssd'), receipt('home', 12), receipt('bank', 40)];
    const { isSafe, filesByReceipt, oldestReceiptMs } = verdict([['a.NEF', 'select', copies]]);
    expect([isSafe, filesByReceipt, oldestReceiptMs]).toEqual([true, 1, 12 * DAY_MS]);
    const general = verdict([['a.NEF', 'general', copies]]);
    expect([general.filesByReceipt, general.oldestReceiptMs]).toEqual([0, null]);
  });

  it('does not count receipts older than allowed, nor those dated ahead of now', () => {
    const old = verdict([['a.NEF', 'select', [seen('ssd'), receipt('home', 31)]]], {
      ageDaysMax: 30,
    });
    expect([old.isSafe, old.receiptsRefused]).toEqual([false, 1]);
    const ahead = [seen('ssd'), receipt('home', -1)];
    expect(verdict([['a.NEF', 'select', ahead]], { ageDaysMax: 30 }).isSafe).toBe(false);
    const any = verdict([['a.NEF', 'select', ahead]]);
    expect([any.isSafe, any.oldestReceiptMs]).toEqual([true, null]);
  });

  it('says no where anything could not be read, and where no file was seen at all', () => {
    const held = [['a.NEF', 'general', [seen('ssd')]]] as const;
    expect(verdict(held).isSafe).toBe(true);
    expect(verdict(held, { unread: ['DCIM/100'] }).isSafe).toBe(false);
    expect(verdict([]).isSafe).toBe(false);
  });
});
