import { FieldVaultError } from '../base/index.ts';
import { readPackageFile, type World } from '../platform/index.ts';
import { ensureFolder, RunningDigest, writeSmallFile } from '../store/index.ts';
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
    await refuseFullFolder(world, path);
    await ensureFolder(world.disk, path);
    await fillVault(world, await world.disk.resolve(path), options.label);
  } catch (error) {
    throw targetError(error, path);
  }
  return openVault(world, path);
}

/** What lies in a folder without being a reason to refuse it: what systems leave on every drive. */
const DRIVE_LITTER =
  /^(\.|System Volume Information$|\$RECYCLE\.BIN$|lost\+found$|desktop\.ini$|Thumbs\.db$)/i;

async function refuseFullFolder(world: World, path: string): Promise<void> {
  const facts = await world.disk.stat(path);
  if (facts === null) return;
  const names =
    facts.kind === 'folder' ? (await world.disk.listFolder(path)).map((entry) => entry.name) : [];
  const isEmpty = facts.kind === 'folder' && names.every((name) => DRIVE_LITTER.test(name));
  if (isEmpty) return;
  const what = names.includes('fieldvault.json') ? 'already holds a vault' : 'is not empty';
  throw new FieldVaultError(
    'TARGET_NOT_EMPTY',
    `${path} ${what}. Nothing was changed; name a new folder, for example ${path}/FieldVault.`,
    { details: { path }, retry: 'after-user-acts' },
  );
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
    await writeSmallFile(
      disk,
      `${root}/incoming/${writer}/${files.length}`,
      `${root}/${at}`,
      bytes,
    );
    files.push(fileRecord(at, bytes));
  };
  await write('READ ME FIRST.txt', await readPackageFile(page('read-me-first.txt')));
  await write('recover.html', await readPackageFile(page('recover.html')));
  const name = journalName({ number: 1, nowMs: clock.nowMs(), writer });
  const first = openRecord(world, { writer, vault, label });
  const journal = await JournalWriter.create(disk, `${root}/journal`, name, first);
  // The identity comes last: a folder without it is no vault yet, and making it can be tried again.
  const identity = { type: 'vault', format: FORMAT, vault, label, created };
  await write('fieldvault.json', formatLine(identity));
  await journal.commit(files);
  await journal.seal();
  await disk.removeFolder(`${root}/incoming/${writer}`);
}

/** The record of a vault's own file with these bytes. */
export function fileRecord(at: string, bytes: Uint8Array): FileRecord {
  const digest = new RunningDigest();
  digest.update(bytes);
  return { type: 'file', at, size: bytes.length, sha256: digest.finish().blob };
}

function page(name: string): URL {
  return new URL(`./recover-page/${name}`, import.meta.url);
}
