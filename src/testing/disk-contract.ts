import assert from 'node:assert/strict';
import { alignedBuffer, type Disk } from '../platform/index.ts';

/** The part of a test runner that a contract needs; vitest and node:test both have it. */
export interface TestRunner {
  describe(name: string, body: () => void): unknown;
  it(name: string, body: () => Promise<void>): unknown;
}

/** A disk to try, and what may differ between file systems. */
export interface DiskUnderTest {
  readonly disk: Disk;
  /** An empty folder on it that the contract may fill. */
  readonly folder: string;
  readonly isCaseSensitive: boolean;
  /** Names that are not UTF-8. */
  readonly takesAnyBytes: boolean;
  readonly findsAnyNormalForm: boolean;
  readonly hasLinks: boolean;
  readonly keepsMode: boolean;
  /** Names that cannot be made. */
  readonly forbidden: RegExp | null;
  readonly mtimeGranularityMs: number;
  close(): Promise<void>;
}

type Body = (tested: DiskUnderTest) => Promise<void>;

/** What every disk must do, real or simulated, wrapped or not. `make` gives each test its own folder. */
export function diskContract(
  runner: TestRunner,
  name: string,
  make: () => Promise<DiskUnderTest>,
): void {
  const rules: Readonly<Record<string, Body>> = {
    ...FILE_RULES,
    ...READ_RULES,
    ...FOLDER_RULES,
    ...NAME_RULES,
    ...FACT_RULES,
  };
  runner.describe(`disk contract: ${name}`, () => {
    for (const [rule, body] of Object.entries(rules)) {
      runner.it(rule, async () => {
        const tested = await make();
        try {
          await body(tested);
        } finally {
          await tested.close();
        }
      });
    }
  });
}

const FILE_RULES: Readonly<Record<string, Body>> = {
  'createNew() never touches a file that is there': async ({ disk, folder }) => {
    await writeFile(disk, `${folder}/a`, bytesOf(10, 1));
    await rejectsWith('EEXIST', disk.createNew(`${folder}/a`));
    assert.deepEqual(await readFile(disk, `${folder}/a`), bytesOf(10, 1));
  },
  'what is not there is null to stat() and ENOENT to all else': async ({ disk, folder }) => {
    const path = `${folder}/missing`;
    assert.equal(await disk.stat(path), null);
    assert.equal(await disk.stat(`${path}/below`), null);
    await rejectsWith('ENOENT', disk.openRead(path));
    await rejectsWith('ENOENT', disk.listFolder(path));
    await rejectsWith('ENOENT', disk.createNew(`${path}/below`));
    await rejectsWith('ENOENT', disk.syncFile(path));
    await rejectsWith('ENOENT', disk.syncFolder(path));
    await rejectsWith('ENOENT', disk.makeFolder(`${path}/below`));
    await rejectsWith('ENOENT', disk.rename(path, `${folder}/other`));
    await rejectsWith('ENOENT', disk.removeFile(path));
    await rejectsWith('ENOENT', disk.removeFolder(path));
    await rejectsWith('ENOENT', disk.setMtime(path, 1e12));
    await rejectsWith('ENOENT', disk.readLink(path));
    await rejectsWith('ENOENT', disk.freeBytes(path));
    await rejectsWith('ENOENT', disk.resolve(path));
  },
  'stat() is null for a name below a file': async ({ disk, folder }) => {
    await writeFile(disk, `${folder}/a`, bytesOf(1, 1));
    assert.equal(await disk.stat(`${folder}/a/below`), null);
  },
  'write() adds to the end': async ({ disk, folder }) => {
    const file = await disk.createNew(`${folder}/a`);
    await file.write(bytesOf(5, 1));
    await file.write(new Uint8Array(0));
    await file.write(bytesOf(7, 2));
    assert.match(await file.sync(), /^(durable|weak)$/);
    await file.close();
    const whole = await readFile(disk, `${folder}/a`);
    assert.deepEqual(whole, new Uint8Array([...bytesOf(5, 1), ...bytesOf(7, 2)]));
  },
  'write() keeps nothing of the buffer it was given': async ({ disk, folder }) => {
    const buffer = bytesOf(100, 3);
    const file = await disk.createNew(`${folder}/a`);
    await file.write(buffer);
    buffer.fill(0);
    await file.close();
    assert.deepEqual(await readFile(disk, `${folder}/a`), bytesOf(100, 3));
  },
  'a file can be synced by the name it has now': async ({ disk, folder }) => {
    await writeFile(disk, `${folder}/a`, bytesOf(5, 1));
    await disk.rename(`${folder}/a`, `${folder}/b`);
    assert.match(await disk.syncFile(`${folder}/b`), /^(durable|weak)$/);
    await rejectsWith('ENOENT', disk.syncFile(`${folder}/a`));
  },
  'rename() moves between folders and replaces': async ({ disk, folder }) => {
    await disk.makeFolder(`${folder}/sub`);
    await writeFile(disk, `${folder}/a`, bytesOf(5, 1));
    await writeFile(disk, `${folder}/sub/b`, bytesOf(6, 2));
    await disk.rename(`${folder}/a`, `${folder}/sub/b`);
    assert.deepEqual(await readFile(disk, `${folder}/sub/b`), bytesOf(5, 1));
    assert.deepEqual(await namesIn(disk, folder), ['sub']);
    assert.deepEqual(await namesIn(disk, `${folder}/sub`), ['b']);
  },
  'rename() can change only the case of a name': async ({ disk, folder }) => {
    await writeFile(disk, `${folder}/dsc.nef`, bytesOf(5, 1));
    await disk.rename(`${folder}/dsc.nef`, `${folder}/DSC.NEF`);
    assert.deepEqual(await namesIn(disk, folder), ['DSC.NEF']);
    assert.deepEqual(await readFile(disk, `${folder}/DSC.NEF`), bytesOf(5, 1));
  },
  'removeFile() takes the file away': async ({ disk, folder }) => {
    await writeFile(disk, `${folder}/a`, bytesOf(5, 1));
    await disk.removeFile(`${folder}/a`);
    assert.deepEqual(await namesIn(disk, folder), []);
    assert.equal(await disk.stat(`${folder}/a`), null);
  },
};

const DIRECT_SIZES = [0, 1, 4095, 4096, 4097, 65_536, 3 * 1_048_576 + 1];

const READ_RULES: Readonly<Record<string, Body>> = {
  'read() is short only at the end': async ({ disk, folder }) => {
    await writeFile(disk, `${folder}/a`, bytesOf(100_000, 4));
    const file = await disk.openRead(`${folder}/a`);
    const buffer = new Uint8Array(60_000);
    assert.equal(await file.read(buffer, 0), 60_000);
    assert.deepEqual(buffer, bytesOf(100_000, 4).subarray(0, 60_000));
    assert.equal(await file.read(buffer, 60_000), 40_000);
    assert.deepEqual(buffer.subarray(0, 40_000), bytesOf(100_000, 4).subarray(60_000));
    assert.equal(await file.read(buffer, 100_000), 0);
    assert.equal(await file.read(buffer, 5_000_000_000_000), 0);
    await file.close();
  },
  'read() fills exactly the part of memory it is given': async ({ disk, folder }) => {
    await writeFile(disk, `${folder}/a`, bytesOf(100, 5));
    const memory = new Uint8Array(30);
    const file = await disk.openRead(`${folder}/a`);
    assert.equal(await file.read(memory.subarray(10, 20), 50), 10);
    await file.close();
    const around = new Uint8Array(10);
    assert.deepEqual(
      memory,
      new Uint8Array([...around, ...bytesOf(100, 5).subarray(50, 60), ...around]),
    );
  },
  'a direct read gives the same bytes as a plain one': async ({ disk, folder }) => {
    for (const sizeBytes of DIRECT_SIZES) {
      const path = `${folder}/${sizeBytes}`;
      await writeFile(disk, path, bytesOf(sizeBytes, sizeBytes));
      const file = await disk.openRead(path, { direct: true });
      const read = await readAll((buffer, position) => file.read(buffer, position));
      await file.close();
      assert.deepEqual(read, bytesOf(sizeBytes, sizeBytes), `${sizeBytes} bytes`);
      assert.deepEqual(read, await readFile(disk, path), `${sizeBytes} bytes`);
    }
  },
  'an open file is the file, whatever its name is by now': async ({ disk, folder }) => {
    await writeFile(disk, `${folder}/a`, bytesOf(9, 6));
    const file = await disk.openRead(`${folder}/a`);
    await disk.rename(`${folder}/a`, `${folder}/b`);
    assert.equal((await file.facts()).sizeBytes, 9);
    const buffer = new Uint8Array(9);
    assert.equal(await file.read(buffer, 0), 9);
    assert.deepEqual(buffer, bytesOf(9, 6));
    await file.close();
    await file.close();
  },
};

const FOLDER_RULES: Readonly<Record<string, Body>> = {
  'makeFolder() says whether it made one': async ({ disk, folder }) => {
    assert.equal(await disk.makeFolder(`${folder}/sub`), true);
    assert.equal(await disk.makeFolder(`${folder}/sub`), false);
    await writeFile(disk, `${folder}/a`, bytesOf(1, 1));
    await rejectsWith('EEXIST', disk.makeFolder(`${folder}/a`));
    assert.match(await disk.syncFolder(folder), /^(durable|weak)$/);
  },
  'removeFolder() takes only an empty folder': async ({ disk, folder }) => {
    await disk.makeFolder(`${folder}/sub`);
    await writeFile(disk, `${folder}/sub/a`, bytesOf(1, 1));
    await rejectsWith('ENOTEMPTY', disk.removeFolder(`${folder}/sub`));
    await disk.removeFile(`${folder}/sub/a`);
    await disk.removeFolder(`${folder}/sub`);
    assert.equal(await disk.stat(`${folder}/sub`), null);
  },
  'listFolder() gives names and facts of what lies directly there': async ({ disk, folder }) => {
    await disk.makeFolder(`${folder}/sub`);
    await writeFile(disk, `${folder}/sub/below`, bytesOf(1, 1));
    await writeFile(disk, `${folder}/a`, bytesOf(77, 1));
    const entries = (await disk.listFolder(folder)).sort(byName);
    assert.deepEqual(
      entries.map(({ name, kind }) => ({ name, kind })),
      [
        { name: 'a', kind: 'file' },
        { name: 'sub', kind: 'folder' },
      ],
    );
    for (const { name, ...facts } of entries) {
      assert.deepEqual(facts, await disk.stat(`${folder}/${name}`));
    }
    assert.equal(entries[0]?.sizeBytes, 77);
    await rejectsWith('ENOTDIR', disk.listFolder(`${folder}/a`));
  },
  'links are links and are never followed': async ({ disk, folder, hasLinks }) => {
    if (!hasLinks) return;
    await writeFile(disk, `${folder}/a`, bytesOf(5, 1));
    await disk.makeFolder(`${folder}/sub`);
    await disk.makeLink(`${folder}/to-file`, 'a');
    await disk.makeLink(`${folder}/to-folder`, `${folder}/sub`);
    await disk.makeLink(`${folder}/to-nothing`, '../no such thing');
    const links = (await disk.listFolder(folder)).filter(({ kind }) => kind === 'link');
    assert.deepEqual(links.map(({ name }) => name).sort(), ['to-file', 'to-folder', 'to-nothing']);
    assert.equal((await disk.stat(`${folder}/to-folder`))?.kind, 'link');
    assert.equal(await disk.readLink(`${folder}/to-nothing`), '../no such thing');
    await rejectsWith('ELOOP', disk.openRead(`${folder}/to-file`));
    await rejectsWith('EEXIST', disk.createNew(`${folder}/to-nothing`));
    await rejectsWith('EEXIST', disk.makeLink(`${folder}/to-file`, 'b'));
    await disk.setMtime(`${folder}/to-file`, 1_000_000_000_000);
    assert.notEqual((await disk.stat(`${folder}/a`))?.mtimeMs, 1_000_000_000_000);
    assert.equal(await disk.resolve(`${folder}/to-folder`), await disk.resolve(`${folder}/sub`));
    await disk.removeFile(`${folder}/to-file`);
    assert.deepEqual(await readFile(disk, `${folder}/a`), bytesOf(5, 1));
  },
};

/** Names that a card, a studio server or a careless program leaves behind. */
const HOSTILE_NAMES = [
  ' leading and trailing ',
  '-rf',
  '$(HOME)`x`%PATH%',
  'a\nb\tc\u0007\u007f',
  'a:b?*"<>|\\c',
  'CON',
  'dots...',
  "it's",
  'Zürich 東京 🏔',
  '\ufffd replacement',
  '\u202egpj.exe',
  'x'.repeat(255),
  'ä'.repeat(127),
];

const NAME_RULES: Readonly<Record<string, Body>> = {
  'every name it takes comes back exactly': async ({ disk, folder, forbidden }) => {
    const names = HOSTILE_NAMES.filter((name) => forbidden === null || !forbidden.test(name));
    for (const [index, name] of names.entries()) {
      await writeFile(disk, `${folder}/${name}`, bytesOf(3, index));
    }
    assert.deepEqual(await namesIn(disk, folder), names.toSorted());
    for (const [index, name] of names.entries()) {
      assert.deepEqual(await readFile(disk, `${folder}/${name}`), bytesOf(3, index), name);
    }
  },
  'a name that is too long is refused': async ({ disk, folder }) => {
    // Windows calls it ENOENT or EINVAL.
    const code = /^(ENAMETOOLONG|ENOENT|EINVAL)$/;
    await assert.rejects(disk.createNew(`${folder}/${'x'.repeat(256)}`), { code });
    assert.deepEqual(await namesIn(disk, folder), []);
  },
  'names that are not UTF-8 come back exactly': async ({ disk, folder, takesAnyBytes }) => {
    if (!takesAnyBytes) return;
    const names = ['caf\udce9.jpg', '\udcff\udc80', '\udce2\udc82x', 'ok\udced\udca0\udc80'];
    for (const name of names) await writeFile(disk, `${folder}/${name}`, bytesOf(4, 1));
    await disk.makeFolder(`${folder}/dir\udcfe`);
    await writeFile(disk, `${folder}/dir\udcfe/\ufffd`, bytesOf(4, 1));
    await disk.rename(`${folder}/caf\udce9.jpg`, `${folder}/dir\udcfe/caf\udce9.jpg`);
    assert.deepEqual(await namesIn(disk, folder), [...names.slice(1), 'dir\udcfe'].toSorted());
    const below = await namesIn(disk, `${folder}/dir\udcfe`);
    assert.deepEqual(below, ['caf\udce9.jpg', '\ufffd'].toSorted());
    assert.equal((await disk.resolve(`${folder}/dir\udcfe`)).slice(-4), 'dir\udcfe');
  },
  'names that differ only in case are twins or one': async ({ disk, folder, isCaseSensitive }) => {
    await writeFile(disk, `${folder}/IMG.jpg`, bytesOf(3, 1));
    const second = disk.createNew(`${folder}/img.JPG`);
    if (isCaseSensitive) await (await second).close();
    else await rejectsWith('EEXIST', second);
    const names = isCaseSensitive ? ['IMG.jpg', 'img.JPG'] : ['IMG.jpg'];
    assert.deepEqual(await namesIn(disk, folder), names);
  },
  'Unicode forms of one name are twins or one': async (tested) => {
    const { disk, folder, findsAnyNormalForm } = tested;
    const [composed, decomposed] = ['Caf\u00e9', 'Cafe\u0301'];
    await writeFile(disk, `${folder}/${composed}`, bytesOf(3, 1));
    const second = disk.createNew(`${folder}/${decomposed}`);
    if (findsAnyNormalForm) await rejectsWith('EEXIST', second);
    else await (await second).close();
    const names = findsAnyNormalForm ? [composed] : [decomposed, composed];
    assert.deepEqual(await namesIn(disk, folder), names);
  },
};

const TIMES_MS = [
  315_532_800_000, 1_000_000_000_000, 1_700_000_000_123.456, 1_753_000_000_999.999,
  1_790_000_000_000.001, 4_102_444_800_000.5,
];

const FACT_RULES: Readonly<Record<string, Body>> = {
  'setMtime() is exact to what the disk keeps': async ({ disk, folder, mtimeGranularityMs }) => {
    await writeFile(disk, `${folder}/a`, bytesOf(3, 1));
    for (const mtimeMs of TIMES_MS) {
      await disk.setMtime(`${folder}/a`, mtimeMs);
      const step = mtimeGranularityMs;
      const kept = step === 0 ? mtimeMs : Math.floor(mtimeMs / step) * step;
      assert.equal((await disk.stat(`${folder}/a`))?.mtimeMs, kept);
      assert.equal((await disk.listFolder(folder))[0]?.mtimeMs, kept);
    }
  },
  'setMode() keeps the bits where there are any': async ({ disk, folder, keepsMode }) => {
    await writeFile(disk, `${folder}/a`, bytesOf(3, 1));
    await disk.setMode(`${folder}/a`, 0o444);
    if (keepsMode) assert.equal((await disk.stat(`${folder}/a`))?.mode, 0o444);
    assert.deepEqual(await readFile(disk, `${folder}/a`), bytesOf(3, 1));
    await disk.setMode(`${folder}/a`, 0o644);
  },
  'freeBytes() is a count of bytes or unknown': async ({ disk, folder }) => {
    const free = await disk.freeBytes(folder);
    assert.ok(free === null || (Number.isSafeInteger(free) && free > 0), String(free));
  },
  'resolve() gives an absolute path with plain slashes': async ({ disk, folder }) => {
    await disk.makeFolder(`${folder}/sub`);
    const resolved = await disk.resolve(`${folder}/sub/../sub`);
    assert.match(resolved, /^(\/|[A-Za-z]:\/)/);
    assert.equal(resolved, `${await disk.resolve(folder)}/sub`);
  },
  'localPath() is null or the path itself, and null for a name that is not Unicode': async ({
    disk,
    folder,
  }) => {
    const path = `${folder}/a`;
    assert.ok([null, path].includes(disk.localPath(path)));
    assert.equal(disk.localPath(`${folder}/\udcff`), null);
  },
};

/** Bytes that differ from place to place and from seed to seed. */
function bytesOf(sizeBytes: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(sizeBytes);
  for (let index = 0; index < sizeBytes; index += 1) {
    bytes[index] = (index * 31 + (index >> 8) * 17 + seed) & 255;
  }
  return bytes;
}

async function writeFile(disk: Disk, path: string, bytes: Uint8Array): Promise<void> {
  const file = await disk.createNew(path);
  await file.write(bytes);
  await file.close();
}

async function readFile(disk: Disk, path: string): Promise<Uint8Array> {
  const file = await disk.openRead(path);
  const bytes = await readAll((buffer, position) => file.read(buffer, position));
  await file.close();
  return bytes;
}

async function readAll(
  read: (buffer: Uint8Array, positionBytes: number) => Promise<number>,
): Promise<Uint8Array> {
  const buffer = alignedBuffer(1_048_576);
  const parts: Uint8Array[] = [];
  let position = 0;
  for (let count = -1; count !== 0; position += count) {
    // A direct read starts at a multiple of its unit, so the end was reached by a count that is none.
    count = position % 4096 === 0 ? await read(buffer, position) : 0;
    parts.push(buffer.slice(0, count));
  }
  return new Uint8Array(Buffer.concat(parts));
}

async function namesIn(disk: Disk, folder: string): Promise<string[]> {
  return (await disk.listFolder(folder)).map(({ name }) => name).sort();
}

function byName(left: { readonly name: string }, right: { readonly name: string }): number {
  return left.name < right.name ? -1 : 1;
}

async function rejectsWith(code: string, promise: Promise<unknown>): Promise<void> {
  await assert.rejects(promise, { code });
}
