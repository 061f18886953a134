import { FieldVaultError } from '../base/index.ts';
import type { World } from '../platform/index.ts';
import {
  DEFAULT_POLICY,
  formatPolicy,
  lastMarks,
  type Mark,
  type Moment,
  type Policy,
  PolicyError,
  parsePolicy,
  type Tier,
  tierOf,
  tierRules,
} from '../priority/index.ts';
import type { FrameFacts } from '../query/index.ts';
import type { Vault } from '../vault/index.ts';

/** The policy that a vault's tiers are told by. */
export interface PolicyInForce {
  readonly policy: Policy;
  /** YAML, as it was set; of the default policy with every key. */
  readonly text: string;
  /** When and by whom it was set; null: none ever was, and the default holds. */
  readonly set: { readonly time: string; readonly who: string | null } | null;
}

/**
 * The policy in force: the newest that was set, else the default.
 * @throws FieldVaultError UNSUPPORTED_FORMAT where a newer FieldVault set one that this one does not understand
 */
export function policyOf({ ledger }: Vault): PolicyInForce {
  const record = ledger.policy;
  if (record === null) {
    return { policy: DEFAULT_POLICY, text: formatPolicy(DEFAULT_POLICY), set: null };
  }
  const { text, time, who } = record;
  try {
    return { policy: parsePolicy(text), text, set: { time, who: who ?? null } };
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    throw new FieldVaultError(
      'UNSUPPORTED_FORMAT',
      `The policy of this vault is not understood (${error.message}). Nothing was changed; use a newer FieldVault, or set another policy.`,
      { cause: error },
    );
  }
}

/** Every mark of a vault, in the order they were written. */
export function marksOf({ ledger }: Vault): Mark[] {
  return ledger.marks.flatMap(({ frames, tier, who, time }, sequence) => {
    const timeMs = Date.parse(time) || 0;
    return frames.map(({ id }) => ({ frame: id, tier, who, timeMs, sequence }));
  });
}

/** This moment, with the local time that date words of a policy are told in. */
export function momentOf({ clock }: Pick<World, 'clock'>): Moment {
  const timeMs = clock.nowMs();
  return { timeMs, offsetMinutes: clock.offsetMinutes(timeMs) };
}

/** Tells the tiers of a vault's frames. */
export interface Tiers {
  readonly rules: ReturnType<typeof tierRules>;
  of(facts: FrameFacts): Tier;
}

/** Makes the policy and the marks of a vault ready to be asked; throws as {@link policyOf}. */
export function tiersOf(world: Pick<World, 'clock'>, vault: Vault): Tiers {
  const { timeMs, offsetMinutes } = momentOf(world);
  const rules = tierRules(policyOf(vault).policy, { localMs: timeMs + offsetMinutes * 60_000 });
  const marks = lastMarks(marksOf(vault));
  return { rules, of: (facts) => tierOf(facts, rules, marks).tier };
}

/** As {@link tiersOf}; null where the policy is not understood: frames can be found all the same. */
export function knownTiersOf(world: Pick<World, 'clock'>, vault: Vault): Tiers | null {
  try {
    return tiersOf(world, vault);
  } catch (error) {
    if (error instanceof FieldVaultError) return null;
    throw error;
  }
}
