import { type BlobId, LIMITS, mapPool } from '../base/index.ts';
import type { World } from '../platform/index.ts';
import { StopFlag } from '../store/index.ts';
import { DIGEST_TASK, type DigestOutcome } from './digest-task.ts';
import { type Findings, report } from './findings.ts';
import type { StoredFile } from './inventory.ts';
import type { Vault } from './open.ts';
import type { JournalRecord, Verification, VerifiedRecord } from './records.ts';

/** What reading the stored bytes found. */
export interface DataReading {
  /** Stored files whose bytes were read and compared. */
  readonly filesRead: number;
  readonly bytesRead: number;
  /** Files that were left unread and may never fit into so short a time. */
  readonly tooLarge: number;
  /** Whether nothing was left unread; also true where reading was not asked for. */
  readonly isWhole: boolean;
  readonly verified: Readonly<Record<Verification, number>>;
  /** What was learned, as journal lines: the caller may make them durable. */
  readonly records: readonly JournalRecord[];
}

/** A check that was not asked to read. */
export const NO_READING: DataReading = {
  filesRead: 0,
  bytesRead: 0,
  tooLarge: 0,
  isWhole: true,
  verified: { direct: 0, cached: 0 },
  records: [],
};

/** What to read and until when. */
export interface DataPlan {
  readonly present: readonly StoredFile[];
  readonly findings: Findings;
  readonly options: {
    readonly maxMinutes?: number;
    readonly signal?: AbortSignal;
    readonly onProgress?: (bytesDone: number, bytesTotal: number) => void;
  };
}

/**
 * Reads stored files whole, known-bad ones first, then those not read for longest, until time is up. A file that is
 * being read at that moment is left unread.
 */
export async function readData(world: World, vault: Vault, plan: DataPlan): Promise<DataReading> {
  const { findings, options } = plan;
  const files = inReadingOrder(vault, plan);
  const bytesTotal = files.reduce((sum, file) => sum + file.sizeBytes, 0);
  const verified = { direct: 0, cached: 0 };
  let filesRead = 0;
  let bytesRead = 0;
  const stop = new StopFlag(options.signal);
  const endWatch = raiseInTime(world, stop, options.maxMinutes);
  const tooLarge = new Set(files.filter((file) => isLate(file, options.maxMinutes)));
  const knownBad = new Set(vault.ledger.damaged.keys());
  const readBatch = async (batch: readonly StoredFile[]): Promise<BatchReading> => {
    const paths = batch.map((file) => `${vault.root}/${file.at}`);
    const request = { paths, stop: stop.memory };
    return { batch, outcomes: await world.workers.run(DIGEST_TASK, request) };
  };
  try {
    const batches = batchesUntil(files, stop);
    for await (const reading of mapPool(world.workers.count, batches, readBatch)) {
      for (const file of judge(world, reading, findings, verified)) {
        filesRead += 1;
        bytesRead += file.sizeBytes;
        knownBad.delete(file.at);
        tooLarge.delete(file);
      }
      options.onProgress?.(bytesRead, bytesTotal);
    }
  } finally {
    endWatch();
    stop.release();
  }
  const isWhole = filesRead === files.length;
  for (const { at } of isWhole ? [] : files.filter((file) => knownBad.has(file.at))) {
    report(findings, 'damaged', at, KNOWN_BAD);
  }
  const spoiled = new Set([...knownBad].map((at) => vault.ledger.damaged.get(at)?.blob));
  return {
    filesRead,
    bytesRead,
    tooLarge: tooLarge.size,
    isWhole,
    verified,
    records: withoutSpoiled(findings.records, spoiled),
  };
}

/**
 * A blob counts as verified only where no file of it is bad: one place may be right and another not, or what belongs
 * to it.
 */
function withoutSpoiled(
  records: readonly JournalRecord[],
  known: ReadonlySet<BlobId | undefined>,
): JournalRecord[] {
  const spoiled = new Set([...known].map((blob) => blob?.slice(0, 16)));
  for (const record of records) {
    if (record.type === 'damaged') spoiled.add(record.blob.slice(0, 16));
  }
  return records.flatMap((record): JournalRecord[] => {
    if (record.type !== 'verified') return [record];
    const blobs = record.blobs.filter((digits) => !spoiled.has(digits));
    return blobs.length === 0 ? [] : [{ ...record, blobs }];
  });
}

const KNOWN_BAD =
  'An earlier check found this stored file damaged; this one had no time to read it. "check --repair-from" mends it from another vault.';

/** Raises the flag when the time is up; returns what ends the watch. */
function raiseInTime(world: World, stop: StopFlag, maxMinutes: number | undefined): () => void {
  if (maxMinutes === undefined) return () => {};
  const endMs = world.clock.monotonicMs() + maxMinutes * 60_000;
  return world.clock.every(LIMITS.timeBoxLookMs, () => {
    if (world.clock.monotonicMs() >= endMs) stop.raise();
  });
}

function inReadingOrder({ ledger }: Vault, { present, options }: DataPlan): StoredFile[] {
  const rank = (file: StoredFile): number =>
    ledger.damaged.has(file.at) ? -1 : ledger.verifiedMs(file.blob);
  const lateness = (file: StoredFile): number => (isLate(file, options.maxMinutes) ? 1 : 0);
  return present.toSorted((a, b) => lateness(a) - lateness(b) || rank(a) - rank(b));
}

/** Whether a file is so large for a time box that all others are read before it. */
function isLate({ sizeBytes }: StoredFile, maxMinutes: number | undefined): boolean {
  return maxMinutes !== undefined && sizeBytes > maxMinutes * LIMITS.timeBoxBytesPerMinute;
}

function* batchesUntil(files: readonly StoredFile[], stop: StopFlag): Generator<StoredFile[]> {
  let batch: StoredFile[] = [];
  let bytes = 0;
  for (const file of files) {
    batch.push(file);
    bytes += file.sizeBytes;
    if (batch.length < LIMITS.batchFilesMax && bytes < LIMITS.batchBytesMin) continue;
    if (stop.isRaised) return;
    yield batch;
    batch = [];
    bytes = 0;
  }
  if (batch.length > 0 && !stop.isRaised) yield batch;
}

interface BatchReading {
  readonly batch: readonly StoredFile[];
  readonly outcomes: readonly DigestOutcome[];
}

/** Writes down what each file turned out to be; returns those that were read. */
function judge(
  world: World,
  { batch, outcomes }: BatchReading,
  findings: Findings,
  verified: Record<Verification, number>,
): StoredFile[] {
  const read: StoredFile[] = [];
  const time = new Date(world.clock.nowMs()).toISOString();
  const right: Record<Verification, string[]> = { direct: [], cached: [] };
  for (const [index, file] of batch.entries()) {
    const outcome = outcomes[index];
    if (outcome?.state === 'stopped') continue;
    read.push(file);
    if (outcome?.state === 'read' && outcome.blob === file.sha256) {
      if (!file.isPart) right[outcome.isDirect ? 'direct' : 'cached'].push(file.blob.slice(0, 16));
    } else {
      const found = outcome?.state === 'read' ? outcome.blob : 'unreadable';
      const { blob, at } = file;
      findings.records.push({ type: 'damaged', blob, at, found, time });
      report(findings, 'damaged', file.at, damageText(outcome));
    }
  }
  for (const how of ['direct', 'cached'] as const) {
    verified[how] += right[how].length;
    const line: VerifiedRecord = { type: 'verified', blobs: right[how], how, time };
    if (right[how].length > 0) findings.records.push(line);
  }
  return read;
}

function damageText(outcome: DigestOutcome | undefined): string {
  const why =
    outcome?.state === 'unreadable'
      ? `cannot be read (${outcome.failure.message})`
      : 'does not hold the bytes that were protected';
  return `This stored file ${why}. "check --repair-from" mends it from another vault.`;
}
