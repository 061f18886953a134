import type { FileFacts } from '../../platform/index.ts';

/** Without a change for this long a file is taken for whole. */
export const SETTLE_MS = 1000;
/** A file that changes for longer than this is told of all the same: whoever reads it looks again. */
export const SETTLE_MS_MAX = 300_000;

/** One file of a hot folder, as it was last seen. */
interface Seen {
  readonly sizeBytes: number;
  readonly mtimeMs: number;
  /** Monotonic milliseconds since when it was seen so. */
  readonly sinceMs: number;
  /** Monotonic milliseconds since when it has been changing. */
  readonly firstMs: number;
  /** Another number for each version of each file, also where a name comes back: each is a file of its own. */
  readonly version: number;
  readonly isTold: boolean;
}

/** A file whose bytes stand still. */
export interface Settled {
  readonly path: string;
  readonly version: number;
  readonly sizeBytes: number;
  readonly mtimeMs: number;
}

/** The moment of a look, by both clocks. */
export interface LookTime {
  readonly wallMs: number;
  readonly monotonicMs: number;
}

/**
 * Tells files that are being written from files that stand still: same size and time for a second. Pure but for its
 * memory of what was seen.
 */
export class Settling {
  readonly #files: Map<string, Seen> = new Map();
  #versions = 0;
  #isFirstLook = true;

  /** Whether some file is not told of yet: then it is worth looking again soon. */
  get isWaiting(): boolean {
    return [...this.#files.values()].some(({ isTold }) => !isTold);
  }

  /** Takes note of one file; returns it where it has just come to stand still. */
  see(path: string, { sizeBytes, mtimeMs }: FileFacts, now: LookTime): Settled | null {
    const { wallMs, monotonicMs } = now;
    const before = this.#files.get(path);
    const isSame = before?.sizeBytes === sizeBytes && before.mtimeMs === mtimeMs;
    if (isSame && before.isTold) return null;
    // A file that was there before anybody looked, and written long ago, needs no wait.
    const isOld = this.#isFirstLook && before === undefined && wallMs - mtimeMs > SETTLE_MS;
    const sinceMs = isSame ? before.sinceMs : monotonicMs;
    const firstMs = before === undefined || before.isTold ? monotonicMs : before.firstMs;
    const isStill = isOld || monotonicMs - sinceMs >= SETTLE_MS;
    // Empty: somebody made the name and has not begun to write.
    const isReady = sizeBytes > 0 && isStill;
    const isTold = isReady || monotonicMs - firstMs >= SETTLE_MS_MAX;
    const isNew = before === undefined || before.isTold;
    if (isNew) this.#versions += 1;
    const version = isNew ? this.#versions : before.version;
    this.#files.set(path, { sizeBytes, mtimeMs, sinceMs, firstMs, version, isTold });
    return isTold ? { path, version, sizeBytes, mtimeMs } : null;
  }

  /** Ends a look: forgets files that are not there any more; returns those that were told of. */
  keepOnly(paths: ReadonlySet<string>): Settled[] {
    this.#isFirstLook = false;
    const gone: Settled[] = [];
    for (const [path, { isTold, version, sizeBytes, mtimeMs }] of this.#files) {
      if (paths.has(path)) continue;
      this.#files.delete(path);
      if (isTold) gone.push({ path, version, sizeBytes, mtimeMs });
    }
    return gone;
  }

  /** Every file that stands still. */
  told(): Settled[] {
    return [...this.#files].flatMap(([path, { isTold, version, sizeBytes, mtimeMs }]) =>
      isTold ? [{ path, version, sizeBytes, mtimeMs }] : [],
    );
  }
}
