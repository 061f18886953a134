import type { Clock, Disk, ReadableFile, WritableFile } from '../platform/index.ts';
import { type SeededRandom, seededRandom } from './seeded-random.ts';

/** How a simulated link behaves. */
export interface SimLinkOptions {
  /** Absolute folder of what lies at its far end. */
  readonly far: string;
  /** The clock that its time passes on. */
  readonly clock: Pick<Clock, 'sleep' | 'monotonicMs'>;
  /** Half of a round trip, in milliseconds. */
  readonly latencyMs?: number;
  /** Bits a second, each way; no limit where it is left out. */
  readonly bitsPerSecond?: number;
  /** Share of packets that are lost and sent again after a second. */
  readonly loss?: number;
  readonly seed?: number;
}

/** Bytes that went over a link, in order. */
export interface LinkPassage {
  readonly path: string;
  readonly direction: 'read' | 'written';
  readonly bytes: number;
  /** On the monotonic clock, once the last of them had arrived. */
  readonly atMs: number;
}

/** A packet, in bytes: what loss is told in. */
const PACKET_BYTES = 1400;
const RESEND_MS = 1000;

/**
 * A slow and failing link to a distant disk: takes time on the simulated clock for each call and byte, loses packets, and
 * breaks where it is told to. While it is broken, every call fails with `ETIMEDOUT`. The same seed gives the same link.
 */
export class SimLink {
  /** What went over it. */
  readonly passages: LinkPassage[] = [];
  readonly #options: SimLinkOptions;
  readonly #random: SeededRandom;
  #bytesUntilCut: number | null = null;
  #isBroken = false;

  constructor(options: SimLinkOptions) {
    this.#options = options;
    this.#random = seededRandom(options.seed ?? 1);
  }

  /** Bytes that went over it, both ways. */
  get bytes(): number {
    return this.passages.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** Breaks after so many more bytes; what had arrived by then stays. */
  cutAfter(bytes: number): void {
    this.#bytesUntilCut = bytes;
  }

  /** Works again. */
  mend(): void {
    this.#isBroken = false;
    this.#bytesUntilCut = null;
  }

  /** The disk as it is seen over the link: what lies at its far end takes time and may fail, all else does not. */
  seen(disk: Disk): Disk {
    const over = async <T>(path: string, call: () => Promise<T>): Promise<T> => {
      if (this.#isFar(path)) await this.#roundTrip();
      return call();
    };
    return {
      listFolder: (path) => over(path, () => disk.listFolder(path)),
      stat: (path) => over(path, () => disk.stat(path)),
      openRead: async (path, options) => {
        const file = await over(path, () => disk.openRead(path, options));
        return this.#isFar(path) ? this.#reading(file, path) : file;
      },
      createNew: async (path) => {
        const file = await over(path, () => disk.createNew(path));
        return this.#isFar(path) ? this.#writing(file, path) : file;
      },
      syncFile: (path) => over(path, () => disk.syncFile(path)),
      makeFolder: (path) => over(path, () => disk.makeFolder(path)),
      rename: (source, target) => over(target, () => disk.rename(source, target)),
      removeFile: (path) => over(path, () => disk.removeFile(path)),
      removeFolder: (path) => over(path, () => disk.removeFolder(path)),
      syncFolder: (path) => over(path, () => disk.syncFolder(path)),
      setMtime: (path, mtimeMs) => over(path, () => disk.setMtime(path, mtimeMs)),
      setMode: (path, mode) => over(path, () => disk.setMode(path, mode)),
      readLink: (path) => over(path, () => disk.readLink(path)),
      makeLink: (path, target) => over(path, () => disk.makeLink(path, target)),
      freeBytes: (path) => over(path, () => disk.freeBytes(path)),
      resolve: (path) => over(path, () => disk.resolve(path)),
      localPath: (path) => (this.#isFar(path) ? null : disk.localPath(path)),
    };
  }

  #isFar(path: string): boolean {
    return path === this.#options.far || path.startsWith(`${this.#options.far}/`);
  }

  #reading(file: ReadableFile, path: string): ReadableFile {
    return {
      isDirect: file.isDirect,
      facts: async () => {
        await this.#roundTrip();
        return file.facts();
      },
      read: async (buffer, position) => {
        const count = await file.read(buffer, position);
        await this.#pass({ path, direction: 'read', bytes: count });
        return count;
      },
      close: () => file.close(),
    };
  }

  #writing(file: WritableFile, path: string): WritableFile {
    return {
      write: async (bytes) => {
        const whole = this.#bytesUntilCut ?? Number.POSITIVE_INFINITY;
        // What was on its way when the link broke has arrived.
        if (whole < bytes.length) await file.write(bytes.subarray(0, whole));
        await this.#pass({ path, direction: 'written', bytes: bytes.length });
        await file.write(bytes);
      },
      sync: async () => {
        await this.#roundTrip();
        return file.sync();
      },
      close: () => file.close(),
    };
  }

  async #roundTrip(): Promise<void> {
    this.#refuseWhileBroken();
    const { clock, latencyMs = 0 } = this.#options;
    if (latencyMs > 0) await clock.sleep(2 * latencyMs);
  }

  async #pass(passage: Omit<LinkPassage, 'atMs'>): Promise<void> {
    this.#refuseWhileBroken();
    const { clock, latencyMs = 0, bitsPerSecond, loss = 0 } = this.#options;
    const { bytes } = passage;
    const isCut = this.#bytesUntilCut !== null && this.#bytesUntilCut < bytes;
    const passed = isCut ? (this.#bytesUntilCut ?? 0) : bytes;
    const seconds = bitsPerSecond === undefined ? 0 : (passed * 8) / bitsPerSecond;
    const takenMs = latencyMs + seconds * 1000 + this.#lost(passed, loss) * RESEND_MS;
    if (takenMs > 0) await clock.sleep(takenMs);
    this.passages.push({ ...passage, bytes: passed, atMs: clock.monotonicMs() });
    if (this.#bytesUntilCut !== null) this.#bytesUntilCut -= passed;
    if (isCut) this.#isBroken = true;
    this.#refuseWhileBroken();
  }

  #lost(bytes: number, loss: number): number {
    let lost = 0;
    for (let sent = 0; loss > 0 && sent < bytes; sent += PACKET_BYTES) {
      if (this.#random() < loss) lost += 1;
    }
    return lost;
  }

  #refuseWhileBroken(): void {
    if (!this.#isBroken) return;
    throw Object.assign(new Error('ETIMEDOUT: the link is broken'), { code: 'ETIMEDOUT' });
  }
}
