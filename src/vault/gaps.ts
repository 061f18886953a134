import type { Disk } from '../platform/index.ts';
import type { Inventory } from './inventory.ts';
import { findOrphanedSums, numberOfSums } from './left-over.ts';
import type { Vault } from './open.ts';
import { digestStart, JOURNAL_NUMBER_MAX, type JournalFacts } from './read-journal.ts';

/** Something that the journals once said and do not say any more. */
export interface Gap {
  /** Path inside the vault. */
  readonly path: string;
  readonly message: string;
}

/**
 * Why the journals may not tell all that was ever acknowledged; empty where they do. What no line names is then not
 * known to be worthless.
 */
export async function findGaps(disk: Disk, vault: Vault, inventory: Inventory): Promise<Gap[]> {
  const gaps: Gap[] = vault.unreadable.map(({ name, message }) => ({
    path: `journal/${name}`,
    message: `This journal file cannot be read: ${message}`,
  }));
  for (const journal of vault.journals) {
    const path = `journal/${journal.name}`;
    for (const { line, state } of journal.damage) {
      if (state === 'mended') continue;
      gaps.push({ path, message: `Line ${line} is lost; only what this line said is affected.` });
    }
    if (await isOtherThanSealed(disk, vault, journal)) {
      gaps.push({ path, message: 'The file is not what its seal says.' });
    }
  }
  for (const { first, last } of missingNumbers(vault, inventory)) {
    const path = `journal/${String(first).padStart(6, '0')}`;
    const what =
      first === last
        ? 'This journal file is missing.'
        : `The journal files from this number to ${String(last).padStart(6, '0')} are missing.`;
    const message = `${what} What was said there alone is lost; the stored files themselves are not.`;
    gaps.push({ path, message });
  }
  for (const path of await findOrphanedSums(disk, vault, inventory)) {
    const message =
      'This list names stored files that no journal line names: a journal file is missing. What it said is lost; the stored files are not.';
    gaps.push({ path, message });
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
function missingNumbers(vault: Vault, inventory: Inventory): Range[] {
  const present = [...vault.journals, ...vault.unreadable].map(({ name }) => numberOf(name));
  const isFirstLost = !vault.ledger.files.has('fieldvault.json');
  const isDamagedOnly = vault.unreadable.length > 0 || vault.journals.some(hasLostLine);
  const isFirstThere = present.includes(1) && (!isFirstLost || isDamagedOnly);
  const known = new Set(isFirstThere ? present : present.filter((number) => number !== 1));
  // What lists of digests name was there too, and counts as an end to look for gaps before.
  const ends = [...present, ...sumsNumbers(inventory), 1];
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

function sumsNumbers(inventory: Inventory): number[] {
  return [...inventory.values()].map(({ at }) => numberOfSums(at)).filter((one) => one !== null);
}
