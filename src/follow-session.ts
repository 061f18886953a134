import type { VaultCaptureSink } from './backup/index.ts';
import { type CulledFrame, type SessionCuller, sidecarOf } from './learn/index.ts';
import type { World } from './platform/index.ts';

/** How frames are looked at behind their protection. */
export interface FollowOptions {
  /** Told of each frame when there is something new to say of it. */
  readonly onCull: ((frame: CulledFrame) => void) | undefined;
  /** Whether what is said is written as XMP beside the frames, as new sidecars. */
  readonly writesSidecars: boolean;
}

/** What is not looked at by then is looked at by the next `learn`. */
const LAST_LOOKS_MS = 20_000;

/**
 * Lets a culler work while a session has nothing to take. It only marks: tiers that rules of the session give become
 * marks in the journal, and at the end sidecars are written where they are wanted.
 */
export class SessionFollower {
  readonly #world: World;
  readonly #culler: SessionCuller;
  readonly #sink: VaultCaptureSink;
  readonly #options: FollowOptions;
  /** The last word about each frame, by its id. */
  readonly #last: Map<string, CulledFrame> = new Map();
  /** By path: the frame it belongs to. A JPEG is a frame of its own until its RAW is there. */
  readonly #frameOf: Map<string, string> = new Map();
  /** Frames whose tier by a rule is not written yet: they wait for one more look. */
  #unmarked: Set<string> = new Set();
  #isQuiet = false;
  #isEnding = false;
  #wake: () => void = () => {};
  #work: Promise<void>;
  /** Our own bug, or a vault that does not answer. */
  failure: unknown = null;

  constructor(world: World, culler: SessionCuller, sink: VaultCaptureSink, options: FollowOptions) {
    this.#world = world;
    this.#culler = culler;
    this.#sink = sink;
    this.#options = options;
    this.#work = this.#run().catch((error: unknown) => {
      this.failure = error;
    });
  }

  /** The session has nothing to take now, or it has. */
  setQuiet(isQuiet: boolean): void {
    this.#isQuiet = isQuiet;
    this.#wake();
  }

  /**
   * Ends: what waits is looked at for a while more, or left to the next `learn`.
   * @returns how many frames something was said of
   */
  async finish(isHurried: boolean): Promise<number> {
    this.#isEnding = true;
    this.#wake();
    await this.#work;
    if (this.failure !== null) throw this.failure;
    const endMs = this.#world.clock.monotonicMs() + LAST_LOOKS_MS;
    while (!isHurried && this.#culler.waiting > 0 && this.#world.clock.monotonicMs() < endMs) {
      await this.#look();
    }
    await this.#mark([...this.#unmarked]);
    if (this.#options.writesSidecars) await this.#writeSidecars();
    return this.#last.size;
  }

  async #run(): Promise<void> {
    while (!this.#isEnding) {
      if (this.#isQuiet && this.#culler.waiting > 0) await this.#look();
      else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }

  async #look(): Promise<void> {
    const news = await this.#culler.look();
    const due = this.#unmarked;
    this.#unmarked = new Set();
    for (const frame of news) {
      if (frame.isTierByRule && this.#last.get(frame.id)?.tier !== frame.tier) {
        this.#unmarked.add(frame.id);
      }
      this.#note(frame);
      this.#options.onCull?.(frame);
    }
    await this.#mark([...due].filter((id) => !this.#unmarked.has(id)));
  }

  #note(frame: CulledFrame): void {
    for (const path of frame.paths) {
      const before = this.#frameOf.get(path);
      if (before !== undefined && before !== frame.id) this.#last.delete(before);
      this.#frameOf.set(path, frame.id);
    }
    this.#last.set(frame.id, frame);
  }

  async #mark(ids: readonly string[]): Promise<void> {
    const frames = ids.map((id) => this.#last.get(id)).filter((frame) => frame !== undefined);
    if (frames.length > 0) await this.#sink.commit(frames.map((one) => this.#culler.markOf(one)));
  }

  async #writeSidecars(): Promise<void> {
    for (const frame of this.#last.values()) {
      const shown = frame.paths[0] ?? '';
      const path = shown.slice(shown.indexOf('/') + 1);
      const bytes = sidecarOf(frame);
      const mtimeMs = this.#sink.mtimeOf(path);
      if (bytes === null || mtimeMs === null) continue;
      await this.#sink.addBeside(`${path.replace(/\.[^./]*$/, '')}.xmp`, bytes, mtimeMs);
    }
  }
}
