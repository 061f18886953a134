import { type BlobId, FieldVaultError, IssueLog, LIMITS, mapPool } from '../../base/index.ts';
import {
  COMPACT_FACTS,
  COMPACT_VERSION,
  ENCODE_TASK,
  type EncodeOutcome,
  PREVIEWS_MAX,
  PROVE_TASK,
  placesOf,
} from '../../forms/index.ts';
import type { World } from '../../platform/index.ts';
import { type ContentNeed, failureOf, StopFlag } from '../../store/index.ts';
import { openVault, takeLease, type Vault, type VaultWriter } from '../../vault/index.ts';
import { Progress } from '../progress.ts';
import { writing } from '../writing.ts';
import { type Candidate, candidatesOf, doubledOf } from './candidates.ts';
import type { Compacted, CompactOptions, CompactReport, CompactStop } from './compact-report.ts';
import { DriveRoom } from './drive-room.ts';
import { returnVerbatim } from './return-verbatim.ts';
import { addSaving, noSavings } from './savings.ts';
import { compactedOf, dropVerbatim, type Encoded, settleForms } from './settle-forms.ts';

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
    const run = beginRun(world, options);
    run.stop.release();
    return reportOf(world, { ...run, left, stoppedBy: 'battery' }, startMs);
  }
  return writing(world, vault, { isExclusive: true }, async (writer) => {
    const lease = await takeLease(world, vault, { act: 'compact', writer: writer.id });
    const run = beginRun(world, options);
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
  /** Contents that no form makes smaller and of which no line tells yet. */
  readonly withoutGain: BlobId[];
  withoutGainCount: number;
  returned: number;
  /** Nothing is begun after this moment of the monotonic clock. */
  readonly endMs: number;
  left: number;
  stoppedBy: CompactStop | null;
}

function beginRun({ clock }: World, options: CompactOptions): Run {
  const { maxMinutes = Number.POSITIVE_INFINITY } = options;
  return {
    options,
    progress: options.progress ?? new Progress(),
    issues: new IssueLog(options.onIssue),
    stop: new StopFlag(options.signal),
    byKind: noSavings(),
    withoutGain: [],
    withoutGainCount: 0,
    returned: 0,
    endMs: clock.monotonicMs() + maxMinutes * 60_000,
    left: 0,
    stoppedBy: null,
  };
}

async function compactLeased(world: World, writer: VaultWriter, run: Run): Promise<void> {
  // Others may have written between opening the vault and holding the lease: look again.
  const vault = await openVault(world, writer.vault.root);
  if (writer.isOvertaken(vault)) throw overtaken();
  const work = { world, writer, vault: writer.vault, run };
  if (writer.isWeak) noteWeak(run, vault.root);
  else await dropDoubled(work);
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
  await tellWithoutGain(work);
  await returnChanged(work);
  await writer.finish([]);
}

/** What is to be verbatim again takes room: it comes after all that makes room. */
async function returnChanged({ world, writer, vault, run }: Work): Promise<void> {
  const { mustBeVerbatim } = run.options;
  if (mustBeVerbatim === undefined || run.stoppedBy !== null) return;
  const isOver = (): boolean => {
    if (run.stop.isRaised) run.stoppedBy = 'signal';
    else if (world.clock.monotonicMs() >= run.endMs) run.stoppedBy = 'time';
    return run.stoppedBy !== null;
  };
  const { issues } = run;
  run.returned = await returnVerbatim({ world, writer, vault, issues, isOver }, mustBeVerbatim);
}

async function tellWithoutGain({ world, writer, run }: Work): Promise<void> {
  if (run.withoutGain.length === 0) return;
  const time = new Date(world.clock.nowMs()).toISOString();
  const facts = run.withoutGain.splice(0).map((blob) => [blob, { time }] as const);
  await writer.commit([await writer.writeFacts(COMPACT_FACTS, COMPACT_VERSION, facts)]);
}

/** Goes on where a run was cut off between the two lines of the journal. */
async function dropDoubled(work: Work): Promise<void> {
  const { world, vault, run } = work;
  for (const { blob, sizeBytes, verbatim, form } of doubledOf(vault.ledger, run.options)) {
    if (run.stop.isRaised) return;
    const places = placesOf(vault, blob).filter(({ path }) => path === `${vault.root}/${form.at}`);
    const request = { content: { blob, places }, stop: run.stop.memory };
    if (!(await world.workers.run(PROVE_TASK, request))) continue;
    await dropVerbatim(work, [{ blob, at: verbatim.at, stands: form.at }]);
    count(run, compactedOf({ ...form, blob, size: sizeBytes }));
    run.left += 1;
  }
}

function count(run: Run, done: Compacted): void {
  run.byKind[done.kind] = addSaving(run.byKind[done.kind], done);
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
/** What was tried in vain is told at the end, or once it is so much: it would be tried again after a power cut. */
const WITHOUT_GAIN_TOLD = 128;

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
      count(run, one);
      freed += one.bytesBefore - one.bytesAfter;
    }
  };
  const room = new Room(BYTES_AT_ONCE);
  const drive = new DriveRoom(world, work.vault.root);
  const begun = inRoom(room, untilOver(work, candidates));
  const encoded = mapPool(world.workers.count, begun, async (candidate) => ({
    candidate,
    outcome: await room.hold(
      candidate.sizeBytes,
      drive.write(candidate.sizeBytes, () => encode(work, candidate)),
    ),
  }));
  for await (const { candidate, outcome } of encoded) {
    if (outcome === null) {
      noRoom.push(candidate);
      // What is written already gives back the verbatim files once it has its name.
      await settle();
    } else if (outcome.state === 'encoded') waiting.push({ candidate, outcome });
    else if (outcome.state === 'weak') noteWeak(run, work.vault.root);
    else if (isNoRoom(outcome)) noRoom.push(candidate);
    else note(run, candidate, outcome);
    const bytes = waiting.reduce((sum, { candidate: { sizeBytes } }) => sum + sizeBytes, 0);
    if (waiting.length >= SETTLE_FILES || bytes >= 2 * LIMITS.batchBytesMax) await settle();
    if (run.withoutGain.length >= WITHOUT_GAIN_TOLD) await tellWithoutGain(work);
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
  const { onBattery } = run.options;
  let lookedMs = world.clock.monotonicMs();
  for (const candidate of candidates) {
    const nowMs = world.clock.monotonicMs();
    if (run.stop.isRaised) run.stoppedBy ??= 'signal';
    else if (nowMs >= run.endMs) run.stoppedBy = 'time';
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

async function encode(
  { world, writer, vault, run }: Work,
  candidate: Candidate,
): Promise<EncodeOutcome> {
  const need = (blob: BlobId | null): ContentNeed | null =>
    blob === null ? null : { blob, places: placesOf(vault, blob) };
  try {
    return await world.workers.run(ENCODE_TASK, {
      content: { blob: candidate.blob, places: placesOf(vault, candidate.blob) },
      sibling: need(candidate.sibling),
      base: need(candidate.base),
      unfinished: Array.from({ length: UNFINISHED_MAX }, () => writer.partPath()),
      stop: run.stop.memory,
    });
  } catch (error) {
    // A thread that died of one file, of its memory perhaps, is no reason to leave all others.
    return { state: 'failed', failure: failureOf(error) };
  }
}

/** Nothing more is begun: a verbatim file only goes for a form that a power cut cannot take. */
function noteWeak(run: Run, root: string): void {
  if (run.stoppedBy === 'weak') return;
  run.stoppedBy = 'weak';
  run.issues.add(
    'WEAK_DURABILITY',
    root,
    'This drive does not promise that written data is safe from a power cut, so no original was replaced by a smaller form. Nothing is lost; compact on a drive of this computer.',
  );
}

function isNoRoom(outcome: EncodeOutcome): boolean {
  return outcome.state === 'failed' && /^(ENOSPC|EDQUOT)$/.test(outcome.failure.code);
}

function note(run: Run, { blob, place }: Candidate, outcome: EncodeOutcome): void {
  if (outcome.state === 'stopped') return;
  run.left -= 1;
  if (outcome.state === 'no-gain') {
    run.withoutGain.push(blob);
    run.withoutGainCount += 1;
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
      `Its smaller form could not be made (${outcome.failure.message}). The file stands as it did; the next run tries again.`,
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
    returned: run.returned,
    withoutGain: run.withoutGainCount,
    left: Math.max(0, run.left - blobs),
    stoppedBy: run.stoppedBy,
    issues: run.issues.kept,
    issueCount: run.issues.count,
    durationMs: world.clock.monotonicMs() - startMs,
  };
}
