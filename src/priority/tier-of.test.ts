import { describe, expect, it } from 'vitest';
import { type FrameSketch, factsOf, NOW_MS } from '../../test/priority/frame-sketches.ts';
import { policyWith } from '../../test/priority/plan-inputs.ts';
import { DEFAULT_POLICY, lastMarks, type Mark, tierChanges, tierOf, tierRules } from './index.ts';

const NOW = { timeMs: NOW_MS, offsetMinutes: 180 };
const RULES = tierRules(DEFAULT_POLICY, { localMs: NOW_MS });
const mark = (tier: string | null, sequence: number, timeMs = 0): Mark => {
  return { frame: 'f', tier, who: 'H', timeMs, sequence };
};
const tierWith = (sketch: Partial<FrameSketch>, marks: readonly Mark[] = []): string =>
  tierOf(factsOf({ ...sketch, id: 'f' }), RULES, lastMarks(marks)).tier.name;

describe('tierOf()', () => {
  it('takes the first rule that fits, and general where none does', () => {
    expect(tierWith({ rating: 5 })).toBe('select');
    expect(tierWith({ pick: 1, rating: 1 })).toBe('select');
    expect(tierWith({ rating: 3 })).toBe('keeper');
    expect(tierWith({ rating: -1 })).toBe('reject');
    expect(tierWith({ pick: -1 })).toBe('reject');
    expect(tierWith({ rating: 0 })).toBe('general');
    expect(tierWith({})).toBe('general');
    expect(tierWith({ rating: 4, pick: -1 })).toBe('select');
  });

  it('says why', () => {
    const why = (sketch: Partial<FrameSketch>, marks: readonly Mark[] = []): unknown =>
      tierOf(factsOf({ ...sketch, id: 'f' }), RULES, lastMarks(marks)).reason;
    expect(why({ rating: 2 })).toEqual({ kind: 'rule', where: 'rating>=1' });
    expect(why({})).toEqual({ kind: 'rest' });
    expect(why({}, [mark('select', 1)])).toEqual({ kind: 'mark', mark: mark('select', 1) });
  });

  it('lets a mark win over every rule, both ways', () => {
    expect(tierWith({ rating: 5 }, [mark('reject', 1)])).toBe('reject');
    expect(tierWith({ rating: -1 }, [mark('select', 1)])).toBe('select');
  });

  it('takes the last word written, whatever the clock said, and takes back what is taken back', () => {
    const words = [mark('select', 1, 9000), mark('keeper', 2, 10)];
    expect(tierWith({}, words)).toBe('keeper');
    expect(tierWith({}, words.toReversed())).toBe('keeper');
    expect(tierWith({ rating: -1 }, [...words, mark(null, 3)])).toBe('reject');
  });

  it('follows its rules where a mark names a tier that is not there, and hands the mark on', () => {
    const choice = tierOf(factsOf({ id: 'f', rating: 2 }), RULES, lastMarks([mark('cover', 1)]));
    expect(choice).toMatchObject({ tier: { name: 'keeper' }, idleMark: mark('cover', 1) });
  });

  it('tells words of dates from the day it is asked on', () => {
    const policy = policyWith({ select: { where: 'date:today' } });
    const facts = factsOf({ id: 'f', takenMs: NOW_MS });
    const on = (localMs: number): string =>
      tierOf(facts, tierRules(policy, { localMs }), new Map()).tier.name;
    expect([on(NOW_MS), on(NOW_MS + 86_400_000)]).toEqual(['select', 'general']);
  });

  it('refuses a policy without general: that is a bug of the caller', () => {
    expect(() => tierRules({ tiers: [] }, { localMs: 0 })).toThrow('FieldVault bug');
  });
});

describe('tierChanges()', () => {
  it('says which frames another policy would move, the largest change first, marks left alone', () => {
    const frames = [
      factsOf({ id: 'a', rating: 3, takenMs: 2 }),
      factsOf({ id: 'b', rating: 3, takenMs: 1 }),
      factsOf({ id: 'c', rating: 1 }),
      factsOf({ id: 'f', rating: 3 }),
    ];
    const after = policyWith({
      select: { where: 'rating>=3' },
      keeper: { where: 'rating=2' },
    });
    const change = { before: DEFAULT_POLICY, after, marks: [mark('reject', 1)], now: NOW };
    expect(tierChanges(frames, change)).toEqual([
      { from: 'keeper', to: 'select', frames: ['b', 'a'], bytes: 2_000_000_000 },
      { from: 'keeper', to: 'general', frames: ['c'], bytes: 1_000_000_000 },
    ]);
    expect(tierChanges(frames, { ...change, after: DEFAULT_POLICY })).toEqual([]);
  });
});
