import { DatabaseSync } from 'node:sqlite';
import { inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type SimWorld, simWorld } from '../simulation.ts';
import { planFrames, type ShootPlan } from './shoot-plan.ts';
import { benchShoot, demoShoot, tinyShoot } from './shoot-presets.ts';
import { type ShootSummary, writeShoot } from './write-shoot.ts';

interface Card {
  readonly world: SimWorld;
  readonly summary: ShootSummary;
  readonly read: (path: string) => Promise<Uint8Array>;
}

async function shoot(plan: ShootPlan, inParallel = false): Promise<Card> {
  const world = simWorld(1);
  world.disk.stage.makeFolders('/cards');
  const workers = inParallel ? world.workers : undefined;
  const summary = await writeShoot(world.disk, '/cards/SIM', plan, workers);
  const read = async (path: string): Promise<Uint8Array> => {
    const file = await world.disk.openRead(`/cards/SIM/${path}`);
    const { sizeBytes } = await file.facts();
    const bytes = new Uint8Array(sizeBytes);
    expect(await file.read(bytes, 0)).toBe(sizeBytes);
    await file.close();
    return bytes;
  };
  return { world, summary, read };
}

describe('writeShoot()', () => {
  it('writes what the summary says, with the moments of capture as times', async () => {
    const { world, summary } = await shoot(tinyShoot(1));
    let bytes = 0;
    for (const { path, sizeBytes, mtimeMs } of summary.files) {
      const facts = await world.disk.stat(`/cards/SIM/${path}`);
      expect(facts).toMatchObject({ kind: 'file', sizeBytes, mtimeMs });
      bytes += sizeBytes;
    }
    expect(bytes).toBe(summary.bytes);
    expect(summary.files.length).toBeGreaterThanOrEqual(20);
    expect(bytes).toBeLessThan(1_000_000);
    expect(summary.files[0]).toMatchObject({
      path: 'DCIM/100NCZ_8/DSC_0001.NEF',
      mtimeMs: Date.UTC(2026, 10, 21, 3, 12, 5, 250),
    });
  });

  it('makes the same bytes from the same seed, alone or in parallel, and others from another', async () => {
    const [one, two, other] = [
      await shoot(tinyShoot(1)),
      await shoot(tinyShoot(1), true),
      await shoot(tinyShoot(2)),
    ];
    expect(two.summary).toEqual(one.summary);
    for (const { path } of one.summary.files) {
      // SQLite writes its own version into a catalog; contents are compared below.
      if (path.endsWith('.lrcat')) continue;
      expect(await two.read(path)).toEqual(await one.read(path));
    }
    const raw = 'DCIM/100NCZ_8/DSC_0001.NEF';
    expect(await other.read(raw)).not.toEqual(await one.read(raw));
  });

  it('groups bursts, brackets and single shots as they were taken', async () => {
    const plan = { ...tinyShoot(3), frames: 12 };
    const { summary } = await shoot(plan);
    expect(summary.groups.map(({ kind, frames }) => [kind, frames.length])).toEqual([
      ['burst', 4],
      ['bracket', 3],
      ['burst', 4],
      ['single', 1],
    ]);
    expect(summary.frames.flat()).toEqual(summary.files.slice(0, -1));
    expect(summary.groups.flatMap(({ frames }) => frames)).toEqual(
      summary.frames.map(([raw]) => raw!.path),
    );
    const stops = planFrames(plan).map(({ facts }) => facts.exposureStops);
    expect(stops.slice(4, 7)).toEqual([0, -2, 2]);
  });

  it('pairs every RAW with a JPEG, and leaves out what is not wanted', async () => {
    const { summary } = await shoot(tinyShoot(4));
    for (const [raw, jpeg] of summary.frames) {
      expect(jpeg!.path).toBe(raw!.path.replace(/\.\w+$/, '.JPG'));
      expect(jpeg!.mtimeMs).toBe(raw!.mtimeMs);
    }
    const bare = { pairs: false, sidecars: false, voiceNotes: false, catalog: false };
    const plain = await shoot({ ...tinyShoot(4), ...bare, burstLength: 1, frames: 3 });
    expect(plain.summary.files.map(({ path }) => path.slice(-8))).toEqual([
      '0001.NEF',
      '0002.DNG',
      '0003.DNG',
    ]);
    expect(plain.summary.groups.map(({ kind }) => kind)).toEqual(['single', 'single', 'single']);
  });

  it('writes sidecars that name their RAW and hold rating and keywords', async () => {
    const { summary, read } = await shoot(tinyShoot(5));
    const decoder = new TextDecoder();
    const sidecars = summary.files.filter(({ path }) => path.endsWith('.xmp'));
    expect(sidecars).toHaveLength(3);
    const frames = planFrames(tinyShoot(5));
    for (const { path } of sidecars) {
      const text = decoder.decode(await read(path));
      const frame = frames.find(({ stem }) => path.includes(stem))!;
      expect(text).toContain(`xmp:Rating="${frame.edit.rating}"`);
      const extension = frame.format.kind === 'nef' ? 'NEF' : 'DNG';
      expect(text).toContain(`photoshop:SidecarForExtension="${extension}"`);
      for (const word of frame.edit.keywords) {
        expect(text).toContain(`<rdf:li>${word.replaceAll('&', '&amp;')}</rdf:li>`);
      }
    }
  });

  it('writes voice notes of one second of 8-bit PCM', async () => {
    const { read } = await shoot(tinyShoot(6));
    const note = await read('DCIM/100NCZ_8/DSC_0001.WAV');
    const view = new DataView(note.buffer);
    expect(new TextDecoder().decode(note.subarray(0, 4))).toBe('RIFF');
    expect(view.getUint32(4, true)).toBe(note.length - 8);
    expect(view.getUint32(24, true)).toBe(8000);
    expect(view.getUint32(40, true)).toBe(note.length - 44);
  });

  it('writes a catalog whose joins lead to every RAW', async () => {
    const { read, summary } = await shoot(tinyShoot(7));
    const db = new DatabaseSync(':memory:');
    db.deserialize(await read('Expedition.lrcat'));
    const rows = db
      .prepare(
        `select r.absolutePath || d.pathFromRoot || f.idx_filename as path, i.rating, i.pick
         from Adobe_images i join AgLibraryFile f on f.id_local = i.rootFile
         join AgLibraryFolder d on d.id_local = f.folder
         join AgLibraryRootFolder r on r.id_local = d.rootFolder order by i.id_local`,
      )
      .all();
    expect(rows.map(({ path }) => path)).toEqual(
      summary.frames.map(([raw]) => `/Volumes/CARD/${raw!.path}`),
    );
    const edits = planFrames(tinyShoot(7));
    expect(rows.map(({ rating }) => rating ?? 0)).toEqual(edits.map(({ edit }) => edit.rating));
    expect(rows.map(({ pick }) => pick)).toEqual(edits.map(({ pick }) => pick));
    const words = db.prepare(
      `select count(*) as links from AgLibraryKeywordImage k
       join AgLibraryKeyword w on w.id_local = k.tag join Adobe_images i on i.id_local = k.image`,
    );
    const links = edits.reduce((sum, { edit }) => sum + edit.keywords.length, 0);
    expect(words.get()).toEqual({ links });
    const stacks = db.prepare('select count(*) as stacked from AgLibraryFolderStackImage').get();
    const grouped = summary.groups.filter(({ frames }) => frames.length > 1);
    expect(stacks).toEqual({ stacked: grouped.flatMap(({ frames }) => frames).length });
    const exif = db.prepare(
      `select gpsLatitude, m.value as model from AgHarvestedExifMetadata e
       join AgInternedExifCameraModel m on m.id_local = e.cameraModelRef order by e.image`,
    );
    expect(exif.all()).toEqual(
      edits.map(({ facts }) => ({
        gpsLatitude: facts.place?.latitude ?? null,
        model: facts.model,
      })),
    );
    const [{ xmp = null } = {}] = db.prepare('select xmp from Adobe_AdditionalMetadata').all();
    const packed = Buffer.from(xmp as Uint8Array);
    const unpacked = inflateSync(packed.subarray(4));
    expect(unpacked.length).toBe(packed.readUInt32BE());
    expect(unpacked.toString()).toContain('xmp:Rating=');
    expect(db.prepare('pragma integrity_check').get()).toEqual({ integrity_check: 'ok' });
    db.close();
  });

  it('begins another folder after 999 frames', () => {
    const frames = planFrames({ ...tinyShoot(8), frames: 1200 });
    expect(new Set(frames.map(({ folder }) => folder))).toEqual(
      new Set(['DCIM/100NCZ_8', 'DCIM/101NCZ_8']),
    );
    expect(frames[999]!.stem).toBe('DSC_1000');
  });
});

describe('presets', () => {
  it('are of the sizes they promise', () => {
    expect(planFrames(demoShoot(1))).toHaveLength(24);
    const { frames, width, height } = benchShoot(1, 2e9);
    expect((frames * width * height * 15) / 8 / 2e9).toBeCloseTo(1, 0);
  });
});
