import { isScalar } from 'yaml';
import { nearestName, parseQuery, type Query, QueryError } from '../query/index.ts';
import {
  DEFAULT_KEEP,
  type Forms,
  type Keep,
  POLICY_LIMITS,
  type Policy,
  REST,
  type Tier,
  type When,
} from './policy.ts';
import { didYouMean, type Place, PolicyReader } from './policy-reader.ts';
import { parseSpace, SPACE_EXPECTED, type Space } from './space.ts';

const WHENS: readonly When[] = ['at-once', 'session', 'daily', 'idle'];
/** What a mark says that takes another mark back. */
const NO_TIER = 'none';

const FORMS: readonly Forms[] = ['verbatim', 'compact'];
const KEEP_KEYS = ['last', 'daily', 'weekly', 'monthly'] as const;
const TIER_KEYS = [
  'name',
  'where',
  'order',
  'copies',
  'when',
  'forms',
  'quota',
  'reserve',
  'keep',
  'replicas',
  'sync',
] as const;

/**
 * Reads a policy from YAML. What a tier leaves out: `order` is its place in the list, `copies` 1, `when` session, `forms`
 * verbatim, no quota, no reserve, all replicas, `sync` as `order`.
 * @throws PolicyError that names each problem with line, column, path, what was expected and what was probably meant
 */
export function parsePolicy(text: string): Policy {
  const reader = new PolicyReader(text);
  reader.throwProblems();
  const list = reader.fields(reader.root, ['tiers'])?.get('tiers');
  if (list === undefined) {
    if (reader.problems.length === 0) reader.problem(reader.root, 'there is no list of tiers');
    reader.throwProblems();
    return { tiers: [] };
  }
  const places = reader.items(list, 'a list of tiers', POLICY_LIMITS.tiersMax) ?? [];
  const tiers: Tier[] = [];
  for (const [index, place] of places.entries()) {
    const tier = readTier(reader, place, index);
    if (tier === null) continue;
    checkAgainst(reader, place, tier, tiers);
    tiers.push(tier);
  }
  checkWhole(reader, list, tiers);
  reader.throwProblems();
  return { tiers };
}

function readTier(reader: PolicyReader, place: Place, index: number): Tier | null {
  const fields = reader.fields(place, TIER_KEYS);
  if (fields === null) return null;
  const name = readName(reader, place, fields.get('name'));
  const { orderMax, copiesMax } = POLICY_LIMITS;
  const order = readCount(reader, fields.get('order'), [1, orderMax]) ?? index + 1;
  return {
    name,
    where: readWhere(reader, place, fields.get('where'), name),
    order,
    copies: readCount(reader, fields.get('copies'), [1, copiesMax]) ?? 1,
    when: readWord(reader, fields.get('when'), WHENS) ?? 'session',
    forms: readWord(reader, fields.get('forms'), FORMS) ?? 'verbatim',
    quota: readSpace(reader, fields.get('quota')),
    reserve: readSpace(reader, fields.get('reserve')),
    keep: readKeep(reader, fields.get('keep')),
    replicas: readReplicas(reader, fields.get('replicas')),
    sync: readCount(reader, fields.get('sync'), [1, orderMax]) ?? order,
  };
}

function readName(reader: PolicyReader, tier: Place, place: Place | undefined): string {
  const expected = 'a name of at most 32 lower-case letters, digits and "-", a letter first';
  if (place === undefined) {
    reader.problem(tier, 'this tier has no name');
    return '';
  }
  const name = reader.text(place, expected) ?? '';
  if (name !== '' && !/^[a-z][a-z0-9-]{0,31}$/.test(name)) reader.expected(place, expected);
  if (name === NO_TIER)
    reader.problem(place, `"${NO_TIER}" takes a mark back; name the tier otherwise`);
  return name;
}

function readWhere(
  reader: PolicyReader,
  tier: Place,
  place: Place | undefined,
  name: string,
): string | null {
  if (name === REST) {
    if (place !== undefined) {
      reader.problem(place, `"${REST}" takes what fits no other tier and has no "where"`);
    }
    return null;
  }
  if (place === undefined) {
    return reader.problem(tier, `this tier has no "where"; only "${REST}" takes all the rest`);
  }
  const where = reader.text(place, 'a query of the filter language such as rating>=4');
  if (where === null) return null;
  try {
    // Words of dates mean something else each day, but what is understood is the same on all days.
    const query = parseQuery(where, { localMs: 0 });
    if (asksTier(query)) reader.problem(place, 'a "where" makes tiers and cannot ask for one');
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    const message = error.message.replace(/ \(column \d+\)$/, '');
    reader.problem(place, `${message} (column ${error.column} of the query)`, skipIn(place, error));
  }
  return where;
}

/** How far into a place a column of its query lies; 0 where quotes, escapes or line ends shift it. */
function skipIn({ node }: Place, { column }: QueryError): number {
  if (!isScalar(node) || node.type === undefined) return 0;
  const isOneLine = !String(node.value).includes('\n');
  if (!isOneLine || node.type === 'BLOCK_FOLDED' || node.type === 'BLOCK_LITERAL') return 0;
  const quote = node.type === 'PLAIN' ? 0 : 1;
  const [start, end] = node.range ?? [0, 0];
  const isShifted = end - start !== String(node.value).length + 2 * quote;
  return isShifted ? 0 : quote + column - 1;
}

function asksTier(query: Query): boolean {
  switch (query.type) {
    case 'and':
    case 'or':
      return query.parts.some(asksTier);
    case 'not':
      return asksTier(query.part);
    default:
      return query.type === 'text' && query.field === 'tier';
  }
}

function readCount(
  reader: PolicyReader,
  place: Place | undefined,
  [least, most]: readonly [number, number],
): number | null {
  if (place === undefined) return null;
  const expected = `a whole number from ${least} to ${most}`;
  const text = reader.text(place, expected);
  if (text === null) return null;
  const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  return number >= least && number <= most ? number : reader.expected(place, expected);
}

function readWord<T extends string>(
  reader: PolicyReader,
  place: Place | undefined,
  known: readonly T[],
): T | null {
  if (place === undefined) return null;
  const expected = known.join(', ').replace(/, ([^,]+)$/, ' or $1');
  const text = reader.text(place, expected);
  if (text === null) return null;
  const found = known.find((word) => word === text);
  if (found !== undefined) return found;
  const nearest = nearestName(text, known);
  return reader.expected(place, expected + (nearest === null ? '' : ` (${didYouMean(nearest)})`));
}

function readSpace(reader: PolicyReader, place: Place | undefined): Space | null {
  if (place === undefined) return null;
  const expected = `${SPACE_EXPECTED}, or none`;
  const text = reader.text(place, expected);
  if (text === null || text === 'none') return null;
  return parseSpace(text) ?? reader.expected(place, expected);
}

function readKeep(reader: PolicyReader, place: Place | undefined): Keep {
  const fields = place === undefined ? null : reader.fields(place, KEEP_KEYS);
  if (fields === null) return DEFAULT_KEEP;
  const count = (key: keyof Keep): number | null =>
    readCount(reader, fields.get(key), [key === 'last' ? 1 : 0, POLICY_LIMITS.keepMax]);
  return {
    last: count('last') ?? 1,
    daily: count('daily') ?? 0,
    weekly: count('weekly') ?? 0,
    monthly: count('monthly') ?? 0,
  };
}

function readReplicas(reader: PolicyReader, place: Place | undefined): Tier['replicas'] {
  if (place === undefined || (isScalar(place.node) && place.node.value === 'all')) return 'all';
  const { replicasMax, replicaLabelMax } = POLICY_LIMITS;
  const items = reader.items(place, 'all, or a list of labels or ids of vaults', replicasMax);
  if (items === null) return 'all';
  if (items.length === 0) reader.problem(place, 'a tier that goes to no vault is not protected');
  const labels: string[] = [];
  for (const item of items) {
    const expected = `the label or id of a vault, at most ${replicaLabelMax} characters`;
    const label = reader.text(item, expected);
    if (label === null) continue;
    if (label.length > replicaLabelMax) reader.expected(item, expected);
    else if (label === 'all') reader.problem(item, '"all" stands alone, not in a list');
    else if (labels.includes(label)) reader.problem(item, `"${label}" stands here twice`);
    else labels.push(label);
  }
  return labels;
}

function checkAgainst(
  reader: PolicyReader,
  place: Place,
  tier: Tier,
  before: readonly Tier[],
): void {
  const { name, order } = tier;
  if (before.some((other) => other.name === name && name !== '')) {
    reader.problem(place, `there is a tier "${name}" already`);
  }
  const same = before.find((other) => other.order === order);
  if (same === undefined) return;
  reader.problem(place, `"${name}" and "${same.name}" both have order ${order}; one comes first`);
}

function checkWhole(reader: PolicyReader, list: Place, tiers: readonly Tier[]): void {
  if (reader.problems.length > 0) return;
  if (!tiers.some(({ name }) => name === REST)) {
    reader.problem(
      list,
      `there is no tier "${REST}"; it takes what fits no other and needs no key`,
    );
  }
  for (const { name, copies, replicas } of tiers) {
    if (replicas === 'all' || replicas.length >= copies) continue;
    reader.problem(list, `"${name}" wants ${copies} copies, but goes to ${replicas.length} vaults`);
  }
  const shares = tiers.map(({ reserve }) => (reserve?.kind === 'share' ? reserve.percent : 0));
  const sum = shares.reduce((total, percent) => total + percent, 0);
  if (sum > 100) reader.problem(list, `the reserves come to ${sum}% of a vault`);
}
