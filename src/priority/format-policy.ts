import type { Policy, Tier } from './policy.ts';
import { formatSpace } from './space.ts';

const HEAD = `# Tiers: the first whose "where" fits a frame takes it; "general" takes the rest. Order 1 is the most precious.
# when: at-once, session, daily, idle      forms: verbatim, compact      quota, reserve: 20GB, 25%, none
# keep: versions of sidecars and catalogs; captures are always kept.
`;

/** Writes a policy as YAML with every key, so that `parsePolicy` reads the same again. */
export function formatPolicy({ tiers }: Policy): string {
  return `${HEAD}tiers:\n${tiers.map(tierText).join('')}`;
}

function tierText(tier: Tier): string {
  const { last, daily, weekly, monthly } = tier.keep;
  const replicas =
    tier.replicas === 'all' ? 'all' : `[${tier.replicas.map((label) => quoted(label)).join(', ')}]`;
  const lines = [
    `name: ${tier.name}`,
    ...(tier.where === null ? [] : [`where: ${plainOr(tier.where)}`]),
    `order: ${tier.order}`,
    `copies: ${tier.copies}`,
    `when: ${tier.when}`,
    `forms: ${tier.forms}`,
    `quota: ${tier.quota === null ? 'none' : formatSpace(tier.quota)}`,
    `reserve: ${tier.reserve === null ? 'none' : formatSpace(tier.reserve)}`,
    `keep: { last: ${last}, daily: ${daily}, weekly: ${weekly}, monthly: ${monthly} }`,
    `replicas: ${replicas}`,
    `sync: ${tier.sync}`,
  ];
  return `  - ${lines.join('\n    ')}\n`;
}

/** A query as it is where YAML takes it for nothing else (1.2.2 section 7.3.3: no `: `, no ` #`, no sign at its start). */
function plainOr(text: string): string {
  const isPlain = /^[a-z][a-z0-9 _.:<>=!*/()"-]*$/i.test(text) && !/:(?: |$)| $/.test(text);
  return isPlain ? text : quoted(text);
}

/** JSON's strings are YAML's, double-quoted (1.2.2 section 7.3.1). */
function quoted(text: string): string {
  return JSON.stringify(text);
}
