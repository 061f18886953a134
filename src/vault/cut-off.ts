import type { World } from '../platform/index.ts';
import { isLiveJournal } from './leases.ts';
import type { Vault } from './open.ts';
import { type JournalFacts, listJournals, readJournal } from './read-journal.ts';

/** The other writers of a vault, as their journal files are at this moment. */
export interface OtherWriters {
  /** Unsealed files of writers that are no more, whole lines of them durable. */
  readonly cutOff: readonly JournalFacts[];
  /** Writers whose unfinished files nobody needs: they ended, or were cut off. */
  readonly ended: ReadonlySet<string>;
}

/**
 * Looks who else wrote, and makes what was read of unsealed files durable: a process that was killed leaves lines that
 * are seen before they are on the medium, and whatever is built on them would be lost with them.
 * @param writer the one that asks
 */
export async function readOtherWriters(
  world: World,
  vault: Vault,
  writer: string,
): Promise<OtherWriters> {
  const folder = `${vault.root}/journal`;
  const known = new Map(vault.journals.map((journal) => [journal.name, journal]));
  const unreadable = new Set(vault.unreadable.map((journal) => journal.name));
  const cutOff: JournalFacts[] = [];
  const ended = new Set<string>();
  for (const name of await listJournals(world.disk, folder)) {
    if (name.writer === writer || unreadable.has(name.name)) continue;
    if (known.get(name.name)?.seal || vault.ledger.closed.has(name.name)) {
      ended.add(name.writer);
      continue;
    }
    await world.disk.syncFile(`${folder}/${name.file}`);
    const journal = await readJournal(world.disk, folder, name, () => {});
    if (isLiveJournal(world, vault.ledger, journal)) continue;
    ended.add(name.writer);
    if (journal.seal === null) cutOff.push(journal);
  }
  return { cutOff, ended };
}

/**
 * Unfinished files of writers that are no more: the next prune removes them. A writer that still works, or whose journal
 * file tells nothing, keeps its own.
 * @returns places in `incoming/`
 */
export async function findUnfinished(world: World, vault: Vault): Promise<string[]> {
  const { disk } = world;
  const ended = new Set<string>();
  const known = new Map(vault.journals.map((journal) => [journal.name, journal]));
  for (const { name, writer } of await listJournals(disk, `${vault.root}/journal`)) {
    const journal = known.get(name);
    if (journal !== undefined && !isLiveJournal(world, vault.ledger, journal)) ended.add(writer);
  }
  const unfinished: string[] = [];
  for (const folder of await disk.listFolder(`${vault.root}/incoming`)) {
    if (!ended.has(folder.name)) continue;
    const parts = await disk.listFolder(`${vault.root}/incoming/${folder.name}`);
    for (const { name } of parts) unfinished.push(`incoming/${folder.name}/${name}`);
  }
  return unfinished;
}
