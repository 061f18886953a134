import type { CameraHandle, CameraObject } from '../connection.ts';
import type { MemoryFrameNews } from '../vendors/vendor.ts';

/** A frame in the camera's memory, under a handle of its own. */
export interface MemoryFrame extends MemoryFrameNews {
  readonly handle: CameraHandle;
  /** Filled by the first one who asks: such a frame can be read once, or not in parts. */
  taken: Promise<TakenFrame | null> | null;
  /** The camera's number is free for the next frame. */
  isTaken: boolean;
}

/** A frame that was read from the camera's memory in one piece. */
export interface TakenFrame {
  readonly object: CameraObject;
  readonly bytes: Uint8Array;
}

/** Frames of one number that were read and not acknowledged yet; the next ones stay in the camera. */
const TAKEN_MAX = 4;
/** News of frames that wait behind another one of their number; a camera holds fewer in its memory. */
const HELD_BACK_MAX = 1024;

/**
 * Frames in the camera's memory. Cameras use one number for all of them; each gets a handle here, and a frame is not
 * told of before the one in front of it made room.
 */
export class MemoryFrames {
  readonly #frames: Map<CameraHandle, MemoryFrame> = new Map();
  readonly #heldBack: MemoryFrameNews[] = [];
  readonly #tell: (frame: MemoryFrame) => void;
  #count = 0;

  /** `tell` is called for each frame once it can be read. */
  constructor(tell: (frame: MemoryFrame) => void) {
    this.#tell = tell;
  }

  /** The camera says that a frame waits. */
  add(news: MemoryFrameNews): void {
    const inFront = [...this.#frames.values()].filter(({ raw }) => raw === news.raw);
    if (inFront.length === 0) this.#begin(news);
    else if (news.reading === 'whole-once') {
      // Said again and again as long as frames wait: only behind frames that were read is it a new one.
      if (inFront.length < TAKEN_MAX && inFront.every(({ isTaken }) => isTaken)) this.#begin(news);
    } else if (news.reading === 'whole' && this.#heldBack.length < HELD_BACK_MAX) {
      this.#heldBack.push(news);
    }
  }

  get(handle: CameraHandle): MemoryFrame | null {
    return this.#frames.get(handle) ?? null;
  }

  /** All that were not acknowledged yet. */
  all(): readonly MemoryFrame[] {
    return [...this.#frames.values()];
  }

  /** The frame is durable elsewhere; its number is free for the next one. */
  forget(frame: MemoryFrame): void {
    this.#frames.delete(frame.handle);
    const next = this.#heldBack.findIndex(({ raw }) => raw === frame.raw);
    if (next < 0) return;
    for (const news of this.#heldBack.splice(next, 1)) this.#begin(news);
  }

  #begin(news: MemoryFrameNews): void {
    this.#count += 1;
    const handle = `memory:${this.#count}`;
    const frame: MemoryFrame = { ...news, handle, taken: null, isTaken: false };
    this.#frames.set(handle, frame);
    this.#tell(frame);
  }
}
