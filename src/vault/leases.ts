import { FieldVaultError, LIMITS, systemCodeOf } from '../base/index.ts';
import type { FolderEntry, World } from '../platform/index.ts';
import { readSmallFile, writeSmallFile } from '../store/index.ts';
import type { Ledger } from './ledger.ts';
import { formatLine, parseLine } from './line.ts';
import type { Vault } from './open.ts';
import { type JournalFacts, listJournals, readJournal } from './read-journal.ts';

type LeaseWorld = Pick<World, 'disk' | 'clock' | 'host'>;

/** Who holds a vault for work that nobody else may do beside it. */
export interface Lease {
  /** File name in `leases/`. */
  readonly name: string;
  readonly writer: string;
  readonly act: string;
  readonly host: string;
  readonly pid: number;
  readonly expiresMs: number;
  /** Name of the first lease of this act: the smallest one of two acts stays, however often it was renewed. */
  readonly first: string;
}

/** The leases that are not dead. */
export async function liveLeases(world: LeaseWorld, root: string): Promise<Lease[]> {
  const folder = `${root}/leases`;
  if ((await world.disk.stat(folder)) === null) return [];
  for (let look = 1; ; look += 1) {
    const entries = await world.disk.listFolder(folder);
    const read = await Promise.all(entries.map((entry) => readLease(world, folder, entry)));
    // A lease that went between listing and reading was given back, or renewed under a name that was not listed yet.
    if (read.includes('gone') && look < LOOKS_MAX) continue;
    return read
      .filter((lease) => lease !== null && lease !== 'gone')
      .filter((lease) => isLiveLease(world, lease))
      .sort((a, b) => (a.first < b.first ? -1 : 1));
  }
}

const LOOKS_MAX = 10;

/** One lease; null where it is empty: its writer never got as far as holding it. */
async function readLease(
  world: LeaseWorld,
  folder: string,
  entry: FolderEntry,
): Promise<Lease | 'gone' | null> {
  const { name } = entry;
  // Whoever holds what cannot be read must be believed, as long as a lease lasts.
  const unknown = { writer: '', act: 'an act', host: 'an unknown machine', pid: 0 };
  const expiresMs = entry.mtimeMs + LIMITS.leaseMs;
  const believed: Lease = { ...unknown, name, first: name, expiresMs };
  try {
    const bytes = await readSmallFile(world.disk, `${folder}/${name}`);
    if (bytes === null) return 'gone';
    if (bytes.length === 0) return null;
    return parseLease(name, bytes) ?? believed;
  } catch {
    return believed;
  }
}

/** A lease that is held and renews itself until it is released. */
export interface HeldLease {
  /** Gives the lease back. */
  release(): Promise<void>;
}

/**
 * Takes the lease for an act, or says who stands in the way.
 * The order makes two acts see each other: write first, then look.
 * @throws FieldVaultError LEASED
 */
export async function takeLease(
  world: LeaseWorld,
  vault: Vault,
  options: { readonly act: string; readonly writer: string },
): Promise<HeldLease> {
  const lease = await writeLease(world, vault.root, { ...options, first: null });
  const other = (await liveLeases(world, vault.root)).find((found) => found.first < lease.first);
  const journal =
    other === undefined ? await findLiveJournal(world, vault, options.writer) : undefined;
  if (other === undefined && journal === undefined) {
    await clearDead(world, vault.root, lease).catch(() => {});
    return hold(world, vault.root, lease, options);
  }
  await dropLease(world, vault.root, lease);
  throw leasedError(other ?? { act: 'backup', host: journal?.host ?? 'another machine' });
}

/** Removes the files of leases that are dead; whoever holds the vault may. What cannot be removed harms nobody. */
async function clearDead(world: LeaseWorld, root: string, own: Lease): Promise<void> {
  const folder = `${root}/leases`;
  for (const entry of await world.disk.listFolder(folder)) {
    if (entry.name === own.name) continue;
    const lease = await readLease(world, folder, entry);
    const isLive = lease !== null && lease !== 'gone' && isLiveLease(world, lease);
    if (!isLive) await world.disk.removeFile(`${folder}/${entry.name}`).catch(() => {});
  }
}

/** Renews by writing a newer lease before the older one goes: there is no moment without one. */
function hold(
  world: LeaseWorld,
  root: string,
  first: Lease,
  options: { readonly act: string; readonly writer: string },
): HeldLease {
  let lease = first;
  let renewing: Promise<void> = Promise.resolve();
  const renew = async (): Promise<void> => {
    const older = lease;
    lease = await writeLease(world, root, { ...options, first: older.first });
    await dropLease(world, root, older);
  };
  const end = world.clock.every(LIMITS.heartbeatMs, () => {
    // A renewal that fails leaves the older lease; what it guards is checked again before anything is removed.
    renewing = renewing.then(renew).catch(() => {});
  });
  return {
    release: async () => {
      end();
      await renewing;
      await dropLease(world, root, lease);
    },
  };
}

async function dropLease(world: LeaseWorld, root: string, lease: Lease): Promise<void> {
  try {
    await world.disk.removeFile(`${root}/leases/${lease.name}`);
  } catch (error) {
    // Another act took it for dead meanwhile, and has cleared it away.
    if (systemCodeOf(error) !== 'ENOENT') throw error;
  }
}

/** The error that names who works on the vault. */
export function leasedError(by: { readonly act: string; readonly host: string }): FieldVaultError {
  return new FieldVaultError(
    'LEASED',
    `Another FieldVault (${by.act} on ${by.host}) is working on this vault. Nothing was changed; wait until it is done and try again. If it crashed, this ends by itself after ${LIMITS.leaseMs / 60_000} minutes.`,
    { details: { act: by.act, host: by.host }, retry: 'later' },
  );
}

/** Whether the writer of a journal file may still be at work. */
export function isLiveJournal(world: LeaseWorld, ledger: Ledger, journal: JournalFacts): boolean {
  if (journal.seal !== null || ledger.closed.has(journal.name)) return false;
  const { open } = journal;
  if (open?.host === world.host.name && !world.host.isRunning(open.pid)) return false;
  const newestMs = Math.max(journal.newestMs, journal.mtimeMs);
  return world.clock.nowMs() - newestMs < LIMITS.leaseMs;
}

/** Whose journal file, other than this writer's, is live; undefined where there is none. */
export async function findLiveJournal(
  world: LeaseWorld,
  vault: Vault,
  writer: string,
): Promise<{ readonly host: string } | undefined> {
  const folder = `${vault.root}/journal`;
  const known = new Map(vault.journals.map((journal) => [journal.name, journal]));
  for (const name of await listJournals(world.disk, folder)) {
    const isEnded = known.get(name.name)?.seal || vault.ledger.closed.has(name.name);
    if (name.writer === writer || isEnded) continue;
    const journal = await readJournal(world.disk, folder, name, () => {}).catch(() => null);
    // A file that cannot be read is judged by its time alone: it must not stop all work for ever.
    const isLive =
      journal === null
        ? await isFresh(world, `${folder}/${name.file}`)
        : isLiveJournal(world, vault.ledger, journal);
    if (isLive) return { host: journal?.open?.host ?? 'another machine' };
  }
  return undefined;
}

async function isFresh(world: LeaseWorld, path: string): Promise<boolean> {
  const facts = await world.disk.stat(path).catch(() => null);
  return facts !== null && world.clock.nowMs() - facts.mtimeMs < LIMITS.leaseMs;
}

async function writeLease(
  world: LeaseWorld,
  root: string,
  options: { readonly act: string; readonly writer: string; readonly first: string | null },
): Promise<Lease> {
  const { disk, clock, host } = world;
  const expiresMs = clock.nowMs() + LIMITS.leaseMs;
  const numbers = (await disk.listFolder(`${root}/leases`)).map((entry) =>
    Number.parseInt(entry.name, 10),
  );
  const number = Math.max(0, ...numbers.filter((found) => found > 0)) + 1;
  const name = `${String(number).padStart(6, '0')}-${options.writer}.jsonl`;
  const value = {
    type: 'lease',
    writer: options.writer,
    act: options.act,
    host: host.name,
    pid: host.processId,
    expires: new Date(expiresMs).toISOString(),
    first: options.first ?? name,
  };
  const part = `${root}/incoming/${options.writer}/lease`;
  await writeSmallFile(disk, part, `${root}/leases/${name}`, formatLine(value));
  return { ...value, name, expiresMs };
}

function parseLease(name: string, bytes: Uint8Array): Lease | null {
  const parsed = parseLine(bytes.subarray(0, -1));
  if (parsed.state === 'lost' || parsed.value.type !== 'lease') return null;
  const { writer, act, host, pid, expires, first = name } = parsed.value;
  const expiresMs = typeof expires === 'string' ? Date.parse(expires) : Number.NaN;
  if (typeof writer !== 'string' || typeof act !== 'string' || typeof host !== 'string')
    return null;
  return typeof pid === 'number' && typeof first === 'string' && expiresMs > 0
    ? { name, writer, act, host, pid, expiresMs, first }
    : null;
}

function isLiveLease(world: LeaseWorld, lease: Lease): boolean {
  if (lease.expiresMs <= world.clock.nowMs()) return false;
  return lease.host !== world.host.name || world.host.isRunning(lease.pid);
}
