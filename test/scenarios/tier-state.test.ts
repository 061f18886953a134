import { beforeEach, describe, expect, it } from 'vitest';
import { openVault, tierStatus } from '../../src/index.ts';
import { tinyShoot, writeShoot } from '../../src/testing/index.ts';
import { named, ScarceKit } from './scarce-kit.ts';

const CARD = '/media/EOS_DIGITAL';
const DAY_MS = 86_400_000;

let kit: ScarceKit;
let ssd: string;

beforeEach(async () => {
  kit = new ScarceKit();
  ssd = await kit.drive('/ssd', 200_000_000);
});

describe('status', () => {
  it('says by tier what is held, what lacks copies, since when it was verified, and how long the room will do', async () => {
    const nas = await kit.drive('/nas', 200_000_000);
    const stems = kit.shoot(CARD, 20);
    kit.rate(CARD, stems.slice(0, 4), 5);
    await kit.type('backup', CARD, '--vault', ssd);
    kit.world.clock.advance(DAY_MS);
    kit.shoot(CARD, 40);
    await kit.type('backup', CARD, '--vault', ssd);
    const { stdout, exit } = await kit.type('status', '--vault', ssd);
    expect(exit).toBe(0);
    expect(stdout).toMatch(
      /^ {2}select +4 frames +401 kB {2}4 of 8 copies held, 4 lack some \(401 kB\), verified since 2026-/m,
    );
    expect(stdout).toMatch(
      /^ {2}general +56 frames +5\.60 MB {2}56 of 56 copies held, verified since/m,
    );
    expect(stdout).toMatch(/^4 frames have fewer copies than the policy wants: /m);
    expect(stdout).not.toContain('Nothing needs attention.');
    // 60 frames of 100 kB on two days, and room for 194 MB more.
    expect(stdout).toMatch(
      /^ {2}\/ssd\/vault: originals take 6\.00 MB, .* free: 6\d more days at this rate \(3\.00 MB a day\)$/m,
    );
    await kit.type('sync', ssd, nas);
    const both = await kit.type('status', '--vault', ssd, '--vault', nas, '--json');
    const tiers = both.summary['tiers'] as readonly Record<string, unknown>[];
    expect(tiers.find(({ tier }) => tier === 'select')).toMatchObject({
      frames: 4,
      copiesWanted: 8,
      copiesHeld: 8,
      framesWaiting: 0,
    });
    expect(both.summary['vaults']).toHaveLength(2);
    // A vault that lies at home counts as it was last seen.
    const alone = await tierStatus(kit.world, [await openVault(kit.world, ssd)]);
    expect(alone).toMatchObject({ framesByReceipt: 60, unlearned: 0 });
    expect(alone.tiers[0]).toMatchObject({ tier: 'select', copiesHeld: 8 });
  });

  it('says that a source has files that wait, until they are taken', async () => {
    await kit.policy(ssd, 'tiers:\n  - name: general\n    when: idle\n');
    kit.shoot(CARD, 2);
    await kit.type('backup', CARD, '--vault', ssd);
    const waits = (await kit.type('status', '--vault', ssd)).stdout;
    expect(waits).toMatch(
      / {2}EOS_DIGITAL: 0 files, .*, NOT ALL of it: "backup --dry-run" says what waits$/m,
    );
    expect(waits).not.toContain('Nothing needs attention.');
    await kit.type('backup', CARD, '--vault', ssd, '--now');
    expect((await kit.type('status', '--vault', ssd)).stdout).toContain('Nothing needs attention.');
  });

  it('tells what nobody looked at, and says nothing of days where nothing came', async () => {
    const empty = await kit.type('status', '--vault', ssd);
    expect(empty.stdout).toMatch(/^ {2}\/ssd\/vault: originals take 0 \S+, .* free$/m);
    kit.shoot(CARD, 3);
    await kit.type('backup', CARD, '--vault', ssd, '--no-learn');
    const { stdout } = await kit.type('status', '--vault', ssd);
    expect(stdout).toContain('3 files are not looked at yet');
  });
});

describe('a picture that was protected in the camera', () => {
  it('is known by has:protected, before it is copied and after', async () => {
    await kit.policy(
      ssd,
      'tiers:\n  - name: select\n    where: has:protected\n  - name: general\n    when: idle\n',
    );
    const stems = kit.shoot(CARD, 6);
    const [locked = ''] = stems.slice(3);
    // DCF: a protected file is read-only on the card.
    await kit.world.disk.setMode(`${CARD}/DCIM/100EOS/${locked}.CR3`, 0o444);
    const typed = await kit.type('backup', CARD, '--vault', ssd, '--json');
    expect(await kit.held(ssd)).toEqual([locked]);
    expect(named(typed, 'HELD_BACK')).toHaveLength(5);
    const found = await kit.type('find', 'has:protected tier:select', '--vault', ssd, '--json');
    expect(found.summary['frames']).toBe(1);
  });
});

describe('the best of a burst', () => {
  it('is one frame of it that nothing in it is sharper than, and a policy can ask for it', async () => {
    const { stage } = kit.world.disk;
    stage.makeFolders('/media');
    await writeShoot(kit.world.disk, '/media/BURSTS', { ...tinyShoot(7), frames: 12 });
    await kit.type('backup', '/media/BURSTS', '--vault', ssd);
    const find = async (query: string): Promise<readonly Readonly<Record<string, unknown>>[]> =>
      (await kit.type('find', query, '--vault', ssd, '--json')).records.filter(
        ({ type }) => type === 'frame',
      );
    const best = await find('has:best');
    expect(best.length).toBeGreaterThan(0);
    const bursts = best.map(({ burst }) => burst);
    expect(new Set(bursts).size).toBe(bursts.length);
    expect(await find('has:burst')).not.toHaveLength(best.length);
    await kit.policy(ssd, 'tiers:\n  - name: best\n    where: has:best\n  - name: general\n');
    expect(await find('tier:best')).toHaveLength(best.length);
    const all = await find('');
    expect([...(await find('sharpness>=0')), ...(await find('not sharpness>=0'))]).toHaveLength(
      all.length,
    );
  });
});

describe('on battery', () => {
  it('protects at once, learns when there is mains power, and says so', async () => {
    kit.shoot(CARD, 3);
    kit.world.power.state = { isOnBattery: true, charge: 0.4 };
    const typed = await kit.type('backup', CARD, '--vault', ssd);
    expect(typed.exit).toBe(0);
    expect(typed.stdout).toContain(
      'On battery: learning waits for mains power; --on-battery does it now.',
    );
    expect(await kit.held(ssd)).toHaveLength(3);
    const status = await kit.type('status', '--vault', ssd, '--json');
    expect(status.summary['unlearned']).toBe(3);
    await kit.type('backup', CARD, '--vault', ssd, '--on-battery');
    expect((await kit.type('status', '--vault', ssd, '--json')).summary['unlearned']).toBe(0);
  });
});

describe('a new drive', () => {
  it('takes everything, though its mirror has the copies that are wanted', async () => {
    kit.shoot(CARD, 5);
    await kit.type('backup', CARD, '--vault', ssd);
    const fresh = await kit.drive('/fresh', 10_000_000);
    const typed = await kit.type('backup', CARD, '--vault', fresh, '--mirror', ssd);
    expect(typed.exit).toBe(0);
    expect(await kit.held(fresh)).toHaveLength(5);
  });

  it('that is too small for all is given what has no copy first, and the rest is named', async () => {
    const stems = kit.shoot(CARD, 20);
    await kit.type('backup', CARD, '--vault', ssd);
    kit.shoot(CARD, 5);
    const small = await kit.drive('/small', 1_000_000);
    const typed = await kit.type('backup', CARD, '--vault', small, '--mirror', ssd, '--json');
    const held = await kit.held(small);
    expect(held.length).toBeGreaterThan(8);
    expect(new Set(named(typed, 'TARGET_FULL'))).toEqual(
      new Set(stems.filter((stem) => !held.includes(stem))),
    );
  });
});

describe('a mark', () => {
  it('says who made it, as user@host where the system tells', async () => {
    kit.shoot(CARD, 1);
    await kit.type('backup', CARD, '--vault', ssd);
    const host = { ...kit.world.host, name: 'field-laptop', user: 'amina' };
    Object.assign(kit.world, { host });
    const typed = await kit.type('mark', 'kind:raw', '--tier', 'select', '--vault', ssd);
    expect(typed.stdout).toContain('1 frame, 100 kB: marked select, says amina@field-laptop.');
  });
});
