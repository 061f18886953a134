import { beforeEach, describe, expect, it } from 'vitest';
import { backup } from '../backup/index.ts';
import type { RecordReader } from '../metadata/index.ts';
import { DEFAULT_POLICY, parsePolicy, type Tier } from '../priority/index.ts';
import { parseQuery } from '../query/index.ts';
import {
  type ShootSummary,
  type SimWorld,
  simWorld,
  tinyShoot,
  writeShoot,
} from '../testing/index.ts';
import { createVault, findSnapshot, openVault, type Vault } from '../vault/index.ts';
import { learn } from './learn.ts';
import { pathsWhere } from './paths-where.ts';
import { setPolicy } from './policy-acts.ts';
import { marksOf, policyOf } from './tiering.ts';
import { stricter, tiersByContent } from './tiers-by-content.ts';

let world: SimWorld;
let shoot: ShootSummary;

const open = (): Promise<Vault> => openVault(world, '/drive/v');
const put = async (text: string): Promise<void> =>
  setPolicy(world, await open(), { text, policy: parsePolicy(text) });

/** A reader that says of every file whose it is. */
const owner: RecordReader = {
  read: async () => {
    const tags = { 'Canon:OwnerName': 'Hiroshi' };
    const record = { version: 1, tool: 'ExifTool 0', tags, warnings: [], leftOut: [] } as const;
    return { state: 'read', record } as const;
  },
  close: async () => {},
};

beforeEach(async () => {
  world = simWorld(11);
  world.disk.stage.makeFolders('/drive');
  shoot = await writeShoot(world.disk, '/card', tinyShoot(3));
  await backup(world, await createVault(world, '/drive/v'), ['/card']);
  await learn(world, await open(), { records: owner });
});

describe('policyOf() and marksOf()', () => {
  it('tell the default and nothing for a vault that was told nothing', async () => {
    const vault = await open();
    expect(policyOf(vault)).toMatchObject({ policy: DEFAULT_POLICY, set: null });
    expect(marksOf(vault)).toEqual([]);
  });
});

describe('pathsWhere()', () => {
  it('reads tags where only the policy asks for them', async () => {
    await put('tiers:\n  - name: his\n    where: tag.OwnerName:hiroshi\n  - name: general\n');
    const vault = await open();
    const latest = findSnapshot(vault.ledger, 'latest');
    const pathsOf = (text: string): Promise<ReadonlySet<string>> =>
      pathsWhere(world, vault, latest, parseQuery(text, { localMs: 0 }));
    expect((await pathsOf('tier:his')).size).toBe(shoot.frames.flat().length);
    expect((await pathsOf('tier:general')).size).toBe(0);
  });
});

describe('tiersByContent()', () => {
  it('gives every part of a frame the tier of the frame', async () => {
    await put('tiers:\n  - name: sharp\n    where: name:DSC_0001\n  - name: general\n');
    const vault = await open();
    const { byBlob, rest, unlearned } = await tiersByContent(world, vault);
    const parts = shoot.frames.flat().filter(({ path }) => path.includes('DSC_0001'));
    const sharp = [...byBlob.values()].filter(({ name }) => name === 'sharp');
    expect(sharp).toHaveLength(parts.length);
    expect(parts.length).toBeGreaterThan(1);
    expect(rest.name).toBe('general');
    expect(unlearned.size).toBe(0);
  });
});

describe('stricter()', () => {
  it('takes the tier that wants more copies, then the more precious one', () => {
    const [base] = DEFAULT_POLICY.tiers as readonly [Tier];
    const once = { ...base, copies: 1, order: 1 };
    const twice = { ...base, copies: 2, order: 9 };
    expect([stricter(once, twice), stricter(twice, once)]).toEqual([twice, twice]);
    const later = { ...base, copies: 1, order: 2 };
    expect([stricter(once, later), stricter(later, once)]).toEqual([once, once]);
  });
});
