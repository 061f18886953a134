/** The library that darktable itself makes of pictures with known sidecars, found, copied and read here. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWorld } from '../../src/index.ts';
import { readSampleCatalog, type SampleReading } from '../../src/testing/index.ts';
import { skipBecause } from '../skip.ts';

const hasDarktable = spawnSync('darktable-cli', ['--version']).error === undefined;

const PICTURES = [
  { name: 'a.jpg', rating: 3, colors: [0, 3], keywords: ['Animals|Dog', 'Night'] },
  { name: 'b.jpg', rating: -1, colors: [], keywords: [] },
  { name: 'c.jpg', rating: 0, colors: [4], keywords: ['Städte|Köln'] },
] as const;

describe('darktable itself', skipBecause(hasDarktable ? null : 'no darktable-cli here'), () => {
  let base = '';
  let reading: SampleReading;

  beforeAll(async () => {
    base = mkdtempSync(join(tmpdir(), 'fieldvault-darktable-'));
    for (const name of ['in', 'out', 'config', 'scratch']) mkdirSync(join(base, name));
    const create = { width: 64, height: 48, channels: 3, background: '#a84' } as const;
    const jpeg = await sharp({ create }).jpeg().toBuffer();
    for (const picture of PICTURES) {
      writeFileSync(join(base, 'in', picture.name), jpeg);
      writeFileSync(join(base, 'in', `${picture.name}.xmp`), sidecar(picture));
    }
    const library = join(base, 'config/library.db');
    const config = ['--configdir', join(base, 'config'), '--cachedir', join(base, 'config')];
    const words = [
      join(base, 'in'),
      join(base, 'out'),
      '--core',
      ...config,
      '--library',
      library,
      '--disable-opencl',
    ];
    const ran = spawnSync('darktable-cli', words, {
      encoding: 'utf8',
      env: { ...process.env, HOME: base },
    });
    if (ran.status !== 0) throw new Error(ran.stdout + ran.stderr);
    reading = await readSampleCatalog(openWorld(), join(base, 'config'), join(base, 'scratch'));
  }, 120_000);
  afterAll(() => rmSync(base, { recursive: true, force: true }));

  it('makes a library that is found, copied and healthy', () => {
    const { unit, outcome } = reading;
    expect(unit).toMatchObject({ kind: 'darktable', isOpen: false });
    if (outcome.state !== 'copied') throw new Error(outcome.reason);
    expect(outcome.copy.health).toMatchObject({ quickCheck: 'ok', images: 3, withoutDevelop: 0 });
    expect(Number(outcome.copy.health.version)).toBeGreaterThanOrEqual(30);
    expect(outcome.copy.troubles).toEqual([]);
    const beside = readdirSync(join(base, 'config')).filter((name) => /-(wal|shm)$/.test(name));
    expect(beside).toEqual([]);
  });

  it('is understood: stars, rejection, colours and keywords as the sidecars said them', () => {
    const { facts, troubles, stopped } = reading;
    expect({ troubles, stopped }).toEqual({ troubles: [], stopped: null });
    const said = facts.toSorted((a, b) => (a.path < b.path ? -1 : 1));
    expect(
      said.map(({ path, rating, pick, label, keywords, copyName }) => {
        return { path, rating, pick, label, keywords: keywords.toSorted(), copyName };
      }),
    ).toEqual([
      {
        path: join(base, 'in/a.jpg'),
        rating: 3,
        pick: 0,
        label: 'Red, Blue',
        keywords: ['Animals|Dog', 'Dog', 'Night'],
        copyName: null,
      },
      {
        path: join(base, 'in/b.jpg'),
        rating: expect.anything(),
        pick: -1,
        label: null,
        keywords: [],
        copyName: null,
      },
      {
        path: join(base, 'in/c.jpg'),
        rating: 0,
        pick: 0,
        label: 'Purple',
        keywords: ['Köln', 'Städte|Köln'],
        copyName: null,
      },
    ]);
  });
});

function sidecar({ rating, colors, keywords }: (typeof PICTURES)[number]): string {
  const items = (texts: readonly (string | number)[]): string =>
    texts.map((text) => `<rdf:li>${text}</rdf:li>`).join('');
  return `<?xml version="1.0" encoding="UTF-8"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:lr="http://ns.adobe.com/lightroom/1.0/"
 xmlns:darktable="http://darktable.sf.net/" xmp:Rating="${rating}" darktable:xmp_version="5">
<darktable:colorlabels><rdf:Seq>${items(colors)}</rdf:Seq></darktable:colorlabels>
<lr:hierarchicalSubject><rdf:Bag>${items(keywords)}</rdf:Bag></lr:hierarchicalSubject>
</rdf:Description></rdf:RDF></x:xmpmeta>`;
}
