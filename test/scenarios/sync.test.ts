import { describe, expect, it } from 'vitest';
import { sync } from '../../src/index.ts';
import { FieldKit, told } from './field-kit.ts';

const FRAMES = { 'DCIM/A.CR3': 'raw a', 'DCIM/A.xmp': '<a/>', 'DCIM/B.CR3': 'raw b' };

/** Two drives with a vault each, `/drive` and `/studio`; the field drive has a card's frames. */
async function fieldAndStudio(): Promise<FieldKit> {
  const kit = await FieldKit.open();
  await kit.plugIn('/studio');
  kit.insert('/card', FRAMES);
  await kit.protect('/card');
  return kit;
}

const STUDIO = '/studio/vault';

async function syncNow(kit: FieldKit, options: Parameters<typeof sync>[3] = {}) {
  return sync(kit.process(), await kit.open(), await kit.open(STUDIO), options);
}

describe('sync()', () => {
  it('brings originals and snapshots over, so that the studio gives them back', async () => {
    const kit = await fieldAndStudio();
    const report = await syncNow(kit);
    expect(report).toMatchObject({ blobsCopied: 3, issueCount: 0, isInterrupted: false });
    const { files } = await kit.restore('latest', { vault: STUDIO });
    expect(files).toEqual({
      'card/DCIM/A.CR3': 'raw a',
      'card/DCIM/A.xmp': '<a/>',
      'card/DCIM/B.CR3': 'raw b',
    });
    expect((await kit.check(STUDIO)).issues).toEqual([]);
  });

  it('works both ways, and finds nothing to do the second time', async () => {
    const kit = await fieldAndStudio();
    kit.insert('/other', { 'C.NEF': 'raw c' });
    const { snapshot } = await kit.protect('/other');
    await syncNow(kit);
    await kit.forget(snapshot);
    const second = await syncNow(kit);
    expect(second).toMatchObject({ blobsCopied: 0, bytesSent: 0, issueCount: 0 });
    const journals = kit.disk.stage.paths('/studio/vault/journal');
    const third = await syncNow(kit);
    expect(third.blobsCopied).toBe(0);
    expect(kit.disk.stage.paths('/studio/vault/journal')).toEqual(journals);
  });

  it('does not even open two vaults whose journals end in one sync; one line more in either, and it does', async () => {
    const kit = await fieldAndStudio();
    const roots = [kit.vault, STUDIO] as const;
    await sync(kit.process(), ...roots);
    const opened = new Set<string>();
    kit.disk.faults.add({
      when: ({ kind, path }) => kind === 'openRead' && opened.add(path) === null,
      error: 'EIO',
    });
    const quick = await sync(kit.process(), ...roots);
    expect(quick).toMatchObject({
      blobsCopied: 0,
      directions: [{ root: kit.vault }, { root: STUDIO }],
    });
    expect(opened.size).toBe(2);
    await kit.protect('/card');
    const report = await sync(kit.process(), ...roots);
    expect(report.directions[1].snapshots).toBe(1);
  });

  it('only tells what it would do in a dry run', async () => {
    const kit = await fieldAndStudio();
    const before = kit.disk.stage.paths('/studio');
    const report = await syncNow(kit, { dryRun: true });
    expect(report.directions[1]).toMatchObject({ blobs: 3, snapshots: 1 });
    expect(report.blobsCopied).toBe(0);
    expect(kit.disk.stage.paths('/studio')).toEqual(before);
  });

  it('mends what one vault lost with the bytes of the other, and says so', async () => {
    const kit = await fieldAndStudio();
    await syncNow(kit);
    const lost = kit.disk.stage
      .paths('/studio/vault/originals')
      .find((path) => path.includes('A~'));
    kit.disk.stage.erase(lost ?? '');
    const report = await syncNow(kit);
    expect(report.directions[1].healed).toEqual([lost?.slice('/studio/vault/'.length)]);
    expect(told(await kit.check(STUDIO))).toEqual([]);
  });

  it('mends at the rate that is allowed, and only while there is time', async () => {
    const kit = await fieldAndStudio();
    await syncNow(kit);
    const [lost] = kit.disk.stage
      .paths('/studio/vault/originals')
      .filter((path) => path.includes('A~'));
    kit.disk.stage.erase(lost ?? '');
    const slow = { bytesPerSecond: 0.5, previews: false };
    const cut = await syncNow(kit, { ...slow, maxMinutes: 0.05 });
    expect(cut.directions[1].healed).toEqual([]);
    expect(cut).toMatchObject({ isOutOfTime: true, issueCount: 0 });
    const whole = await syncNow(kit, slow);
    expect(whole.directions[1].healed).toHaveLength(1);
    // Five bytes, of which a second's worth may be taken in haste.
    expect(whole.durationMs).toBeGreaterThanOrEqual(9000);
    expect(told(await kit.check(STUDIO))).toEqual([]);
  });
});
