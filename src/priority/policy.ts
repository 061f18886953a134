import type { Space } from './space.ts';

/** When frames of a tier are protected: as they arrive, in every session, once a day, or when nothing else is to do. */
export type When = 'at-once' | 'session' | 'daily' | 'idle';

/** What forms originals of a tier may have: exactly the camera's bytes only, or compacted ones too. */
export type Forms = 'verbatim' | 'compact';

/** How many versions of sidecars and catalogs are kept: the last ones, and the last one of so many days, weeks, months. */
export interface Keep {
  /** At least 1: the newest is always kept. */
  readonly last: number;
  readonly daily: number;
  readonly weekly: number;
  readonly monthly: number;
}

/** One tier of a policy. */
export interface Tier {
  /** Lower-case letters, digits and `-`; begins with a letter. */
  readonly name: string;
  /** Which frames belong to it, in the filter language; null for `general`, which takes what fits no other. */
  readonly where: string | null;
  /** How precious: 1 comes first. No two tiers have the same. */
  readonly order: number;
  /** On how many distinct vaults a frame is wanted. */
  readonly copies: number;
  readonly when: When;
  readonly forms: Forms;
  /** How much of a vault its frames may take; null: all of it. */
  readonly quota: Space | null;
  /** How much of a vault less precious tiers leave free; null: nothing. */
  readonly reserve: Space | null;
  readonly keep: Keep;
  /** Labels or ids of the vaults it goes to. */
  readonly replicas: readonly string[] | 'all';
  /** Which tier is synced first: 1 before 2; where it is the same, `order` decides. */
  readonly sync: number;
}

/** What is precious and what that means. Its tiers stand in the order in which they are tried: the first that fits wins. */
export interface Policy {
  readonly tiers: readonly Tier[];
}

/** The tier of every frame that fits no other; each policy has it, and it has no `where`. */
export const REST = 'general';

/** What a policy may not exceed. */
export const POLICY_LIMITS = {
  /** Text of a policy, UTF-16 units. */
  textMax: 65_536,
  tiersMax: 32,
  orderMax: 1000,
  copiesMax: 9,
  keepMax: 10_000,
  replicasMax: 32,
  replicaLabelMax: 200,
  /** Problems that are told at once. */
  problemsMax: 20,
} as const;

/** How many versions are kept where a tier does not say. */
export const DEFAULT_KEEP: Keep = { last: 10, daily: 14, weekly: 8, monthly: 24 };

const COMMON = {
  copies: 2,
  when: 'session',
  quota: null,
  reserve: null,
  keep: DEFAULT_KEEP,
  replicas: 'all',
} as const;

/**
 * The policy of a vault that was given none: what a person chose goes first, twice, and stays verbatim; what was rejected
 * goes last. It refuses nothing any place: there are no quotas and no reserves.
 */
export const DEFAULT_POLICY: Policy = {
  tiers: [
    {
      ...COMMON,
      name: 'select',
      where: 'rating>=4 or pick=1',
      order: 1,
      when: 'at-once',
      forms: 'verbatim',
      sync: 1,
    },
    { ...COMMON, name: 'keeper', where: 'rating>=1', order: 2, forms: 'compact', sync: 2 },
    {
      ...COMMON,
      name: 'reject',
      where: 'rating=-1 or pick=-1',
      order: 4,
      copies: 1,
      forms: 'compact',
      sync: 4,
    },
    { ...COMMON, name: REST, where: null, order: 3, copies: 1, forms: 'compact', sync: 3 },
  ],
};

/** The tiers of a policy, the most precious first. */
export function byOrder({ tiers }: Policy): readonly Tier[] {
  return tiers.toSorted((a, b) => a.order - b.order);
}
