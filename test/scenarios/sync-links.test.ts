import { describe, expect, it } from 'vitest';
import { backup, knownPreviews, sync, writePreviews } from '../../src/index.ts';
import type { World } from '../../src/platform/index.ts';
import { SimLink, tinyShoot, withDisk, writeShoot } from '../../src/testing/index.ts';
import { noise } from '../power-loss/scene.ts';
import { FieldKit } from './field-kit.ts';

const STUDIO = '/studio/vault';
/** What a cut may cost. */
const PART_BYTES = 8_388_608;

interface Distant {
  readonly kit: FieldKit;
  readonly link: SimLink;
  /** The next process on the studio's machine, which sees the field drive over the link. */
  readonly studio: () => World;
}

/** A field vault at the far end of a link, with these files on a card that was backed up. */
async function distant(
  files: Readonly<Record<string, Uint8Array>>,
  options: Partial<ConstructorParameters<typeof SimLink>[0]> = {},
): Promise<Distant> {
  const kit = await FieldKit.open();
  await kit.plugIn('/studio');
  kit.insert('/card');
  for (const [path, bytes] of Object.entries(files)) kit.disk.stage.plant(`/card/${path}`, bytes);
  await kit.protect('/card');
  const link = new SimLink({ far: '/drive', clock: kit.world.clock, ...options });
  return { kit, link, studio: () => withDisk(kit.process(), link.seen(kit.disk)) };
}

async function run({ kit, studio }: Distant, options: Parameters<typeof sync>[3] = {}) {
  return sync(studio(), await kit.open(), await kit.open(STUDIO), options);
}

describe('a sync over a link that breaks', () => {
  it('ends with a message, and the next one sends again no more than one part', async () => {
    const size = 3 * PART_BYTES;
    const situation = await distant({ 'A.CR3': noise(1, size) });
    const { kit, link } = situation;
    link.cutAfter(2 * PART_BYTES + 1_000_000);
    await expect(run(situation)).rejects.toMatchObject({ code: 'TARGET_GONE' });
    link.mend();
    const report = await run(situation);
    expect(report.blobsCopied).toBe(1);
    expect(report.bytesResumed).toBeGreaterThan(PART_BYTES);
    expect(report.bytesResumed + report.bytesSent).toBeGreaterThanOrEqual(size);
    const read = link.passages.filter(({ path }) => path.includes('/A~'));
    expect(read.reduce((sum, { bytes }) => sum + bytes, 0) - size).toBeLessThanOrEqual(PART_BYTES);
    expect((await kit.check(STUDIO)).issues).toEqual([]);
    expect(kit.disk.stage.paths(`${STUDIO}/incoming`)).toEqual([]);
  });

  it('copies again from the start where what was left is not what it seemed', async () => {
    const situation = await distant({ 'A.CR3': noise(1, 3_000_000) });
    const { kit, link } = situation;
    link.cutAfter(2_500_000);
    await expect(run(situation)).rejects.toMatchObject({ code: 'TARGET_GONE' });
    link.mend();
    const left = kit.disk.stage.paths(`${STUDIO}/incoming/sync`)[0] ?? '';
    kit.disk.stage.flipBit(left, 77);
    const report = await run(situation);
    expect(report).toMatchObject({ blobsCopied: 1, bytesResumed: 0, issueCount: 0 });
    expect((await kit.check(STUDIO)).issues).toEqual([]);
  });

  it('comes to the same end however often it is cut, at any byte', async () => {
    const files = {
      'A.CR3': noise(1, 900_000),
      'A.xmp': noise(2, 700),
      'B.JPG': noise(3, 300_000),
    };
    for (const cut of [0, 1, 5_000, 400_000, 900_800, 1_100_000]) {
      const situation = await distant(files, { latencyMs: 300, loss: 0.01, seed: cut });
      const { kit, link } = situation;
      link.cutAfter(cut);
      await expect(run(situation)).rejects.toMatchObject({ code: 'TARGET_GONE' });
      link.mend();
      expect((await run(situation)).issueCount).toBe(0);
      expect((await kit.check(STUDIO)).issues).toEqual([]);
      const { files: back } = await kit.restore('latest', { vault: STUDIO });
      expect(Object.keys(back)).toHaveLength(3);
    }
  });
});

describe('a sync over a slow link', () => {
  it('keeps to the rate it was allowed', async () => {
    const situation = await distant({ 'A.CR3': noise(1, 4_000_000) });
    const { clock } = situation.kit.world;
    const startMs = clock.monotonicMs();
    const report = await run(situation, { bytesPerSecond: 100_000 });
    const seconds = (report.durationMs ?? clock.monotonicMs() - startMs) / 1000;
    expect(report.blobsCopied).toBe(1);
    expect(seconds).toBeGreaterThan(39);
    expect(seconds).toBeLessThan(45);
  });

  it('ends when its minutes are over, and the next one goes on in the middle of the file', async () => {
    const situation = await distant(
      { 'A.CR3': noise(1, 12_000_000) },
      { bitsPerSecond: 256_000, latencyMs: 300 },
    );
    const first = await run(situation, { maxMinutes: 4 });
    expect(first).toMatchObject({ isOutOfTime: true, blobsCopied: 0 });
    expect((await situation.kit.check(STUDIO)).awaited).toBe(1);
    const second = await run(situation);
    expect(second.blobsCopied).toBe(1);
    expect(second.bytesResumed).toBeGreaterThan(4_000_000);
  });

  it('brings small things first: every sidecar before any RAW', async () => {
    const files: Record<string, Uint8Array> = {};
    for (let frame = 0; frame < 20; frame += 1) {
      files[`IMG_${frame}.CR3`] = noise(frame, 1_200_000);
      files[`IMG_${frame}.xmp`] = noise(100 + frame, 900);
    }
    const situation = await distant(files, { bitsPerSecond: 256_000, latencyMs: 300 });
    await run(situation);
    const order = situation.link.passages
      .filter(({ path }) => path.includes('/originals/'))
      .map(({ path }) => (path.endsWith('.xmp') ? 'xmp' : 'raw'));
    expect(order.lastIndexOf('xmp')).toBeLessThan(order.indexOf('raw'));
  });

  it('shows the pictures of a trip before any RAW arrives', async () => {
    const satellite = { far: '/studio', bitsPerSecond: 256_000, latencyMs: 300 };
    const situation = await distant({}, satellite);
    const { kit } = situation;
    const size = { frames: 12, width: 512, height: 320 };
    const plan = { ...tinyShoot(1), ...size, pairs: false, sidecars: false, catalog: false };
    kit.insert('/trip');
    await writeShoot(kit.disk, '/trip', plan, kit.world.workers);
    await backup(kit.process(), await kit.open(), ['/trip'], { learn: true });
    const first = await run(situation, { bytesPerSecond: 32_000, maxMinutes: 1.2 });
    expect(first).toMatchObject({ isOutOfTime: true });
    const seen = await Array.fromAsync(knownPreviews(kit.world, await kit.open(STUDIO)));
    expect(seen.map(({ isHeld }) => isHeld)).toEqual(Array(12).fill(false));
    expect(seen[0]?.jpeg.subarray(0, 2)).toEqual(Uint8Array.of(0xff, 0xd8));
    const written = await writePreviews(kit.world, await kit.open(STUDIO), '/first-look');
    expect(written).toMatchObject({ previews: 12, awaited: 12, issueCount: 0 });
    expect(kit.disk.stage.paths('/first-look')).toHaveLength(12);
    expect((await run(situation)).directions[1].awaited).toBe(0);
  });
});
