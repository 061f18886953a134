import { type BlobId, IssueLog } from '../base/index.ts';
import type { World } from '../platform/index.ts';
import { ensureFolder, StopFlag } from '../store/index.ts';
import type { FactsRecord, JournalRecord, Vault } from '../vault/index.ts';
import { missingFacts, transferFacts } from './bring-facts.ts';
import { mergeLines, orderLines, runLines, wordLines } from './bring-lines.ts';
import { inOrder, type Missing, missingBlobs } from './difference.ts';
import { refuseDangerous } from './guard.ts';
import { type Healing, healVault, lostLines } from './heal.ts';
import { LinkPace } from './link-pace.ts';
import { readVerbatim } from './merge-sidecars.ts';
import { type Merge, mergeAll, toMerge } from './merging.ts';
import { Partials } from './partials.ts';
import { receiptLines, wholeLine } from './receipts.ts';
import { Side } from './side.ts';
import type { SyncDirection, SyncOptions, SyncReport } from './sync-report.ts';
import { type Tally, type Transfer, transferBlobs } from './transfer.ts';

/**
 * Reconciles two vaults, both ways: each gets the snapshots, words and contents it lacks, in the forms they have, the most
 * precious first; then states that both sides changed are merged. What differs is told by the journals alone. A sync that
 * was cut off anywhere goes on where it stopped.
 * @param field told first; a merge calls this side `field`
 * @param studio the other side of a merge
 * @throws FieldVaultError BAD_USAGE, VAULT_OTHER, VAULT_BEHIND, VAULT_INCOMPLETE, LEASED, TARGET_READ_ONLY, TARGET_FULL,
 * TARGET_GONE
 */
export async function syncVaults(
  world: World,
  field: Vault,
  studio: Vault,
  options: SyncOptions = {},
): Promise<SyncReport> {
  const startMs = world.clock.monotonicMs();
  const accepted = new Set(options.accept ?? []);
  refuseDangerous(field, studio, accepted);
  const sync = beginSync(world, options);
  try {
    const vaults = [field, studio] as const;
    const healings = await healBoth(world, sync, vaults);
    const wanted = await chosen(options, vaults);
    const plans = planBoth(world, vaults, wanted);
    const isMerged = toMerge(field.ledger, studio.ledger).length === 0;
    const isSaid = healings.every(({ lost }) => lost.length === 0);
    if (options.dryRun !== true && !(plans.every(isNothing) && isMerged && isSaid)) {
      await exchange(world, sync, { vaults, wanted, healings });
    }
    return report(world, sync, { vaults, plans, healings, startMs });
  } finally {
    sync.endClock();
    sync.stop.release();
  }
}

/** A sync at work. */
interface Sync {
  readonly options: SyncOptions;
  readonly issues: IssueLog;
  readonly stop: StopFlag;
  readonly pace: LinkPace;
  readonly tallies: readonly [Tally, Tally];
  readonly merges: Merge[];
  isOutOfTime: boolean;
  readonly endClock: () => void;
}

type Pair = readonly [Vault, Vault];
type Chosen = readonly [(blob: BlobId) => boolean, (blob: BlobId) => boolean];

const TICK_MS = 250;

function beginSync(world: World, options: SyncOptions): Sync {
  const { clock } = world;
  const endMs =
    options.maxMinutes === undefined
      ? Number.POSITIVE_INFINITY
      : clock.monotonicMs() + options.maxMinutes * 60_000;
  const sync: Sync = {
    options,
    issues: new IssueLog(options.onIssue),
    stop: new StopFlag(options.signal),
    pace: new LinkPace(clock, options.bytesPerSecond ?? null),
    tallies: [newTally(), newTally()],
    merges: [],
    isOutOfTime: false,
    endClock: clock.every(TICK_MS, () => {
      if (clock.monotonicMs() < endMs) return;
      sync.isOutOfTime = true;
      sync.stop.raise();
    }),
  };
  return sync;
}

function newTally(): Tally {
  return { blobsCopied: 0, bytesCopied: 0, bytesResumed: 0, heldBack: 0 };
}

/** Mends what each vault lost and the other one holds. */
async function healBoth(
  world: World,
  { options, issues, pace, stop }: Sync,
  [field, studio]: Pair,
): Promise<readonly [Healing, Healing]> {
  const { accept = [], heal, dryRun: isDryRun = false } = options;
  const how = { accepted: new Set(accept), issues, heal, isDryRun, pace, stop };
  return [
    await healVault(world, [field, studio], how),
    await healVault(world, [studio, field], how),
  ];
}

async function chosen({ wantedOf }: SyncOptions, vaults: Pair): Promise<Chosen> {
  const all = () => true;
  if (wantedOf === undefined) return [all, all];
  return [await wantedOf(vaults[0]), await wantedOf(vaults[1])];
}

/** What one vault lacks that the other has. */
interface Plan {
  readonly lines: Iterable<JournalRecord>;
  readonly facts: readonly FactsRecord[];
  readonly blobs: readonly Missing[];
  readonly receipts: Iterable<JournalRecord>;
}

/** What the first vault lacks, then the second. */
function planBoth(world: World, [field, studio]: Pair, wanted: Chosen): readonly [Plan, Plan] {
  return [planOne(world, studio, field, wanted[1]), planOne(world, field, studio, wanted[0])];
}

function planOne(world: World, from: Vault, to: Vault, isWanted: (blob: BlobId) => boolean): Plan {
  return {
    lines: [...linesFor(from, to)],
    facts: missingFacts(from.ledger, to.ledger),
    blobs: missingBlobs(from.ledger, to.ledger, isWanted),
    receipts: [...receiptLines(world, to.ledger, from)],
  };
}

function* linesFor(from: Vault, to: Vault): Generator<JournalRecord> {
  yield* runLines(from, to.ledger);
  yield* wordLines(from.ledger, to.ledger);
  yield* mergeLines(from.ledger, to.ledger);
}

function isNothing({ lines, facts, blobs, receipts }: Plan): boolean {
  return [...lines, ...receipts].length === 0 && facts.length === 0 && blobs.length === 0;
}

async function exchange(
  world: World,
  sync: Sync,
  {
    vaults,
    wanted,
    healings,
  }: {
    readonly vaults: Pair;
    readonly wanted: Chosen;
    readonly healings: readonly [Healing, Healing];
  },
): Promise<void> {
  const sides: Side[] = [];
  try {
    const field = await Side.open(world, 'field', vaults[0]);
    sides.push(field);
    const studio = await Side.open(world, 'studio', vaults[1]);
    sides.push(studio);
    await field.commit(lostLines(world, healings[0].lost));
    await studio.commit(lostLines(world, healings[1].lost));
    const toField = await openTransfer(world, sync, { from: studio, to: field, index: 0 });
    const toStudio = await openTransfer(world, sync, { from: field, to: studio, index: 1 });
    const fields = new Set(field.vault.ledger.runs.keys());
    const studios = new Set(studio.vault.ledger.runs.keys());
    await exchangeWords(world, [toField, toStudio]);
    const { strategy = 'keep-both', readOriginal: read = readVerbatim(world) } = sync.options;
    // A sync that was cut off may have brought it over before.
    const wasFields = (run: string): boolean =>
      (fields.has(run) && !studios.has(run)) ||
      studio.vault.ledger.runs.get(run)?.from === field.vault.identity.id;
    sync.merges.push(...(await mergeAll(world, [field, studio], { strategy, wasFields, read })));
    for (const side of sides) await side.commit([...orderLines(side.vault.ledger)]);
    for (const [transfer, isWanted] of [
      [toStudio, wanted[0]],
      [toField, wanted[1]],
    ] as const) {
      await bringBlobs(world, sync, transfer, isWanted);
    }
    await tellReceipts(world, [toField, toStudio]);
    const isWhole = await isNothingLeft(world, sync, vaults);
    for (const [side, other] of [
      [field, studio],
      [studio, field],
    ] as const) {
      await side.finish(isWhole ? [wholeLine(world, other)] : []);
    }
  } catch (error) {
    for (const side of sides) await side.writer.letGo();
    throw error;
  }
}

/** Whether neither vault lacks anything of the other, and nobody has to settle anything. */
async function isNothingLeft(world: World, sync: Sync, vaults: Pair): Promise<boolean> {
  if (sync.stop.isRaised || sync.issues.count > 0) return false;
  const all = () => true;
  const plans = planBoth(world, vaults, [all, all]);
  const [field, studio] = vaults;
  return (
    plans.every(isNothing) &&
    toMerge(field.ledger, studio.ledger).length === 0 &&
    vaults.every(({ ledger }) => ledger.replicas.open().length + ledger.damaged.size === 0)
  );
}

async function openTransfer(
  world: World,
  { issues, stop, pace, tallies }: Sync,
  way: { readonly from: Side; readonly to: Side; readonly index: 0 | 1 },
): Promise<Transfer> {
  const { from, to, index } = way;
  await ensureFolder(world.disk, `${to.vault.root}/incoming/sync`);
  const { journals, ledger } = to.vault;
  const ended = new Set(
    journals
      .filter(({ seal, name }) => seal !== null || ledger.closed.has(name))
      .map(({ writer }) => writer),
  );
  const partials = await Partials.read(world.disk, to.vault, (writer) => ended.has(writer));
  return { from, to, issues, stop, pace, partials, tally: tallies[index] };
}

/** First what the other vault holds, so that a state which is there before its contents is no damage. */
async function exchangeWords(
  world: World,
  transfers: readonly [Transfer, Transfer],
): Promise<void> {
  await tellReceipts(world, transfers);
  for (const { from, to } of transfers) await to.commit([...linesFor(from.vault, to.vault)]);
  for (const transfer of transfers) {
    const { from, to } = transfer;
    const facts = missingFacts(from.vault.ledger, to.vault.ledger);
    await transferFacts(world, transfer, facts);
  }
}

async function tellReceipts(world: World, transfers: readonly Transfer[]): Promise<void> {
  for (const { from, to } of transfers) {
    await to.commit([...receiptLines(world, to.vault.ledger, from.vault)]);
  }
}

async function bringBlobs(
  world: World,
  { options, pace }: Sync,
  transfer: Transfer,
  isWanted: (blob: BlobId) => boolean,
): Promise<void> {
  const { from, to, partials } = transfer;
  const missing = missingBlobs(from.vault.ledger, to.vault.ledger, isWanted);
  if (missing.length > 0) {
    const rankOf = (await options.ranksOf?.(from.vault)) ?? (() => 0);
    const total = missing.reduce((sum, { bytes }) => sum + bytes, pace.bytes);
    const end = world.clock.every(TICK_MS, () => options.onProgress?.(pace.bytes, total));
    try {
      await transferBlobs(world, transfer, inOrder(missing, rankOf));
    } finally {
      end();
    }
  }
  if (transfer.stop.isRaised) return;
  await partials.forgetAll(world.disk, () => false);
}

async function report(
  world: World,
  sync: Sync,
  done: {
    readonly vaults: Pair;
    readonly plans: readonly [Plan, Plan];
    readonly healings: readonly [Healing, Healing];
    readonly startMs: number;
  },
): Promise<SyncReport> {
  const { options, tallies, issues, pace } = sync;
  const isDryRun = options.dryRun === true;
  const direction = (index: 0 | 1): SyncDirection => {
    const { identity, root, ledger } = done.vaults[index];
    const other = done.vaults[index === 0 ? 1 : 0];
    const { blobs, lines } = done.plans[index];
    const bytes = blobs.reduce((sum, one) => sum + one.bytes, 0);
    const { blobsCopied, bytesCopied } = tallies[index];
    return {
      vault: identity.id,
      root,
      label: identity.label,
      blobs: isDryRun ? blobs.length : blobsCopied,
      bytes: isDryRun ? bytes : bytesCopied,
      snapshots: [...lines].filter(({ type }) => type === 'snapshot').length,
      awaited: missingBlobs(other.ledger, ledger).length,
      healed: done.healings[index].healed,
    };
  };
  const sum = (of: (tally: Tally) => number): number => of(tallies[0]) + of(tallies[1]);
  return {
    blobsCopied: sum((tally) => tally.blobsCopied),
    bytesCopied: sum((tally) => tally.bytesCopied),
    bytesResumed: sum((tally) => tally.bytesResumed),
    bytesSent: pace.bytes,
    directions: [direction(0), direction(1)],
    merges: sync.merges,
    conflicts: done.vaults[0].ledger.replicas.open().length,
    heldBack: sum((tally) => tally.heldBack),
    isInterrupted: options.signal?.aborted === true,
    isOutOfTime: sync.isOutOfTime,
    isDryRun,
    issues: issues.kept,
    issueCount: issues.count,
    durationMs: world.clock.monotonicMs() - done.startMs,
  };
}
