import { describe, expect, it } from 'vitest';
import { pickBelow, seededRandom } from '../../src/testing/index.ts';
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
