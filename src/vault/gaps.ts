import type { Disk } from '../platform/index.ts';
import type { Inventory } from './inventory.ts';
import { findOrphanedSums, numberOfSums } from './left-over.ts';
import type { Vault } from './open.ts';
import type { JournalFacts } from './read-journal.ts';

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
    if (isOtherThanSealed(vault, journal)) {
      gaps.push({ path, message: 'The file is not what its seal says.' });
    }
  }
  for (const number of missingNumbers(vault, inventory)) {
    const path = `journal/${String(number).padStart(6, '0')}`;
    const message =
      'This journal file is missing. What it alone said is lost; the stored files themselves are not.';
    gaps.push({ path, message });
  }
  for (const path of await findOrphanedSums(disk, vault, inventory)) {
    const message =
      'This list names stored files that no journal line names: a journal file is missing. What it said is lost; the stored files are not.';
    gaps.push({ path, message });
  }
  return gaps;
}

function isOtherThanSealed(vault: Vault, journal: JournalFacts): boolean {
  if (journal.isSealBroken) return true;
  const closed = vault.ledger.closed.get(journal.name);
  if (journal.seal !== null || closed === undefined) return false;
  return closed.bytes !== journal.wholeBytes || closed.sha256 !== journal.sha256;
}

/**
 * Numbers of journal files that were there once: each writer takes the highest one present and adds one, the first file
 * names `fieldvault.json`, and a writer's `SHA256SUMS` files carry its number.
 */
function missingNumbers(vault: Vault, inventory: Inventory): number[] {
  const present = new Set(
    [...vault.journals, ...vault.unreadable].map(({ name }) => Number.parseInt(name, 10)),
  );
  const highest = [...present, ...sumsNumbers(inventory)].reduce((a, b) => Math.max(a, b), 1);
  const missing: number[] = [];
  for (let number = 1; number <= highest; number += 1) {
    const isFirstLost = number === 1 && !vault.ledger.files.has('fieldvault.json');
    const isDamagedOnly = vault.unreadable.length > 0 || vault.journals.some(hasLostLine);
    if (!present.has(number) || (isFirstLost && !isDamagedOnly)) missing.push(number);
  }
  return missing;
}

function hasLostLine(journal: JournalFacts): boolean {
  return journal.damage.some(({ state }) => state === 'lost');
}

function sumsNumbers(inventory: Inventory): number[] {
  return [...inventory.values()].map(({ at }) => numberOfSums(at)).filter((one) => one !== null);
}
