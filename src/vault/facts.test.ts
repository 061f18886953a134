import { describe, expect, it } from 'vitest';
import { prune } from '../backup/index.ts';
import type { BlobId } from '../base/index.ts';
import { simWorld } from '../testing/index.ts';
import {
  check,
  createVault,
  learnedOf,
  openVault,
  readFacts,
  type Vault,
  VaultWriter,
} from './index.ts';

const BLOBS = [...'abc'].map((digit) => digit.repeat(64) as BlobId);

describe('facts in a vault', () => {
  it('are read back by whoever opens the vault next, the later of two last', async () => {
    const { world, vault } = await vaultWith([
      [1, { sharp: 3 }],
      [2, { sharp: 4 }],
    ]);
    const read = await Array.fromAsync(readFacts(world, vault, 'look'));
    expect(read).toStrictEqual(BLOBS.map((blob) => ({ blob, facts: { sharp: 4 } })));
    expect(await Array.fromAsync(readFacts(world, vault, 'other'))).toStrictEqual([]);
    expect(learnedOf(vault.ledger, 'look', 2).size).toBe(3);
    expect(learnedOf(vault.ledger, 'look', 3).size).toBe(0);
    expect(learnedOf(vault.ledger, 'other', 1).size).toBe(0);
  });

  it('a damaged file is named and passed over, the others are read', async () => {
    const { world, vault } = await vaultWith([[1, 'look']]);
    const writer = await VaultWriter.open(world, vault);
    const other = 'd'.repeat(64) as BlobId;
    await writer.commit([
      await writer.writeFacts('look', 1, [
        [other, 'one'],
        [other, 'two'],
      ]),
    ]);
    await writer.finish([]);
    const [at] = [...vault.ledger.facts.keys()];
    world.disk.stage.flipBit(`${vault.root}/${at}`, 160);
    const damaged: string[] = [];
    const read = readFacts(world, vault, 'look', (record) => damaged.push(record.at));
    expect((await Array.fromAsync(read)).map(({ facts }) => facts)).toStrictEqual(['one', 'two']);
    expect(damaged).toStrictEqual([at]);
  });

  it('a file that is dropped is told of no more', async () => {
    const { world, vault } = await vaultWith([[1, 'x']]);
    const writer = await VaultWriter.open(world, vault);
    for (const { at, sha256 } of [...vault.ledger.facts.values()]) {
      await writer.commit([{ type: 'drop', blob: sha256, at, time: '2026-11-22T09:00:00.000Z' }]);
    }
    await writer.finish([]);
    const again = await openVault(world, '/v');
    expect(again.ledger.facts.size).toBe(0);
    expect(learnedOf(again.ledger, 'look', 0).size).toBe(0);
  });
});

it('facts that no line names are left over: check counts them, prune removes them', async () => {
  const { world, vault } = await vaultWith([[1, 'x']]);
  world.disk.stage.plant('/v/facts/000009-20261122T090000Z-0123456789abcdef.look.jsonl.gz', 'torn');
  expect((await check(world, vault)).leftOver).toBe(1);
  await prune(world, await openVault(world, '/v'));
  const again = await openVault(world, '/v');
  expect(await check(world, again, { readData: true })).toMatchObject({ leftOver: 0, damaged: 0 });
  expect(again.ledger.facts.size).toBe(1);
});

/** A vault with one file of facts for each version and value, about all blobs. */
async function vaultWith(
  files: readonly (readonly [version: number, value: unknown])[],
): Promise<{ world: ReturnType<typeof simWorld>; vault: Vault }> {
  const world = simWorld(1);
  const vault = await createVault(world, '/v');
  const writer = await VaultWriter.open(world, vault);
  for (const [version, value] of files) {
    const facts = BLOBS.map((blob) => [blob, value] as const);
    await writer.commit([await writer.writeFacts('look', version, facts)]);
  }
  await writer.finish([]);
  return { world, vault: await openVault(world, '/v') };
}
