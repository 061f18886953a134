import {
  type BackupPlan,
  type BackupReport,
  type BackupOptions as ProtectOptions,
  planBackup as planWork,
  backup as protect,
  type Tiering,
} from './backup/index.ts';
import { FieldVaultError, type Issue } from './base/index.ts';
import { type CompactAndLearnReport, compact } from './compacting.ts';
import { heldFrames, type LearnReport, learn, marksOf, policyOf } from './learn/index.ts';
import type { RecordReader } from './metadata/index.ts';
import type { World } from './platform/index.ts';
import { DEFAULT_POLICY, type Occasion, type Policy } from './priority/index.ts';
import { openVault, type Vault } from './vault/index.ts';

/** How a backup is watched, mirrored, ended early, and what goes with it. */
export interface BackupAndLearnOptions extends Omit<ProtectOptions, 'tiering'> {
  /** False: only protect; the next backup learns. */
  readonly learn?: boolean;
  /** False: where room is short, nothing is compacted to make some. */
  readonly compact?: boolean;
  /** Learn and compact on battery too; otherwise they wait for mains power. */
  readonly onBattery?: boolean;
  /** Called once everything is protected, before learning begins. */
  readonly onProtected?: (report: BackupReport) => void;
  /** Reads full records; left out, ExifTool does where files can be reached by other programs. */
  readonly records?: RecordReader;
}

/** What a backup did, and what went with it. */
export interface BackupAndLearnReport extends BackupReport {
  /** What was learned; null where nothing was to be learned. */
  readonly learned: LearnReport | null;
  /** What waits for mains power. */
  readonly waitsForPower: boolean;
  /** What was compacted to make room, vault by vault. */
  readonly compacted: readonly CompactAndLearnReport[];
}

/**
 * Protects cards, folders and catalogs, what is precious first: every file's bytes are copied, made durable, read back and
 * compared, and only then acknowledged in the journal; known and unchanged content is recorded, not copied. What the
 * policy leaves to another time or place is named. Makes one snapshot. Where that left files without room and compaction
 * would make some, it does so, and protects them in a second snapshot. Then, with everything safe, learns what the new
 * pictures show and say.
 * @param sources paths of cards, folders or single files
 * @throws FieldVaultError SOURCE_MISSING, LEASED, TARGET_READ_ONLY, TARGET_GONE, TARGET_FULL (not even a journal fits)
 */
export async function backup(
  world: World,
  vault: Vault,
  sources: readonly string[],
  options: BackupAndLearnOptions = {},
): Promise<BackupAndLearnReport> {
  const mirrors = options.mirrors ?? [];
  const isPowered = options.onBattery === true || !(await world.power.read()).isOnBattery;
  const held = new HeldIssues(options.onIssue);
  const first = await protect(world, vault, sources, {
    ...options,
    tiering: tieringOf(world, [vault, ...mirrors], options.onIssue),
    onIssue: held.take,
  });
  const isShort = mayMakeRoom(first.plan);
  const mayCompact = isPowered && options.compact !== false && options.learn !== false;
  const around = { world, sources, options, held };
  const all: Vaults = [vault, ...mirrors];
  const { report, compacted, vaults } =
    isShort && mayCompact && !first.isInterrupted
      ? await makeRoom(around, first, all)
      : { report: first, compacted: [], vaults: all };
  held.tell();
  options.onProtected?.(report);
  const isWanted = options.learn !== false && !report.isInterrupted && !report.isFull;
  const learned = isWanted && isPowered ? await learnAfter(world, vaults, report, options) : null;
  return { ...report, learned, compacted, waitsForPower: isWanted && !isPowered };
}

/**
 * Whether compaction may make room for something that waits, even where the largest form does not fit beside its
 * original yet: what smaller ones give back makes room for it.
 */
function mayMakeRoom({ waiting, relief }: BackupPlan): boolean {
  const savable = new Map<string | null, number>();
  for (const { vault, ways } of relief) {
    for (const way of ways) if (way.kind === 'mains-power') savable.set(vault, way.bytes);
  }
  return waiting.some(
    ({ why, vault, shortBytes }) =>
      why === 'power' ||
      ((why === 'no-room' || why === 'reserve') && (savable.get(vault) ?? -1) >= shortBytes),
  );
}

/** How a backup is planned. */
export interface PlanOptions extends Pick<BackupAndLearnOptions, 'mirrors' | 'signal'> {
  readonly occasion?: Occasion | undefined;
  /** Plans as if this policy were in force; left out: the one of the vault. */
  readonly policy?: Policy;
  readonly compact?: boolean;
  readonly onBattery?: boolean;
  readonly onIssue?: (issue: Issue) => void;
}

/**
 * Says what a backup would do now: what goes where in which order, what waits and why, what would make room. Changes
 * nothing; a backup does nothing else. What compaction frees is expected, not known.
 */
export async function planBackup(
  world: World,
  vault: Vault,
  sources: readonly string[],
  options: PlanOptions = {},
): Promise<BackupPlan> {
  const { mirrors = [], compact: isCompacting, onBattery, policy, ...rest } = options;
  const { isOnBattery } = await world.power.read();
  const tiering = tieringOf(world, [vault, ...mirrors], options.onIssue);
  return planWork(world, vault, sources, {
    ...rest,
    mirrors,
    tiering: policy === undefined ? tiering : { ...tiering, policy },
    canCompact: isCompacting !== false && (onBattery === true || !isOnBattery),
  });
}

function tieringOf(
  world: World,
  vaults: Vaults,
  onIssue: (issue: Issue) => void = () => {},
): Tiering {
  const [primary] = vaults;
  const policy = policyOrDefault(primary, onIssue);
  return { policy, marks: marksOf(primary), held: () => heldFrames(world, vaults) };
}

/** No picture waits for a policy that this version does not understand. */
function policyOrDefault(vault: Vault, onIssue: (issue: Issue) => void): Policy {
  try {
    return policyOf(vault).policy;
  } catch (error) {
    if (!(error instanceof FieldVaultError)) throw error;
    const message = `${error.message} Everything is protected by the default policy meanwhile: nothing waits by a rule.`;
    onIssue({ code: 'POLICY_UNREADABLE', path: vault.root, message });
    return DEFAULT_POLICY;
  }
}

/** Keeps what is held back from being told while there is a way to make room for it. */
class HeldIssues {
  readonly #onIssue: (issue: Issue) => void;
  #kept: Issue[] = [];

  constructor(onIssue: ((issue: Issue) => void) | undefined) {
    this.#onIssue = onIssue ?? (() => {});
  }

  readonly take = (issue: Issue): void => {
    if (issue.code === 'HELD_BACK' || issue.code === 'TARGET_FULL') this.#kept.push(issue);
    else this.#onIssue(issue);
  };

  /** What was held back is about to be tried again. */
  forget(): void {
    this.#kept = [];
  }

  tell(): void {
    for (const issue of this.#kept) this.#onIssue(issue);
    this.#kept = [];
  }
}

/** The primary first. */
type Vaults = readonly [Vault, ...Vault[]];

interface Around {
  readonly world: World;
  readonly sources: readonly string[];
  readonly options: BackupAndLearnOptions;
  readonly held: HeldIssues;
}

/** Compacts on each vault that has no room for something, then protects what waited. */
async function makeRoom(
  { world, sources, options, held }: Around,
  first: BackupReport,
  vaults: Vaults,
): Promise<{ report: BackupReport; compacted: CompactAndLearnReport[]; vaults: Vaults }> {
  const short = new Set(first.plan.relief.map(({ vault }) => vault));
  const compacted: CompactAndLearnReport[] = [];
  for (const { root, identity } of vaults) {
    if (!short.has(identity.id)) continue;
    const { onBattery = false, signal, progress, onIssue, records } = options;
    const now = await openVault(world, root);
    const watched = { ...(signal && { signal }), ...(progress && { progress }) };
    const report = await compact(world, now, {
      ...{ onBattery, returnsVerbatim: false, ...watched },
      ...(onIssue && { onIssue }),
      ...(records && { records }),
    });
    compacted.push(report);
  }
  // What lies where has changed: all that follows looks again.
  const [vault, ...mirrors] = await reopened(world, vaults);
  const now: Vaults = [vault, ...mirrors];
  const isFreed = compacted.some(({ blobs }) => blobs > 0);
  const tiering = tieringOf(world, now);
  held.forget();
  const second = await protect(world, vault, sources, {
    ...options,
    mirrors,
    // Room is kept for compaction only where there is anything to compact.
    tiering: isFreed ? tiering : { ...tiering, held: () => withoutCompaction(tiering) },
    onIssue: held.take,
  });
  return { report: together(first, second), compacted, vaults: await reopened(world, now) };
}

/** What is held, as if nothing of it could be made smaller. */
async function withoutCompaction({ held }: Tiering): ReturnType<Tiering['held']> {
  const all = await held();
  return { ...all, frames: all.frames.map((frame) => ({ ...frame, compactBytes: null })) };
}

async function reopened(world: World, vaults: Vaults): Promise<Vaults> {
  const opened: Vault[] = [];
  for (const { root } of vaults) opened.push(await openVault(world, root));
  return opened as [Vault, ...Vault[]];
}

/** Two runs as one: the second one's state, and what both did. */
function together(first: BackupReport, second: BackupReport): BackupReport {
  return {
    ...second,
    unchanged: first.unchanged,
    newBlobs: first.newBlobs + second.newBlobs,
    bytesRead: first.bytesRead + second.bytesRead,
    bytesStored: first.bytesStored + second.bytesStored,
    verified: {
      direct: first.verified.direct + second.verified.direct,
      cached: first.verified.cached + second.verified.cached,
    },
    durationMs: first.durationMs + second.durationMs,
  };
}

async function learnAfter(
  world: World,
  [vault, ...mirrors]: Vaults,
  report: BackupReport,
  options: BackupAndLearnOptions,
): Promise<LearnReport> {
  const { progress, signal, onIssue, records } = options;
  if (progress !== undefined) Object.assign(progress, { phase: 'learning', bytesTotal: 0 });
  const alive = mirrors.filter(({ root }) =>
    report.mirrors.some(({ path, state }) => path === root && state !== 'lost'),
  );
  return learn(world, vault, {
    ...(signal && { signal }),
    ...(onIssue && { onIssue }),
    ...(records && { records }),
    mirrors: alive,
    onProgress: (filesDone, filesTotal) => {
      if (progress !== undefined) Object.assign(progress, { filesDone, filesTotal });
    },
  });
}
