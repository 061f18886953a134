import { FieldVaultError } from '../base/index.ts';
import { type Disk, readPackageFile, type World } from '../platform/index.ts';
import { ensureFolder, RunningDigest, writeSmallFile } from '../store/index.ts';
import { clearHalfMade, PAGES } from './half-made.ts';
import { JournalWriter, targetError } from './journal-writer.ts';
import { formatLine } from './line.ts';
import { FORMAT, openVault, type Vault } from './open.ts';
import type { FileRecord } from './records.ts';
import { journalName, openRecord } from './writer-identity.ts';

/**
 * Makes a new vault in a folder that is new or empty, and opens it.
 * @throws FieldVaultError TARGET_NOT_EMPTY, TARGET_READ_ONLY, TARGET_FULL, TARGET_GONE
 */
export async function createVault(
  world: World,
  path: string,
  options: { readonly label?: string } = {},
): Promise<Vault> {
  try {
    const folder = await behindLink(world.disk, path);
    await refuseFullFolder(world, folder);
    await ensureFolder(world.disk, folder);
    const root = await world.disk.resolve(folder);
    await syncAbove(world, root);
    await fillVault(world, root, options.label);
  } catch (error) {
    throw targetError(error, path);
  }
  return openVault(world, path);
}

/** What lies in a folder without being a reason to refuse it: what systems leave on every drive. */
const DRIVE_LITTER =
  /^(\.|System Volume Information$|\$RECYCLE\.BIN$|lost\+found$|desktop\.ini$|Thumbs\.db$)/i;

async function refuseFullFolder(world: World, path: string): Promise<void> {
  const { disk } = world;
  const facts = await disk.stat(path);
  if (facts === null) return;
  const entries = facts.kind === 'folder' ? await disk.listFolder(path) : [];
  const own = entries.filter((entry) => !DRIVE_LITTER.test(entry.name));
  if (facts.kind === 'folder' && (own.length === 0 || (await clearHalfMade(disk, path, own)))) {
    return;
  }
  const isVault = own.some(({ name }) => name === 'fieldvault.json');
  const what = isVault
    ? 'already holds a vault'
    : facts.kind === 'folder'
      ? 'is not empty'
      : 'is no folder';
  throw new FieldVaultError(
    'TARGET_NOT_EMPTY',
    `${path} ${what}. Nothing was changed; name a new folder, for example ${path}${facts.kind === 'folder' ? '/FieldVault' : '-vault'}.`,
    { details: { path }, retry: 'after-user-acts' },
  );
}

/** Where a link leads to; the path itself where it is none, or leads nowhere. */
async function behindLink(disk: Disk, path: string): Promise<string> {
  const isLink = (await disk.stat(path))?.kind === 'link';
  return isLink ? disk.resolve(path).catch(() => path) : path;
}

async function fillVault(world: World, root: string, label = ''): Promise<void> {
  const { disk, clock, random } = world;
  const created = new Date(clock.nowMs()).toISOString();
  const vault = random.hex(32);
  const writer = random.hex(16);
  for (const folder of ['originals', 'journal', 'incoming', 'leases', `incoming/${writer}`]) {
    await ensureFolder(disk, `${root}/${folder}`);
  }
  const files: FileRecord[] = [];
  const write = async (at: string, bytes: Uint8Array): Promise<void> => {
    const part = `${root}/incoming/${writer}/${at}`;
    await writeSmallFile(disk, part, `${root}/${at}`, bytes);
  };
  for (const [at, page] of PAGES) {
    const bytes = await readPackageFile(page);
    await write(at, bytes);
    files.push(fileRecord(at, bytes));
  }
  const identity = formatLine({ type: 'vault', format: FORMAT, vault, label, created });
  const name = journalName({ number: 1, nowMs: clock.nowMs(), writer });
  const first = openRecord(world, { writer, vault, label });
  const journal = await JournalWriter.create(disk, `${root}/journal`, name, first);
  await journal.commit([...files, fileRecord('fieldvault.json', identity)]);
  await journal.seal();
  // The identity comes last: a folder without it is no vault yet, and making it can be tried again.
  await write('fieldvault.json', identity);
  await disk.removeFolder(`${root}/incoming/${writer}`);
}

/** A folder that a person made a moment ago may not be durable yet, and the vault would go with it. */
async function syncAbove(world: World, root: string): Promise<void> {
  const { mountPoint } = await world.volumes.describe(root);
  let path = root;
  while (path.length > mountPoint.length && path.includes('/')) {
    path = path.slice(0, path.lastIndexOf('/'));
    // Above the vault nothing is ours: what cannot be synced there is the system's to keep.
    await world.disk.syncFolder(path === '' ? '/' : path).catch(() => {});
  }
}

/** The record of a vault's own file with these bytes. */
export function fileRecord(at: string, bytes: Uint8Array): FileRecord {
  const digest = new RunningDigest();
  digest.update(bytes);
  return { type: 'file', at, size: bytes.length, sha256: digest.finish().blob };
}
