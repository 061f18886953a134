import type { World } from '../platform/index.ts';
import type { FactsRecord, Vault } from '../vault/index.ts';
import { VaultWriter } from '../vault/index.ts';

/**
 * Drops files of facts that are missing or known to be damaged, so that what they said is learned again.
 * @returns how many
 */
export async function dropDamagedFacts(world: World, vault: Vault): Promise<number> {
  const damaged: FactsRecord[] = [];
  for (const record of vault.ledger.facts.values()) {
    const facts = await world.disk.stat(`${vault.root}/${record.at}`).catch(() => null);
    const isSound = facts?.sizeBytes === record.size && !vault.ledger.damaged.has(record.at);
    if (!isSound) damaged.push(record);
  }
  if (damaged.length === 0) return 0;
  const writer = await VaultWriter.open(world, vault);
  const time = new Date(world.clock.nowMs()).toISOString();
  try {
    await writer.commit(
      damaged.map(({ at, sha256 }) => ({ type: 'drop', blob: sha256, at, time }) as const),
    );
    for (const { at } of damaged) {
      // What cannot be removed now lies there and is told of no more.
      await world.disk.removeFile(`${vault.root}/${at}`).catch(() => {});
    }
  } finally {
    await writer.letGo();
  }
  return damaged.length;
}
