import { FieldVaultError } from '../base/index.ts';
import { type Now, parseQuery, type Query, QueryError } from '../query/index.ts';

/** What a person wants said of the frames that fit: a tier, a label, or both. */
export interface CullRule {
  /** In the filter language; `CullWords:*soft*` and the like ask for what culling saw. */
  readonly where: string;
  readonly tier: string | null;
  readonly label: string | null;
}

/** A rule, ready to be asked. */
export interface ReadyRule extends CullRule {
  readonly query: Query;
}

/**
 * Understands `<query> => tier:<name>` and `<query> => label:<name>`, or both behind the arrow.
 * @throws FieldVaultError BAD_USAGE
 */
export function parseCullRule(text: string): CullRule {
  const arrow = text.lastIndexOf('=>');
  const where = text.slice(0, arrow).trim();
  const said = text.slice(arrow + 2);
  const tier = /\btier:("[^"]+"|\S+)/.exec(said)?.[1]?.replaceAll('"', '') ?? null;
  const label = /\blabel:("[^"]+"|\S+)/.exec(said)?.[1]?.replaceAll('"', '') ?? null;
  if (arrow > 0 && where !== '' && (tier !== null || label !== null)) return { where, tier, label };
  throw new FieldVaultError(
    'BAD_USAGE',
    `"${text}" is no rule. Say what frames, an arrow, and a tier or label, as 'rating>=4 => tier:select' or 'CullWords:*soft* => label:Red'. Nothing was changed.`,
    { details: { rule: text } },
  );
}

/**
 * Makes rules ready to be asked.
 * @param tiers names of the policy's tiers
 * @throws FieldVaultError BAD_USAGE
 */
export function readyRules(
  rules: readonly CullRule[],
  tiers: readonly string[],
  now: Now,
): ReadyRule[] {
  return rules.map((rule) => {
    if (rule.tier !== null && !tiers.includes(rule.tier)) {
      throw badRule(rule, `the policy in force has no tier "${rule.tier}"`);
    }
    try {
      return { ...rule, query: parseQuery(rule.where, now) };
    } catch (error) {
      if (error instanceof QueryError) throw badRule(rule, error.message);
      throw error;
    }
  });
}

function badRule({ where }: CullRule, why: string): FieldVaultError {
  return new FieldVaultError(
    'BAD_USAGE',
    `The rule "${where}" is not understood: ${why}. Nothing was changed.`,
    { details: { rule: where } },
  );
}
