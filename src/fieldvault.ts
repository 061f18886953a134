import {
  absolutePath,
  makeScratchFolder,
  onInterrupt,
  openNodeWorld,
  type World,
} from './platform/index.ts';
import { findSnapshot, type SnapshotSummary, type Vault } from './vault/index.ts';

export { absolutePath, makeScratchFolder, onInterrupt };

/** The real world: this machine's disks, clock and threads. Close its workers at the end. */
export function openWorld(): World {
  return openNodeWorld();
}

/**
 * Finds a snapshot by `latest`, its id or a unique start of its id.
 * @throws FieldVaultError NO_SUCH_SNAPSHOT
 */
export function findSnapshotOf(vault: Vault, name: string): SnapshotSummary {
  return findSnapshot(vault.ledger, name);
}

/**
 * Calls back four times a second while a long act runs, for displays.
 * @returns a function that ends it
 */
export function watchProgress<P>(
  world: World,
  progress: P,
  onTick: (progress: P) => void,
): () => void {
  return world.clock.every(250, () => onTick(progress));
}
