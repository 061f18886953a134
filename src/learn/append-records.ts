import type { World } from '../platform/index.ts';
import { type JournalRecord, targetError, type Vault, VaultWriter } from '../vault/index.ts';

/**
 * Makes a person's words durable in the journal of a vault.
 * @throws FieldVaultError LEASED, TARGET_READ_ONLY, TARGET_FULL, TARGET_GONE
 */
export async function appendRecords(
  world: World,
  vault: Vault,
  records: readonly JournalRecord[],
): Promise<void> {
  const writer = await VaultWriter.open(world, vault);
  try {
    await writer.finish(records);
  } catch (error) {
    await writer.letGo();
    throw targetError(error, vault.root);
  }
}
