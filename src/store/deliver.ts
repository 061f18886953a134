import { type BlobId, systemCodeOf } from '../base/index.ts';
import type { Disk, FileFacts } from '../platform/index.ts';
import { RunningDigest, readChunks } from './digest-file.ts';
import { type Failure, failureOf } from './failure.ts';
import { isStopped, STOPPED, type StopMemory, stoppedError } from './stop-flag.ts';

/** A stored file that content can be read from, and what reading it takes. */
export interface ContentPlace {
  /** Absolute path. */
  readonly path: string;
  /** `verbatim`, another form, or `unknown` where no journal line tells: then the file's own first bytes do. */
  readonly form: string;
  /** Absolute paths of files that belong to it, in the order its decoder takes them. */
  readonly parts?: readonly string[];
  /** Other contents that its decoder takes. */
  readonly needs?: readonly ContentNeed[];
}

/** Another content that must be read first. */
export interface ContentNeed {
  readonly blob: BlobId;
  readonly places: readonly ContentPlace[];
}

/**
 * Reads the content of a place: for other forms than `verbatim` it decodes. Pieces are valid until the next is asked for.
 * @param stop ends it with an error of code `ESTOPPED`
 */
export type ReadPlace = (
  disk: Disk,
  place: ContentPlace,
  stop?: StopMemory,
) => AsyncIterable<Uint8Array>;

/** One file to be given back, exactly. */
export interface Delivery {
  readonly blob: BlobId;
  /** Where the content may stand; the first one that reads right is taken. */
  readonly places: readonly ContentPlace[];
  /** Absolute path the file gets. */
  readonly target: string;
  /** Absolute path of its unfinished form, in the same folder. */
  readonly part: string;
  readonly mtimeMs: number;
  readonly mode: number;
  /** What to do where the target exists with other content. */
  readonly ifThere: 'keep' | 'replace';
  /** Absolute path that damaged bytes are saved under when no place reads right; null to save none. */
  readonly salvage: string | null;
}

/** What became of a delivery. */
export type DeliveryOutcome =
  /** `stopped`: nothing was given, as it was asked for. */
  | { readonly state: 'delivered' | 'already-there' | 'other-there' | 'stopped' }
  /** No place gave the right bytes; `salvagedBytes` were saved. */
  | { readonly state: 'damaged'; readonly message: string; readonly salvagedBytes: number }
  | { readonly state: 'failed'; readonly failure: Failure };

/** Who listens while files are given back, and may end it. */
export interface DeliverListener {
  /** Called with the number of bytes just copied; negative when they do not count after all. */
  onBytes?(count: number): void;
  /** Once it is raised, what has no name yet is given up within one chunk. */
  readonly stop?: StopMemory;
  /** How places are read; left out: only `verbatim` ones can be. */
  readonly readPlace?: ReadPlace;
}

/** Gives files back: read, digest, compare, sync, rename, time. Each is proven right before it gets its name. */
export async function deliverFiles(
  disk: Disk,
  deliveries: readonly Delivery[],
  listener: DeliverListener = {},
): Promise<DeliveryOutcome[]> {
  const outcomes: DeliveryOutcome[] = [];
  for (const delivery of deliveries) {
    try {
      if (isStopped(listener.stop)) throw stoppedError();
      outcomes.push(await deliver(disk, delivery, listener));
    } catch (error) {
      await disk.removeFile(delivery.part).catch(() => {});
      const failure = failureOf(error);
      outcomes.push(failure.code === STOPPED ? { state: 'stopped' } : { state: 'failed', failure });
    }
  }
  return outcomes;
}

async function deliver(
  disk: Disk,
  delivery: Delivery,
  listener: DeliverListener,
): Promise<DeliveryOutcome> {
  const there = await disk.stat(delivery.target);
  if (there !== null) {
    if (there.kind === 'file' && (await hasContent(disk, delivery, listener.stop))) {
      await completeFacts(disk, delivery, there);
      return { state: 'already-there' };
    }
    if (delivery.ifThere === 'keep' || there.kind === 'folder') return { state: 'other-there' };
  }
  let trouble = 'no stored file is known for it';
  for (const place of delivery.places) {
    const failure = await copyRight(disk, place, delivery, listener);
    if (failure === null) {
      await finish(disk, delivery, there !== null);
      return { state: 'delivered' };
    }
    if (failure.code === STOPPED) throw stoppedError();
    trouble = failure.message;
    await disk.removeFile(delivery.part).catch(() => {});
    // The target's own trouble will not go away by reading another place.
    if (failure.isTarget) return { state: 'failed', failure };
  }
  const salvagedBytes =
    delivery.salvage === null ? 0 : await salvage(disk, delivery, listener.stop);
  return { state: 'damaged', message: trouble, salvagedBytes };
}

async function hasContent(
  disk: Disk,
  { target, blob }: Delivery,
  stop: StopMemory | undefined,
): Promise<boolean> {
  const file = await disk.openRead(target);
  try {
    const digest = new RunningDigest();
    for await (const chunk of readChunks(file, stop)) digest.update(chunk);
    return digest.finish().blob === blob;
  } finally {
    await file.close();
  }
}

/** Copies one place to the unfinished file; null where the bytes were right. */
async function copyRight(
  disk: Disk,
  place: ContentPlace,
  delivery: Delivery,
  { stop, onBytes = () => {}, readPlace = readVerbatim }: DeliverListener,
): Promise<(Failure & { readonly isTarget: boolean }) | null> {
  const target = await guard(() => disk.createNew(delivery.part));
  if ('code' in target) return { ...target, isTarget: true };
  try {
    const digest = new RunningDigest();
    let bytes = 0;
    try {
      for await (const chunk of readPlace(disk, place, stop)) {
        digest.update(chunk);
        bytes += chunk.length;
        onBytes(chunk.length);
        const written = await guard(() => target.write(chunk));
        if (written !== undefined) return { ...written, isTarget: true };
      }
    } catch (error) {
      onBytes(-bytes);
      return { ...failureOf(error), isTarget: false };
    }
    if (digest.finish().blob !== delivery.blob) {
      onBytes(-bytes);
      return { code: 'EVERIFY', message: 'the stored bytes are not the original', isTarget: false };
    }
    await target.sync();
    return null;
  } finally {
    await target.close();
  }
}

/** Reads a file as it lies there. */
export async function* readVerbatim(
  disk: Disk,
  { path, form }: ContentPlace,
  stop?: StopMemory,
): AsyncGenerator<Uint8Array> {
  if (form !== 'verbatim') throw new Error(`a file of the form ${form} must be decoded`);
  const file = await disk.openRead(path);
  try {
    yield* readChunks(file, stop);
  } finally {
    await file.close().catch(() => {});
  }
}

async function guard<T>(step: () => Promise<T>): Promise<T | Failure> {
  try {
    return await step();
  } catch (error) {
    return failureOf(error);
  }
}

/** A restore that was cut off may have given the name but not yet the time and the mode. */
async function completeFacts(disk: Disk, delivery: Delivery, there: FileFacts): Promise<void> {
  const { target, mtimeMs, mode } = delivery;
  // Bytes and name are right: facts that cannot be set here are no reason to call the file missing.
  if (there.mtimeMs !== mtimeMs) await disk.setMtime(target, mtimeMs).catch(() => {});
  if (there.mode !== mode) await disk.setMode(target, mode).catch(() => {});
}

async function finish(disk: Disk, delivery: Delivery, isThere: boolean): Promise<void> {
  if (isThere) await disk.removeFile(delivery.target);
  await disk.rename(delivery.part, delivery.target);
  await disk.setMtime(delivery.target, delivery.mtimeMs);
  await disk.syncFile(delivery.target);
  // Last: a file without rights could not be opened any more.
  await disk.setMode(delivery.target, delivery.mode);
}

/** Saves what can be read of the first place that can be opened. */
async function salvage(
  disk: Disk,
  delivery: Delivery,
  stop: StopMemory | undefined,
): Promise<number> {
  // What is left of a recoded file is no picture: only what stands as it was is worth saving.
  for (const { path, form } of delivery.places) {
    if (form !== 'verbatim') continue;
    const source = await guard(() => disk.openRead(path));
    if ('code' in source) continue;
    // Where it cannot be made, or an earlier restore saved it: the file is as damaged as before.
    const target = await guard(() => disk.createNew(delivery.salvage ?? delivery.part));
    if ('code' in target) {
      await source.close().catch(() => {});
      return 0;
    }
    let bytes = 0;
    try {
      for await (const chunk of readChunks(source, stop)) {
        await target.write(chunk);
        bytes += chunk.length;
      }
    } catch (error) {
      // What was read before the bad spot is what there is; what was stopped is done whole another time.
      if (systemCodeOf(error) === STOPPED) {
        await disk.removeFile(delivery.salvage ?? delivery.part).catch(() => {});
        throw error;
      }
    } finally {
      await target.close();
      await source.close().catch(() => {});
    }
    return bytes;
  }
  return 0;
}
