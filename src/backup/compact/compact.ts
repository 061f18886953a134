import { type BlobId, FieldVaultError, IssueLog, LIMITS, mapPool } from '../../base/index.ts';
import {
  COMPACT_VERSION,
  ENCODE_TASK,
  type EncodeOutcome,
  PREVIEWS_MAX,
  placesOf,
} from '../../forms/index.ts';
import type { World } from '../../platform/index.ts';
import { type ContentNeed, StopFlag } from '../../store/index.ts';
import { openVault, takeLease, type Vault, type VaultWriter } from '../../vault/index.ts';
import { Progress } from '../progress.ts';
import { writing } from '../writing.ts';
import { type Candidate, COMPACT_FACTS, candidatesOf } from './candidates.ts';
import type { CompactOptions, CompactReport, CompactStop } from './compact-report.ts';
import { addSaving, noSavings } from './savings.ts';
import { type Encoded, settleForms } from './settle-forms.ts';

/**
 * Stores contents in fewer bytes, exactly. Only whole verbatim files are touched, each in this order:
 *
 *     read + compare digest -> encode -> decode -> compare -> write -> sync -> read back -> rename -> sync
 *     -> journal names the form -> journal drops the verbatim file -> remove it
 *
 * It may be cut off at any moment and goes on where it was. Takes the lease of the vault.
 * @throws FieldVaultError LEASED, TARGET_READ_ONLY, TARGET_FULL, TARGET_GONE
 */
export async function compact(
  world: World,
  vault: Vault,
  options: CompactOptions = {},
): Promise<CompactReport> {
  const startMs = world.clock.monotonicMs();
  const power = await world.power.read();
  if (power.isOnBattery && options.onBattery !== true) {
    const left = candidatesOf(vault.ledger, options).length;
    const run = beginRun(options);
    run.stop.release();
    return reportOf(world, { ...run, left, stoppedBy: 'battery' }, startMs);
  }
  return writing(world, vault, { isExclusive: true }, async (writer) => {
    const lease = await takeLease(world, vault, { act: 'compact', writer: writer.id });
    const run = beginRun(options);
    try {
      await compactLeased(world, writer, run);
      return reportOf(world, run, startMs);
    } finally {
      run.stop.release();
      await lease.release();
    }
  });
}

/** A run under way. */
interface Run {
  readonly options: CompactOptions;
  readonly progress: Progress;
  readonly issues: IssueLog;
  readonly stop: StopFlag;
  readonly byKind: ReturnType<typeof noSavings>;
  readonly withoutGain: BlobId[];
  left: number;
  stoppedBy: CompactStop | null;
}

function beginRun(options: CompactOptions): Run {
  return {
    options,
    progress: options.progress ?? new Progress(),
    issues: new IssueLog(options.onIssue),
    stop: new StopFlag(options.signal),
    byKind: noSavings(),
    withoutGain: [],
    left: 0,
    stoppedBy: null,
  };
}

async function compactLeased(world: World, writer: VaultWriter, run: Run): Promise<void> {
  // Others may have written between opening the vault and holding the lease: look again.
  const vault = await openVault(world, writer.vault.root);
  if (writer.isOvertaken(vault)) throw overtaken();
  const work = { world, writer, vault: writer.vault, run };
  let candidates = candidatesOf(writer.vault.ledger, run.options);
  run.progress.phase = 'compacting';
  run.progress.filesTotal = candidates.length;
  run.progress.bytesTotal = candidates.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  run.left = candidates.length;
  // What had no room may have some once others take less.
  for (let freed = 1; candidates.length > 0 && freed > 0 && run.stoppedBy === null; ) {
    const roundOutcome = await compactAll(work, candidates);
    freed = roundOutcome.freed;
    candidates = roundOutcome.noRoom;
  }
  if (candidates.length > 0 && run.stoppedBy === null) run.stoppedBy = 'full';
  const time = new Date(world.clock.nowMs()).toISOString();
  if (run.withoutGain.length > 0) {
    const facts = run.withoutGain.map((blob) => [blob, { time }] as const);
    await writer.commit([await writer.writeFacts(COMPACT_FACTS, COMPACT_VERSION, facts)]);
  }
  await writer.finish([]);
}

/** Somebody came and went between this run's journal file and its lease. */
function overtaken(): FieldVaultError {
  return new FieldVaultError(
    'LEASED',
    'Another FieldVault worked on this vault just now. Nothing was changed; run the same command again.',
    { retry: 'now' },
  );
}

interface Work {
  readonly world: World;
  readonly writer: VaultWriter;
  readonly vault: Vault;
  readonly run: Run;
}

/** Forms that wait for their names share folder and journal syncs. */
const SETTLE_FILES = 32;

async function compactAll(
  work: Work,
  candidates: readonly Candidate[],
): Promise<{ readonly noRoom: Candidate[]; readonly freed: number }> {
  const { world, run } = work;
  const noRoom: Candidate[] = [];
  let waiting: Encoded[] = [];
  let freed = 0;
  const settle = async (): Promise<void> => {
    const done = await settleForms(work, waiting);
    waiting = [];
    for (const one of done) {
      run.byKind[one.kind] = addSaving(run.byKind[one.kind], one);
      freed += one.bytesBefore - one.bytesAfter;
    }
  };
  const room = new Room(BYTES_AT_ONCE);
  const begun = inRoom(room, untilOver(work, candidates));
  const encoded = mapPool(world.workers.count, begun, async (candidate) => ({
    candidate,
    outcome: await room.hold(candidate.sizeBytes, encode(work, candidate)),
  }));
  for await (const { candidate, outcome } of encoded) {
    if (outcome.state === 'encoded') waiting.push({ candidate, outcome });
    else if (isNoRoom(outcome)) noRoom.push(candidate);
    else note(run, candidate, outcome);
    const bytes = waiting.reduce((sum, { candidate: { sizeBytes } }) => sum + sizeBytes, 0);
    if (waiting.length >= SETTLE_FILES || bytes >= 2 * LIMITS.batchBytesMax) await settle();
    run.progress.filesDone += 1;
  }
  await settle();
  return { noRoom, freed };
}

/** Originals that all workers together may have in memory, in bytes; a larger one is alone. */
const BYTES_AT_ONCE = 268_435_456;

/** Counts what is in memory. */
class Room {
  readonly #bytesMax: number;
  readonly #held: Set<Promise<unknown>> = new Set();
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Counts so many bytes until the work is done. */
  async hold<T>(bytes: number, work: Promise<T>): Promise<T> {
    this.#bytes += bytes;
    const done = work.finally(() => {
      this.#bytes -= bytes;
      this.#held.delete(done);
    });
    this.#held.add(done);
    return done;
  }

  /** Resolves once there is room for so many, or nothing is held. */
  async wait(bytes: number): Promise<void> {
    while (this.#held.size > 0 && this.#bytes + bytes > this.#bytesMax) {
      await Promise.race(this.#held).catch(() => {});
    }
  }
}

async function* inRoom(
  room: Room,
  candidates: AsyncIterable<Candidate>,
): AsyncGenerator<Candidate> {
  for await (const candidate of candidates) {
    await room.wait(candidate.sizeBytes);
    yield candidate;
  }
}

/** Hands out candidates until time, battery or a person ends it. */
async function* untilOver(work: Work, candidates: readonly Candidate[]): AsyncGenerator<Candidate> {
  const { world, run } = work;
  const { maxMinutes, onBattery } = run.options;
  const endMs = world.clock.monotonicMs() + (maxMinutes ?? Number.POSITIVE_INFINITY) * 60_000;
  let lookedMs = world.clock.monotonicMs();
  for (const candidate of candidates) {
    const nowMs = world.clock.monotonicMs();
    if (run.stop.isRaised) run.stoppedBy = 'signal';
    else if (nowMs >= endMs) run.stoppedBy = 'time';
    else if (onBattery !== true && nowMs - lookedMs > POWER_LOOK_MS) {
      lookedMs = nowMs;
      // The plug may be pulled while it works through the night.
      if ((await world.power.read()).isOnBattery) run.stoppedBy = 'battery';
    }
    if (run.stoppedBy !== null) return;
    yield candidate;
  }
}

const POWER_LOOK_MS = 30_000;

/** Files that one form may have: itself and previews. */
const UNFINISHED_MAX = 1 + PREVIEWS_MAX;

function encode({ world, writer, vault, run }: Work, candidate: Candidate): Promise<EncodeOutcome> {
  const need = (blob: BlobId | null): ContentNeed | null =>
    blob === null ? null : { blob, places: placesOf(vault, blob) };
  return world.workers.run(ENCODE_TASK, {
    content: { blob: candidate.blob, places: placesOf(vault, candidate.blob) },
    sibling: need(candidate.sibling),
    base: need(candidate.base),
    unfinished: Array.from({ length: UNFINISHED_MAX }, () => writer.partPath()),
    stop: run.stop.memory,
  });
}

function isNoRoom(outcome: EncodeOutcome): boolean {
  return outcome.state === 'failed' && /^(ENOSPC|EDQUOT)$/.test(outcome.failure.code);
}

function note(run: Run, { blob, place }: Candidate, outcome: EncodeOutcome): void {
  if (outcome.state === 'stopped') return;
  run.left -= 1;
  if (outcome.state === 'no-gain') {
    run.withoutGain.push(blob);
  } else if (outcome.state === 'damaged') {
    run.issues.add(
      'BLOB_DAMAGED',
      place.at,
      `This stored file was not compacted: ${outcome.message} Nothing was removed. "check --repair-from" mends it from another vault.`,
    );
  } else if (outcome.state === 'failed') {
    run.issues.add(
      'WRITE_FAILED',
      place.at,
      `Its smaller form could not be written (${outcome.failure.message}). The file stands as it did; the next run tries again.`,
    );
  }
}

function reportOf(world: World, run: Run, startMs: number): CompactReport {
  const all = Object.values(run.byKind);
  const sum = (of: (saving: (typeof all)[number]) => number): number =>
    all.reduce((total, saving) => total + of(saving), 0);
  const blobs = sum((saving) => saving.blobs);
  return {
    blobs,
    bytesBefore: sum((saving) => saving.bytesBefore),
    bytesAfter: sum((saving) => saving.bytesAfter),
    byKind: run.byKind,
    withoutGain: run.withoutGain.length,
    left: Math.max(0, run.left - blobs),
    stoppedBy: run.stoppedBy,
    issues: run.issues.kept,
    issueCount: run.issues.count,
    durationMs: world.clock.monotonicMs() - startMs,
  };
}
