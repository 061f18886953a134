import { FieldVaultError, LIMITS, mapPool } from '../base/index.ts';
import type { World } from '../platform/index.ts';
import {
  filesOfPlace,
  JOURNAL_NUMBER_MAX,
  type JournalFacts,
  type Ledger,
  listOriginals,
  placeKey,
  type StoredFile,
  storedFiles,
  type Vault,
} from '../vault/index.ts';

/** What a person says is all right although it looks dangerous. */
export type Accepted = 'other' | 'older' | 'losses';

/**
 * Refuses two vaults that must not be synced as they are: one vault twice, another vault where a known one used to be, an
 * older copy of a known one, a journal with holes.
 * @throws FieldVaultError BAD_USAGE, VAULT_OTHER, VAULT_BEHIND, VAULT_INCOMPLETE
 */
export function refuseDangerous(
  field: Vault,
  studio: Vault,
  accepted: ReadonlySet<Accepted>,
): void {
  if (field.root === studio.root || field.identity.id === studio.identity.id) {
    throw new FieldVaultError(
      'BAD_USAGE',
      `${field.root} and ${studio.root} are the same vault${field.root === studio.root ? '' : ', copied by hand'}. Nothing was changed. Make a vault of its own with "fieldvault init" and sync with that.`,
    );
  }
  for (const vault of [field, studio]) refuseHoles(vault);
  for (const [vault, other] of [
    [field, studio],
    [studio, field],
  ] as const) {
    if (!accepted.has('other')) refuseOther(vault, other);
    if (!accepted.has('older')) refuseOlder(vault, other);
  }
}

/** Another vault stands where a known one used to be: the wrong drive, or one that was made anew. */
function refuseOther({ ledger, identity }: Vault, other: Vault): void {
  const { known } = ledger.replicas;
  if (known.has(other.identity.id)) return;
  const before = [...known.values()].findLast(({ where }) => where === other.root);
  if (before === undefined) return;
  throw new FieldVaultError(
    'VAULT_OTHER',
    `At ${other.root} there used to be the vault "${before.label}" (${before.vault.slice(0, 8)}); now "${other.identity.label}" (${other.identity.id.slice(0, 8)}) is there, which ${labelOf(identity.label)} never met. Nothing was changed. Where another drive was plugged in on purpose: sync with --accept other.`,
    { details: { path: other.root, vault: other.identity.id }, retry: 'after-user-acts' },
  );
}

/** A vault that knows less of itself than others remember of it was restored from an older copy. */
function refuseOlder({ ledger, identity }: Vault, other: Vault): void {
  const known = ledger.replicas.known.get(other.identity.id);
  if (known === undefined) return;
  const digits = new Set([...other.ledger.blobs.keys()].map((blob) => blob.slice(0, 16)));
  const forgotten = [...known.blobs.keys()].filter((blob) => !digits.has(blob)).length;
  const journal = highestJournal(other);
  if (forgotten === 0 && journal >= known.journal) return;
  const seen = new Date(known.seenMs).toISOString().slice(0, 10);
  throw new FieldVaultError(
    'VAULT_BEHIND',
    `${other.root} is an older copy of itself: on ${seen} ${labelOf(identity.label)} saw ${forgotten} originals there of which it knows nothing now, and journal ${known.journal}; its last one is ${journal}. Nothing was changed. Where it was restored from a copy on purpose: sync with --accept older, and it gets back what it lacks.`,
    { details: { path: other.root, forgotten, journal }, retry: 'after-user-acts' },
  );
}

function labelOf(label: string): string {
  return label === '' ? 'the other vault' : `"${label}"`;
}

/** The highest number of a journal file a vault has. */
export function highestJournal({
  journals,
  unreadable,
}: Pick<Vault, 'journals' | 'unreadable'>): number {
  const numbers = [...journals, ...unreadable]
    .map(({ name }) => Number.parseInt(name, 10))
    .filter((number) => number < JOURNAL_NUMBER_MAX);
  return numbers.reduce((most, number) => Math.max(most, number), 0);
}

/** Journal files that are missing or have lost lines: half a vault was copied, or part of it is gone. */
function refuseHoles(vault: Vault): void {
  const hole = findHole(vault);
  if (hole === null) return;
  throw new FieldVaultError(
    'VAULT_INCOMPLETE',
    `${vault.root} is not whole: ${hole}. Was it copied halfway? What its journal does not say would be missed or brought back by mistake. Nothing was changed; "fieldvault check --vault ${vault.root}" says more. A loss that was accepted there ("prune --accept-loss") does not stand in the way.`,
    { details: { path: vault.root }, retry: 'after-user-acts' },
  );
}

function findHole({ journals, unreadable, ledger }: Vault): string | null {
  const first = unreadable[0];
  if (first !== undefined) return `journal/${first.name} cannot be read`;
  const isAccepted = (path: string): boolean => ledger.accepted.some((one) => one.path === path);
  const torn = journals.find((one) => isTorn(ledger, one) && !isAccepted(`journal/${one.name}`));
  if (torn !== undefined) return `lines of journal/${torn.name} are lost`;
  const present = new Set(journals.map(({ number }) => number));
  const highest = highestJournal({ journals, unreadable });
  for (let number = 1; number <= highest && present.size < highest; number += 1) {
    if (!present.has(number) && !isInAccepted(ledger, number)) {
      return `journal ${number} is missing, of ${highest}`;
    }
  }
  return null;
}

function isTorn(
  ledger: Ledger,
  { damage, isSealBroken, name, seal, wholeBytes }: JournalFacts,
): boolean {
  if (isSealBroken || damage.some(({ state }) => state !== 'mended')) return true;
  const closed = ledger.closed.get(name);
  return seal === null && closed !== undefined && wholeBytes < closed.bytes;
}

function isInAccepted(ledger: Ledger, number: number): boolean {
  return ledger.accepted.some(({ path, last }) => {
    const first = Number.parseInt(path.replace('journal/', ''), 10);
    return last !== undefined && first <= number && number <= last;
  });
}

/**
 * Looks whether a vault's stored files are there: a sample of them, and all where one of the sample is not.
 * @returns the stored files that are not there
 * @throws FieldVaultError TARGET_GONE (the drive is not there), VAULT_INCOMPLETE (a good part of them is not there)
 */
export async function findMissing(
  world: World,
  vault: Vault,
  accepted: ReadonlySet<Accepted>,
): Promise<StoredFile[]> {
  if (await isGone(world, vault)) throw goneError(vault);
  const sample = sampleOf(vault.ledger);
  let missing = 0;
  for await (const isThere of mapPool(8, sample, async ({ at, sizeBytes }) => {
    const facts = await world.disk.stat(`${vault.root}/${at}`).catch(() => null);
    return facts?.sizeBytes === sizeBytes;
  })) {
    if (!isThere) missing += 1;
  }
  if (missing === 0) return [];
  if (missing > Math.max(2, sample.length / 4) && !accepted.has('losses')) {
    throw new FieldVaultError(
      'VAULT_INCOMPLETE',
      `Of ${sample.length} stored files that were looked for in ${vault.root}, ${missing} are not there. Is the drive mounted, was the vault copied halfway? Absence is no deletion: nothing was changed. Where the files are really lost: sync with --accept losses brings them back from the other vault.`,
      { details: { path: vault.root, missing }, retry: 'after-user-acts' },
    );
  }
  const there = await listOriginals(world.disk, vault.root, () => {});
  return [...storedFiles(vault.ledger)].filter(
    ({ at, sizeBytes }) => there.get(placeKey(at))?.sizeBytes !== sizeBytes,
  );
}

/** Stored files not known to be damaged, spread evenly over all there are. */
export function sampleOf(ledger: Ledger): StoredFile[] {
  const stride = Math.max(1, Math.floor(ledger.blobs.size / LIMITS.syncSampleFiles));
  const sample: StoredFile[] = [];
  let index = 0;
  for (const stored of ledger.blobs.values()) {
    const place = index % stride === 0 ? stored.places[0] : undefined;
    index += 1;
    if (place !== undefined && ledger.isWhole(place)) sample.push(...filesOfPlace(stored, place));
  }
  return sample;
}

/** Whether the drive of a vault is not there any more. */
export async function isGone(world: World, vault: Vault): Promise<boolean> {
  const facts = await world.disk.stat(`${vault.root}/originals`).catch(() => null);
  return facts === null;
}

/** What an act ends with when the drive of a vault goes away. */
export function goneError({ root }: Vault): FieldVaultError {
  return new FieldVaultError(
    'TARGET_GONE',
    `The vault at ${root} is not there any more: was the drive unplugged, did the link break? What was copied so far is safe; connect it and sync again, it goes on where it stopped.`,
    { details: { where: root }, retry: 'after-user-acts' },
  );
}
