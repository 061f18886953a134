import { FieldVaultError, type Issue, IssueLog, LIMITS, mapPool } from '../base/index.ts';
import type { World } from '../platform/index.ts';
import { StopFlag } from '../store/index.ts';
import type { SnapshotRecord, Vault } from '../vault/index.ts';
import { runBatch } from './batch.ts';
import { copyOpenCatalogs } from './open-catalogs.ts';
import { Progress } from './progress.ts';
import { refuseSameVaultTwice, refuseVaultAsSource } from './refusals.ts';
import type { BackupReport, MirrorReport } from './report.ts';
import { type BackupRun, giveUpTarget, reportVanished } from './run.ts';
import { findSources } from './sources.ts';
import { goneRecords, protectOthers, type Survey, survey } from './survey.ts';
import { Target } from './target.ts';
import { planReport } from './tiers/plan-report.ts';
import { planWork, type WorkPlan } from './tiers/plan-work.ts';
import { tellHeldBack } from './tiers/tell-held-back.ts';
import { PLAIN_TIERING, type TierOptions } from './tiers/tiering.ts';
import { batchesOf, type WorkItem } from './work.ts';

/** How a backup is watched, mirrored and ended early. */
export interface BackupOptions extends TierOptions {
  /** Vaults that get the same files at the same time; one that fails is given up with an issue. */
  readonly mirrors?: readonly Vault[];
  /** Ends the run early; what was acknowledged stays, a later run goes on there. */
  readonly signal?: AbortSignal;
  /** Readable while the run goes on. */
  readonly progress?: Progress;
  /** Called for each issue at once. */
  readonly onIssue?: (issue: Issue) => void;
}

/**
 * Protects cards, folders and catalogs: every file's bytes are copied, made durable, read back and compared, and only
 * then acknowledged in the journal; known and unchanged content is recorded, not copied. Makes one snapshot.
 * @param sources paths of cards, folders or single files
 * @throws FieldVaultError SOURCE_MISSING, LEASED, TARGET_READ_ONLY, TARGET_GONE, TARGET_FULL (not even a journal fits)
 */
export async function backup(
  world: World,
  vault: Vault,
  sources: readonly string[],
  options: BackupOptions = {},
): Promise<BackupReport> {
  const startMs = world.clock.monotonicMs();
  const run = await beginRun(world, vault, sources, options);
  try {
    run.progress.phase = 'scanning';
    const found = await survey(world, run, run.signal);
    await protectOthers(world, run, found);
    await using _copies = await copyOpenCatalogs(world, run, found);
    const plan = await planRun(world, run, found, options);
    tellHeldBack(run, plan);
    found.unchanged += countElsewhere(plan, run.targets);
    await protectItems(world, run, plan.items);
    const isInterrupted = run.signal?.aborted === true;
    reportVanished(run);
    for (const target of run.targets) {
      if (target.isLost) continue;
      if (target.writer.isWeak || target.isWeak) reportWeak(run, target);
      await endTarget(world, run, target, isInterrupted ? null : found);
    }
    const durationMs = world.clock.monotonicMs() - startMs;
    return reportOf(run, found, { isInterrupted, durationMs, plan: planReport(plan, run.targets) });
  } catch (error) {
    for (const target of run.targets) await target.writer.letGo();
    throw firstOf(error);
  } finally {
    run.stop.release();
  }
}

function planRun(
  world: World,
  { targets, signal }: BackupRun,
  found: Survey,
  { tiering = PLAIN_TIERING, occasion = 'session' }: TierOptions,
): Promise<WorkPlan<Target>> {
  const alive = targets.filter(({ isLost }) => !isLost);
  return planWork(world, { found, targets: alive, tiering, occasion, signal, canCompact: false });
}

/** Files that only vaults lack to which the policy does not send them. */
function countElsewhere({ heldBack }: WorkPlan<Target>, [primary]: readonly Target[]): number {
  const wanted = heldBack.filter(({ target, isAsked }) => isAsked || target === primary);
  const asked = new Set(wanted.map(({ item }) => item));
  const elsewhere = new Set(heldBack.map(({ item }) => item)).difference(asked);
  return [...elsewhere].filter(({ wants }) => wants.size === 0).length;
}

async function beginRun(
  world: World,
  vault: Vault,
  paths: readonly string[],
  options: BackupOptions,
): Promise<BackupRun> {
  const sources = await findSources(world, paths);
  const vaults = [vault, ...(options.mirrors ?? [])];
  refuseVaultAsSource(sources, vaults);
  refuseSameVaultTwice(vaults);
  const id = world.random.hex(16);
  const time = new Date(world.clock.nowMs()).toISOString();
  const issues = new IssueLog(options.onIssue);
  const primary = await Target.begin(world, vault, { id, time, sources, isPrimary: true });
  const targets = [primary];
  for (const mirror of options.mirrors ?? []) {
    try {
      targets.push(await Target.begin(world, mirror, { id, time, sources, isPrimary: false }));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      issues.add('MIRROR_LOST', mirror.root, `The mirror was not used: ${why}`);
    }
  }
  return {
    id,
    sources,
    targets,
    issues,
    progress: options.progress ?? new Progress(),
    signal: options.signal,
    stop: new StopFlag(options.signal),
    vanished: new Map(),
    bytesRead: 0,
  };
}

/** Works through all items, several batches at a time, until each is protected or named in an issue. */
async function protectItems(
  world: World,
  run: BackupRun,
  items: readonly WorkItem[],
): Promise<void> {
  const { progress } = run;
  progress.phase = 'protecting';
  progress.filesTotal = items.length;
  progress.bytesTotal = items.reduce((sum, item) => sum + item.found.sizeBytes, 0);
  let left = items;
  while (left.length > 0) {
    const again: WorkItem[] = [];
    const batches = untilAborted(batchesOf(left, world.workers.count), run.signal);
    const limit = Math.min(world.workers.count, LIMITS.batchesInFlightMax);
    for await (const tried of mapPool(limit, batches, (batch) => runBatch(world, run, batch))) {
      again.push(...tried);
    }
    if (run.signal?.aborted === true) return;
    left = again;
  }
}

function* untilAborted<T>(items: Iterable<T>, signal: AbortSignal | undefined): Generator<T> {
  for (const item of items) {
    if (signal?.aborted === true) return;
    yield item;
  }
}

/** Ends a target's part of the run: with a snapshot, or without one where the run was interrupted (`found` is null). */
async function endTarget(
  world: World,
  run: BackupRun,
  target: Target,
  found: Survey | null,
): Promise<void> {
  try {
    if (found === null) {
      await target.writer.finish([]);
      return;
    }
    if (run.vanished.size === 0) await target.commit(goneRecords(run.id, target, found));
    const snapshot: SnapshotRecord = {
      type: 'snapshot',
      run: run.id,
      time: new Date(world.clock.nowMs()).toISOString(),
      complete: run.issues.troubleCount === 0,
      issues: run.issues.troubleCount,
      sources: target.snapshotSources(),
    };
    // Twice: one damaged line must not cost a snapshot.
    await target.writer.finish([snapshot, snapshot]);
  } catch (error) {
    await giveUpTarget(run, target, error);
  }
}

function reportWeak(run: BackupRun, target: Target): void {
  run.issues.add(
    'WEAK_DURABILITY',
    target.vault.root,
    'This drive does not promise that written data is safe from a power cut. Every copy was read back and is right; eject the drive properly before you pull it.',
  );
}

function reportOf(
  run: BackupRun,
  found: Survey,
  end: Pick<BackupReport, 'isInterrupted' | 'durationMs' | 'plan'>,
): BackupReport {
  const [primary, ...mirrors] = run.targets as [Target, ...Target[]];
  const totals = primary.snapshotSources();
  return {
    snapshot: run.id,
    files: totals.reduce((sum, source) => sum + source.files, 0),
    bytes: totals.reduce((sum, source) => sum + source.bytes, 0),
    unchanged: found.unchanged,
    newBlobs: primary.newBlobs,
    bytesRead: run.bytesRead,
    bytesStored: primary.bytesStored,
    verified: primary.verified,
    isWeak: primary.isWeak || primary.writer.isWeak,
    isFull: primary.isFull,
    leftOut: { count: found.leftOut.count, names: [...found.leftOut.names] },
    mirrors: mirrors.map((target) => mirrorReport(run, target)),
    issues: run.issues.kept,
    issueCount: run.issues.count,
    ...end,
  };
}

function mirrorReport(run: BackupRun, target: Target): MirrorReport {
  const isClean = run.issues.troubleCount === 0;
  return {
    path: target.vault.root,
    state: target.isLost ? 'lost' : isClean ? 'complete' : 'with-issues',
    newBlobs: target.newBlobs,
    bytesStored: target.bytesStored,
  };
}

/** Parallel work fails with every error at once; the first that says what to do is the one to show. */
function firstOf(error: unknown): unknown {
  if (!(error instanceof AggregateError)) return error;
  const known = error.errors.find((one) => one instanceof FieldVaultError);
  return known ?? error.errors[0] ?? error;
}
