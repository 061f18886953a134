import { type BlobId, LIMITS } from '../base/index.ts';
import type { Disk, ReadableFile } from '../platform/index.ts';
import { type FileDigest, RunningDigest, readChunks } from './digest-file.ts';
import { type Failure, failureOf } from './failure.ts';
import {
  abandonPart,
  newPart,
  openPart,
  type Part,
  type PartOutcome,
  partOutcome,
  removeQuietly,
  syncPart,
  writePart,
} from './part.ts';

/** What came of a stream: its digest, and one outcome for each part, in order. */
export interface Streamed extends Omit<FileDigest, 'isDirect'> {
  readonly parts: readonly PartOutcome[];
}

/**
 * A file that arrives piece by piece and is written to unfinished files on several targets at the same time. What has
 * arrived is made durable and read back while the rest is still on its way, so that little is left to do at the end.
 * Order of calls: open, any number of {@link write}, then {@link finish} or {@link abandon}. No error of one target
 * touches another.
 */
export class StreamStage {
  readonly #disk: Disk;
  readonly #slots: readonly (FollowedPart | null)[];
  readonly #parts: readonly FollowedPart[];
  readonly #digest: RunningDigest = new RunningDigest();

  private constructor(disk: Disk, paths: readonly (string | null)[]) {
    this.#disk = disk;
    this.#slots = paths.map((path) => (path === null ? null : new FollowedPart(disk, path)));
    this.#parts = this.#slots.filter((part) => part !== null);
  }

  /** Creates the unfinished files; null stands for a target that gets none. */
  static async open(disk: Disk, paths: readonly (string | null)[]): Promise<StreamStage> {
    const stage = new StreamStage(disk, paths);
    await Promise.all(stage.#parts.map(({ part }) => openPart(disk, part)));
    return stage;
  }

  /** Whether some target still takes bytes. */
  get isAlive(): boolean {
    return this.#parts.some(({ part }) => part.failure === null);
  }

  /** Appends a piece; it may be used again once this resolves. */
  async write(bytes: Uint8Array): Promise<void> {
    const written = Promise.all(this.#parts.map((part) => part.write(bytes)));
    // While the system writes.
    this.#digest.update(bytes);
    await written;
  }

  /** Makes every copy durable, reads it back and compares digests; unfinished files of failed parts are removed. */
  async finish(): Promise<Streamed> {
    const digest = this.#digest.finish();
    await Promise.all(
      this.#parts.map(async (followed) => {
        await followed.finish(digest.blob);
        const { failure, path } = followed.part;
        if (failure !== null) await removeQuietly(this.#disk, path);
      }),
    );
    const parts = this.#slots.map((followed) => partOutcome(followed?.part ?? null));
    return { ...digest, parts };
  }

  /** Removes every unfinished file. */
  async abandon(): Promise<void> {
    for (const followed of this.#parts) {
      await followed.settle();
      await abandonPart(followed.part, GIVEN_UP);
      await followed.closeReader();
      await removeQuietly(this.#disk, followed.part.path);
    }
  }
}

const GIVEN_UP: Failure = { code: 'ECANCELED', message: 'the stream did not come to its end' };

/** An unfinished file that is synced and read back up to where it stands, again and again. */
class FollowedPart {
  readonly part: Part;
  readonly #disk: Disk;
  readonly #readBack: RunningDigest = new RunningDigest();
  #writtenBytes = 0;
  #verifiedBytes = 0;
  /** Where the last sync under way began. */
  #followedBytes = 0;
  #follow: Promise<void> | null = null;
  #reader: ReadableFile | null = null;

  constructor(disk: Disk, path: string) {
    this.#disk = disk;
    this.part = newPart(path);
  }

  async write(bytes: Uint8Array): Promise<void> {
    await writePart(this.part, bytes);
    this.#writtenBytes += bytes.length;
    const isDue = this.#writtenBytes - this.#followedBytes >= LIMITS.followBytes;
    if (!isDue || this.#follow !== null || this.part.failure !== null) return;
    this.#followedBytes = this.#writtenBytes;
    this.#follow = this.#syncAndVerify(this.#writtenBytes).finally(() => {
      this.#follow = null;
    });
  }

  /** Resolves once nothing is under way. */
  async settle(): Promise<void> {
    await this.#follow;
  }

  /** Syncs and closes, reads back what was not yet, and compares with the digest of what arrived. */
  async finish(blob: BlobId): Promise<void> {
    await this.#follow;
    await syncPart(this.part, undefined);
    await this.#guard(() => this.#verifyTo(this.#writtenBytes));
    await this.closeReader();
    if (this.part.failure === null && this.#readBack.finish().blob !== blob) {
      this.part.failure = { code: 'EVERIFY', message: 'the copy read back with other bytes' };
    }
  }

  async closeReader(): Promise<void> {
    const reader = this.#reader;
    this.#reader = null;
    await reader?.close().catch(() => {});
  }

  #syncAndVerify(upTo: number): Promise<void> {
    return this.#guard(async () => {
      await this.part.file?.sync();
      // Reads past the page cache begin at whole blocks; the last one is still being filled.
      const whole = Math.floor(upTo / LIMITS.copyChunkBytes) * LIMITS.copyChunkBytes;
      if (this.part.failure === null) await this.#verifyTo(whole);
    });
  }

  async #verifyTo(end: number): Promise<void> {
    if (this.part.failure !== null) return;
    this.#reader ??= await this.#disk.openRead(this.part.path, { direct: true });
    this.part.isDirect = this.#reader.isDirect;
    // Whole chunks but for the last: they never go beyond `end`.
    for await (const chunk of readChunks(this.#reader, undefined, this.#verifiedBytes)) {
      const fitting = chunk.subarray(0, Math.max(0, end - this.#verifiedBytes));
      this.#readBack.update(fitting);
      this.#verifiedBytes += fitting.length;
      if (this.#verifiedBytes >= end) return;
    }
  }

  /** An error spoils this part only. */
  async #guard(step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch (error) {
      await abandonPart(this.part, failureOf(error));
    }
  }
}
