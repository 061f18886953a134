/** What recover.html makes of vaults that lost something, of drives that list names otherwise, and of large files. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { flipBit, formatLine, sha256 } from './format-1-lines.ts';
import { SAMPLE_RUNS, type SampleVault, writeFormat1Vault } from './format-1-vault.ts';
import { filesOf, folderHandle, newMemoryFolder } from './memory-handles.ts';
import {
  type CoreFolder,
  type CoreVault,
  loadCore,
  openFolderForCore,
  type RecoverCore,
} from './recover-core.ts';

let core: RecoverCore;
let scratch = '';
let vault: SampleVault;
let made = 0;

beforeAll(async () => {
  core = await loadCore();
  scratch = await mkdtemp(join(tmpdir(), 'fieldvault-damage-'));
});
beforeEach(async () => {
  made += 1;
  vault = await writeFormat1Vault(join(scratch, `vault ${made}`), true);
});
afterAll(() => rm(scratch, { recursive: true }));

async function readCore(): Promise<CoreVault> {
  return core.readVault(await openFolderForCore(core, vault.folder));
}

async function journals(): Promise<readonly string[]> {
  return (await readdir(join(vault.folder, 'journal'))).sort();
}

/** Adds a sealed journal file with this one line. */
async function addJournal(record: Readonly<Record<string, unknown>>): Promise<void> {
  const line = formatLine(record);
  const seal = formatLine({ type: 'seal', lines: 1, sha256: sha256(line) });
  const name = `000006-20261122T100000Z-${'6'.repeat(16)}.jsonl`;
  await writeFile(join(vault.folder, 'journal', name), Buffer.concat([line, seal]));
}

describe('a vault that lost something', () => {
  test('a picture is lost to every snapshot that still holds it, also where a forgotten one brought it in', async () => {
    const frame = join(vault.folder, vault.places.get('raw one') ?? '');
    await addJournal({ type: 'forget', snapshots: [SAMPLE_RUNS.first], time: '' });
    expect(await core.checkVault(await readCore())).toMatchObject({ damaged: [], lost: [] });
    await flipBit(frame, 3);
    const { lost } = await core.checkVault(await readCore());
    expect(lost).toEqual(['NIKON Z 9/DCIM/100NIKON/DSC_0001.NEF']);
  });

  test('a picture that a later snapshot does not hold any more is not lost to it', async () => {
    await addJournal({ type: 'forget', snapshots: [SAMPLE_RUNS.first], time: '' });
    await flipBit(join(vault.folder, vault.places.get('jpeg one') ?? ''), 3);
    const { damaged, lost } = await core.checkVault(await readCore());
    expect(damaged.map((item) => item.path)).toEqual([vault.places.get('jpeg one')]);
    expect(lost).toEqual([]);
  });

  test('a journal file that is gone is named by its number: from the middle, and the newest', async () => {
    const [, , , third = '', , last = ''] = await journals();
    expect(third).toMatch(/^000003/);
    await rm(join(vault.folder, 'journal', third));
    expect((await readCore()).damage.map((item) => item.path)).toEqual(['journal/000003']);
    await rm(join(vault.folder, 'journal', last));
    const named = (await readCore()).damage.map((item) => item.path);
    expect(named).toEqual(['journal/000003', 'journal/000005']);
  });

  test('one flipped bit that makes a newline inside a line is mended', async () => {
    const [first = ''] = await journals();
    const path = join(vault.folder, 'journal', first);
    const bytes = await readFile(path);
    const wanted = core.itemsOfRun(await readCore(), SAMPLE_RUNS.first);
    const at = bytes.indexOf('JPG","kind"');
    bytes[at] = 0x0a;
    await writeFile(path, bytes);
    const damaged = await readCore();
    expect(damaged.damage.map((item) => item.path)).toEqual([`journal/${first}`]);
    expect(core.itemsOfRun(damaged, SAMPLE_RUNS.first)).toEqual(wanted);
  });
});

describe('a drive that lists names in another case and Unicode form', () => {
  /** The same folder as such a drive shows it. */
  async function openOtherwise(): Promise<CoreFolder> {
    const found = await readdir(vault.folder, { recursive: true, withFileTypes: true });
    const files: [string, Blob][] = [];
    for (const entry of found.filter((item) => item.isFile())) {
      const path = join(entry.parentPath, entry.name);
      const at = path.slice(vault.folder.length + 1).replaceAll('\\', '/');
      files.push([at.toUpperCase().normalize('NFD'), new Blob([await readFile(path)])]);
    }
    return core.folderOf(core.nodeOfFiles(files));
  }

  test('nothing is missing, and every file comes back', async () => {
    const folder = await core.findVault(await openOtherwise());
    const other = await core.readVault(folder ?? core.folderOf(core.nodeOfFiles([])));
    expect(other).toMatchObject({ damage: [], latest: SAMPLE_RUNS.latest });
    expect(await core.checkVault(other)).toMatchObject({ damaged: [], lost: [] });
    const target = newMemoryFolder();
    const root = folderHandle(target, { spaceBytes: 1e9, ignoresCase: false });
    const report = await core.restoreInto(other, core.itemsOfRun(other, SAMPLE_RUNS.first), root);
    expect(report.problems).toEqual([]);
    const wanted = (vault.states.get(SAMPLE_RUNS.first) ?? []).filter(
      ({ kind }) => kind === 'file',
    );
    const digests = [...(await filesOf(target)).values()].map(sha256).sort();
    expect(digests).toEqual(wanted.map(({ content }) => sha256(content)).sort());
  });

  test('files are found by the digits in their names there too', async () => {
    const items = await core.itemsOfOriginals(await openOtherwise());
    expect(items.length).toBe(vault.places.size + 2);
    for (const { digits } of items) expect(digits).toMatch(/^[0-9a-f]+$/);
  });
});

describe('a file larger than memory', () => {
  /** A blob that never hands out more than a slice, and tells how much it was asked for. */
  function largeBlob(size: number): { readonly blob: Blob; readonly asked: number[] } {
    const asked: number[] = [];
    const whole = { size, arrayBuffer: () => Promise.reject(new RangeError('too large')) };
    const slice = (start: number, end: number): Pick<Blob, 'arrayBuffer'> => ({
      arrayBuffer: async () => {
        asked.push(Math.min(end, size) - start);
        return new ArrayBuffer(Math.min(end, size) - start);
      },
    });
    return { blob: { ...whole, slice } as unknown as Blob, asked };
  }

  test('is read in pieces of a few megabytes, each used once', async () => {
    const size = core.LIMITS.wholeBytes + 5;
    const { blob, asked } = largeBlob(size);
    let sunk = 0;
    const sink = async (bytes: Uint8Array): Promise<void> => {
      sunk += bytes.length;
    };
    const digest = sha256(Buffer.alloc(size));
    expect(await core.pour(blob, digest, { sink })).toBe('right');
    expect(sunk).toBe(size);
    expect(Math.max(...asked)).toBeLessThanOrEqual(8 << 20);
    expect(await core.pour(largeBlob(size).blob, digest.replace(/^./, 'z'))).toBe('wrong');
  }, 60_000);

  test('what memory cannot hold whole is said to be unreadable, not right', async () => {
    const { blob } = largeBlob(10);
    expect(await core.pour(blob, sha256(Buffer.alloc(10)))).toBe('unreadable');
  });
});
