import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  DEFAULT_POLICY,
  formatPolicy,
  POLICY_LIMITS,
  type Policy,
  PolicyError,
  parsePolicy,
  type Space,
  type Tier,
} from './index.ts';

const GENERAL = '  - name: general\n';

function problems(text: string): string[] {
  try {
    parsePolicy(text);
    return [];
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    return error.message.split('\n');
  }
}

describe('parsePolicy()', () => {
  it('reads what a person writes, and fills in what was left out', () => {
    const policy = parsePolicy(`# for the delta
tiers:
  - name: select
    where: rating>=4 or label:red   # mine
    copies: 3
    when: at-once
    reserve: 20GB
    replicas: [ssd, studio, "bank vault"]
  - name: film
    where: 'has:video'
    order: 9
    quota: 12.5%
    forms: compact
    keep: {last: 3, weekly: 2}
  - name: general
    order: 5
`);
    expect(policy.tiers.map(({ name, order, sync }) => [name, order, sync])).toEqual([
      ['select', 1, 1],
      ['film', 9, 9],
      ['general', 5, 5],
    ]);
    expect(policy.tiers[0]).toMatchObject({
      where: 'rating>=4 or label:red',
      copies: 3,
      when: 'at-once',
      forms: 'verbatim',
      quota: null,
      reserve: { kind: 'bytes', bytes: 20e9 },
      replicas: ['ssd', 'studio', 'bank vault'],
    });
    expect(policy.tiers[1]).toMatchObject({
      forms: 'compact',
      quota: { kind: 'share', percent: 12.5 },
      keep: { last: 3, daily: 0, weekly: 2, monthly: 0 },
      replicas: 'all',
    });
    expect(policy.tiers[2]).toMatchObject({ where: null, copies: 1, when: 'session' });
  });

  it.each([
    ['', 'line 1, column 1: expected a map with tiers, found nothing'],
    ['tiers: 3', 'line 1, column 8: tiers: expected a list of tiers, found "3"'],
    ['tier:\n', 'line 1, column 1: there is no key "tier"; did you mean "tiers"?'],
    ['tiers: [', 'line 1, column 9: this is no YAML'],
    ['tiers: &a\n  - *a\n', 'tiers[0]: expected a map with name'],
    ['tiers: []\n', 'line 1, column 8: tiers: there is no tier "general"'],
    [
      `tiers:\n  - name: select\n    where: rating>=4\n    copys: 2\n${GENERAL}`,
      'line 4, column 5: tiers[0]: there is no key "copys"; did you mean "copies"?',
    ],
    [
      `tiers:\n  - name: select\n    where: rating>=4\n    copies: two\n${GENERAL}`,
      'line 4, column 13: tiers[0].copies: expected a whole number from 1 to 9, found "two"',
    ],
    [
      `tiers:\n  - name: select\n    where: rating>=4\n    copies: 0\n${GENERAL}`,
      'tiers[0].copies: expected a whole number from 1 to 9, found "0"',
    ],
    [
      `tiers:\n  - name: select\n    where: rating>=4 ratng=1\n${GENERAL}`,
      'line 3, column 22: tiers[0].where: there is no field "ratng"; did you mean "rating"?',
    ],
    [
      `tiers:\n  - name: select\n    where: "rating>=4 ratng=1"\n${GENERAL}`,
      'line 3, column 23: tiers[0].where: there is no field "ratng"',
    ],
    [
      `tiers:\n  - name: select\n    where: not tier:reject\n${GENERAL}`,
      'line 3, column 12: tiers[0].where: a "where" makes tiers and cannot ask for one',
    ],
    [
      `tiers:\n  - name: select\n${GENERAL}`,
      'line 2, column 5: tiers[0]: this tier has no "where"',
    ],
    [
      'tiers:\n  - name: general\n    where: iso>1\n',
      'line 3, column 12: tiers[0].where: "general" takes what fits no other tier',
    ],
    [`tiers:\n  - where: iso>1\n${GENERAL}`, 'tiers[0]: this tier has no name'],
    [
      `tiers:\n  - name: Best Of\n    where: iso>1\n${GENERAL}`,
      'tiers[0].name: expected a name of at most 32 lower-case letters',
    ],
    [
      `tiers:\n  - name: a\n    where: iso>1\n    when: at once\n${GENERAL}`,
      'tiers[0].when: expected at-once, session, daily or idle (did you mean "at-once"?)',
    ],
    [
      `tiers:\n  - name: a\n    where: iso>1\n    quota: 20\n${GENERAL}`,
      'tiers[0].quota: expected a size such as 20GB, or a share of the vault such as 25%, or none',
    ],
    [
      `tiers:\n  - name: a\n    where: iso>1\n    reserve: 120%\n${GENERAL}`,
      'tiers[0].reserve: expected a size',
    ],
    [
      `tiers:\n  - name: a\n    where: iso>1\n    keep: {last: 0}\n${GENERAL}`,
      'tiers[0].keep.last: expected a whole number from 1 to 10000, found "0"',
    ],
    [
      `tiers:\n  - name: a\n    where: iso>1\n    keep: {hourly: 1}\n${GENERAL}`,
      'tiers[0].keep: there is no key "hourly"; there are last, daily, weekly, monthly',
    ],
    [
      `tiers:\n  - name: a\n    where: iso>1\n    replicas: []\n${GENERAL}`,
      'tiers[0].replicas: a tier that goes to no vault is not protected',
    ],
    [
      `tiers:\n  - name: a\n    where: iso>1\n    replicas: [x, x]\n${GENERAL}`,
      'tiers[0].replicas[1]: "x" stands here twice',
    ],
    [
      `tiers:\n  - name: a\n    where: iso>1\n    copies: 2\n    replicas: [x]\n${GENERAL}`,
      '"a" wants 2 copies, but goes to 1 vaults',
    ],
    [
      `tiers:\n  - name: a\n    where: iso>1\n    order: 2\n${GENERAL}`,
      'line 5, column 5: tiers[1]: "general" and "a" both have order 2',
    ],
    [`tiers:\n${GENERAL}${GENERAL}`, 'there is a tier "general" already'],
    [
      `tiers:\n  - name: none\n    where: rating>1\n    order: 1\n${GENERAL}`,
      '"none" takes a mark back',
    ],
    ['tiers:\n  - name: general\n    name: x\n', 'this is no YAML: Map keys must be unique'],
    [`tiers: ${'['.repeat(3000)}`, 'nested too deep'],
    [' '.repeat(POLICY_LIMITS.textMax + 1), 'a policy has at most 65536 characters'],
  ])('refuses %j and says where and why', (text, message) => {
    expect(problems(text).join('\n')).toContain(message);
  });

  it('names everything that is wrong at once, in the order of the text', () => {
    const text = `tiers:\n  - name: a\n    wher: iso>1\n    copies: x\n    forms: raw\n${GENERAL}`;
    expect(problems(text).map((line) => line.split(':')[0])).toEqual([
      'line 2, column 5',
      'line 3, column 5',
      'line 4, column 13',
      'line 5, column 12',
    ]);
  });

  it('refuses reserves that come to more than there is, and tells no more problems than a page holds', () => {
    const tier = (name: string): string => `  - {name: ${name}, where: iso>1, reserve: 60%}\n`;
    expect(problems(`tiers:\n${tier('a')}${tier('b')}${GENERAL}`).join()).toContain('120%');
    const many = `tiers:\n${'  - x\n'.repeat(POLICY_LIMITS.tiersMax + 5)}`;
    expect(problems(many)).toHaveLength(POLICY_LIMITS.problemsMax);
  });
});

describe('formatPolicy()', () => {
  it('writes the default policy so that it is read as the same', () => {
    expect(parsePolicy(formatPolicy(DEFAULT_POLICY))).toEqual(DEFAULT_POLICY);
    expect(formatPolicy(DEFAULT_POLICY)).toContain('where: rating>=4 or pick=1\n');
  });

  it('writes any policy so that it is read as the same', () => {
    fc.assert(
      fc.property(policies, (policy) => {
        expect(parsePolicy(formatPolicy(policy))).toEqual(policy);
      }),
    );
  });

  it('would be caught if it wrote queries and labels as they are', () => {
    const careless = (policy: Policy): string => formatPolicy(policy).replaceAll(/[\\"]/g, '');
    const run = fc.check(
      fc.property(policies, (policy) => {
        expect(parsePolicy(careless(policy))).toEqual(policy);
      }),
    );
    expect(run.failed).toBe(true);
  });
});

describe('parsePolicy() and any text', () => {
  const pieces = fc.constantFrom(
    'tiers:',
    '\n  - ',
    '\n    ',
    'name: ',
    'general',
    'where: ',
    'rating>=4',
    'keep: {',
    'last: ',
    '}',
    '[',
    ']',
    '"',
    '&a ',
    '*a',
    '!!str ',
    '? ',
    ': ',
    '- ',
    '|\n',
    '---\n',
    '%YAML 1.1\n',
    '<<: ',
    '\t',
    '#',
    '2',
    '20GB',
  );
  it('reads it, or says what is wrong at a place that is there; nothing else is ever thrown', () => {
    const texts = fc.oneof(
      fc
        .array(fc.oneof(pieces, fc.string({ unit: 'binary', maxLength: 3 })))
        .map((a) => a.join('')),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const lines = text.split('\n').length;
        try {
          const policy = parsePolicy(text);
          expect(parsePolicy(formatPolicy(policy))).toEqual(policy);
        } catch (error) {
          if (!(error instanceof PolicyError)) throw error;
          expect(error.problems.length).toBeGreaterThan(0);
          for (const { line, column } of error.problems) {
            expect(line).toBeGreaterThanOrEqual(1);
            expect(line).toBeLessThanOrEqual(lines);
            expect(column).toBeGreaterThanOrEqual(1);
          }
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('never takes a damaged policy for another one without a word about what it does not know', () => {
    const text = formatPolicy(DEFAULT_POLICY);
    const keys = new Set(Object.keys(DEFAULT_POLICY.tiers[0] ?? {}));
    fc.assert(
      fc.property(
        fc.nat(text.length),
        fc.string({ unit: 'binary', maxLength: 2 }),
        (at, planted) => {
          const hurt = text.slice(0, at) + planted + text.slice(at + 1);
          try {
            for (const tier of parsePolicy(hurt).tiers) {
              expect(Object.keys(tier).every((key) => keys.has(key))).toBe(true);
              expect(tier.copies).toBeGreaterThan(0);
              expect(tier.keep.last).toBeGreaterThan(0);
            }
          } catch (error) {
            if (!(error instanceof PolicyError)) throw error;
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

const spaces: fc.Arbitrary<Space | null> = fc.option(
  fc.oneof(
    fc.integer({ min: 1, max: 1e14 }).map((bytes) => ({ kind: 'bytes', bytes }) as const),
    fc.integer({ min: 1, max: 100 }).map((percent) => ({ kind: 'share', percent }) as const),
  ),
);
const counts = fc.integer({ min: 1, max: POLICY_LIMITS.keepMax });
const labels = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 20 })
  .filter((label) => label !== 'all');
const wheres = fc.oneof(
  fc.constantFrom('rating>=4 or pick=1', '-label:red', 'keyword:"white # rhino: 1"', 'date:today'),
  fc.string({ unit: 'binary', minLength: 1 }).map((text) => `keyword:${JSON.stringify(text)}`),
);
const tiers: fc.Arbitrary<Omit<Tier, 'name' | 'order'>> = fc.record({
  where: wheres,
  copies: fc.integer({ min: 1, max: 3 }),
  when: fc.constantFrom('at-once', 'session', 'daily', 'idle'),
  forms: fc.constantFrom('verbatim', 'compact'),
  quota: spaces,
  reserve: spaces.filter((space) => space?.kind !== 'share' || space.percent <= 10),
  keep: fc.record({ last: counts, daily: counts, weekly: counts, monthly: counts }),
  replicas: fc.oneof(
    fc.constant('all' as const),
    fc.uniqueArray(labels, { minLength: 3, maxLength: 4 }),
  ),
  sync: fc.integer({ min: 1, max: POLICY_LIMITS.orderMax }),
});
const policies: fc.Arbitrary<Policy> = fc
  .tuple(fc.array(tiers, { minLength: 1, maxLength: 8 }), fc.nat(7))
  .map(([list, at]) => {
    const rest = at % list.length;
    const named = list.map((tier, index) => ({
      ...tier,
      name: index === rest ? 'general' : `tier-${index}`,
      where: index === rest ? null : tier.where,
      order: list.length - index,
    }));
    return { tiers: named };
  });
