import { beforeEach, describe, expect, it } from 'vitest';
import { backup, forget } from '../backup/index.ts';
import { type SimWorld, simWorld } from '../testing/index.ts';
import { createVault, findSnapshot, openVault, type Vault } from '../vault/index.ts';
import { allStates, snapshotStates } from './states.ts';

let world: SimWorld;
let vault: Vault;

beforeEach(async () => {
  world = simWorld(7);
  world.disk.stage.makeFolders('/drive');
  vault = await createVault(world, '/drive/v');
});

async function shoot(files: Readonly<Record<string, string>>): Promise<string> {
  for (const path of world.disk.stage.paths('/card')) await world.disk.removeFile(path);
  for (const [path, text] of Object.entries(files)) {
    world.disk.stage.plant(`/card/${path}`, text);
  }
  vault = await openVault(world, '/drive/v');
  const { snapshot } = await backup(world, vault, ['/card']);
  vault = await openVault(world, '/drive/v');
  return snapshot;
}

const told = (): { paths: string[]; captures: string[] | null }[] =>
  [...allStates(vault.ledger)].map(({ parts, captures }) => ({
    paths: parts.map(({ path, sizeBytes }) => `${path} ${sizeBytes}`).sort(),
    captures: captures === null ? null : [...captures],
  }));

describe('allStates()', () => {
  it('tells what a source holds now', async () => {
    await shoot({ 'A.NEF': '1', 'A.xmp': '12', 'sub/B.JPG': '123' });
    expect(told()).toStrictEqual([
      { paths: ['card/A.NEF 1', 'card/A.xmp 2', 'card/sub/B.JPG 3'].sort(), captures: null },
    ]);
  });

  it('tells pictures of a card that was filled again, with the sidecars they had', async () => {
    await shoot({ 'A.NEF': '1', 'A.xmp': '12', 'NKSC_PARAM/A.NEF.nksc': '1' });
    await shoot({ 'A.NEF': '1234', 'A.xmp': '12345' });
    expect(told()).toStrictEqual([
      {
        paths: ['card/A.NEF 1', 'card/A.xmp 2', 'card/NKSC_PARAM/A.NEF.nksc 1'],
        captures: ['card/A.NEF'],
      },
      { paths: ['card/A.NEF 4', 'card/A.xmp 5'], captures: null },
    ]);
  });

  it('leaves out what only forgotten snapshots held', async () => {
    const first = await shoot({ 'A.NEF': '1', 'B.NEF': '12' });
    await shoot({ 'B.NEF': '12' });
    await forget(world, vault, [first]);
    vault = await openVault(world, '/drive/v');
    expect(told()).toStrictEqual([{ paths: ['card/B.NEF 2'], captures: null }]);
  });

  it('keeps cards of one name apart', async () => {
    await shoot({ 'A.NEF': '1' });
    world.disk.stage.plant('/other/card/A.NEF', '12');
    await backup(world, vault, ['/other/card']);
    vault = await openVault(world, '/drive/v');
    expect(told().map(({ paths }) => paths)).toStrictEqual([['card/A.NEF 1'], ['card/A.NEF 2']]);
  });
});

it('snapshotStates() tells a snapshot as it was', async () => {
  const first = await shoot({ 'A.NEF': '1' });
  await shoot({ 'B.NEF': '12' });
  const states = [...snapshotStates(vault, findSnapshot(vault.ledger, first))];
  expect(states.flatMap(({ parts }) => parts.map(({ path }) => path))).toStrictEqual([
    'card/A.NEF',
  ]);
});
