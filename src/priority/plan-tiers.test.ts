import { describe, expect, it } from 'vitest';
import { copyOf, frameOf, framesOf, GB, NOW_MS } from '../../test/priority/frame-sketches.ts';
import { inputOf, ONE_COPY, policyWith, vaultOf } from '../../test/priority/plan-inputs.ts';
import { DEFAULT_POLICY, type Plan, type PlanInput, planTiers } from './index.ts';

const MARK = { who: 'H', timeMs: NOW_MS, sequence: 1 };

/** What is protected, in order: `<frame>@<vault>`. */
function protectedIn({ steps }: Plan): string[] {
  return steps.filter(({ act }) => act === 'protect').map((step) => `${step.frame}@${step.vault}`);
}

function countsIn({ steps }: Plan): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { act, tier } of steps) {
    if (act === 'protect') counts[tier] = (counts[tier] ?? 0) + 1;
  }
  return counts;
}

/** A day's card: 16 selects, 32 keepers, 64 nobody looked at, 16 rejects, each of half a gigabyte. */
const HALF = { sizeBytes: 0.5 * GB, compactBytes: 0.32 * GB };
const SHOOT = [
  ...framesOf('r', 16, { ...HALF, rating: -1 }),
  ...framesOf('g', 64, HALF),
  ...framesOf('k', 32, { ...HALF, rating: 2 }),
  ...framesOf('s', 16, { ...HALF, rating: 5 }),
];
const FORTY = vaultOf('ssd', { freeBytes: 40 * GB, totalBytes: 40 * GB });

describe('planTiers(): order', () => {
  it('protects the most precious first, each tier once before it is protected twice', () => {
    const frames = [
      ...framesOf('g', 1, {}),
      ...framesOf('s', 2, { rating: 5 }),
      ...framesOf('x', 1, { rating: -1 }),
    ];
    const plan = planTiers(
      inputOf({ frames, vaults: [vaultOf('ssd'), vaultOf('mirror', { rank: 1 })] }),
    );
    expect(protectedIn(plan)).toEqual([
      's000@ssd',
      's001@ssd',
      's000@mirror',
      's001@mirror',
      'g000@ssd',
      'x000@ssd',
    ]);
    expect(plan.waiting).toEqual([]);
  });

  it('tells frames of a tier as they were taken, those of an unknown time last', () => {
    const frames = [
      frameOf({ id: 'c', takenMs: null, sizeBytes: 1 }),
      frameOf({ id: 'b', takenMs: 1, sizeBytes: 3 }),
      frameOf({ id: 'a', takenMs: 2, sizeBytes: 2 }),
    ];
    expect(protectedIn(planTiers(inputOf({ frames })))).toEqual(['b@ssd', 'a@ssd', 'c@ssd']);
  });

  it('lets a mirror take everything, after all copies that are wanted anywhere', () => {
    const frames = [...framesOf('g', 1, {}), ...framesOf('s', 1, { rating: 5 })];
    const vaults = [vaultOf('ssd'), vaultOf('mirror', { rank: 1, takesAll: true })];
    expect(protectedIn(planTiers(inputOf({ frames, vaults })))).toEqual([
      's000@ssd',
      's000@mirror',
      'g000@ssd',
      'g000@mirror',
    ]);
  });

  it('completes a frame where only its new sidecar is lacking, with that many bytes', () => {
    const copies = [copyOf('b', { missingBytes: 4000 })];
    const plan = planTiers(
      inputOf({ frames: [frameOf({ id: 'g', copies })], vaults: [vaultOf('a'), vaultOf('b')] }),
    );
    expect(plan.steps).toMatchObject([{ frame: 'g', vault: 'b', bytes: 4000, why: 'wanted' }]);
  });

  it('goes only to the replicas of its tier, and says which of them are not there', () => {
    const policy = policyWith({ general: { replicas: ['studio', 'bank'] } });
    const vaults = [vaultOf('v1'), vaultOf('v2', { label: 'studio' })];
    const plan = planTiers(inputOf({ policy, vaults, frames: framesOf('g', 1, {}) }));
    expect(protectedIn(plan)).toEqual(['g000@v2']);
    expect(plan.absentReplicas).toEqual([{ tier: 'general', replica: 'bank' }]);
  });
});

describe('planTiers(): 64 GB of frames into 40 GB', () => {
  it('protects all selects and keepers, compacts what may be, and makes only rejects wait', () => {
    const plan = planTiers(inputOf({ frames: SHOOT, vaults: [FORTY], policy: ONE_COPY }));
    // 8 + 32 x 0.32 + 64 x 0.32 = 38.72 GB; 0.32 GB of the rest are kept for compaction to work in.
    expect(countsIn(plan)).toEqual({ select: 16, keeper: 32, general: 64, reject: 2 });
    expect(plan.waiting).toHaveLength(14);
    expect(plan.waiting.every(({ tier }) => tier === 'reject')).toBe(true);
    expect(plan.steps.some((step) => step.act === 'compact' && step.tier === 'select')).toBe(false);
    expect(plan.untouchable).toEqual(framesOf('s', 16, {}).map(({ facts }) => facts.id));
  });

  it('holds back the lowest tiers where nothing may be compacted, and names what would free the room', () => {
    const frames = SHOOT.map((frame) => ({ ...frame, compactBytes: null }));
    const plan = planTiers(inputOf({ frames, vaults: [FORTY], policy: ONE_COPY }));
    expect(countsIn(plan)).toEqual({ select: 16, keeper: 32, general: 31 });
    expect(plan.waiting.map(({ tier }) => tier)).toEqual([
      ...Array.from({ length: 33 }, () => 'general'),
      ...Array.from({ length: 16 }, () => 'reject'),
    ]);
    const [relief] = plan.relief;
    expect(relief).toMatchObject({ vault: 'ssd', frames: 49 });
    const freeBytes = FORTY.freeBytes + (relief?.shortBytes ?? 0);
    const more = { ...FORTY, freeBytes };
    const roomy = planTiers(inputOf({ frames, vaults: [more], policy: ONE_COPY }));
    expect(roomy.waiting).toEqual([]);
    const less = { ...FORTY, freeBytes: freeBytes - 1 };
    expect(planTiers(inputOf({ frames, vaults: [less], policy: ONE_COPY })).waiting).toHaveLength(
      1,
    );
  });

  it('does not compact on battery unless told, and says that mains power would make room', () => {
    const input = inputOf({ frames: SHOOT, vaults: [FORTY], policy: ONE_COPY, power: 'battery' });
    const plan = planTiers(input);
    expect(plan.steps.every(({ act }) => act === 'protect')).toBe(true);
    expect(plan.waiting[0]).toMatchObject({ tier: 'general', why: 'power' });
    const ways = plan.relief[0]?.ways ?? [];
    expect(ways.map(({ kind }) => kind)).toContain('mains-power');
    const told = planTiers({ ...input, compactsOnBattery: true });
    expect(told).toEqual(planTiers({ ...input, power: 'mains' }));
    expect(told.steps.some(({ act }) => act === 'compact')).toBe(true);
  });
});

describe('planTiers(): scarcity', () => {
  it('takes up after a vault that filled in mid-shoot: what is there stays, the rest goes by tier', () => {
    const copies = [copyOf('ssd')];
    const frames = [
      ...framesOf('g', 30, { copies, isAtHand: true }),
      ...framesOf('h', 8, {}),
      ...framesOf('s', 5, { rating: 5 }),
    ];
    const vault = vaultOf('ssd', { freeBytes: 10.1 * GB, totalBytes: 41 * GB });
    const plan = planTiers(inputOf({ frames, vaults: [vault], policy: ONE_COPY }));
    expect(countsIn(plan)).toEqual({ select: 5, general: 5 });
    expect(plan.waiting.map(({ frame, why }) => `${frame} ${why}`)).toEqual([
      'h005 no-room',
      'h006 no-room',
      'h007 no-room',
    ]);
  });

  it('never gives the reserve of a higher tier to a lower one, and the higher one may use it', () => {
    const policy = policyWith({
      select: { copies: 1, reserve: { kind: 'share', percent: 25 } },
      keeper: { copies: 1, reserve: { kind: 'bytes', bytes: 5 * GB } },
    });
    const vaults = [FORTY];
    const frames = framesOf('g', 40, {});
    const plan = planTiers(inputOf({ frames, vaults, policy }));
    expect(countsIn(plan)).toEqual({ general: 24 });
    expect(plan.waiting[0]).toMatchObject({ tier: 'general', why: 'reserve' });
    expect(plan.vaults[0]?.freeAfterBytes).toBeGreaterThanOrEqual(15 * GB);
    const selects = framesOf('s', 39, { rating: 5 });
    expect(countsIn(planTiers(inputOf({ frames: selects, vaults, policy })))).toEqual({
      select: 39,
    });
  });

  it('makes a tier wait that reached its quota, and no other', () => {
    const policy = policyWith({ general: { quota: { kind: 'bytes', bytes: 10 * GB } } });
    const frames = [
      ...framesOf('a', 6, { copies: [copyOf('ssd')] }),
      ...framesOf('g', 8, {}),
      ...framesOf('x', 3, { rating: -1 }),
    ];
    const vault = vaultOf('ssd', { otherBytes: { general: 2 * GB } });
    const plan = planTiers(inputOf({ frames, vaults: [vault], policy }));
    expect(countsIn(plan)).toEqual({ general: 2, reject: 3 });
    expect(plan.waiting.map(({ why }) => why)).toEqual(Array.from({ length: 6 }, () => 'quota'));
    expect(plan.relief[0]?.ways).toEqual([{ kind: 'raise-quota', tier: 'general', bytes: 6 * GB }]);
  });

  it('compacts what a tier has already before it is refused for its quota', () => {
    const policy = policyWith({ general: { quota: { kind: 'bytes', bytes: 4 * GB } } });
    const held = framesOf('a', 4, { compactBytes: 0.5 * GB, copies: [copyOf('ssd')] });
    const frames = [...held, ...framesOf('g', 3, {})];
    const plan = planTiers(inputOf({ frames, policy }));
    expect(countsIn(plan)).toEqual({ general: 2 });
    expect(plan.steps.filter(({ act }) => act === 'compact')).toHaveLength(4);
    expect(plan.waiting).toMatchObject([{ frame: 'g002', why: 'quota' }]);
  });

  it('fills two vaults of different size: what the small one cannot hold goes to the large one', () => {
    const vaults = [
      vaultOf('small', { freeBytes: 4.1 * GB, totalBytes: 5 * GB }),
      vaultOf('large', { rank: 1, freeBytes: 50 * GB }),
    ];
    const frames = [
      ...framesOf('s', 6, { rating: 5 }),
      ...framesOf('g', 3, {}),
      frameOf({ id: 'film', sizeBytes: 6 * GB }),
    ];
    const plan = planTiers(inputOf({ frames, vaults }));
    const on = (vault: string): number =>
      plan.steps.filter((step) => step.vault === vault && step.tier === 'select').length;
    expect([on('small'), on('large')]).toEqual([4, 6]);
    expect(
      plan.waiting.map(({ frame, copiesPlanned, why }) => [frame, copiesPlanned, why]),
    ).toEqual([
      ['s004', 1, 'no-room'],
      ['s005', 1, 'no-room'],
    ]);
    expect(protectedIn(plan)).toContain('film@large');
  });

  it('says of a file that no drive of this size could hold that it is too large', () => {
    const frames = [frameOf({ id: 'film', sizeBytes: 60 * GB }), ...framesOf('g', 2, {})];
    const plan = planTiers(inputOf({ frames, vaults: [FORTY] }));
    expect(countsIn(plan)).toEqual({ general: 2 });
    expect(plan.waiting).toMatchObject([{ frame: 'film', why: 'too-large' }]);
    expect(plan.relief).toEqual([]);
  });

  it('prefers the select at the boundary, though it arrived last', () => {
    const vault = vaultOf('ssd', { freeBytes: 3.1 * GB, totalBytes: 4 * GB });
    const early = framesOf('g', 3, {});
    const late = frameOf({ id: 'z', rating: 5, takenMs: NOW_MS + 5000 });
    const plan = planTiers(
      inputOf({ frames: [...early, late], vaults: [vault], policy: ONE_COPY }),
    );
    expect(protectedIn(plan)).toEqual(['z@ssd', 'g000@ssd', 'g001@ssd']);
    expect(plan.waiting).toMatchObject([{ frame: 'g002', why: 'no-room' }]);
  });

  it('gives no room to a lower tier that a waiting higher one could use, were it given up', () => {
    const vault = vaultOf('ssd', { freeBytes: 3.5 * GB, totalBytes: 10 * GB });
    const frames = [frameOf({ id: 'film', rating: 5, sizeBytes: 5 * GB }), ...framesOf('g', 3, {})];
    const plan = planTiers(inputOf({ frames, vaults: [vault], policy: ONE_COPY }));
    // The film would not fit if nothing else were written: holding the others back would help nobody.
    expect(countsIn(plan)).toEqual({ general: 3 });
    expect(plan.waiting).toMatchObject([{ frame: 'film', why: 'no-room' }]);
  });

  it('keeps room for compaction to work in, which only the most precious tier may use up', () => {
    const vault = vaultOf('ssd', { freeBytes: 1.2 * GB, totalBytes: 10 * GB });
    const sketch = { compactBytes: 0.5 * GB };
    const general = planTiers(inputOf({ frames: framesOf('g', 1, sketch), vaults: [vault] }));
    expect(general.waiting).toMatchObject([{ why: 'reserve' }]);
    const frames = [...framesOf('s', 1, { rating: 5 }), ...framesOf('g', 1, sketch)];
    const plan = planTiers(inputOf({ frames, vaults: [vault], policy: ONE_COPY }));
    expect(protectedIn(plan)).toEqual(['s000@ssd']);
  });
});

describe('planTiers(): words that change', () => {
  it('protects rejects that were re-rated to selects again, verbatim and twice', () => {
    const copies = [copyOf('ssd', { form: 'compact', storedBytes: 0.6 * GB })];
    const rejects = framesOf('x', 2, { rating: -1, copies, compactBytes: 0.6 * GB });
    const selects = framesOf('x', 2, { rating: 5, copies, compactBytes: 0.6 * GB });
    const vaults = [vaultOf('ssd'), vaultOf('mirror', { rank: 1 })];
    expect(planTiers(inputOf({ frames: rejects, vaults })).steps).toEqual([]);
    const { steps, waiting } = planTiers(inputOf({ frames: selects, vaults }));
    expect(steps.map((step) => (step.act === 'protect' ? [step.vault, step.why] : []))).toEqual([
      ['mirror', 'wanted'],
      ['mirror', 'wanted'],
      ['ssd', 'verbatim'],
      ['ssd', 'verbatim'],
    ]);
    expect(waiting).toEqual([]);
  });

  it('keeps both copies of selects that were demoted, and may compact them where room is short', () => {
    const copies = [copyOf('ssd'), copyOf('mirror')];
    const demoted = framesOf('d', 4, { copies, compactBytes: 0.5 * GB });
    const vaults = [vaultOf('ssd', { freeBytes: 1.05 * GB }), vaultOf('mirror', { rank: 1 })];
    expect(planTiers(inputOf({ frames: demoted, vaults })).steps).toEqual([]);
    const frames = [...demoted, ...framesOf('s', 2, { rating: 5 })];
    const plan = planTiers(inputOf({ frames, vaults: vaults.slice(0, 1), policy: ONE_COPY }));
    expect(countsIn(plan)).toEqual({ select: 2 });
    expect(plan.steps.filter(({ act }) => act === 'compact').map(({ tier }) => tier)).toEqual([
      'general',
      'general',
      'general',
    ]);
    expect(plan.untouchable).toEqual(['s000', 's001']);
  });

  it('follows a policy that changed between sessions, and a mark more than any policy', () => {
    const frames = [
      frameOf({ id: 'lion', rating: 3, copies: [copyOf('ssd')] }),
      frameOf({ id: 'hyena', rating: 3, copies: [copyOf('ssd')] }),
    ];
    const vaults = [vaultOf('ssd'), vaultOf('mirror', { rank: 1 })];
    const input: PlanInput = inputOf({ frames, vaults, policy: ONE_COPY });
    expect(planTiers(input).steps).toEqual([]);
    const policy = policyWith({ select: { where: 'rating>=3' } });
    expect(protectedIn(planTiers({ ...input, policy }))).toEqual(['hyena@mirror', 'lion@mirror']);
    const marks = [{ ...MARK, frame: 'hyena', tier: 'reject' }];
    expect(protectedIn(planTiers({ ...input, policy, marks }))).toEqual(['lion@mirror']);
  });

  it('keeps a mark whose tier a new policy does not have, and says so', () => {
    const marks = [{ ...MARK, frame: 'g000', tier: 'cover' }];
    const input = inputOf({ frames: framesOf('g', 1, {}), marks });
    expect(planTiers(input).idleMarks).toEqual(marks);
    const [select] = DEFAULT_POLICY.tiers;
    if (select === undefined) throw new RangeError('the default policy has a first tier');
    const cover = { ...select, name: 'cover', where: 'iso>999999', order: 9 };
    const policy = { tiers: [...DEFAULT_POLICY.tiers, cover] };
    const plan = planTiers({ ...input, policy });
    expect(plan.idleMarks).toEqual([]);
    expect(plan.waiting).toMatchObject([{ tier: 'cover', copiesWanted: 2 }]);
  });
});

describe('planTiers(): time, place and power', () => {
  const policy = policyWith({
    select: { copies: 1 },
    keeper: { when: 'daily', copies: 1 },
    reject: { when: 'idle' },
  });
  const frames = [
    frameOf({ id: 's', rating: 5 }),
    frameOf({ id: 'k', rating: 1 }),
    frameOf({ id: 'g' }),
    frameOf({ id: 'x', rating: -1 }),
  ];
  const due = (input: Partial<PlanInput>): string =>
    planTiers(inputOf({ frames, policy, ...input }))
      .steps.map(({ frame }) => frame)
      .join('');

  it('takes care of each tier as often as its policy says', () => {
    expect(due({ occasion: 'arrival' })).toBe('s');
    expect(due({ lastDailyMs: null })).toBe('skg');
    expect(due({ lastDailyMs: NOW_MS - 3_600_000 })).toBe('sg');
    expect(due({ lastDailyMs: NOW_MS - 86_400_000 })).toBe('skg');
    expect(due({ occasion: 'idle', lastDailyMs: NOW_MS })).toBe('sgx');
    expect(due({ occasion: 'everything', lastDailyMs: NOW_MS })).toBe('skgx');
  });

  it('takes a clock that went back for another day: daily tiers are due', () => {
    const yesterday = { timeMs: NOW_MS - 86_400_000, offsetMinutes: 180 };
    expect(due({ now: yesterday, lastDailyMs: NOW_MS })).toBe('skg');
  });

  it('names what is not due, and keeps its room from what is less precious', () => {
    const vaults = [vaultOf('ssd', { freeBytes: 2.1 * GB })];
    const plan = planTiers(inputOf({ frames, policy, vaults, lastDailyMs: NOW_MS }));
    expect(plan.steps.map(({ frame }) => frame)).toEqual(['s']);
    expect(plan.waiting.map(({ frame, why }) => `${frame} ${why}`)).toEqual([
      'k not-due',
      'g no-room',
      'x no-room',
    ]);
  });

  it('says what is missing where no vault or no card is there', () => {
    const away = frameOf({ id: 'a', isAtHand: false, copies: [copyOf('home')], rating: 5 });
    const alone = frameOf({ id: 'b', rating: 5, copies: [copyOf('ssd')] });
    const vaults = [vaultOf('ssd'), vaultOf('home', { isConnected: false })];
    const plan = planTiers(inputOf({ frames: [away, alone], vaults }));
    expect(plan.steps).toEqual([]);
    expect(plan.waiting).toMatchObject([
      { frame: 'a', why: 'not-at-hand', copiesHeld: 1, copiesWanted: 2 },
      { frame: 'b', why: 'too-few-vaults', vault: null },
    ]);
  });

  it('counts a copy on a vault that is not connected', () => {
    const copies = [copyOf('home')];
    const vaults = [vaultOf('ssd'), vaultOf('home', { isConnected: false })];
    const plan = planTiers(inputOf({ frames: framesOf('g', 3, { copies }), vaults }));
    expect([plan.steps, plan.waiting]).toEqual([[], []]);
  });
});
