import { type BackupOptions, type BackupReport, backup as protect } from './backup/index.ts';
import { type LearnReport, learn } from './learn/index.ts';
import type { RecordReader } from './metadata/index.ts';
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

/** How a backup is watched, mirrored, ended early, and whether it learns. */
export interface BackupAndLearnOptions extends BackupOptions {
  /** False: only protect; the next backup learns. */
  readonly learn?: boolean;
  /** Called once everything is protected, before learning begins. */
  readonly onProtected?: (report: BackupReport) => void;
  /** Reads full records; left out, ExifTool does where files can be reached by other programs. */
  readonly records?: RecordReader;
}

/** What a backup did, and what was learned after it; null where nothing was to be learned. */
export interface BackupAndLearnReport extends BackupReport {
  readonly learned: LearnReport | null;
}

/**
 * Protects cards, folders and catalogs: every file's bytes are copied, made durable, read back and compared, and only
 * then acknowledged in the journal; known and unchanged content is recorded, not copied. Makes one snapshot. Then, with
 * everything safe, learns what the new pictures show and say.
 * @param sources paths of cards, folders or single files
 * @throws FieldVaultError SOURCE_MISSING, LEASED, TARGET_READ_ONLY, TARGET_GONE, TARGET_FULL (not even a journal fits)
 */
export async function backup(
  world: World,
  vault: Vault,
  sources: readonly string[],
  options: BackupAndLearnOptions = {},
): Promise<BackupAndLearnReport> {
  const report = await protect(world, vault, sources, options);
  options.onProtected?.(report);
  if (options.learn === false || report.isInterrupted || report.isFull) {
    return { ...report, learned: null };
  }
  const { progress } = options;
  if (progress !== undefined) Object.assign(progress, { phase: 'learning', bytesTotal: 0 });
  const alive = options.mirrors?.filter(({ root }) =>
    report.mirrors.some(({ path, state }) => path === root && state !== 'lost'),
  );
  const learned = await learn(world, vault, {
    ...options,
    mirrors: alive ?? [],
    onProgress: (filesDone, filesTotal) => {
      if (progress !== undefined) Object.assign(progress, { filesDone, filesTotal });
    },
  });
  return { ...report, learned };
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
