import { FieldVaultError, systemCodeOf } from '../base/index.ts';
import type { Disk, World } from '../platform/index.ts';
import { readSmallFile } from '../store/index.ts';
import { readError } from './journal-writer.ts';
import { Ledger } from './ledger.ts';
import { parseLine } from './line.ts';
import { type JournalFacts, listJournals, readJournal } from './read-journal.ts';

/** The format this version writes, and the newest it reads. */
export const FORMAT = 1;

/** Who a vault is. */
export interface VaultIdentity {
  /** 32 hex digits. */
  readonly id: string;
  readonly label: string;
  readonly format: number;
  /** Whether `fieldvault.json` itself was whole; if not, the journals told. */
  readonly isWhole: boolean;
}

/** A vault that was opened: where it is and what its journals say. */
export interface Vault {
  /** Absolute path of its folder. */
  readonly root: string;
  readonly identity: VaultIdentity;
  readonly ledger: Ledger;
  readonly journals: readonly JournalFacts[];
  /** Journal files that could not be read at all. */
  readonly unreadable: readonly { readonly name: string; readonly message: string }[];
}

/**
 * Opens a vault and reads its journals.
 * @throws FieldVaultError NOT_A_VAULT, UNSUPPORTED_FORMAT, TARGET_GONE (also where it may not be read)
 */
export async function openVault(world: Pick<World, 'disk'>, path: string): Promise<Vault> {
  const { disk } = world;
  const root = await resolveRoot(disk, path);
  const ledger = new Ledger();
  const journals: JournalFacts[] = [];
  const unreadable: { name: string; message: string }[] = [];
  let denied: unknown = null;
  for (const name of await listIfThere(disk, `${root}/journal`)) {
    try {
      journals.push(
        await readJournal(disk, `${root}/journal`, name, (record) => ledger.apply(record)),
      );
    } catch (error) {
      // One journal file that cannot be read must not hide what the others know.
      unreadable.push({ name: name.name, message: String(error) });
      if (DENIED.has(systemCodeOf(error))) denied = error;
    }
  }
  const identity = (await readIdentity(disk, root)) ?? identityFromJournals(journals);
  if (identity === null) throw denied === null ? notAVault(path) : readError(denied, root);
  if (identity.format > FORMAT) {
    throw new FieldVaultError(
      'UNSUPPORTED_FORMAT',
      `This vault has format ${identity.format}; this FieldVault reads up to ${FORMAT}. Nothing was changed; use a newer FieldVault.`,
      { details: { format: identity.format } },
    );
  }
  return { root, identity, ledger, journals, unreadable };
}

/**
 * Brings an opened vault up to date in place where others wrote since: what is built on what they changed would be
 * lost. Whoever holds the vault sees the newer state.
 * @throws FieldVaultError TARGET_GONE where another vault stands there now
 */
export async function refreshVault(world: Pick<World, 'disk'>, vault: Vault): Promise<void> {
  const fresh = await openVault(world, vault.root);
  if (fresh.identity.id !== vault.identity.id) {
    throw new FieldVaultError(
      'TARGET_GONE',
      `Another vault stands at ${vault.root} now. Nothing was changed; connect the drive and run again.`,
      { details: { where: vault.root }, retry: 'after-user-acts' },
    );
  }
  Object.assign(vault, fresh);
}

const DENIED = new Set(['EACCES', 'EPERM']);

async function resolveRoot(disk: Disk, path: string): Promise<string> {
  try {
    if ((await disk.stat(path)) !== null) return await disk.resolve(path);
  } catch (error) {
    if (DENIED.has(systemCodeOf(error))) throw readError(error, path);
  }
  throw notAVault(path);
}

async function listIfThere(disk: Disk, folder: string): ReturnType<typeof listJournals> {
  try {
    return (await disk.stat(folder)) === null ? [] : await listJournals(disk, folder);
  } catch (error) {
    // Nothing must be done to a vault whose truth cannot even be listed.
    throw readError(error, folder);
  }
}

async function readIdentity(disk: Disk, root: string): Promise<VaultIdentity | null> {
  const bytes = await readSmallFile(disk, `${root}/fieldvault.json`).catch(() => null);
  if (bytes === null) return null;
  const parsed = parseLine(bytes.subarray(0, -1));
  if (parsed.state === 'lost') return null;
  const { type, format, vault, label } = parsed.value;
  if (type !== 'vault' || typeof format !== 'number' || typeof vault !== 'string') return null;
  const isWhole = parsed.state === 'whole' && bytes.at(-1) === 0x0a;
  return { id: vault, label: typeof label === 'string' ? label : '', format, isWhole };
}

function identityFromJournals(journals: readonly JournalFacts[]): VaultIdentity | null {
  const open = journals.find((journal) => journal.open !== null)?.open;
  if (open === undefined || open === null) return null;
  return { id: open.vault, label: open.label, format: open.format, isWhole: false };
}

function notAVault(path: string): FieldVaultError {
  return new FieldVaultError(
    'NOT_A_VAULT',
    `There is no vault at ${path}. "fieldvault init ${path}" makes one.`,
    { details: { path }, retry: 'after-user-acts' },
  );
}
