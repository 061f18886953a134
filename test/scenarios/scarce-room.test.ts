import { beforeEach, describe, expect, it } from 'vitest';
import { openVault, planBackup } from '../../src/index.ts';
import { FRAME_BYTES, named, ScarceKit } from './scarce-kit.ts';

const CARD = '/media/EOS_DIGITAL';
const HELD_BACK = ['HELD_BACK', 'TARGET_FULL'] as const;

let kit: ScarceKit;

const backup = (vault: string, ...more: readonly string[]): ReturnType<ScarceKit['type']> =>
  kit.type('backup', CARD, '--vault', vault, '--no-learn', '--json', ...more);

beforeEach(() => {
  kit = new ScarceKit();
});

describe('64 GB of frames and a drive of 40 GB', () => {
  it('takes every select and keeper, then what fits, and names each picture that has no place', async () => {
    const vault = await kit.drive('/ssd', 40_000_000);
    const stems = kit.shoot(CARD, 640);
    // What was chosen came last, and what was rejected first: neither decides.
    const [rejects, others, keepers, selects] = [
      stems.slice(0, 200),
      stems.slice(200, 500),
      stems.slice(500, 600),
      stems.slice(600),
    ];
    kit.rate(CARD, rejects, -1);
    kit.rate(CARD, keepers, 2);
    kit.rate(CARD, selects, 5);
    const typed = await backup(vault);
    const held = new Set(await kit.held(vault));
    for (const stem of [...selects, ...keepers]) expect(held).toContain(stem);
    // 140 of 640 frames are kept above all; of 40,000 kB, 26,000 are left for the other 300, and nothing for rejects.
    expect(others.filter((stem) => held.has(stem)).length).toBeGreaterThan(240);
    expect(rejects.filter((stem) => held.has(stem))).toEqual([]);
    expect(new Set(named(typed, ...HELD_BACK))).toEqual(
      new Set(stems.filter((stem) => !held.has(stem))),
    );
    expect(typed.exit).toBe(13);
    // It says how much would do, and so much does.
    const dry = await backup(vault, '--dry-run');
    const relief = dry.records.find(({ type }) => type === 'relief');
    const short = Number(relief?.['shortBytes']);
    expect(short).toBeGreaterThan(0);
    kit.grow('/ssd', short + 200_000);
    expect((await backup(vault)).exit).toBe(0);
    expect(await kit.held(vault)).toHaveLength(640);
  }, 30_000);

  it('protects the selects first of all: a cut a moment later costs none of them', async () => {
    const vault = await kit.drive('/ssd', 100_000_000);
    const stems = kit.shoot(CARD, 60);
    const selects = stems.slice(50);
    kit.rate(CARD, selects, 4);
    await backup(vault);
    const held = await kit.held(vault);
    expect(new Set(held.slice(0, 10))).toEqual(new Set(selects));
  });
});

describe('a vault that fills in mid-shoot', () => {
  it('takes what is precious of the later days into the room that was kept for it', async () => {
    const vault = await kit.drive('/ssd', 10_000_000);
    await kit.policy(
      vault,
      'tiers:\n  - name: select\n    where: rating>=4\n    reserve: 3MB\n  - name: general\n',
    );
    kit.shoot(CARD, 120);
    const first = await backup(vault);
    // A hundred would fit: seventy do beside the room of the selects.
    const heldFirst = await kit.held(vault);
    expect(heldFirst.length).toBeGreaterThan(60);
    expect(heldFirst.length).toBeLessThanOrEqual(80);
    expect(named(first, 'HELD_BACK')).toHaveLength(120 - heldFirst.length);
    expect(first.summary['ok']).toBe(false);
    const late = kit.shoot(CARD, 25);
    kit.rate(CARD, late, 5);
    await backup(vault);
    const held = new Set(await kit.held(vault));
    for (const stem of late) expect(held).toContain(stem);
    expect(held.size).toBe(heldFirst.length + 25);
    expect((await kit.type('check', '--vault', vault, '--read-data')).exit).toBe(0);
  });
});

describe('second thoughts', () => {
  it('rejects that became selects go before all that waits', async () => {
    const vault = await kit.drive('/ssd', 5_000_000);
    const stems = kit.shoot(CARD, 80);
    const rejects = stems.slice(0, 20);
    kit.rate(CARD, rejects, -1);
    await backup(vault);
    expect((await kit.held(vault)).filter((stem) => rejects.includes(stem))).toEqual([]);
    const rerated = rejects.slice(0, 5);
    kit.rate(CARD, rerated, 5);
    kit.grow('/ssd', 6 * FRAME_BYTES);
    await backup(vault);
    const held = await kit.held(vault);
    for (const stem of rerated) expect(held).toContain(stem);
  });

  it('selects that are demoted stay where they are: nothing is ever removed', async () => {
    const vault = await kit.drive('/ssd', 5_000_000);
    const stems = kit.shoot(CARD, 40);
    kit.rate(CARD, stems, 5);
    await backup(vault);
    const before = await kit.held(vault);
    kit.rate(CARD, stems, -1);
    const others = kit.shoot(CARD, 40);
    kit.rate(CARD, others, 5);
    await backup(vault);
    const after = await kit.held(vault);
    expect(after.slice(0, before.length)).toEqual(before);
  });
});

describe('a quota', () => {
  it('holds back its tier alone, and says what would let it in', async () => {
    const vault = await kit.drive('/ssd', 200_000_000);
    const text = 'tiers:\n  - name: reject\n    where: rating=-1\n    order: 9\n    quota: 1MB\n';
    await kit.policy(vault, `${text}  - name: general\n    order: 1\n`);
    const stems = kit.shoot(CARD, 40);
    const rejects = stems.slice(0, 20);
    kit.rate(CARD, rejects, -1);
    const typed = await backup(vault);
    const held = new Set(await kit.held(vault));
    expect(stems.slice(20).every((stem) => held.has(stem))).toBe(true);
    expect(rejects.filter((stem) => held.has(stem))).toHaveLength(9);
    expect(named(typed, 'HELD_BACK')).toHaveLength(11);
    expect(typed.exit).toBe(3);
    // It counts what the vault has of the tier from other days too.
    await kit.type('learn', '--vault', vault);
    const again = await backup(vault);
    expect(named(again, 'HELD_BACK')).toHaveLength(11);
    const said = await kit.type('backup', CARD, '--vault', vault, '--dry-run');
    expect(said.stdout).toMatch(
      /What would make enough: a quota of reject that is 1\.\d+ MB larger/,
    );
  });
});

describe('two vaults of different size', () => {
  it('the small one gets what is precious, the large one everything', async () => {
    const large = await kit.drive('/large', 20_000_000);
    const small = await kit.drive('/small', 2_000_000);
    const stems = kit.shoot(CARD, 60);
    const selects = stems.slice(45);
    kit.rate(CARD, selects, 5);
    const typed = await backup(large, '--mirror', small);
    expect(await kit.held(large)).toHaveLength(60);
    const onSmall = await kit.held(small);
    expect(selects.every((stem) => onSmall.includes(stem))).toBe(true);
    expect(onSmall.length).toBeLessThan(25);
    // What a mirror lacks is named; the main vault is whole.
    expect(typed.exit).toBe(3);
    expect(typed.summary).toMatchObject({ full: false });
  });

  it('a tier that has replicas of its own goes to no other vault', async () => {
    const ssd = await kit.drive('/ssd', 20_000_000, 'field');
    const nas = await kit.drive('/nas', 20_000_000, 'studio');
    await kit.policy(
      ssd,
      'tiers:\n  - name: reject\n    where: rating=-1\n    replicas: [studio]\n  - name: general\n',
    );
    const stems = kit.shoot(CARD, 10);
    const rejects = stems.slice(0, 4);
    kit.rate(CARD, rejects, -1);
    const typed = await backup(ssd, '--mirror', nas);
    expect(typed.exit).toBe(0);
    expect((await kit.held(ssd)).filter((stem) => rejects.includes(stem))).toEqual([]);
    expect(await kit.held(nas)).toHaveLength(10);
    // Without that vault they have no place, and are named.
    const more = kit.shoot(CARD, 2);
    kit.rate(CARD, more, -1);
    const alone = await backup(ssd);
    expect(named(alone, 'HELD_BACK').toSorted()).toEqual([...rejects, ...more].toSorted());
    expect(alone.exit).toBe(3);
  });
});

describe('how often', () => {
  const POLICY = `tiers:
  - name: select
    where: rating>=4
    when: at-once
  - name: film
    where: name:*.CR3 and rating=1
    when: idle
  - name: general
    when: daily
`;

  it('a daily tier waits until tomorrow, an idle one until nothing else is to do, --now takes all', async () => {
    const vault = await kit.drive('/ssd', 20_000_000);
    await kit.policy(vault, POLICY);
    const morning = kit.shoot(CARD, 3);
    expect((await backup(vault)).exit).toBe(0);
    expect(await kit.held(vault)).toEqual(morning);
    const noon = kit.shoot(CARD, 3);
    const [select = ''] = noon;
    kit.rate(CARD, [select], 5);
    const waits = await backup(vault);
    expect(await kit.held(vault)).toEqual([...morning, select]);
    expect(named(waits, 'HELD_BACK')).toEqual(noon.slice(1));
    expect(waits.exit).toBe(3);
    kit.world.clock.advance(86_400_000);
    const idle = kit.shoot(CARD, 1);
    kit.rate(CARD, idle, 1);
    expect(named(await backup(vault), 'HELD_BACK')).toEqual(idle);
    expect(await kit.held(vault)).toHaveLength(6);
    expect((await backup(vault, '--idle')).exit).toBe(0);
    const evening = kit.shoot(CARD, 2);
    expect(named(await backup(vault), 'HELD_BACK')).toEqual(evening);
    expect((await backup(vault, '--now')).exit).toBe(0);
    expect(await kit.held(vault)).toHaveLength(9);
  });

  it('a clock that goes back makes it another day: rather twice than never', async () => {
    const vault = await kit.drive('/ssd', 20_000_000);
    await kit.policy(vault, POLICY);
    kit.shoot(CARD, 3);
    await backup(vault);
    kit.world.clock.jumpTo(kit.world.clock.nowMs() - 3 * 86_400_000);
    kit.shoot(CARD, 2);
    expect((await backup(vault)).exit).toBe(0);
    expect(await kit.held(vault)).toHaveLength(5);
  });
});

describe('a policy that changed between sessions', () => {
  it('decides about what is new and what waited; what is held stays', async () => {
    const vault = await kit.drive('/ssd', 20_000_000);
    await kit.policy(vault, 'tiers:\n  - name: general\n    quota: 500kB\n');
    kit.shoot(CARD, 10);
    expect((await backup(vault)).exit).toBe(3);
    const before = await kit.held(vault);
    expect(before).toHaveLength(5);
    await kit.policy(vault, 'tiers:\n  - name: general\n');
    expect((await backup(vault)).exit).toBe(0);
    expect((await kit.held(vault)).slice(0, 5)).toEqual(before);
    expect(await kit.held(vault)).toHaveLength(10);
  });
});

describe('policy test with a card', () => {
  it('says what a backup of it would do under a policy that is not in force', async () => {
    const vault = await kit.drive('/ssd', 20_000_000);
    const stems = kit.shoot(CARD, 10);
    kit.rate(CARD, stems.slice(0, 2), 5);
    const text = 'tiers:\n  - name: best\n    where: rating=5\n  - name: general\n    when: idle\n';
    kit.world.disk.stage.plant('/other.yaml', text);
    const typed = await kit.type('policy', 'test', '/other.yaml', CARD, '--vault', vault);
    expect(typed.exit).toBe(0);
    expect(typed.stdout).toMatch(/^ {2}best +2 frames +200 kB to copy$/m);
    expect(typed.stdout).toMatch(/^ {2}general +8 frames +0 bytes to copy, 8 of them wait$/m);
    expect(await kit.held(vault)).toEqual([]);
    expect((await backup(vault)).exit).toBe(0);
  });
});

describe('a tie at the boundary', () => {
  it('the select that arrives last takes the last place', async () => {
    const vault = await kit.drive('/ssd', 1_000_000);
    const stems = kit.shoot(CARD, 30);
    const last = stems.slice(-1);
    kit.rate(CARD, last, 5);
    await backup(vault);
    expect(await kit.held(vault)).toContain(last[0]);
  });
});

describe('--dry-run', () => {
  it('says what then happens, step by step, and changes nothing', async () => {
    const vault = await kit.drive('/ssd', 3_000_000);
    const mirror = await kit.drive('/mirror', 1_000_000);
    const stems = kit.shoot(CARD, 40);
    kit.rate(CARD, stems.slice(30), 5);
    const { stage } = kit.world.disk;
    const before = [stage.paths('/ssd'), stage.paths('/mirror')];
    const dry = await backup(vault, '--mirror', mirror, '--dry-run');
    expect(dry.exit).toBe(0);
    expect([stage.paths('/ssd'), stage.paths('/mirror')]).toEqual(before);
    const copied = (path: string): string[] => {
      const id = dry.records.find((one) => one['type'] === 'vault' && one['path'] === path);
      const steps = dry.records.filter(
        ({ type, vault: to }) => type === 'protect' && to === id?.['vault'],
      );
      return steps.map((step) => /(IMG_\d+)/.exec(String(step['path']))?.[1] ?? '');
    };
    const planned = { ssd: copied(vault), mirror: copied(mirror) };
    expect(planned.ssd.length).toBeGreaterThan(20);
    const waiting = dry.records.filter(({ type }) => type === 'waiting');
    const typed = await backup(vault, '--mirror', mirror);
    expect(new Set(await kit.held(vault))).toEqual(new Set(planned.ssd));
    expect(new Set(await kit.held(mirror))).toEqual(new Set(planned.mirror));
    expect(typed.summary['waiting']).toBe(waiting.length);
  });

  it('plans nothing for what is known already under another name', async () => {
    const vault = await kit.drive('/ssd', 3_000_000);
    kit.shoot(CARD, 25);
    await backup(vault);
    const { stage } = kit.world.disk;
    for (const path of stage.paths(CARD)) {
      stage.plant(path.replace('EOS_DIGITAL', 'COPY'), stage.peek(path) ?? '');
    }
    const words = ['backup', '/media/COPY', '--vault', vault, '--no-learn', '--json'];
    const opened = await openVault(kit.world, vault);
    expect(await planBackup(kit.world, opened, ['/media/COPY'])).toMatchObject({
      steps: [],
      waiting: [],
      relief: [],
    });
    expect(await kit.type(...words)).toMatchObject({
      exit: 0,
      summary: { newBlobs: 0, files: 25 },
    });
  });
});
