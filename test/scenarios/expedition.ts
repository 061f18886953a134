import { tinyShoot, writeShoot } from '../../src/testing/index.ts';
import { ScarceKit } from './scarce-kit.ts';

/** What she decided before she left. */
export const EXPEDITION_POLICY = `tiers:
  - name: select
    where: rating>=4
    copies: 2
    reserve: 70MB
  - name: keeper
    where: rating>=1
    copies: 2
    forms: compact
  - name: reject
    where: rating=-1
    order: 9
    forms: compact
    replicas: [field]
  - name: general
    order: 5
    forms: compact
    replicas: [field]
`;

/** Pictures of one day: of eight, one is the best, two are good, one is no good. */
const EVENING = [5, 2, 0, 0, 2, 0, 0, -1];
const DAY_MS = 86_400_000;
const FRAMES = 16;

/** One command and what it printed. */
export interface Told {
  readonly day: number;
  readonly typed: string;
  readonly stdout: string;
  readonly exit: number;
}

/**
 * Five days out with a small drive and a smaller mirror, typed on the command line of a simulated machine. Pictures are
 * those of a simulated camera, a few hundred times smaller than real ones, and so are the drives.
 */
export async function fiveDays(): Promise<{ readonly kit: ScarceKit; readonly told: Told[] }> {
  const kit = new ScarceKit();
  const { world } = kit;
  const told: Told[] = [];
  let day = 0;
  const type = async (...words: string[]): Promise<void> => {
    const { stdout, exit } = await kit.type(...words);
    told.push({ day, typed: `fieldvault ${words.join(' ')}`, stdout, exit });
  };
  world.disk.stage.makeFolders('/media');
  const ssd = await kit.drive('/ssd', 73_000_000, 'field');
  const mirror = await kit.drive('/mirror', 72_000_000, 'mirror');
  const both = ['--vault', ssd, '--mirror', mirror];
  await kit.policy(ssd, EXPEDITION_POLICY);
  for (day = 1; day <= 5; day += 1) {
    const card = `/media/DAY_${day}`;
    await shootDay(kit, card, day);
    // The generator runs on the third evening.
    const isOnBattery = day !== 3;
    world.power.state = { isOnBattery, charge: isOnBattery ? 0.6 : 1 };
    if (day === 5) await type('backup', card, ...both, '--dry-run');
    await type('backup', card, ...both);
    if (day === 4) await type('status', '--vault', ssd, '--vault', mirror);
    world.clock.advance(day < 5 ? DAY_MS : DAY_MS / 12);
  }
  // The morning after, at the hotel.
  world.power.state = { isOnBattery: false, charge: 1 };
  const cards = [1, 2, 3, 4, 5].map((one) => `/media/DAY_${one}`);
  await type('safe', ...cards, '--vault', ssd, '--vault', mirror);
  await type('backup', '/media/DAY_5', ...both);
  await type('safe', ...cards, '--vault', ssd, '--vault', mirror);
  return { kit, told };
}

async function shootDay(kit: ScarceKit, card: string, day: number): Promise<void> {
  const { world } = kit;
  const { files } = await writeShoot(world.disk, card, {
    ...tinyShoot(day),
    frames: FRAMES,
    width: 192,
    height: 128,
    pairs: false,
    sidecars: false,
    voiceNotes: false,
    catalog: false,
    startLocalMs: world.clock.nowMs() - (world.clock.nowMs() % 1000),
  });
  for (const [index, { path }] of files.entries()) {
    kit.star(`${card}/${path}`, EVENING[index % EVENING.length] ?? 0);
  }
}
