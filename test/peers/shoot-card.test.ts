import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeScratchFolder, openWorld } from '../../src/index.ts';
import { type ShootSummary, tinyShoot, writeShoot } from '../../src/testing/index.ts';
import { skipBecause } from '../skip.ts';
import { runExifTool, whyNoTool } from './raw-tools.ts';

let folder = '';
let summary: ShootSummary;

/** Files of the card with this extension. */
function paths(extension: string): { readonly path: string }[] {
  const found = summary.files.filter(({ path }) => path.endsWith(`.${extension}`));
  expect(found.length).toBeGreaterThan(0);
  return found.map(({ path }) => ({ path: join(folder, path) }));
}

beforeAll(async () => {
  const world = openWorld();
  folder = await makeScratchFolder('fieldvault-card');
  summary = await writeShoot(world.disk, folder, tinyShoot(11));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a simulated card before ExifTool', skipBecause(whyNoTool('exiftool')), () => {
  test.each(['NEF', 'DNG', 'JPG', 'xmp', 'WAV'])(
    'has nothing wrong in its %s files',
    (extension) => {
      for (const { file, said } of runExifTool(paths(extension))) {
        const verdict = [
          said['ExifTool:Error'],
          said['ExifTool:Warning'],
          said['ExifTool:Validate'],
        ];
        expect(verdict, file.path).toEqual([undefined, undefined, '0 0 0']);
      }
    },
  );

  test('has sidecars that say what an editor did', () => {
    for (const { file, said } of runExifTool(paths('xmp'))) {
      expect(said, file.path).toMatchObject({
        'XMP-xmp:Rating': expect.any(Number),
        'XMP-photoshop:SidecarForExtension': expect.stringMatching(/^(NEF|DNG)$/),
        'XMP-crs:HasSettings': true,
        'XMP-dc:Subject': expect.anything(),
      });
    }
  });

  test('has voice notes that are plain PCM', () => {
    for (const { file, said } of runExifTool(paths('WAV'))) {
      expect(said, file.path).toMatchObject({ 'RIFF:SampleRate': 8000, 'RIFF:BitsPerSample': 8 });
    }
  });
});

const { error: noSqlite } = spawnSync('sqlite3', ['--version']);
const whyNoSqlite = noSqlite === undefined ? null : 'no sqlite3 here';

describe('a simulated catalog before sqlite3', skipBecause(whyNoSqlite), () => {
  test('is whole and leads to every RAW', () => {
    const [catalog] = paths('lrcat');
    const query = `pragma integrity_check; select count(*) from Adobe_images
      join AgLibraryFile on AgLibraryFile.id_local = Adobe_images.rootFile;`;
    const { stdout } = spawnSync('sqlite3', ['-readonly', catalog?.path ?? '', query], {
      encoding: 'utf8',
    });
    expect(stdout).toBe(`ok\n${summary.frames.length}\n`);
  });
});
