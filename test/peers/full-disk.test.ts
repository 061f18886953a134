import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { backup, createVault, openWorld } from '../../src/index.ts';
import { seededRandom } from '../../src/testing/index.ts';
import { skipBecause } from '../skip.ts';
import { type ActEnd, ActProcess, type ActRequest, runAct } from './acts.ts';
import { Card } from './card.ts';
import { acknowledgedIn, differences, digestOf, filesBelow, judge } from './judge.ts';
import { absence, fill, mountVolume, type TestVolume } from './volumes.ts';

const MB = 1_048_576;
const world = openWorld();
afterAll(() => world.workers.close());

describe.each(['tmpfs', 'ext4'] as const)('a full %s of 64 MB', (type) => {
  describe('really mounted', skipBecause(absence(type)), () => {
    let scratch = '';
    let volume: TestVolume;
    let card: Card;
    let vault = '';
    let ballast = '';

    beforeEach(async () => {
      scratch = mkdtempSync(join(tmpdir(), 'fieldvault-full-'));
      volume = mountVolume(type, 64, join(scratch, 'drive'));
      card = new Card(join(scratch, 'EOS_DIGITAL'));
      vault = join(volume.path, 'vault');
      ballast = join(volume.path, 'ballast');
      await createVault(world, vault);
    });
    afterEach(() => {
      volume.remove();
      rmSync(scratch, { recursive: true });
    });

    const protect = (): ActRequest => ({ act: 'backup', vault, paths: [card.folder] });
    const shoot = (megabytes: number): void => {
      const random = seededRandom(megabytes);
      while (card.bytes < megabytes * MB) card.shoot(random, 1, 4 * MB);
    };
    const faults = (): Promise<string[]> =>
      judge(world, { vault, cards: [card], scratch: join(scratch, 'back') });

    /** Every file of the card is either acknowledged or named as not protected, and none is both. */
    function expectAllNamed(end: ActEnd): void {
      const named = (end.report?.issues ?? []).map(({ path }) => path);
      const acknowledged = [...acknowledgedIn(vault).keys()];
      const all = [...card.files.keys()].map((path) => `${card.name}/${path}`);
      expect([...named, ...acknowledged].sort()).toEqual(all.sort());
    }

    /** What is said of a file but that it has no room, or would have some after a compaction of what is there. */
    function saidOfOthersThanRoom(end: ActEnd): readonly string[] {
      const issues = end.report?.issues ?? [];
      expect(issues.length).toBeGreaterThan(0);
      expect(end.report?.isFull).toBe(issues.some(({ code }) => code === 'TARGET_FULL'));
      return issues
        .filter(
          ({ code, message }) =>
            code !== 'TARGET_FULL' && !(code === 'HELD_BACK' && message.includes('compaction')),
        )
        .map(({ code, message }) => `${code}: ${message}`);
    }

    test('100 MB: what fits is protected, what does not is named, and none of it is lost', async () => {
      shoot(100);
      for (const run of [1, 2]) {
        const end = await runAct(protect());
        expect(saidOfOthersThanRoom(end), `run ${run}`).toEqual([]);
        expectAllNamed(end);
        expect(acknowledgedIn(vault).size).toBeGreaterThan(20);
        expect(await faults()).toEqual([]);
      }
    }, 180_000);

    test('once a ballast file is gone, the next run completes', async () => {
      fill(ballast, 40 * MB);
      shoot(45);
      const full = await runAct(protect());
      expect(full.report?.isFull).toBe(true);
      expectAllNamed(full);
      expect(await faults()).toEqual([]);
      rmSync(ballast);
      const end = await runAct(protect());
      expect(end.report?.issues).toEqual([]);
      expect(end.report?.files).toBe(card.files.size);
      expect(await faults()).toEqual([]);
    }, 180_000);

    test.each([1, 4, 9, 15])(
      'filled by another program after %i MB',
      async (megabytes) => {
        fill(ballast, 30 * MB);
        shoot(24);
        const act = new ActProcess({ ...protect(), atBytes: megabytes * MB });
        await act.go();
        await act.underWay;
        const taken = fill(ballast);
        const end = await act.ended;
        // Nobody could see this coming: the system's own ENOSPC ends single files, or the whole run at its journal.
        if (end.report === null) expect(end.failure?.code).toBe('TARGET_FULL');
        else expectAllNamed(end);
        console.log(
          `${type}, ${taken} bytes taken: ${end.failure?.code ?? `isFull ${end.report?.isFull}`}, ${acknowledgedIn(vault).size} of ${card.files.size} files protected`,
        );
        expect(await faults()).toEqual([]);
        rmSync(ballast);
        const again = await runAct(protect());
        expect(again.report?.issues).toEqual([]);
        expect(again.report?.files).toBe(card.files.size);
        expect(await faults()).toEqual([]);
      },
      60_000,
    );

    test('with no room for a journal the run says so at once and leaves the vault as it was', async () => {
      shoot(2);
      const before = await runAct(protect());
      expect(before.report?.issues).toEqual([]);
      shoot(4);
      fill(ballast);
      const end = await runAct(protect());
      expect(end.failure?.code ?? 'none').toBe('TARGET_FULL');
      expect(await faults()).toEqual([]);
      rmSync(ballast);
      const again = await runAct(protect());
      expect(again.report?.issues).toEqual([]);
      expect(await faults()).toEqual([]);
    }, 180_000);

    test('restore names what did not fit, keeps what did, and completes once there is room', async () => {
      shoot(45);
      const source = join(scratch, 'vault');
      await backup(world, await createVault(world, source), [card.folder]);
      const to = join(volume.path, 'to');
      fill(ballast, 40 * MB);
      const request: ActRequest = { act: 'restore', vault: source, paths: [to] };
      const full = await runAct(request);
      const missing = (full.report?.issues ?? []).map(({ code, path }) => `${code} ${path}`).sort();
      const there = filesBelow(join(to, card.name)).filter(
        (path) => card.files.get(path) === digestOf(join(to, card.name, path)),
      );
      const absent = [...card.files.keys()].filter((path) => !there.includes(path));
      expect(filesBelow(join(to, card.name))).toEqual(there);
      expect(missing).toEqual(absent.map((path) => `TARGET_FULL ${card.name}/${path}`).sort());
      expect(full.report?.files).toBe(there.length);
      rmSync(ballast);
      const end = await runAct(request);
      expect(end.report?.issues).toEqual([]);
      expect(differences(card, to)).toEqual([]);
    }, 180_000);
  });
});
