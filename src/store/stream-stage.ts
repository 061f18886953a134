import type { Disk } from '../platform/index.ts';
import { type FileDigest, RunningDigest } from './digest-file.ts';
import type { Failure } from './failure.ts';
import {
  abandonPart,
  newPart,
  openPart,
  type Part,
  type PartOutcome,
  partOutcome,
  removeQuietly,
  syncPart,
  verifyPart,
  writePart,
} from './part.ts';

/** What came of a stream: its digest, and one outcome for each part, in order. */
export interface Streamed extends Omit<FileDigest, 'isDirect'> {
  readonly parts: readonly PartOutcome[];
}

/**
 * A file that arrives piece by piece and is written to unfinished files on several targets at the same time.
 * Order of calls: open, any number of {@link write}, then {@link finish} or {@link abandon}. No error of one target
 * touches another.
 */
export class StreamStage {
  readonly #disk: Disk;
  readonly #slots: readonly (Part | null)[];
  readonly #parts: readonly Part[];
  readonly #digest: RunningDigest = new RunningDigest();

  private constructor(disk: Disk, paths: readonly (string | null)[]) {
    this.#disk = disk;
    this.#slots = paths.map((path) => (path === null ? null : newPart(path)));
    this.#parts = this.#slots.filter((part) => part !== null);
  }

  /** Creates the unfinished files; null stands for a target that gets none. */
  static async open(disk: Disk, paths: readonly (string | null)[]): Promise<StreamStage> {
    const stage = new StreamStage(disk, paths);
    await Promise.all(stage.#parts.map((part) => openPart(disk, part)));
    return stage;
  }

  /** Whether some target still takes bytes. */
  get isAlive(): boolean {
    return this.#parts.some(({ failure }) => failure === null);
  }

  /** Appends a piece; it may be used again once this resolves. */
  async write(bytes: Uint8Array): Promise<void> {
    const written = Promise.all(this.#parts.map((part) => writePart(part, bytes)));
    // While the system writes.
    this.#digest.update(bytes);
    await written;
  }

  /** Makes every copy durable, reads it back and compares digests; unfinished files of failed parts are removed. */
  async finish(): Promise<Streamed> {
    const digest = this.#digest.finish();
    await Promise.all(
      this.#parts.map(async (part) => {
        await syncPart(part, undefined);
        await verifyPart(this.#disk, part, { blob: digest.blob, stop: undefined });
        if (part.failure !== null) await removeQuietly(this.#disk, part.path);
      }),
    );
    return { ...digest, parts: this.#slots.map(partOutcome) };
  }

  /** Removes every unfinished file. */
  async abandon(): Promise<void> {
    for (const part of this.#parts) {
      await abandonPart(part, GIVEN_UP);
      await removeQuietly(this.#disk, part.path);
    }
  }
}

const GIVEN_UP: Failure = { code: 'ECANCELED', message: 'the stream did not come to its end' };
