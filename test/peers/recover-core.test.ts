import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { flipBit, formatLine, sha256 } from './format-1-lines.ts';
import { SAMPLE_RUNS, type SampleVault, writeFormat1Vault } from './format-1-vault.ts';
import { filesOf, folderHandle, newMemoryFolder } from './memory-handles.ts';
import { type CoreVault, loadCore, openFolderForCore, type RecoverCore } from './recover-core.ts';

let core: RecoverCore;
let scratch = '';
let sample: SampleVault;
let sound: SampleVault;

beforeAll(async () => {
  core = await loadCore();
  scratch = await mkdtemp(join(tmpdir(), 'fieldvault-recover-'));
  sample = await writeFormat1Vault(join(scratch, 'sample'));
  sound = await writeFormat1Vault(join(scratch, 'sound'), true);
});
afterAll(() => rm(scratch, { recursive: true }));

/** A line of the format without its newline. */
function line(record: Readonly<Record<string, unknown>>): Uint8Array {
  return Uint8Array.from(formatLine(record).subarray(0, -1));
}

async function openSample(root: string): Promise<CoreVault> {
  return core.readVault(await openFolderForCore(core, root));
}

const roomy = () => ({ spaceBytes: 1e9, ignoresCase: false });

describe('digests of the page', () => {
  test('SHA-256 in pieces and CRC-32 are those of node', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 8 }), (pieces) => {
        const sha = new core.Sha256();
        for (const piece of pieces) sha.update(piece);
        const whole = Buffer.concat(pieces);
        expect(sha.hex()).toBe(createHash('sha256').update(whole).digest('hex'));
        expect(pieces.reduce((crc, piece) => core.crc32(piece, crc), 0)).toBe(crc32(whole));
      }),
    );
  });

  test('SHA-256 of more than 512 MiB counts its bits right', () => {
    const piece = new Uint8Array(1 << 20).fill(7);
    const ours = new core.Sha256();
    const theirs = createHash('sha256');
    for (let count = 0; count < 513; count++) {
      ours.update(piece);
      theirs.update(piece);
    }
    expect(ours.hex()).toBe(theirs.digest('hex'));
  }, 60_000);
});

describe('lines of the page', () => {
  const entry = { type: 'gone', run: '1'.repeat(16), source: 'Card', path: 'bad\udcff é.jpg' };

  test('one flipped bit anywhere in a line is mended to the same record', () => {
    const bytes = line(entry);
    const right = core.parseLine(bytes);
    expect(right).toMatchObject(entry);
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = bytes.slice();
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(core.parseLine(flipped)).toBeNull();
      const [mended] = core.mendLine(flipped);
      expect({ ...mended, crc: '' }).toEqual({ ...right, crc: '' });
    }
  });

  test('more than one flipped bit is never mended to something else', () => {
    const bytes = line(entry);
    const bit = fc.nat({ max: bytes.length * 8 - 1 });
    fc.assert(
      fc.property(fc.uniqueArray(bit, { minLength: 2, maxLength: 2 }), (bits) => {
        const flipped = bytes.slice();
        for (const at of bits) flipped[at >> 3] = (flipped[at >> 3] ?? 0) ^ (1 << (at & 7));
        for (const mended of core.mendLine(flipped)) expect(mended).toMatchObject(entry);
      }),
    );
  });

  test('two lines whose newline was flipped are read as two', () => {
    const pair = Buffer.concat([line(entry), Buffer.from('K'), line({ ...entry, path: 'b' })]);
    expect(core.mendLine(pair).map((record) => record['path'])).toEqual([entry.path, 'b']);
  });

  test('a line that lacks what its type needs is not believed', () => {
    const blob = { type: 'blob', blob: 'A'.repeat(64), size: 1, form: 'verbatim', at: 'x' };
    expect(core.parseLine(line(blob))).toBeNull();
    expect(core.parseLine(line({ ...blob, blob: 'a'.repeat(64) }))).not.toBeNull();
    expect(core.parseLine(line({ ...entry, path: 5 }))).toBeNull();
    expect(core.parseLine(line({ type: 'constructor' }))).not.toBeNull();
  });

  test('a line longer than allowed is damage, and the next line is read', async () => {
    const long = Buffer.alloc(core.LIMITS.lineBytes * 2 + 5, 'x');
    const blob = new Blob([long, '\n', line(entry), '\ntail']);
    const seen: (string | null)[] = [];
    await core.readLines(blob, ({ bytes, whole }) => {
      seen.push(bytes === null ? null : `${Buffer.from(bytes).toString().slice(0, 14)} ${whole}`);
    });
    expect(seen).toEqual([null, '{"type":"gone" true', 'tail false']);
  });
});

describe('names of the page', () => {
  test('hostile paths are refused', () => {
    for (const path of ['../a', 'a/../b', '/a', 'a//b', 'a/', '', '.', 'a\0b', 'x/'.repeat(300)]) {
      expect(core.refusalOf(path), path).not.toBeNull();
    }
    for (const path of ['a', 'a/b.jpg', '..a/b..', 'a\\b']) expect(core.refusalOf(path)).toBeNull();
  });

  test('a clean name is legal everywhere and stays as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 300 }), (name) => {
        const clean = core.cleanName(name);
        expect(clean).not.toMatch(/[<>:"/\\|?*]|\p{Cc}|\p{Surrogate}|[ .]$/u);
        expect(Buffer.byteLength(clean)).toBeLessThanOrEqual(255);
        expect(core.cleanName(clean)).toBe(clean);
      }),
    );
    expect(core.cleanName('con.jpg')).toBe('_con.jpg');
    expect(core.cleanName('DSC_0001.NEF')).toBe('DSC_0001.NEF');
    expect(core.cleanName(`${'é'.repeat(200)}.NEF`)).toMatch(/é\.NEF$/);
  });
});

describe('a vault, read by the page', () => {
  test('every snapshot holds what was backed up, and its listing is whole', async () => {
    const vault = await openSample(sample.folder);
    expect(vault.latest).toBe(SAMPLE_RUNS.latest);
    expect(vault.runs.get(SAMPLE_RUNS.cutOff)?.finished).toBe(false);
    expect(vault.runs.get(SAMPLE_RUNS.forgotten)?.forgotten).toBe(true);
    for (const [run, entries] of sample.states) {
      expect(core.brokenTrees(vault, run)).toEqual([]);
      const shown = core.itemsOfRun(vault, run).map((item) => `${item.source}/${item.path}`);
      expect(shown.sort()).toEqual(entries.map((entry) => `${entry.source}/${entry.path}`).sort());
    }
  });

  test('check names what is damaged, and nothing in a sound vault', async () => {
    const result = await core.checkVault(await openSample(sample.folder));
    expect(result.damaged.map((item) => item.path).sort()).toEqual(sample.damaged);
    expect(result.lost).toEqual([]);
    const clean = await core.checkVault(await openSample(sound.folder));
    expect(clean).toMatchObject({ damaged: [], lost: [] });
  });

  test('check says which pictures are lost when their only place is damaged', async () => {
    const copy = await writeFormat1Vault(join(scratch, 'lost'), true);
    await flipBit(join(copy.folder, copy.places.get('jpeg five') ?? ''), 3);
    const result = await core.checkVault(await openSample(copy.folder));
    expect(result.damaged.map((item) => item.path)).toEqual([copy.places.get('jpeg five')]);
    expect(result.lost).toEqual(['NIKON Z 9/DCIM/100NIKON/DSC_0005.JPG']);
  });

  test('a vault of another format is refused by name', async () => {
    const copy = await writeFormat1Vault(join(scratch, 'newer'), true);
    const marker = formatLine({ type: 'vault', format: 9, vault: 'x', label: '' });
    await writeFile(join(copy.folder, 'fieldvault.json'), marker);
    await expect(openSample(copy.folder)).rejects.toThrow(core.UnknownFormat);
  });

  test('the vault is found where its parent was chosen, and nothing else is taken for one', async () => {
    const parent = await openFolderForCore(core, scratch);
    expect(await (await core.findVault(parent))?.open('fieldvault.json')).not.toBeNull();
    const other = core.folderOf(core.nodeOfFiles([['DCIM/100NIKON/DSC_0001.JPG', new Blob([])]]));
    expect(await core.findVault(other)).toBeNull();
  });

  test('one flipped bit anywhere in a journal is named and costs no file', async () => {
    const journals = (await readdir(join(sound.folder, 'journal'))).sort();
    const first = join(sound.folder, 'journal', journals[0] ?? '');
    const bytes = await readFile(first);
    const wanted = core.itemsOfRun(await openSample(sound.folder), SAMPLE_RUNS.latest).length;
    const folder = await openFolderForCore(core, sound.folder);
    for (let at = 0; at < bytes.length; at += 7) {
      const flipped = Buffer.from(bytes);
      flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8));
      const vault = await core.readVault({
        list: folder.list,
        open: async (path) =>
          path.endsWith(journals[0] ?? '?') ? new Blob([flipped]) : folder.open(path),
      });
      expect(vault.damage.map((item) => item.path)).toEqual([`journal/${journals[0]}`]);
      const items = core.itemsOfRun(vault, SAMPLE_RUNS.latest);
      expect(items.length).toBe(wanted);
    }
  }, 60_000);
});

describe('restoring into a folder', () => {
  test('every file comes back exactly, cleaned names are reported, links are named', async () => {
    const vault = await openSample(sample.folder);
    const target = newMemoryFolder();
    const items = core.itemsOfRun(vault, SAMPLE_RUNS.first);
    const report = await core.restoreInto(vault, items, folderHandle(target, roomy()));
    expect(report).toMatchObject({ problems: [], stopped: false, failed: null });
    const names = new Map(report.renamed.map(({ path, name }) => [path, name]));
    const files = await filesOf(target);
    const wanted = sample.states.get(SAMPLE_RUNS.first) ?? [];
    for (const entry of wanted.filter((item) => item.kind === 'file')) {
      const path = `${entry.source}/${entry.path}`;
      expect(files.get(names.get(path) ?? path), path).toEqual(entry.content);
    }
    expect(files.size).toBe(report.files);
    expect(names.get('Desk/what: a "day"?.jpg')).toBe('Desk/what_ a _day__.jpg');
    expect(report.links.map((link) => link.target)).toContain('../../etc/passwd');
  });

  test('nothing is overwritten, and what is there already is recognised', async () => {
    const vault = await openSample(sample.folder);
    const target = newMemoryFolder();
    const handle = folderHandle(target, roomy());
    await core.restoreInto(vault, core.itemsOfRun(vault, SAMPLE_RUNS.first), handle);
    const before = await filesOf(target);
    const second = core.itemsOfRun(vault, SAMPLE_RUNS.second);
    const report = await core.restoreInto(vault, second, handle);
    const after = await filesOf(target);
    for (const [path, bytes] of before) expect(after.get(path)).toEqual(bytes);
    expect(report.there).toBe(2);
    expect(report.renamed).toEqual([
      {
        path: 'NIKON Z 9/DCIM/100NIKON/DSC_0001.xmp',
        name: 'NIKON Z 9/DCIM/100NIKON/DSC_0001 (2).xmp',
      },
    ]);
  });

  test('names that differ in case only both arrive on a disk that ignores case', async () => {
    const vault = await openSample(sample.folder);
    const target = newMemoryFolder();
    const rules = { spaceBytes: 1e9, ignoresCase: true };
    const items = core.itemsOfRun(vault, SAMPLE_RUNS.first);
    await core.restoreInto(vault, items, folderHandle(target, rules));
    const contents = [...(await filesOf(target)).values()].map((bytes) => bytes.toString());
    expect(contents.some((text) => text.startsWith('case upper'))).toBe(true);
    expect(contents.some((text) => text.startsWith('case lower'))).toBe(true);
  });

  test('a damaged file is named, leaves nothing behind, and the rest arrives', async () => {
    const copy = await writeFormat1Vault(join(scratch, 'one bad'), true);
    const at = copy.places.get('jpeg five') ?? '';
    await flipBit(join(copy.folder, at), 3);
    for (const wholeBytes of [core.LIMITS.wholeBytes, 0]) {
      const own = await loadCore();
      own.LIMITS.wholeBytes = wholeBytes;
      const vault = await own.readVault(await openFolderForCore(own, copy.folder));
      const target = newMemoryFolder();
      const items = own.itemsOfRun(vault, SAMPLE_RUNS.latest);
      const report = await own.restoreInto(vault, items, folderHandle(target, roomy()));
      const bad = 'NIKON Z 9/DCIM/100NIKON/DSC_0005.JPG';
      expect(report.problems).toEqual([{ path: bad, problem: expect.stringContaining(at) }]);
      const files = await filesOf(target);
      expect(files.has(bad)).toBe(false);
      expect(files.size).toBe(5);
    }
  });

  test('a full target ends the restore, says so, and holds only whole files', async () => {
    const vault = await openSample(sample.folder);
    const target = newMemoryFolder();
    const items = core.itemsOfRun(vault, SAMPLE_RUNS.latest);
    const rules = { spaceBytes: 900, ignoresCase: false };
    const report = await core.restoreInto(vault, items, folderHandle(target, rules));
    expect(report.failed).toContain('no space');
    expect(report.files).toBeGreaterThan(0);
    expect((await filesOf(target)).size).toBe(report.files);
  });

  test('stopping leaves what is whole and says how far it came', async () => {
    const vault = await openSample(sample.folder);
    const target = newMemoryFolder();
    const control = new AbortController();
    const items = core.itemsOfRun(vault, SAMPLE_RUNS.latest);
    const report = await core.restoreInto(vault, items, folderHandle(target, roomy()), {
      signal: control.signal,
      onProgress: ({ bytes, total }) => bytes > total / 2 && control.abort(),
    });
    expect(report.stopped).toBe(true);
    expect((await filesOf(target)).size).toBe(report.files);
    expect(report.files).toBeLessThan(report.wanted);
  });

  test('paths that lead out are refused', async () => {
    const vault = await openSample(sample.folder);
    const digits = sha256('');
    const rest = { source: '..', kind: 'file', size: 0, mtimeMs: null, digits };
    const items = ['../up.txt', '/etc/x', 'a/../../b', 'nul\0'].map((path) => ({ ...rest, path }));
    const target = newMemoryFolder();
    const report = await core.restoreInto(vault, items, folderHandle(target, roomy()));
    expect(report.problems.length).toBe(4);
    expect((await filesOf(target)).size).toBe(0);
  });

  test('without a journal, files are found by the digits in their names and checked', async () => {
    const copy = await writeFormat1Vault(join(scratch, 'no journal'), true);
    await rm(join(copy.folder, 'journal'), { recursive: true });
    await rm(join(copy.folder, 'fieldvault.json'));
    const folder = await openFolderForCore(core, copy.folder);
    const vault = await core.readVault(folder);
    expect(vault.runs.size).toBe(0);
    const checked = (await core.checkVault(vault)).damaged.map((item) => item.path);
    expect(checked).toEqual([
      'fieldvault.json',
      'journal',
      'originals/2026/2026-11-22/LEFT_OVER~0123456789abcdef.NEF',
    ]);
    const items = await core.itemsOfOriginals(folder);
    const target = newMemoryFolder();
    const report = await core.restoreInto(vault, items, folderHandle(target, roomy()));
    // The leftover of a cut has digits that are not its own.
    expect(report.problems.map((item) => item.path)).toEqual([
      'originals/2026/2026-11-22/LEFT_OVER~0123456789abcdef.NEF',
    ]);
    const digests = new Set([...(await filesOf(target)).values()].map(sha256));
    for (const entry of copy.states.get(SAMPLE_RUNS.first) ?? []) {
      if (entry.kind === 'file') expect(digests.has(sha256(entry.content))).toBe(true);
    }
  });
});
