import { beforeEach, describe, expect, it } from 'vitest';
import {
  findFrames,
  markFrames,
  openVault,
  parseQuery,
  policyOf,
  readPolicyFile,
  setPolicy,
  testPolicy,
} from '../../src/index.ts';
import {
  type ShootSummary,
  type SimWorld,
  simWorld,
  tinyShoot,
  writeShoot,
} from '../../src/testing/index.ts';
import { type Typed, typeWords } from './typed-words.ts';

const VAULT = ['--vault', '/drive/vault'] as const;
const POLICY = `tiers:
  - name: portfolio
    where: rating>=4
    copies: 3
  - name: general
`;

let world: SimWorld;
let shoot: ShootSummary;

const type = (...words: readonly string[]): Promise<Typed> => typeWords(world, words);
const found = async (query: string): Promise<unknown> =>
  (await type('find', query, ...VAULT, '--json')).summary['frames'];
const journalLines = (): number =>
  world.disk.stage.paths('/drive/vault/journal').filter((path) => path.endsWith('.jsonl')).length;

beforeEach(async () => {
  world = simWorld(2);
  world.disk.stage.makeFolders('/drive');
  shoot = await writeShoot(world.disk, '/card', tinyShoot(9));
  await type('init', '/drive/vault');
  await type('backup', '/card', ...VAULT);
  world.disk.stage.plant('/tiers.yaml', POLICY);
});

describe('find tier:', () => {
  it('answers by the default policy where none was set: the ratings make the tiers', async () => {
    expect(await found('tier:select')).toBe(await found('rating>=4 or pick=1'));
    expect(await found('tier:reject')).toBe(await found('rating=-1 or pick=-1'));
    const all = await type('find', ...VAULT, '--json');
    const tiers = all.records.flatMap(({ tier }) => (typeof tier === 'string' ? [tier] : []));
    expect(tiers).toHaveLength(shoot.frames.length);
    expect(new Set(tiers).size).toBeGreaterThan(1);
  });

  it('answers by a new policy at once, though the index is of the old one', async () => {
    expect(await found('tier:select')).not.toBe(0);
    await type('policy', 'set', '/tiers.yaml', ...VAULT);
    expect(await found('tier:select')).toBe(0);
    expect(await found('tier:portfolio')).toBe(await found('rating>=4'));
  });

  it('finds frames all the same where the policy is of a newer version, and tells no tier', async () => {
    const vault = await openVault(world, '/drive/vault');
    const policy = (await readPolicyFile(world, '/tiers.yaml')).policy;
    await setPolicy(world, vault, { policy, text: 'tiers: of tomorrow' });
    expect(await found('')).toBe(shoot.frames.length);
    expect(await found('tier:*')).toBe(0);
    const shown = await type('policy', 'show', ...VAULT, '--json');
    expect(shown.summary).toMatchObject({ ok: false, error: { code: 'UNSUPPORTED_FORMAT' } });
  });

  it('tells tiers by the day that it is where a policy says "today"', async () => {
    const text = 'tiers:\n  - name: fresh\n    where: date:yesterday\n  - name: general\n';
    world.disk.stage.plant('/daily.yaml', text);
    await type('policy', 'set', '/daily.yaml', ...VAULT);
    expect(await found('tier:fresh')).toBe(shoot.frames.length);
    await world.clock.sleep(86_400_000);
    expect(await found('tier:fresh')).toBe(0);
  });
});

describe('policy', () => {
  it('show prints the default as a policy that can be set again, and says that it is the default', async () => {
    const { stdout, exit } = await type('policy', 'show', ...VAULT);
    expect(exit).toBe(0);
    expect(stdout).toContain('# The default policy');
    world.disk.stage.plant('/shown.yaml', stdout);
    const tested = await type('policy', 'test', '/shown.yaml', ...VAULT, '--json');
    expect(tested.summary).toMatchObject({ ok: true, changed: 0, frames: shoot.frames.length });
  });

  it('test says what each tier would get and what would change; changes nothing', async () => {
    const before = world.disk.stage.paths('/drive');
    const { records, summary } = await type('policy', 'test', '/tiers.yaml', ...VAULT, '--json');
    const tiers = records.filter((record) => record['type'] === 'tier');
    const portfolio = await found('rating>=4');
    const changed = Number(await found('not tier:general'));
    expect(tiers).toMatchObject([
      { tier: 'portfolio', copies: 3, frames: portfolio },
      { tier: 'general', copies: 1, frames: shoot.frames.length - Number(portfolio) },
    ]);
    expect(summary).toMatchObject({ ok: true, changed });
    const changes = records.filter((record) => record['type'] === 'change');
    expect(changes).toContainEqual(expect.objectContaining({ from: 'keeper', to: 'general' }));
    expect(world.disk.stage.paths('/drive')).toEqual(before);
    const { stdout } = await type('policy', 'test', '/tiers.yaml', ...VAULT);
    expect(stdout).toMatch(/^ {2}portfolio +\d+ frames? .* 3 copies wanted$/m);
    expect(stdout).toMatch(/^ {2}from keeper to general: \d+ frames?, /m);
  });

  it('set puts it in force, says by whom, and show prints it as it was written', async () => {
    const set = await type('policy', 'set', '/tiers.yaml', ...VAULT, '--json');
    expect(set.summary).toMatchObject({ ok: true, tiers: ['portfolio', 'general'] });
    const { stdout } = await type('policy', 'show', ...VAULT);
    expect(stdout).toBe(`# Set 2026-11-22 09:00 by ${world.host.name}.\n${POLICY}`);
    expect((await type('check', ...VAULT)).exit).toBe(0);
  });

  it.each([
    ['a problem with its line and column', POLICY.replace('3', 'three'), /line 4, column 13: /],
    ['every problem', 'tiers:\n  - name: A\n    copies: 0\n', /line 2, .*; line 3, /],
    ['a file that is no text', '\xff\xfe', /is no policy/],
  ])('set refuses a wrong policy and names %s', async (_, text, says) => {
    world.disk.stage.plant('/wrong.yaml', text);
    const journals = journalLines();
    for (const word of ['set', 'test']) {
      const { exit, stderr } = await type('policy', word, '/wrong.yaml', ...VAULT);
      expect(exit).toBe(2);
      expect(stderr).toMatch(says);
    }
    expect(journalLines()).toBe(journals);
  });

  it('refuses a file that is not there', async () => {
    const { summary, exit } = await type('policy', 'set', '/none.yaml', ...VAULT, '--json');
    expect({ exit, code: (summary['error'] as { code: string }).code }).toEqual({
      exit: 2,
      code: 'BAD_USAGE',
    });
  });
});

describe('mark', () => {
  it('puts frames into a tier over every rule, recorded with who and when', async () => {
    const rest = await found('tier:general');
    expect(rest).not.toBe(0);
    const marked = await type('mark', 'tier:general', '--tier', 'reject', ...VAULT, '--json');
    expect(marked.summary).toMatchObject({ ok: true, frames: rest, marked: rest });
    expect(await found('tier:general')).toBe(0);
    expect(await found('tier:reject')).toBe(rest);
    const { ledger } = await openVault(world, '/drive/vault');
    expect(ledger.marks).toMatchObject([
      { tier: 'reject', who: world.host.name, time: '2026-11-22T09:00:00.000Z' },
    ]);
  });

  it('stays when frames are rated anew or a policy is set, and goes when it is taken back', async () => {
    const selects = await found('tier:select');
    expect(selects).not.toBe(0);
    await type('mark', 'tier:select', '--tier', 'keeper', ...VAULT);
    await type('backup', '/card', ...VAULT);
    expect(await found('tier:select')).toBe(0);
    await type('policy', 'set', '/tiers.yaml', ...VAULT);
    expect(await found('tier:keeper')).toBe(0);
    const { stdout } = await type('policy', 'test', '/tiers.yaml', ...VAULT);
    expect(stdout).toMatch(/marked for a tier that this policy does not have/);
    await setDefault();
    expect(await found('tier:select')).toBe(0);
    await type('mark', 'rating>=4', '--tier', 'none', ...VAULT);
    expect(await found('tier:select')).toBe(selects);
  });

  it('writes nothing where no frame fits or all have the mark already', async () => {
    const none = await type('mark', 'rating>5', '--tier', 'select', ...VAULT, '--json');
    expect(none.summary).toMatchObject({ ok: true, frames: 0, marked: 0 });
    await type('mark', 'name:DSC_0001', '--tier', 'select', ...VAULT);
    const journals = journalLines();
    const again = await type('mark', 'name:DSC_0001', '--tier', 'select', ...VAULT, '--json');
    expect(again.summary).toMatchObject({ frames: 1, marked: 0 });
    expect(journalLines()).toBe(journals);
  });

  it('refuses a tier that the policy does not have, and says which was probably meant', async () => {
    const { exit, stderr } = await type('mark', 'rating>1', '--tier', 'selct', ...VAULT);
    expect(exit).toBe(2);
    expect(stderr).toContain('Did you mean "select"?');
  });

  it('keeps lines short, however many frames are marked', async () => {
    const vault = await openVault(world, '/drive/vault');
    for (let index = 0; index < 60; index += 1) {
      const name = `${'long folder name '.repeat(11)}${index}`;
      world.disk.stage.plant(`/many/${`${name}/`.repeat(20)}A.JPG`, `picture ${index}`);
    }
    await type('backup', '/many', ...VAULT);
    const query = parseQuery('name:A.JPG', { localMs: 0 });
    const opened = await openVault(world, vault.root);
    expect(await markFrames(world, opened, query, 'select')).toMatchObject({ marked: 60 });
    const { ledger } = await openVault(world, vault.root);
    expect(ledger.marks.length).toBeGreaterThan(1);
    expect(ledger.marks.flatMap(({ frames }) => frames)).toHaveLength(60);
    expect((await findFrames(world, opened, query)).frames[0]).toMatchObject({ tier: 'select' });
  });
});

describe('policyOf(), testPolicy() and setPolicy()', () => {
  it('do for a program what the words do', async () => {
    const vault = await openVault(world, '/drive/vault');
    const file = await readPolicyFile(world, '/tiers.yaml');
    expect(policyOf(vault).set).toBeNull();
    expect(await testPolicy(world, vault, file.policy)).toMatchObject({ idleMarks: 0 });
    await setPolicy(world, vault, file);
    expect(policyOf(vault)).toMatchObject({ text: POLICY, set: { who: world.host.name } });
  });
});

async function setDefault(): Promise<void> {
  const other = simWorld(3);
  await typeWords(other, ['init', '/vault']);
  const { stdout } = await typeWords(other, ['policy', 'show', '--vault', '/vault']);
  world.disk.stage.plant('/default.yaml', stdout);
  await type('policy', 'set', '/default.yaml', ...VAULT);
}
