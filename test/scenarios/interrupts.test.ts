import { beforeEach, describe, expect, it } from 'vitest';
import { checkVault, repair } from '../../src/backup/index.ts';
import { pickBelow, seededRandom } from '../../src/testing/index.ts';
import { type CheckReport, check } from '../../src/vault/index.ts';
import { FieldKit } from './field-kit.ts';

const FRAMES = Object.fromEntries(
  Array.from({ length: 40 }, (_, index) => [`DCIM/IMG_${1000 + index}.NEF`, `frame ${index}`]),
);
const ALL = Object.fromEntries(
  Object.entries(FRAMES).map(([path, text]) => [`EOS_DIGITAL/${path}`, text]),
);

async function kitWithCard(seed: number): Promise<{ kit: FieldKit; card: string }> {
  const kit = await FieldKit.open({}, seed);
  return { kit, card: kit.insert('/media/EOS_DIGITAL', FRAMES) };
}

/** Presses Ctrl-C just before the call with this number, counted from now. */
function pressAt(kit: FieldKit, calls: number): AbortSignal {
  const controller = new AbortController();
  kit.disk.faults.changeAt(kit.disk.faults.steps + calls, () => controller.abort());
  return controller.signal;
}

const CHUNK = 1_048_576;
const HUGE = 'a long film '.padEnd(8 * CHUNK, 'x');

/** Presses Ctrl-C at the second piece that is read of a path, and counts the pieces. */
function pressWithin(kit: FieldKit, isIt: (path: string) => boolean): Pressed {
  const controller = new AbortController();
  const pressed = { signal: controller.signal, reads: 0 };
  kit.disk.faults.add({
    when: (call) => call.kind === 'read' && isIt(call.path),
    run: () => {
      pressed.reads += 1;
      if (pressed.reads === 2) controller.abort();
    },
    times: 99,
  });
  return pressed;
}

interface Pressed {
  readonly signal: AbortSignal;
  reads: number;
}

describe('Ctrl-C within one huge file', () => {
  let kit: FieldKit;
  const card = '/media/EOS_DIGITAL';
  const files = { 'EOS_DIGITAL/DCIM/FILM.MOV': HUGE, 'EOS_DIGITAL/DCIM/A.NEF': 'a frame' };
  const isStored = (path: string): boolean => /originals.*FILM~/.test(path);

  beforeEach(async () => {
    kit = await FieldKit.open();
    kit.insert(card, { 'DCIM/FILM.MOV': HUGE, 'DCIM/A.NEF': 'a frame' });
  });

  it('ends a backup within a chunk, with nothing half-written in the vault', async () => {
    const pressed = pressWithin(kit, (path) => path.endsWith('FILM.MOV'));
    const cut = await kit.protect(card, { signal: pressed.signal });
    expect(cut).toMatchObject({ isInterrupted: true, issueCount: 0 });
    expect(pressed.reads).toBe(2);
    kit.disk.faults.clear();
    expect(kit.disk.stage.paths(`${kit.vault}/incoming`)).toEqual([]);
    expect(kit.disk.stage.paths(`${kit.vault}/originals`).filter(isStored)).toEqual([]);
    expect(await kit.check()).toMatchObject({ issues: [], leftOver: 0 });
    expect(await kit.protect(card)).toMatchObject({ files: 2, issueCount: 0 });
    expect((await kit.restore()).files).toEqual(files);
  });

  it('ends a restore within a chunk, and the next one does the rest', async () => {
    await kit.protect(card);
    const pressed = pressWithin(kit, isStored);
    const { report, files: found } = await kit.restore('latest', {
      to: '/back',
      signal: pressed.signal,
    });
    expect(report).toMatchObject({ isInterrupted: true, issueCount: 0 });
    expect(pressed.reads).toBe(2);
    expect(Object.keys(found)).not.toContain('EOS_DIGITAL/DCIM/FILM.MOV');
    kit.disk.faults.clear();
    expect((await kit.restore('latest', { to: '/back' })).files).toEqual(files);
  });

  it('ends a check within a chunk: what was not read whole is neither right nor damaged', async () => {
    await kit.protect(card);
    const pressed = pressWithin(kit, isStored);
    const options = { readData: true, signal: pressed.signal };
    const report = await check(kit.process(), await kit.open(), options);
    expect(pressed.reads).toBe(2);
    expect(report).toMatchObject({ isWhole: false, damaged: 0, issues: [] });
    const told = report.records.flatMap((one) => (one.type === 'verified' ? one.blobs : []));
    expect(told).toHaveLength(report.filesRead);
    expect(report.filesRead).toBeLessThan(2);
  });

  it('ends a repair within a chunk, and the next one mends', async () => {
    const mirror = await kit.plugIn('/mirror');
    await kit.protect(card, { mirrors: [mirror] });
    const film = kit.disk.stage.paths(`${kit.vault}/originals`).find(isStored) ?? '';
    kit.disk.stage.flipBit(film, 99);
    const found = await kit.check();
    const from = await kit.open(mirror);
    const pressed = pressWithin(kit, (path) => path.startsWith(mirror) && isStored(path));
    const options = { from, signal: pressed.signal };
    const cut = await repair(kit.process(), await kit.open(), found, options);
    expect(cut).toEqual({ repaired: [], unrepaired: [], isInterrupted: true });
    expect(pressed.reads).toBe(2);
    kit.disk.faults.clear();
    const done = await repair(kit.process(), await kit.open(), found, { from });
    expect(done).toMatchObject({ unrepaired: [], isInterrupted: false });
    expect(await kit.check()).toMatchObject({ issues: [], leftOver: 0 });
  });
});

describe('a check that may last so long', () => {
  let kit: FieldKit;
  const card = '/media/EOS_DIGITAL';

  beforeEach(async () => {
    kit = await FieldKit.open();
    kit.insert(card, { 'FILM.MOV': HUGE, 'A.NEF': 'a frame', 'B.NEF': 'another' });
    await kit.protect(card);
  });

  const readFor = async (maxMinutes: number): Promise<CheckReport> =>
    checkVault(kit.process(), await kit.open(), { readData: true, maxMinutes });

  it('ends within a huge file when its time is up, and has read the others before it', async () => {
    kit.disk.faults.add({
      when: (call) => call.kind === 'read' && /FILM~/.test(call.path),
      run: () => kit.world.clock.advance(1000),
      times: 99,
    });
    // 8 MiB are more than is read surely in so short a time, however long nobody has read them.
    const report = await readFor(0.002);
    expect(report).toMatchObject({ filesRead: 2, isWhole: false, damaged: 0, issues: [] });
    expect(report.tooLarge).toBe(1);
    expect(await readFor(1)).toMatchObject({ filesRead: 3, isWhole: true, tooLarge: 0 });
  });

  it('names what is known to be damaged also where it had no time to read it', async () => {
    const film = kit.disk.stage.paths(`${kit.vault}/originals`).find((path) => /FILM~/.test(path));
    kit.disk.stage.flipBit(film ?? '', 5);
    expect(await readFor(1)).toMatchObject({ damaged: 1 });
    const cut = { readData: true, signal: AbortSignal.abort() };
    const report = await checkVault(kit.process(), await kit.open(), cut);
    expect(report).toMatchObject({ filesRead: 0, damaged: 1, isWhole: false });
  });
});

describe('Ctrl-C at any moment of a prune', () => {
  it('ends between two files, and the next prune takes the rest', async () => {
    const random = seededRandom(9);
    let cuts = 0;
    for (let round = 0; round < 20; round += 1) {
      const kit = await FieldKit.open({}, round);
      const notes = Array.from({ length: 10 }, (_, index) => [`${index}.txt`, `note ${index}`]);
      const card = kit.insert('/media/NOTES', Object.fromEntries(notes));
      const { snapshot } = await kit.protect(card);
      for (const [name = ''] of notes.slice(2)) kit.disk.stage.erase(`${card}/${name}`);
      await kit.protect(card);
      await kit.forget(snapshot);
      const cut = await kit.prune({ signal: pressAt(kit, 1 + pickBelow(random, 160)) });
      expect(await kit.check()).toMatchObject({ issues: [] });
      const done = await kit.prune();
      expect(done.isInterrupted).toBe(false);
      // Beside the eight notes, perhaps the list of digests that named them.
      const gone = cut.dropped.length + done.dropped.length + done.leftOver;
      expect([8, 9]).toContain(gone);
      if (cut.isInterrupted) cuts += 1;
      expect(await kit.check()).toMatchObject({ issues: [], blobs: 2, leftOver: 0, unknown: [] });
      expect(Object.keys((await kit.restore()).files)).toEqual(['NOTES/0.txt', 'NOTES/1.txt']);
    }
    expect(cuts).toBeGreaterThan(2);
  });
});

describe('Ctrl-C', () => {
  it('at any moment of a backup leaves a safe vault, and the next run goes on there', async () => {
    const random = seededRandom(7);
    let resumed = 0;
    for (let round = 0; round < 40; round += 1) {
      const { kit, card } = await kitWithCard(round);
      const cut = await kit.protect(card, { signal: pressAt(kit, 1 + pickBelow(random, 500)) });
      expect(cut.issueCount).toBe(0);
      expect((await kit.check()).issues).toEqual([]);
      const done = await kit.protect(card);
      expect(done).toMatchObject({ files: 40, isInterrupted: false, issueCount: 0 });
      // Nothing that was acknowledged is copied a second time.
      expect(cut.newBlobs + done.newBlobs).toBe(40);
      expect((await kit.restore()).files).toEqual(ALL);
      expect(await kit.prune()).toMatchObject({ dropped: [], leftOver: 0, unknown: [] });
      if (cut.isInterrupted && cut.newBlobs > 0 && done.newBlobs > 0) resumed += 1;
    }
    expect(resumed).toBeGreaterThan(5);
  });

  it('before anything was done ends the run at once', async () => {
    const { kit, card } = await kitWithCard(1);
    const report = await kit.protect(card, { signal: AbortSignal.abort() });
    expect(report).toMatchObject({ isInterrupted: true, newBlobs: 0 });
    expect((await kit.check()).issues).toEqual([]);
  });

  it('never makes a file look deleted', async () => {
    const { kit, card } = await kitWithCard(1);
    await kit.protect(card);
    kit.disk.stage.erase(`${card}/DCIM/IMG_1000.NEF`);
    const cut = await kit.protect(card, { signal: AbortSignal.abort() });
    expect(cut.isInterrupted).toBe(true);
    expect((await kit.restore(cut.snapshot)).files).toEqual(ALL);
  });

  it('at any moment of a restore leaves whole files only, and the next one does the rest', async () => {
    const { kit, card } = await kitWithCard(1);
    await kit.protect(card);
    const random = seededRandom(8);
    for (let round = 0; round < 15; round += 1) {
      const to = `/target/${round}`;
      const signal = pressAt(kit, 1 + pickBelow(random, 400));
      const cut = await kit.restore('latest', { to, signal });
      for (const [path, text] of Object.entries(cut.files)) expect(text).toBe(ALL[path]);
      const done = await kit.restore('latest', { to });
      expect(done.files).toEqual(ALL);
      expect(done.report).toMatchObject({ files: 40, issueCount: 0 });
    }
  });
});
