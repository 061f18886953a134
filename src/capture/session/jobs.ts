import type { CameraHandle, CameraObject } from '../connection.ts';

/** One file that waits to be taken from the camera. */
export interface Job {
  readonly handle: CameraHandle;
  readonly isOnlyInMemory: boolean;
  /** Facts, where somebody asked already. */
  readonly object: CameraObject | null;
  /** Monotonic milliseconds when it became known. */
  readonly knownMs: number;
  /** Was there before this session, or before this process was started again. */
  readonly isOld: boolean;
  /** No event told of it: it was found by comparing. */
  isFoundLate: boolean;
  /** How often it was tried in vain. */
  tries: number;
  /** Monotonic milliseconds before which it is not tried again. */
  notBeforeMs: number;
}

/**
 * Files that wait, most urgent first: what only the camera's memory has, then new shots in their order, then what lay
 * on the card before, the newest first. Bounded: what does not fit is found again by looking at the card.
 */
export class JobQueue {
  readonly #limit: number;
  #memory: Job[] = [];
  #fresh: Job[] = [];
  #old: Job[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#memory.length + this.#fresh.length + this.#old.length;
  }

  /** Whether files on the card find no room any more. */
  get isFull(): boolean {
    return this.size >= this.#limit;
  }

  /** False where there is no room; a frame that only the camera's memory has is always taken. */
  add(job: Job): boolean {
    if (job.isOnlyInMemory) this.#memory.push(job);
    else if (this.size >= this.#limit) return false;
    else if (job.isOld) this.#old.push(job);
    else this.#fresh.push(job);
    return true;
  }

  /** Takes the most urgent job whose time has come; null where none has. */
  take(nowMs: number, options: { readonly onlyMemory?: boolean } = {}): Job | null {
    const lanes = options.onlyMemory === true ? [this.#memory] : this.#lanes();
    for (const lane of lanes) {
      const index = lane.findIndex(({ notBeforeMs }) => notBeforeMs <= nowMs);
      const [job] = index < 0 ? [] : lane.splice(index, 1);
      if (job !== undefined) return job;
    }
    return null;
  }

  /** Drops a file that is not there any more. */
  remove(handle: CameraHandle): void {
    for (const lane of this.#lanes()) {
      const index = lane.findIndex((job) => job.handle === handle);
      if (index >= 0) lane.splice(index, 1);
    }
  }

  /** Takes all that waits. */
  drain(): Job[] {
    const jobs = this.#lanes().flat();
    [this.#memory, this.#fresh, this.#old] = [[], [], []];
    return jobs;
  }

  /** What waits. */
  waiting(): readonly Job[] {
    return this.#lanes().flat();
  }

  #lanes(): Job[][] {
    return [this.#memory, this.#fresh, this.#old];
  }
}

/** What tells a file of a camera again after the link broke, when it may have another handle. */
export function identityOf({ folder, name, sizeBytes, capturedLocal }: CameraObject): string {
  return JSON.stringify([folder, name, sizeBytes, capturedLocal]);
}

/** Path of a file as the camera has it, for messages. */
export function cameraPath({ folder, name, handle }: CameraObject): string {
  const shown = name === '' ? handle : name;
  return folder === '' ? shown : `${folder}/${shown}`;
}
