import { beforeEach, describe, expect, it, vi } from 'vitest';
import { LIMITS } from '../../src/base/index.ts';
import { tinyShoot, writeShoot } from '../../src/testing/index.ts';
import { FRAME_BYTES, ScarceKit } from './scarce-kit.ts';
import type { Typed } from './typed-words.ts';

// Pictures are compacted for real.
vi.setConfig({ testTimeout: 90_000 });

const CARD = '/media/EOS_DIGITAL';

let kit: ScarceKit;
let ssd: string;
let newBytes: number;

const backup = (...more: readonly string[]): Promise<Typed> =>
  kit.type('backup', CARD, '--vault', ssd, '--json', ...more);

/** One day of pictures that compaction makes smaller is in the vault; then the drive is filled with other things. */
beforeEach(async () => {
  kit = new ScarceKit();
  kit.world.disk.stage.makeFolders('/media');
  ssd = await kit.drive('/ssd', 200_000_000);
  const shape = { width: 256, height: 192, voiceNotes: false, catalog: false, sidecars: false };
  await writeShoot(kit.world.disk, '/media/FIRST', { ...tinyShoot(3), ...shape, frames: 12 });
  expect((await kit.type('backup', '/media/FIRST', '--vault', ssd)).exit).toBe(0);
  const second = { ...tinyShoot(4), ...shape, frames: 2, startLocalMs: Date.UTC(2026, 10, 23, 9) };
  const { files } = await writeShoot(kit.world.disk, CARD, second);
  const { stage } = kit.world.disk;
  newBytes = files.reduce((sum, { path }) => sum + (stage.peek(`${CARD}/${path}`)?.length ?? 0), 0);
  // Of the new pictures half have room.
  const room = LIMITS.reserveBytes + 100_000 + Math.floor(newBytes / 2);
  kit.grow('/ssd', stage.usedBytes('/ssd') + room - kit.capacity('/ssd'));
});

/** A drive with room for so many bytes more than is on it. */
const leave = (bytes: number): void => {
  const used = kit.world.disk.stage.usedBytes('/ssd');
  kit.grow('/ssd', used + LIMITS.reserveBytes + bytes - kit.capacity('/ssd'));
};

describe('a drive that is full', () => {
  it('is compacted though nobody looked at its pictures while there was room', async () => {
    ssd = await kit.drive('/ssd', 200_000_000);
    await kit.type('backup', '/media/FIRST', '--vault', ssd, '--no-learn');
    leave(100_000 + Math.floor(newBytes / 2));
    const typed = await backup();
    expect(typed).toMatchObject({ exit: 0, summary: { waiting: 0 } });
    expect(typed.summary['compacted']).toBeGreaterThan(0);
    expect((await kit.type('check', '--vault', ssd, '--read-data')).exit).toBe(0);
  });

  it('is compacted within what is left of it, and the journal keeps its room meanwhile', async () => {
    ssd = await kit.drive('/ssd', 200_000_000);
    const { stage, faults } = kit.world.disk;
    const halfNoise = (name: string, sizeBytes: number): void => {
      const bytes = new Uint8Array(sizeBytes);
      bytes.set(Buffer.from(kit.world.random.hex(sizeBytes), 'hex').subarray(0, sizeBytes / 2));
      stage.plant(name, bytes);
    };
    for (let at = 0; at < 40; at += 1) halfNoise(`/media/OLD/DCIM/100EOS/OLD_${at}.CR3`, 500_000);
    // Its smaller form does not fit beside it before others gave room back.
    halfNoise('/media/OLD/DCIM/100EOS/OLD_40.CR3', 3_000_000);
    await kit.type('backup', '/media/OLD', '--vault', ssd, '--no-learn');
    halfNoise('/media/NEW/DCIM/100EOS/NEW_0.CR3', FRAME_BYTES);
    leave(700_000);
    const plan = (...more: readonly string[]): Promise<Typed> =>
      kit.type('backup', '/media/NEW', '--vault', ssd, '--json', '--dry-run', ...more);
    expect((await plan()).summary).toMatchObject({ waiting: 0 });
    expect((await plan('--no-learn')).summary).toMatchObject({ waiting: 1, compactions: 0 });
    leave(600_000);
    const { summary } = await kit.type('learn', '--vault', ssd, '--json');
    expect(summary).toMatchObject({ looks: 41, issues: [] });
    let leastFree = Number.POSITIVE_INFINITY;
    const look = (): boolean => {
      leastFree = Math.min(leastFree, kit.capacity('/ssd') - stage.usedBytes('/ssd'));
      return false;
    };
    faults.add({ when: look, error: 'EIO' });
    const typed = await kit.type('backup', '/media/NEW', '--vault', ssd, '--json');
    expect(typed).toMatchObject({ exit: 0, summary: { waiting: 0, newBlobs: 1, compacted: 41 } });
    expect(leastFree).toBeGreaterThan(LIMITS.reserveBytes / 4);
    expect((await kit.type('check', '--vault', ssd, '--read-data')).exit).toBe(0);
  });

  it.each([
    ['was tried in vain', true],
    ['nobody tried yet', false],
  ])(
    'takes what has room where its pictures cannot be made smaller, which %s',
    async (_, isTried) => {
      ssd = await kit.drive('/ssd', 200_000_000);
      const noise = (name: string): void => {
        const bytes = Buffer.from(kit.world.random.hex(2 * FRAME_BYTES), 'hex');
        kit.world.disk.stage.plant(name, bytes);
      };
      for (let at = 0; at < 8; at += 1) noise(`/media/OLD/DCIM/100EOS/OLD_${at}.CR3`);
      await kit.type('backup', '/media/OLD', '--vault', ssd);
      if (isTried) {
        const { summary } = await kit.type('compact', '--vault', ssd, '--json');
        expect(summary).toMatchObject({ blobs: 0, withoutGain: 8, learned: { issueCount: 0 } });
      }
      for (let at = 0; at < 2; at += 1) noise(`/media/NEW/DCIM/100EOS/NEW_${at}.CR3`);
      leave(FRAME_BYTES * 1.6);
      const { summary } = await kit.type('backup', '/media/NEW', '--vault', ssd, '--json');
      expect(summary).toMatchObject({ compacted: 0, waiting: 1, newBlobs: 1 });
    },
  );

  it('is compacted as far as the policy allows, and then takes what had no room', async () => {
    const dry = await backup('--dry-run');
    const steps = dry.records.map(({ type }) => type);
    expect(steps.filter((type) => type === 'compact').length).toBeGreaterThan(0);
    expect(dry.summary).toMatchObject({ waiting: 0 });
    const typed = await backup();
    expect(typed).toMatchObject({ exit: 0, summary: { waiting: 0 } });
    // What is nearly full learns nothing; nothing that waited for room is told any more.
    const codes = typed.records.flatMap(({ type, code }) => (type === 'issue' ? [code] : []));
    expect(codes).toEqual(['NOT_LEARNED']);
    expect(typed.summary['compacted']).toBeGreaterThan(0);
    expect((await kit.type('check', '--vault', ssd, '--read-data')).exit).toBe(0);
    expect((await kit.type('restore', 'latest', '--vault', ssd, '--to', '/back')).exit).toBe(0);
    const { stage } = kit.world.disk;
    for (const path of stage.paths(CARD)) {
      const back = stage.peek(path.replace('/media', '/back'));
      expect(Buffer.compare(back ?? NOTHING, stage.peek(path) ?? NOTHING)).toBe(0);
    }
  });

  it('is not compacted on battery: what waits is named, with mains power as what would make room', async () => {
    kit.world.power.state = { isOnBattery: true, charge: 0.5 };
    const typed = await backup();
    expect(typed.exit).toBe(3);
    expect(typed.summary).toMatchObject({ compacted: 0 });
    expect(typed.summary['waiting']).toBeGreaterThan(0);
    const { stdout } = await kit.type('backup', CARD, '--vault', ssd);
    expect(stdout).toMatch(
      /would make enough: .* of free space, or compaction on mains power \(about /,
    );
    expect((await backup('--on-battery')).summary['waiting']).toBe(0);
  });

  it('is not compacted where a person says so, nor where the policy wants all verbatim', async () => {
    expect((await backup('--no-compact')).summary).toMatchObject({ compacted: 0, ok: false });
    await kit.policy(ssd, 'tiers:\n  - name: general\n');
    const typed = await kit.type('backup', CARD, '--vault', ssd);
    expect(typed.exit).toBe(13);
    expect(typed.stdout).toMatch(/letting general be compacted \(about /);
  });
});

const NOTHING = new Uint8Array(0);
