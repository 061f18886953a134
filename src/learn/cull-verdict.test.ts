import { describe, expect, it } from 'vitest';
import { parseCullRule, readyRules } from './cull-rules.ts';
import { type FrameLook, judgeLooks } from './cull-verdict.ts';
import { UNKNOWN_FILE } from './known-facts.ts';
import type { Library } from './library.ts';

interface Seen {
  readonly sharpness?: number;
  readonly exposure?: number;
  readonly clippedBright?: number;
  readonly clippedDark?: number;
  readonly distance?: number;
}

/** Frames of one burst, with what was seen of them. */
function burstOf(...seen: readonly Seen[]): Library {
  const frames = seen.map((one, index) => {
    const look = {
      version: 1,
      ...{ fingerprint: null, tone: [], colour: [], width: 60, height: 40, aspect: 1.5 },
      ...{ from: 'preview', seenPixels: 1024, quality: 50, sharpness: 1, edgeEnergy: 1 },
      bestTileSharpness: one.sharpness ?? 50,
      exposure: one.exposure ?? -3,
      clippedBright: one.clippedBright ?? 0,
      clippedDark: one.clippedDark ?? 0,
    } as const;
    const path = `S/IMG_${index}.JPG`;
    const file = { ...UNKNOWN_FILE, look };
    const part = { path, blob: `${index}`, sizeBytes: 1, mtimeMs: 0, mode: 0, file };
    const frame = {
      id: `${index}`,
      primary: path,
      parts: [{ path, role: 'jpeg' }],
      ambiguities: [],
    };
    return { frame, parts: [part], facts: null, editors: [] };
  });
  const members = seen.map((one, index) => ({
    id: `${index}`,
    distance: one.distance ?? 60,
    score: 1,
  }));
  const group = { id: 'b', kind: 'burst', frames: members, reason: '', score: 1 } as const;
  return { frames, groups: [group] } as unknown as Library;
}

function words(library: Library): readonly FrameLook['words'][] {
  return [...judgeLooks(library).values()].map((look) => look.words);
}

describe('culling', () => {
  it('names the sharpest frame of a burst, and those that are much softer', () => {
    expect(words(burstOf({ sharpness: 50 }, { sharpness: 80 }, { sharpness: 20 }))).toEqual([
      [],
      ['best'],
      ['soft'],
    ]);
  });

  it('names frames that lost their shadows or their lights', () => {
    const seen = words(burstOf({ sharpness: 60 }, { clippedBright: 0.2 }, { clippedDark: 0.5 }));
    expect(seen).toEqual([['best'], ['clipped-bright'], ['clipped-dark']]);
  });

  it('names a frame that is much darker than those around it', () => {
    const even = Array.from({ length: 6 }, () => ({ sharpness: 40 }));
    const judged = words(burstOf({ sharpness: 90 }, ...even, { exposure: -6, sharpness: 60 }));
    expect(judged.at(-1)).toEqual(['exposure-outlier']);
    expect(words(burstOf({}, { exposure: -6 })).flat()).not.toContain('exposure-outlier');
  });

  it('names frames that look like the first one', () => {
    const judged = words(burstOf({ sharpness: 90 }, { distance: 10, sharpness: 80 }));
    expect(judged[1]).toEqual(['near-duplicate']);
  });

  it('tells the place in the burst', () => {
    const looks = [...judgeLooks(burstOf({}, {}, {})).values()];
    expect(looks.map(({ burst }) => burst)).toEqual([
      { position: 1, count: 3 },
      { position: 2, count: 3 },
      { position: 3, count: 3 },
    ]);
  });
});

describe('a rule of a session', () => {
  it('says what frames get what', () => {
    expect(parseCullRule('CullWords:*soft* => label:"Deep Red"')).toEqual({
      where: 'CullWords:*soft*',
      tier: null,
      label: 'Deep Red',
    });
    expect(parseCullRule('rating>=4 => tier:select label:Green')).toMatchObject({ tier: 'select' });
  });

  it.each(['soft', '=> tier:select', 'rating>=4 =>', 'rating>=4 => pick:1'])(
    'is not %s',
    (text) => {
      expect(() => parseCullRule(text)).toThrow(/is no rule/);
    },
  );

  it('must name a tier of the policy, and be a query', () => {
    const now = { localMs: 0 };
    const rule = { where: 'rating>=4', tier: 'select', label: null };
    expect(readyRules([rule], ['select'], now)).toHaveLength(1);
    expect(() => readyRules([rule], ['general'], now)).toThrow(/no tier "select"/);
    expect(() => readyRules([{ ...rule, where: 'rating>>4' }], ['select'], now)).toThrow(
      /not understood/,
    );
  });
});
