import { messageOf } from '../base/index.ts';
import type { World } from '../platform/index.ts';
import { ensureFolder } from '../store/index.ts';
import { type FactsRecord, type Ledger, splitPlace } from '../vault/index.ts';
import { copyFiles } from './copy-files.ts';
import { NAMING_TASK } from './copy-task.ts';
import type { Transfer } from './transfer.ts';

/** Files of facts that tell of a blob what the other vault does not know, or knows from an older version. */
export function missingFacts(from: Ledger, to: Ledger): FactsRecord[] {
  if (from.facts.size === 0) return [];
  const known = new Map<string, number>();
  for (const { holds, version, blobs } of to.facts.values()) {
    for (const digits of blobs) {
      const key = `${holds} ${digits}`;
      known.set(key, Math.max(version, known.get(key) ?? version));
    }
  }
  return [...from.facts.values()].filter(({ holds, version, blobs }) => {
    const versions = blobs.map((digits) => known.get(`${holds} ${digits}`) ?? -1);
    // A file replaces all that was said of its blobs: one that is older in any of them would undo what is newer.
    return versions.some((one) => one < version) && !versions.some((one) => one > version);
  });
}

/** Copies files of facts; what cannot be copied is learned again some day. */
export async function transferFacts(
  world: World,
  transfer: Transfer,
  records: readonly FactsRecord[],
): Promise<number> {
  let bytes = 0;
  for (const record of records) {
    if (transfer.stop.isRaised) break;
    try {
      if (await copyFacts(world, transfer, record)) bytes += record.size;
    } catch (error) {
      const message = `What was learned there could not be brought over (${messageOf(error)}); it can be learned again.`;
      transfer.issues.add('NOT_LEARNED', record.at, message);
    }
  }
  return bytes;
}

async function copyFacts(
  world: World,
  { from, to, stop, pace, partials }: Transfer,
  record: FactsRecord,
): Promise<boolean> {
  const part = partials.pathOf(record.sha256, to.writer.id);
  const file = {
    source: `${from.vault.root}/${record.at}`,
    part,
    earlier: partials.find(record.sha256),
    sha256: record.sha256,
    sizeBytes: record.size,
  };
  const [outcome] = await copyFiles(world.disk, [file], {
    stop: stop.memory,
    syncEveryBytes: 8_388_608,
    onBytes: (count) => pace.count(count),
    pace: (count) => pace.wait(count, () => stop.isRaised),
  });
  if (outcome?.state === 'stopped') return false;
  if (outcome?.state !== 'copied') throw new Error(outcome?.state ?? 'lost');
  await ensureFolder(world.disk, `${to.vault.root}/facts`);
  for (let ordinal = 1; ; ordinal += 1) {
    const at = ordinal === 1 ? record.at : withOrdinal(record.at, ordinal);
    const folder = `${to.vault.root}/${splitPlace(at).folder}`;
    const { states } = await world.workers.run(NAMING_TASK, {
      files: [{ part, target: `${to.vault.root}/${at}` }],
      folders: [folder, `${to.vault.root}/incoming/sync`],
    });
    if (states[0] !== 'published') continue;
    await to.commit([{ ...record, at }]);
    await partials.forget(world.disk, record.sha256);
    return true;
  }
}

function withOrdinal(at: string, ordinal: number): string {
  const { folder, name } = splitPlace(at);
  const dot = name.indexOf('.');
  return `${folder}/${name.slice(0, dot)}-${ordinal}${name.slice(dot)}`;
}
