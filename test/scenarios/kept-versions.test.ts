import { beforeEach, expect, it } from 'vitest';
import { forgetByPolicy, listSnapshots, openVault, planForgetByPolicy } from '../../src/index.ts';
import { ScarceKit } from './scarce-kit.ts';

const CARD = '/media/EOS_DIGITAL';
const DAY_MS = 86_400_000;
const POLICY = `tiers:
  - name: select
    where: rating>=4
    keep: { last: 3, daily: 0, weekly: 0, monthly: 0 }
  - name: general
    keep: { last: 1, daily: 0, weekly: 0, monthly: 0 }
`;

let kit: ScarceKit;
let ssd: string;

const stored = (ending: string): string[] =>
  kit.world.disk.stage.paths(`${ssd}/originals`).filter((path) => path.endsWith(ending));

/** Ten evenings of ratings: of one picture that stays a select, and of one that does not. */
beforeEach(async () => {
  kit = new ScarceKit();
  ssd = await kit.drive('/ssd', 200_000_000);
  await kit.policy(ssd, POLICY);
  const [select = '', other = ''] = kit.shoot(CARD, 2);
  for (let evening = 0; evening < 10; evening += 1) {
    const words = `evening ${evening}`;
    kit.rate(CARD, [select], 5, words);
    kit.rate(CARD, [other], 2, words);
    await kit.type('backup', CARD, '--vault', ssd);
    kit.world.clock.advance(DAY_MS);
  }
});

it('keeps as many versions of sidecars as the policy says, once a person asks for it, and every picture', async () => {
  expect(stored('.xmp')).toHaveLength(20);
  const before = kit.world.disk.stage.paths('/ssd');
  const dry = await kit.type('forget', '--by-policy', '--dry-run', '--vault', ssd, '--json');
  expect(kit.world.disk.stage.paths('/ssd')).toEqual(before);
  const typed = await kit.type('forget', '--by-policy', '--vault', ssd, '--json');
  expect(typed.summary['forgotten']).toEqual(dry.summary['forgotten']);
  expect(typed.summary).toMatchObject({ ok: true, kept: 3, versionsDropped: 14 });
  expect(stored('.xmp')).toHaveLength(20);
  await kit.type('prune', '--vault', ssd);
  // Three evenings are kept for the select; the other picture's sidecars of these evenings stay with them.
  expect(stored('.xmp')).toHaveLength(6);
  expect(stored('.CR3')).toHaveLength(2);
  expect((await kit.type('check', '--vault', ssd, '--read-data')).exit).toBe(0);
  const again = await kit.type('forget', '--by-policy', '--vault', ssd);
  expect(again.stdout).toContain('Forgot 0 snapshots; 3 stay.');
  expect((await planForgetByPolicy(kit.world, await openVault(kit.world, ssd))).forget).toEqual([]);
});

it('does from the library what it plans', async () => {
  const plan = await planForgetByPolicy(kit.world, await openVault(kit.world, ssd));
  expect(plan.forget).toHaveLength(7);
  const done = await forgetByPolicy(kit.world, await openVault(kit.world, ssd));
  expect(done.forget).toEqual(plan.forget);
  const left = listSnapshots(await openVault(kit.world, ssd)).map(({ id }) => id);
  expect(left).toHaveLength(3);
  expect(left.some((id) => plan.forget.some((gone) => gone.id === id))).toBe(false);
});

it('refuses words that do not go together', async () => {
  expect((await kit.type('forget', '--vault', ssd)).exit).toBe(2);
  expect((await kit.type('forget', 'latest', '--by-policy', '--vault', ssd)).exit).toBe(2);
  expect((await kit.type('forget', 'latest', '--dry-run', '--vault', ssd)).exit).toBe(2);
});
