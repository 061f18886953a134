import { burstHintOf } from '../analysis/index.ts';
import { mapPool } from '../base/index.ts';
import {
  compareFacts,
  type FullRecord,
  factsOfRecord,
  type QuickFacts,
  type RecordReader,
  roleOf,
} from '../metadata/index.ts';
import type { World } from '../platform/index.ts';
import { readFacts, type Vault } from '../vault/index.ts';
import type { FullFacts, LookFacts } from './kept.ts';
import { type Learning, tellTrouble, whileLearning } from './learning.ts';
import { type Unlearned, unlearnedOf } from './unlearned.ts';

/** Records that are asked for at the same time; the reader has fewer processes and queues the rest. */
const ASKED_AT_ONCE = 16;

/** The captures whose full record was not read yet; none where no other program can reach them. */
export function recordsToLearn(
  vaults: readonly Vault[],
  { disk }: Pick<World, 'disk'>,
  hasOwnReader: boolean,
): Unlearned[] {
  const isReachable = (place: string): boolean => hasOwnReader || disk.localPath(place) !== null;
  const wanted = unlearnedOf(vaults, 'full', (path) => roleOf(path) === 'capture');
  return wanted.filter(({ place }) => isReachable(place));
}

/** Reads full records, compares them with what was seen at first; returns how many were read. */
export async function learnRecords(
  world: Pick<World, 'disk'>,
  learning: Learning,
  files: readonly Unlearned[],
  reader: RecordReader,
): Promise<number> {
  let count = 0;
  await recallQuickFacts(world, learning, files);
  const asked = mapPool(ASKED_AT_ONCE, whileLearning(learning, files), async (file) => ({
    file,
    outcome: await reader.read(file.place),
  }));
  for await (const { file, outcome } of asked) {
    if (outcome.state === 'read') {
      count += 1;
      await learning.keeper.keep('record', file.blob, outcome.record);
      const facts = fullFactsOf(outcome.record, learning.quick.get(file.blob) ?? null);
      await learning.keeper.keep('full', file.blob, facts);
      if (facts.disagreements.length > 0) tellDisagreement(learning, file, facts.disagreements);
    } else {
      const trouble = outcome.reason;
      await learning.keeper.keep('full', file.blob, { ...NOTHING, trouble });
      tellTrouble(learning, file, trouble);
    }
    learning.onDone();
  }
  return count;
}

/** Pictures that were looked at in an earlier run, which was cut off before their records. */
async function recallQuickFacts(
  world: Pick<World, 'disk'>,
  { vaults, quick }: Learning,
  files: readonly Unlearned[],
): Promise<void> {
  const missing = new Set(files.map(({ blob }) => blob).filter((blob) => !quick.has(blob)));
  for (const vault of missing.size > 0 ? vaults : []) {
    for await (const { blob, facts } of readFacts(world, vault, 'look')) {
      const seen = (facts as LookFacts).quick;
      if (missing.has(blob) && seen !== null) quick.set(blob, seen);
    }
  }
}

const NOTHING: FullFacts = {
  facts: null,
  hint: null,
  contentIdentifier: null,
  focusDistance: null,
  disagreements: [],
  trouble: null,
};

function fullFactsOf(record: FullRecord, quick: QuickFacts | null): FullFacts {
  const facts = factsOfRecord(record);
  return {
    ...NOTHING,
    facts,
    hint: burstHintOf(record.tags),
    contentIdentifier: textOf(record, 'ContentIdentifier') ?? textOf(record, 'MediaGroupUUID'),
    focusDistance: numberOf(record, 'FocusDistance'),
    disagreements: quick === null ? [] : compareFacts(quick, facts),
  };
}

function textOf(record: FullRecord, name: string): string | null {
  const value = tagOf(record, name);
  return typeof value === 'string' && value !== '' ? value : null;
}

function numberOf(record: FullRecord, name: string): number | null {
  const value = tagOf(record, name);
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** A tag whatever its group. */
function tagOf({ tags }: FullRecord, name: string): unknown {
  const key = Object.keys(tags).find((known) => known.endsWith(`:${name}`));
  return key === undefined ? undefined : tags[key];
}

function tellDisagreement(
  { issues }: Learning,
  { path }: Unlearned,
  disagreements: readonly string[],
): void {
  issues.add(
    'METADATA_DISAGREES',
    path,
    `Two readers understand the metadata of this file differently: ${disagreements.join('; ')}. Both records are kept; the file itself is protected bit for bit.`,
  );
}
