import type { World } from '../platform/index.ts';
import { findSnapshot, type SnapshotSummary, type Vault } from '../vault/index.ts';
import { writing } from './writing.ts';

/**
 * Drops snapshots: they are listed and restored no more. No file is removed; that is prune's work.
 * @param names ids, unique starts of ids, or `latest`
 * @returns what was dropped, each once
 * @throws FieldVaultError NO_SUCH_SNAPSHOT (then nothing was dropped), LEASED, TARGET_READ_ONLY, TARGET_FULL
 */
export async function forget(
  world: World,
  vault: Vault,
  names: readonly string[],
): Promise<SnapshotSummary[]> {
  const found = names.map((name) => findSnapshot(vault.ledger, name));
  const snapshots = [...new Map(found.map((snapshot) => [snapshot.id, snapshot])).values()];
  const time = new Date(world.clock.nowMs()).toISOString();
  const ids = snapshots.map((snapshot) => snapshot.id);
  await writing(world, vault, {}, (writer) =>
    writer.finish([{ type: 'forget', snapshots: ids, time }]),
  );
  return snapshots;
}
