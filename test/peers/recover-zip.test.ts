import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { skipBecause } from '../skip.ts';
import { sha256 } from './format-1-lines.ts';
import { SAMPLE_RUNS, type SampleVault, writeFormat1Vault } from './format-1-vault.ts';
import { readStoredZip } from './read-zip.ts';
import { loadCore, openFolderForCore, type RecoverCore } from './recover-core.ts';

vi.setConfig({ testTimeout: 60_000 });

let core: RecoverCore;
let scratch = '';
let sample: SampleVault;

beforeAll(async () => {
  core = await loadCore();
  scratch = await mkdtemp(join(tmpdir(), 'fieldvault-zip-'));
  sample = await writeFormat1Vault(join(scratch, 'sample'));
});
afterAll(() => rm(scratch, { recursive: true }));

const hasUnzip = spawnSync('unzip', ['-v']).status === 0;
const hasPython = spawnSync('python3', ['--version']).status === 0;

describe('ZIP files of the page', () => {
  test(
    'unzip accepts them and gets every file back',
    skipBecause(hasUnzip ? null : 'no unzip here'),
    async () => {
      const vault = await core.readVault(await openFolderForCore(core, sample.folder));
      const zips: Blob[] = [];
      const items = core.itemsOfRun(vault, SAMPLE_RUNS.first);
      const report = await core.makeZips(vault, items, { onZip: (blob) => void zips.push(blob) });
      expect(report.problems).toEqual([]);
      expect(zips.length).toBe(1);
      const path = join(scratch, 'pictures.zip');
      await writeFile(path, Buffer.from((await zips[0]?.arrayBuffer()) ?? new ArrayBuffer(0)));
      execFileSync('unzip', ['-tq', path]);
      execFileSync('unzip', ['-q', path, '-d', join(scratch, 'unzipped')]);
      const frame = join(scratch, 'unzipped/NIKON Z 9/DCIM/100NIKON/DSC_0001.NEF');
      expect(sha256(await readFile(frame))).toBe(
        sha256(sample.states.get(SAMPLE_RUNS.first)?.[2]?.content ?? ''),
      );
      expect((await readdir(join(scratch, 'unzipped/Desk'))).length).toBe(14);
    },
  );

  test('large selections become several ZIP files, each whole', async () => {
    const own = await loadCore();
    own.LIMITS.zipBytes = 1000;
    const vault = await own.readVault(await openFolderForCore(own, sample.folder));
    const zips: Blob[] = [];
    const items = own.itemsOfRun(vault, SAMPLE_RUNS.latest);
    await own.makeZips(vault, items, { onZip: (blob) => void zips.push(blob) });
    expect(zips.length).toBeGreaterThan(2);
    const digests: string[] = [];
    for (const zip of zips) {
      const files = readStoredZip(Buffer.from(await zip.arrayBuffer()));
      for (const [name, content] of files) if (!name.endsWith('/')) digests.push(sha256(content));
    }
    const wanted = (sample.states.get(SAMPLE_RUNS.latest) ?? []).filter((it) => it.kind === 'file');
    expect(digests.sort()).toEqual(wanted.map((entry) => sha256(entry.content)).sort());
  });

  test(
    'more than 4 GiB and more than 65,535 files are zip64 that Python reads',
    skipBecause(hasPython ? null : 'no python3 here'),
    async () => {
      const text = randomBytes(10);
      const blob = new Blob([text]);
      const many = Array.from({ length: 66_000 }, (_, index) => {
        return { name: `${index}.jpg`, size: 10, crc: crc32(text), mtimeMs: 1.8e12, blob };
      });
      const path = join(scratch, 'many.zip');
      await writeFile(path, Buffer.from(await new Blob(core.zipParts(many)).arrayBuffer()));
      const script =
        'import sys,zipfile; z=zipfile.ZipFile(sys.argv[1]); print(len(z.namelist()), len(z.read("65999.jpg")))';
      expect(execFileSync('python3', ['-c', script, path], { encoding: 'utf8' }).trim()).toBe(
        '66000 10',
      );
      // A file with a hole stands in for 5 GB: only the records around it are real.
      const size = 5_000_000_000;
      const big = { name: 'big.mov', size, crc: 0, mtimeMs: 1.8e12, blob: null };
      const parts = core.zipParts([big, { ...big, name: 'after.jpg', size: 10 }]);
      const chunks = await Promise.all(parts.map(async (part) => Buffer.from(part as Uint8Array)));
      const head = Buffer.concat(chunks.slice(0, 4));
      const tail = Buffer.concat(chunks.slice(4, 8));
      const central = Buffer.concat([Buffer.alloc(10), ...chunks.slice(8)]);
      const hole = join(scratch, 'hole.zip');
      await writeFile(join(scratch, 'head'), head);
      await writeFile(join(scratch, 'tail'), Buffer.concat([tail, central]));
      const join64 =
        'import sys; f=open(sys.argv[1],"wb"); f.write(open(sys.argv[2],"rb").read()); f.seek(int(sys.argv[4]),1); f.write(open(sys.argv[3],"rb").read())';
      const files = [hole, join(scratch, 'head'), join(scratch, 'tail'), String(size)];
      execFileSync('python3', ['-c', join64, ...files]);
      const look =
        'import sys,zipfile; z=zipfile.ZipFile(sys.argv[1]); print([(i.filename,i.file_size,i.header_offset>4e9) for i in z.infolist()]); z.open("after.jpg")';
      expect(execFileSync('python3', ['-c', look, hole], { encoding: 'utf8' }).trim()).toBe(
        "[('big.mov', 5000000000, False), ('after.jpg', 10, True)]",
      );
    },
  );
});
