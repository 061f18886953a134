import type { Disk } from '../platform/index.ts';
import type { Inventory } from './inventory.ts';
import { findOrphanedSums, numberOfSums } from './left-over.ts';
import type { Vault } from './open.ts';
import { digestStart, JOURNAL_NUMBER_MAX, type JournalFacts } from './read-journal.ts';
import type { AcceptedLoss } from './records.ts';

/** Something that the journals once said and do not say any more. */
export interface Gap extends AcceptedLoss {
  readonly message: string;
}

/** What the journals may not tell of all that was ever acknowledged. */
export interface Gaps {
  /** What no line names is not known to be worthless while there is one of these. */
  readonly gaps: readonly Gap[];
  /** Those that a person accepted. */
  readonly accepted: readonly Gap[];
}

/** Finds why the journals may not tell all; nothing where they do. */
export async function findGaps(disk: Disk, vault: Vault, inventory: Inventory): Promise<Gaps> {
  const found: Gap[] = vault.unreadable.map(({ name, message }) => ({
    path: `journal/${name}`,
    message: `This journal file cannot be read: ${message}`,
  }));
  for (const journal of vault.journals) {
    for (const gap of await gapsOf(disk, vault, journal)) found.push(gap);
  }
  const orphaned = await findOrphanedSums(disk, vault, inventory);
  for (const sums of orphaned) {
    const message =
      'This list names stored files that no journal line names: a journal file is missing. What it said is lost; the stored files are not.';
    found.push({ ...sums, message });
  }
  const isAccepted = (gap: Gap): boolean => vault.ledger.accepted.some((loss) => covers(loss, gap));
  // A list whose loss is accepted says no more which numbers there were.
  const told = new Set(found.filter(isAccepted).map(({ path }) => path));
  for (const { first, last } of missingNumbers(vault, inventory, told)) {
    const path = `journal/${String(first).padStart(6, '0')}`;
    const what =
      first === last
        ? 'This journal file is missing.'
        : `The journal files from this number to ${String(last).padStart(6, '0')} are missing.`;
    const message = `${what} What was said there alone is lost; the stored files themselves are not.`;
    found.push({ path, last, message });
  }
  return {
    gaps: found.filter((gap) => !isAccepted(gap)),
    accepted: found.filter(isAccepted),
  };
}

/** Whether a loss that was accepted is this one, or holds it: more must not have been lost since. */
function covers(loss: AcceptedLoss, gap: Gap): boolean {
  if (gap.last === undefined) return loss.path === gap.path && loss.sha256 === gap.sha256;
  if (loss.last === undefined) return false;
  return firstOf(loss) <= firstOf(gap) && gap.last <= loss.last;
}

function firstOf({ path }: AcceptedLoss): number {
  return Number.parseInt(path.slice('journal/'.length), 10);
}

async function gapsOf(disk: Disk, vault: Vault, journal: JournalFacts): Promise<Gap[]> {
  const { sha256 } = journal;
  const path = `journal/${journal.name}`;
  const gaps: Gap[] = [];
  for (const { line, state } of journal.damage) {
    if (state === 'mended') continue;
    const message = `Line ${line} is lost; only what this line said is affected.`;
    gaps.push({ path, sha256, message });
  }
  if (await isOtherThanSealed(disk, vault, journal)) {
    gaps.push({ path, sha256, message: 'The file is not what its seal says.' });
  }
  return gaps;
}

async function isOtherThanSealed(
  disk: Disk,
  vault: Vault,
  journal: JournalFacts,
): Promise<boolean> {
  if (journal.isSealBroken) return true;
  const closed = vault.ledger.closed.get(journal.name);
  if (journal.seal !== null || closed === undefined) return false;
  // A writer that was slow, not dead, has written more since: what it was closed with must still stand before that.
  const start =
    closed.bytes < journal.wholeBytes
      ? await digestStart(disk, `${vault.root}/journal`, journal, closed.bytes)
      : journal;
  return closed.bytes !== start.wholeBytes || closed.sha256 !== start.sha256;
}

/**
 * Numbers of journal files that were there once: each writer takes the highest one present and adds one, the first file
 * names `fieldvault.json`, and a writer's `SHA256SUMS` files carry its number.
 */
function missingNumbers(vault: Vault, inventory: Inventory, except: ReadonlySet<string>): Range[] {
  const present = [...vault.journals, ...vault.unreadable].map(({ name }) => numberOf(name));
  const isFirstLost = !vault.ledger.files.has('fieldvault.json');
  const isDamagedOnly = vault.unreadable.length > 0 || vault.journals.some(hasLostLine);
  const isFirstThere = present.includes(1) && (!isFirstLost || isDamagedOnly);
  const known = new Set(isFirstThere ? present : present.filter((number) => number !== 1));
  // What lists of digests name was there too, and counts as an end to look for gaps before.
  const ends = [...present, ...sumsNumbers(inventory, except), 1];
  const numbers = [...new Set(ends)]
    .filter((number) => number < JOURNAL_NUMBER_MAX)
    .sort((a, b) => a - b);
  const missing: Range[] = [];
  let next = 1;
  for (const number of numbers) {
    const last = known.has(number) ? number - 1 : number;
    if (next <= last) missing.push({ first: next, last });
    next = number + 1;
  }
  return missing;
}

/** Numbers that follow one another, both ends included. */
interface Range {
  readonly first: number;
  readonly last: number;
}

function numberOf(name: string): number {
  return Number.parseInt(name, 10);
}

function hasLostLine(journal: JournalFacts): boolean {
  return journal.damage.some(({ state }) => state === 'lost');
}

function sumsNumbers(inventory: Inventory, except: ReadonlySet<string>): number[] {
  return [...inventory.values()]
    .filter(({ at }) => !except.has(at))
    .map(({ at }) => numberOfSums(at))
    .filter((one) => one !== null);
}
