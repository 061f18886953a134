import { LIMITS } from '../../base/index.ts';
import type { World } from '../../platform/index.ts';

/** Left alone: without it the journal could not say what was compacted, and nothing verbatim could go. */
const KEPT_BYTES = LIMITS.reserveBytes / 2;

/**
 * Shares out what is free on a vault's drive among forms that are written side by side. They may take half of what is
 * kept for journals, as they give back more than they take.
 */
export class DriveRoom {
  readonly #world: Pick<World, 'disk'>;
  readonly #root: string;
  readonly #writing: Set<Promise<unknown>> = new Set();
  #promisedBytes = 0;

  constructor(world: Pick<World, 'disk'>, root: string) {
    this.#world = world;
    this.#root = root;
  }

  /** Writes at most so many bytes once there is room; null where there is none and nobody writes who may leave some. */
  async write<T>(bytes: number, act: () => Promise<T>): Promise<T | null> {
    for (;;) {
      const free = await this.#world.disk.freeBytes(this.#root).catch(() => null);
      if (free === null || free >= this.#promisedBytes + bytes + KEPT_BYTES) break;
      if (this.#writing.size === 0) return null;
      await Promise.race(this.#writing).catch(() => {});
    }
    this.#promisedBytes += bytes;
    const done = act().finally(() => {
      this.#promisedBytes -= bytes;
      this.#writing.delete(done);
    });
    this.#writing.add(done);
    return done;
  }
}
