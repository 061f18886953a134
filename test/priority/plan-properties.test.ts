import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type FrameCopy,
  type PlanFrame,
  type PlanInput,
  type PlanVault,
  type Policy,
  planTiers,
  type Space,
} from '../../src/priority/index.ts';
import { frameOf, NOW_MS } from './frame-sketches.ts';
import {
  applied,
  deletionFaults,
  isLess,
  type Planner,
  precedenceFaults,
  protectedByTier,
  sacrificeFaults,
  spaceFaults,
} from './plan-claims.ts';
import { inputOf, policyWith, vaultOf } from './plan-inputs.ts';

const MB = 1_000_000;
const VAULTS = ['a', 'b', 'c'] as const;

const spaces: fc.Arbitrary<Space | null> = fc.option(
  fc.oneof(
    fc
      .integer({ min: 1, max: 300 })
      .map((count) => ({ kind: 'bytes', bytes: count * MB }) as const),
    fc.integer({ min: 1, max: 30 }).map((percent) => ({ kind: 'share', percent }) as const),
  ),
);
const changes = fc.record({
  copies: fc.integer({ min: 1, max: 3 }),
  forms: fc.constantFrom('verbatim', 'compact'),
  when: fc.constantFrom('at-once', 'session', 'daily', 'idle'),
  quota: spaces,
  reserve: spaces,
});
const policies: fc.Arbitrary<Policy> = fc
  .record({ select: changes, keeper: changes, general: changes, reject: changes })
  .map(policyWith);

const copies: fc.Arbitrary<readonly FrameCopy[]> = fc.uniqueArray(
  fc.record({
    vault: fc.constantFrom(...VAULTS),
    form: fc.constantFrom('verbatim', 'compact'),
    storedBytes: fc.constant(0),
    missingBytes: fc.constantFrom(0, 0, 0, 5000),
    verifiedMs: fc.constant(NOW_MS),
  }),
  { selector: ({ vault }) => vault, maxLength: 2 },
);
const frames: fc.Arbitrary<PlanFrame[]> = fc
  .array(
    fc.record({
      rating: fc.constantFrom(-1, 0, 1, 3, 5),
      size: fc.integer({ min: 1, max: 60 }),
      takenMs: fc.option(fc.nat(5)),
      compactShare: fc.option(fc.constantFrom(0.4, 0.6, 0.9, 1)),
      isAtHand: fc.constantFrom(true, true, true, true, false),
      copies,
    }),
    { maxLength: 24 },
  )
  .map((list) =>
    list.map(({ size, compactShare, copies: held, ...rest }, index) => {
      const sizeBytes = size * MB;
      const compactBytes = compactShare === null ? null : sizeBytes * compactShare;
      const stored = held.map((copy) => ({
        ...copy,
        storedBytes: copy.form === 'compact' ? sizeBytes / 2 : sizeBytes - copy.missingBytes,
      }));
      return frameOf({ ...rest, id: `f${index}`, sizeBytes, compactBytes, copies: stored });
    }),
  );
const vaults: fc.Arbitrary<PlanVault[]> = fc.subarray([...VAULTS], { minLength: 1 }).chain((ids) =>
  fc.tuple(
    ...ids.map((id) =>
      fc
        .record({
          rank: fc.nat(1),
          isConnected: fc.constantFrom(true, true, true, false),
          takesAll: fc.boolean(),
          free: fc.nat(900),
        })
        .map(({ free, ...rest }) => {
          return vaultOf(id, { ...rest, freeBytes: free * MB, totalBytes: (free + 300) * MB });
        }),
    ),
  ),
);
const inputs: fc.Arbitrary<PlanInput> = fc
  .record({
    policy: policies,
    frames,
    vaults,
    marks: fc.array(
      fc.record({
        frame: fc.nat(23).map((index) => `f${index}`),
        tier: fc.constantFrom('select', 'reject', 'gone', null),
        who: fc.constant('H'),
        timeMs: fc.nat(3),
        sequence: fc.nat(3),
      }),
      { maxLength: 4 },
    ),
    occasion: fc.constantFrom('arrival', 'session', 'idle', 'everything'),
    lastDailyMs: fc.option(fc.constant(NOW_MS)),
    power: fc.constantFrom('mains', 'battery', 'unknown'),
  })
  .map(inputOf);
/** One vault that all frames may go to. */
const single: fc.Arbitrary<PlanInput> = inputs.map((input) => ({
  ...input,
  vaults: input.vaults.slice(0, 1).map((vault) => ({ ...vault, isConnected: true })),
}));
const uncompacted = inputs.map((input) => ({
  ...input,
  frames: input.frames.map((frame) => ({ ...frame, compactBytes: null })),
}));

/** A claim about planners: null where it holds, else how it was refuted. Left out, as many runs as the settings say. */
type Claim = (planner: Planner, numRuns?: number) => string | null;

/** Planted faults get more tries: they must be found. */
const FAULT_RUNS = 2000;

function tried<T>(property: fc.IProperty<T>, numRuns: number | undefined): string | null {
  const details = fc.check(property, numRuns === undefined ? {} : { numRuns });
  return details.failed ? (fc.defaultReportMessage(details) ?? 'failed') : null;
}

function claimOn(
  arbitrary: fc.Arbitrary<PlanInput>,
  faultsOf: (input: PlanInput, planner: Planner) => readonly string[],
): Claim {
  return (planner, runs) => {
    const property = fc.property(arbitrary, (input) => {
      expect(faultsOf(input, planner)).toEqual([]);
    });
    return tried(property, runs);
  };
}

const neverExceeds = claimOn(inputs, (input, planner) => spaceFaults(input, planner(input)));
const neverDeletes = claimOn(inputs, (input, planner) => deletionFaults(input, planner(input)));
const precious = claimOn(inputs, precedenceFaults);
const noSacrifice = claimOn(uncompacted, (input, planner) =>
  sacrificeFaults(input, planner(input)),
);

const isDone = claimOn(uncompacted, (input, planner) =>
  planner(applied(input, planner(input))).steps.map(({ act, frame }) => `${act} ${frame}`),
);

const stable: Claim = (planner, runs) => {
  const property = fc.property(inputs, fc.func(fc.nat()), (input, keyOf) => {
    const shuffled = {
      ...input,
      frames: input.frames.toSorted((a, b) => keyOf(a.facts.id) - keyOf(b.facts.id)),
      vaults: input.vaults.toReversed(),
      marks: input.marks.toReversed(),
    };
    expect(planner(shuffled)).toEqual(planner(input));
  });
  return tried(property, runs);
};

const moreIsMore: Claim = (planner, runs) => {
  const property = fc.property(single, fc.nat(400), fc.boolean(), (input, more, isLarger) => {
    // What is not due claims its room unseen; here everything is.
    const one: PlanInput = { ...input, occasion: 'everything' };
    const roomy = {
      ...one,
      vaults: input.vaults.map((vault) => ({
        ...vault,
        freeBytes: vault.freeBytes + more * MB,
        totalBytes: vault.totalBytes + (isLarger ? more * MB : 0),
      })),
    };
    const [less, greater] = [one, roomy].map((each) => protectedByTier(each, planner(each)));
    expect(isLess(greater ?? [], less ?? [])).toBe(false);
  });
  return tried(property, runs);
};

const reliefIsTrue: Claim = (planner, runs) => {
  const property = fc.property(single, (input) => {
    const unlimited = {
      tiers: input.policy.tiers.map((tier) => ({ ...tier, quota: null })),
    };
    const asked = { ...input, policy: unlimited };
    const short = planner(asked).relief[0]?.shortBytes ?? 0;
    const freed = asked.vaults.map((vault) => ({ ...vault, freeBytes: vault.freeBytes + short }));
    const whys = planner({ ...asked, vaults: freed }).waiting.map(({ why }) => why);
    const others = ['not-due', 'not-at-hand', 'too-few-vaults', 'too-large'];
    expect(whys.filter((why) => !others.includes(why))).toEqual([]);
  });
  return tried(property, runs);
};

/** Takes the least precious for the most precious. */
const upsideDown: Planner = (input) =>
  planTiers({
    ...input,
    policy: { tiers: input.policy.tiers.map((tier) => ({ ...tier, order: 9 - tier.order })) },
  });
/** Counts space in 28 bits. */
const overflowing: Planner = (input) =>
  planTiers({
    ...input,
    vaults: input.vaults.map((vault) => ({ ...vault, freeBytes: vault.freeBytes % 2 ** 28 })),
  });
/** Believes that there is more room than there is. */
const hopeful: Planner = (input) => {
  const vaults = input.vaults.map((vault) => ({ ...vault, freeBytes: vault.freeBytes + 20 * MB }));
  return planTiers({ ...input, vaults });
};
/** Tells frames in the order they were given in. */
const asGiven: Planner = (input) => {
  const order = new Map(input.frames.map(({ facts }, index) => [facts.id, index]));
  const plan = planTiers(input);
  const rank = (frame: string): number => order.get(frame) ?? 0;
  return { ...plan, waiting: plan.waiting.toSorted((a, b) => rank(a.frame) - rank(b.frame)) };
};
/** Compacts whatever it likes to. */
const greedy: Planner = (input) => {
  const tiers = input.policy.tiers.map((tier) => ({ ...tier, forms: 'compact' as const }));
  return planTiers({ ...input, policy: { tiers } });
};
/** Leaves half of what is to do for another day. */
const dawdling: Planner = (input) => {
  const plan = planTiers(input);
  const steps = plan.steps.slice(0, Math.ceil(plan.steps.length / 2));
  return { ...plan, steps };
};
/** Says half of what is lacking. */
const belittling: Planner = (input) => {
  const plan = planTiers(input);
  return {
    ...plan,
    relief: plan.relief.map((one) => ({ ...one, shortBytes: Math.floor(one.shortBytes / 2) })),
  };
};

describe('a plan, whatever there is', () => {
  it('never writes more than there is, and always leaves room to finish the journal', () => {
    expect(neverExceeds(planTiers)).toBeNull();
    expect(neverExceeds(hopeful, FAULT_RUNS)).not.toBeNull();
  });

  it('never has an original deleted, nor the bytes of a tier changed that stays verbatim', () => {
    expect(neverDeletes(planTiers)).toBeNull();
    expect(neverDeletes(greedy, FAULT_RUNS)).not.toBeNull();
  });

  it('never lets a tier fare otherwise because of a less precious one', () => {
    expect(precious(planTiers)).toBeNull();
    expect(precious(upsideDown, FAULT_RUNS)).not.toBeNull();
  });

  it('never keeps anything that a more precious frame would need the room of', () => {
    expect(noSacrifice(planTiers)).toBeNull();
    expect(noSacrifice(upsideDown, FAULT_RUNS)).not.toBeNull();
  });

  it('is the same in whatever order frames, vaults and marks are given', () => {
    expect(stable(planTiers)).toBeNull();
    expect(stable(asGiven, FAULT_RUNS)).not.toBeNull();
  });

  it('never protects fewer of the most precious frames that more space on a vault is about', () => {
    expect(moreIsMore(planTiers)).toBeNull();
    expect(moreIsMore(overflowing, FAULT_RUNS)).not.toBeNull();
  });

  it('leaves nothing to do once it is done', () => {
    expect(isDone(planTiers)).toBeNull();
    expect(isDone(dawdling, FAULT_RUNS)).not.toBeNull();
  });

  it('names so much room that with it nothing waits for room any more', () => {
    expect(reliefIsTrue(planTiers)).toBeNull();
    expect(reliefIsTrue(belittling, FAULT_RUNS)).not.toBeNull();
  });

  it('is made of inputs that are worth it: some compact, some wait for each reason', () => {
    const seen = new Set<string>();
    for (const input of fc.sample(inputs, { numRuns: 2000, seed: 1 })) {
      const plan = planTiers(input);
      for (const { why } of plan.waiting) seen.add(why);
      for (const step of plan.steps) seen.add(step.act === 'protect' ? step.why : step.act);
    }
    expect([...seen].sort()).toEqual(
      [
        'compact',
        'mirror',
        'no-room',
        'not-at-hand',
        'not-due',
        'power',
        'quota',
        'reserve',
        'too-few-vaults',
        'verbatim',
        'wanted',
      ].sort(),
    );
  });
});
