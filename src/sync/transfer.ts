import { type BlobId, type IssueLog, LIMITS, mapPool } from '../base/index.ts';
import type { World } from '../platform/index.ts';
import type { StopFlag } from '../store/index.ts';
import {
  type BlobRecord,
  type DamagedRecord,
  filesOfPlace,
  type JournalRecord,
  splitPlace,
} from '../vault/index.ts';
import { type CopyOutcome, copyFiles, type FileCopy } from './copy-files.ts';
import { COPY_TASK, NAMING_TASK } from './copy-task.ts';
import type { Missing } from './difference.ts';
import { goneError, isGone } from './guard.ts';
import type { LinkPace } from './link-pace.ts';
import type { Partials } from './partials.ts';
import type { Side } from './side.ts';

/** One direction of a sync: contents go from one vault to the other. */
export interface Transfer {
  readonly from: Side;
  readonly to: Side;
  readonly issues: IssueLog;
  readonly stop: StopFlag;
  readonly pace: LinkPace;
  /** Unfinished files of earlier syncs in the vault that receives. */
  readonly partials: Partials;
  readonly tally: Tally;
}

/** What a sync has copied so far. */
export interface Tally {
  blobsCopied: number;
  bytesCopied: number;
  /** Bytes that an earlier sync had brought over. */
  bytesResumed: number;
  /** Contents that the receiving drive has no room for. */
  heldBack: number;
}

/** One content with its files. */
interface Parcel {
  readonly missing: Missing;
  /** The form itself first, then what lies beside it. */
  readonly files: readonly FileCopy[];
}

/** Copies contents in their order, batch by batch; what was copied is named in the journal before the next batch ends. */
export async function transferBlobs(
  world: World,
  transfer: Transfer,
  missing: readonly Missing[],
): Promise<void> {
  const { stop, pace } = transfer;
  const atOnce = pace.isLimited ? 1 : Math.max(1, Math.min(world.workers.count, 4));
  const work = mapPool(atOnce, batchesOf(world, transfer, missing), async (batch) => {
    if (!stop.isRaised) await transferBatch(world, transfer, batch);
  });
  try {
    for await (const _ of work);
  } catch (error) {
    throw error instanceof AggregateError ? error.errors[0] : error;
  }
}

async function* batchesOf(
  world: World,
  transfer: Transfer,
  missing: readonly Missing[],
): AsyncGenerator<Parcel[]> {
  const bytesMax = transfer.pace.isLimited ? LIMITS.syncPartBytes : LIMITS.syncBatchBytesMax;
  const { ledger } = transfer.to.vault;
  const heldBack = new Set<BlobId>();
  let batch: Parcel[] = [];
  let bytes = 0;
  for (const one of missing) {
    const { blob, place } = one;
    if (transfer.stop.isRaised) return;
    if (place.needs === undefined ? ledger.standsAlone(blob) : ledger.holds(blob)) continue;
    if (
      batch.length > 0 &&
      (bytes + one.bytes > bytesMax || batch.length >= LIMITS.batchFilesMax)
    ) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    // What cannot be decoded there would only take room.
    const isUseless = place.needs?.some((need) => heldBack.has(need)) === true;
    if (isUseless || !(await hasRoom(world, transfer, one))) {
      heldBack.add(blob);
      holdBack(transfer, one);
      continue;
    }
    batch.push({ missing: one, files: filesOf(transfer, one) });
    bytes += one.bytes;
  }
  if (batch.length > 0) yield batch;
}

async function hasRoom(world: World, { to }: Transfer, { bytes }: Missing): Promise<boolean> {
  const free = await world.disk.freeBytes(to.vault.root).catch(() => null);
  return free === null || free >= bytes + LIMITS.reserveBytes + LIMITS.syncBatchBytesMax;
}

function holdBack({ to, tally, issues }: Transfer, { bytes, place }: Missing): void {
  tally.heldBack += 1;
  const beside = place.needs === undefined ? '' : ', or for what it is decoded with';
  const message = `${to.vault.root} has no room for this one (${bytes} bytes)${beside}. It is safe where it is; make room there and sync again.`;
  issues.add('TARGET_FULL', place.at, message);
}

function filesOf({ from, to, partials }: Transfer, { stored, place }: Missing): FileCopy[] {
  return [...filesOfPlace(stored, place)].map(({ at, sizeBytes, sha256 }) => ({
    source: `${from.vault.root}/${at}`,
    part: partials.pathOf(sha256, to.writer.id),
    earlier: partials.find(sha256),
    sha256,
    sizeBytes,
  }));
}

async function transferBatch(
  world: World,
  transfer: Transfer,
  batch: readonly Parcel[],
): Promise<void> {
  const files = batch.flatMap((parcel) => parcel.files);
  const outcomes = await copyAll(world, transfer, files);
  const whole: Arrived[] = [];
  let next = 0;
  for (const parcel of batch) {
    const own = outcomes.slice(next, next + parcel.files.length);
    next += parcel.files.length;
    const first = own[0];
    const bad = own.find(({ state }) => state !== 'copied');
    if (bad !== undefined) await settleTrouble(world, transfer, parcel, bad);
    else if (first?.state === 'copied') {
      const isDirect = own.every((one) => one.state === 'copied' && one.isDirect);
      whole.push({ parcel, isDirect, resumed: sumResumed(own) });
    }
  }
  await nameAll(world, transfer, whole);
}

function sumResumed(outcomes: readonly CopyOutcome[]): number {
  let sum = 0;
  for (const one of outcomes) if (one.state === 'copied') sum += one.resumedBytes;
  return sum;
}

async function copyAll(
  world: World,
  { pace, stop }: Transfer,
  files: readonly FileCopy[],
): Promise<CopyOutcome[]> {
  const syncEveryBytes = pace.isFast ? LIMITS.syncBatchBytesMax : LIMITS.syncPartBytes;
  if (!pace.isLimited) {
    const counter = pace.counter;
    return world.workers.run(COPY_TASK, { files, syncEveryBytes, counter, stop: stop.memory });
  }
  // Slowed down, one thread is enough, and this one knows the time.
  return copyFiles(world.disk, files, {
    stop: stop.memory,
    syncEveryBytes,
    onBytes: (count) => pace.count(count),
    pace: (count) => pace.wait(count, () => stop.isRaised),
  });
}

/** A content all of whose files are there, under no name yet. */
interface Arrived {
  readonly parcel: Parcel;
  readonly isDirect: boolean;
  readonly resumed: number;
}

const NAME_TRIES_MAX = 3;

/** Gives names, writes the lines, and tidies away what earlier syncs had left of the same files. */
async function nameAll(world: World, transfer: Transfer, whole: readonly Arrived[]): Promise<void> {
  const { to, tally, partials } = transfer;
  let waiting = whole;
  for (let tries = 1; waiting.length > 0 && tries <= NAME_TRIES_MAX; tries += 1) {
    const named = [];
    for (const one of waiting) named.push({ one, places: await claimPlaces(to, one.parcel) });
    const places = named.flatMap((one) => one.places);
    const folders = new Set(places.flatMap(({ at }) => foldersToSync(to, at)));
    const { states } = await world.workers.run(NAMING_TASK, {
      files: places.map(({ file, at }) => ({ part: file.part, target: `${to.vault.root}/${at}` })),
      folders: [...folders],
    });
    const taken: Arrived[] = [];
    const records: JournalRecord[] = [];
    let next = 0;
    for (const { one, places: own } of named) {
      const states_ = states.slice(next, next + own.length);
      next += own.length;
      if (states_.some((state) => state === 'taken')) {
        taken.push(one);
        continue;
      }
      records.push(blobRecord(world, one, own));
      tally.blobsCopied += 1;
      tally.bytesCopied += one.parcel.missing.bytes;
      tally.bytesResumed += one.resumed;
    }
    await to.commit(records);
    waiting = taken;
  }
  for (const { parcel } of whole) {
    for (const { sha256 } of parcel.files) await partials.forget(world.disk, sha256);
  }
}

function foldersToSync({ vault }: Side, at: string): readonly string[] {
  return [`${vault.root}/${splitPlace(at).folder}`, `${vault.root}/incoming/sync`];
}

interface Placed {
  readonly file: FileCopy;
  readonly at: string;
}

/** The name a file has in the other vault, in the folder of the same day; a longer one where it is taken. */
async function claimPlaces({ writer }: Side, { missing, files }: Parcel): Promise<Placed[]> {
  const { blob, stored, place } = missing;
  const places: Placed[] = [];
  for (const [index, { at }] of [...filesOfPlace(stored, place)].entries()) {
    const file = files[index];
    if (file === undefined) continue;
    const { folder, name } = splitPlace(at);
    const day = /(\d{4}-\d\d-\d\d)(?:_\d+)?$/.exec(folder)?.[1] ?? '1970-01-01';
    const match = /^(.*)~[0-9a-f]{16,64}((?:\.[^/~]*)?)$/s.exec(name);
    const [stem, text] = [match?.[1] ?? name, match?.[2] ?? ''];
    // The extension stands for itself: all that follows the digits is the tail.
    places.push({
      file,
      at: await writer.claimPlace(`${stem}.x`, blob, day, { text, isInstead: true }),
    });
  }
  return places;
}

function blobRecord(world: World, arrived: Arrived, places: readonly Placed[]): BlobRecord {
  const { blob, stored, place } = arrived.parcel.missing;
  const [main, ...beside] = places;
  const parts = (place.parts ?? []).map((part, index) => ({
    at: beside[index]?.at ?? part.at,
    size: part.size,
    sha256: part.sha256,
  }));
  return {
    type: 'blob',
    blob,
    size: stored.sizeBytes,
    form: place.form,
    at: main?.at ?? place.at,
    head: stored.head,
    verified: arrived.isDirect ? 'direct' : 'cached',
    time: new Date(world.clock.nowMs()).toISOString(),
    ...(place.stored && { stored: place.stored }),
    ...(place.needs && { needs: place.needs }),
    ...(place.parts && { parts }),
  };
}

async function settleTrouble(
  world: World,
  transfer: Transfer,
  { missing }: Parcel,
  outcome: CopyOutcome,
): Promise<void> {
  const { from, to, issues } = transfer;
  const { blob, place } = missing;
  if (outcome.state === 'wrong' || outcome.state === 'unreadable') {
    if (await isGone(world, from.vault)) throw goneError(from.vault);
    const found = outcome.state === 'wrong' ? outcome.found : foundBy(outcome.failure.code);
    from.unreadable.add(blob);
    // A drive or a network that cannot be read now may be read later: that is no damage.
    const isLasting = outcome.state === 'wrong' || found === 'missing';
    if (isLasting) await from.commit([damagedLine(world, { blob, at: place.at, found })]);
    const message = `This file of ${from.vault.root} is not what it was when it was stored (${found}); it was not copied. ${otherCopies(from, blob)}`;
    issues.add(found === 'missing' ? 'BLOB_MISSING' : 'BLOB_DAMAGED', place.at, message);
    return;
  }
  if (outcome.state !== 'unwritten') return;
  const { code, message } = outcome.failure;
  if (await isGone(world, to.vault)) throw goneError(to.vault);
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG') {
    transfer.tally.heldBack += 1;
    issues.add('TARGET_FULL', place.at, `${to.vault.root} is full: this one is not there yet.`);
    return;
  }
  const text = `The copy in ${to.vault.root} did not come back right (${message}); it is safe where it was. Sync again.`;
  issues.add('WRITE_FAILED', place.at, text);
}

function foundBy(code: string): string {
  return code === 'ENOENT' ? 'missing' : 'unreadable';
}

function damagedLine(
  world: World,
  { blob, at, found }: { readonly blob: BlobId; readonly at: string; readonly found: string },
): DamagedRecord {
  const time = new Date(world.clock.nowMs()).toISOString();
  return { type: 'damaged', blob, at, found, time };
}

function otherCopies({ vault }: Side, blob: BlobId): string {
  const labels = vault.ledger.replicas.receiptsOf(blob).map(({ label, vault: id }) => label || id);
  return labels.length === 0
    ? 'Back up its card again while it has it.'
    : `It was seen whole in: ${labels.join(', ')}; sync with that vault heals it.`;
}
