import { type IssueLog, LIMITS } from '../../base/index.ts';
import type { World } from '../../platform/index.ts';
import type { CameraObject } from '../connection.ts';
import type { CaptureSink, Kept } from '../sink.ts';
import { cameraPath, identityOf, type Job, JobQueue } from './jobs.ts';
import { type FrameTimes, TimingLog } from './timings.ts';
import type { Partial, Transferred } from './transfer.ts';

/** A frame's file that is safe, and how long that took. */
export interface TakenFrame extends Kept {
  /** Its path in the camera. */
  readonly cameraPath: string;
  /** It lay on the card before this session. */
  readonly isOld: boolean;
  readonly times: FrameTimes;
}

/** What a session counts. */
export interface SessionCounts {
  /** Files taken and kept. */
  taken: number;
  /** Files that were kept before. */
  known: number;
  /** Those of the taken that lay on the card before the session. */
  fromCard: number;
  bytesRead: number;
  /** Transfers that went on where a broken link had left them. */
  resumed: number;
  reconnects: number;
  duplicateEvents: number;
  foundLate: number;
}

/** What a session is given. */
export interface SessionParts {
  readonly world: World;
  readonly sink: CaptureSink;
  readonly issues: IssueLog;
  /** Name of the camera, for messages. */
  readonly camera: string;
  readonly signal: AbortSignal | undefined;
  /** Whether files that lie on the card already are taken too. */
  readonly takesExisting: boolean;
  readonly onFrame: ((frame: TakenFrame) => void) | undefined;
  readonly onQuiet: ((isQuiet: boolean) => void) | undefined;
}

/** What outlives a link: what is known, what waits, what is being made durable. */
export class SessionState {
  readonly world: World;
  readonly sink: CaptureSink;
  readonly signal: AbortSignal | undefined;
  readonly takesExisting: boolean;
  readonly queue: JobQueue = new JobQueue(LIMITS.captureQueueMax);
  readonly timings: TimingLog = new TimingLog();
  readonly counts: SessionCounts = {
    taken: 0,
    known: 0,
    fromCard: 0,
    bytesRead: 0,
    resumed: 0,
    reconnects: 0,
    duplicateEvents: 0,
    foundLate: 0,
  };
  /** What ends the session: a vault that does not answer, our own bug. */
  failure: unknown = null;
  /** The card was compared once, over whatever link: what appears from then on is new. */
  wasCompared = false;
  readonly #parts: SessionParts;
  readonly #kept: Set<string> = new Set();
  /** Paths of what was kept in this session. */
  readonly #paths: Set<string> = new Set();
  /** Files that lay on the card when the session began. */
  readonly #old: Set<string> = new Set();
  readonly #commits: Set<Promise<void>> = new Set();
  readonly #told: Set<string> = new Set();
  /** Frames that only the camera's memory had when the link broke. */
  #memory: Map<string, CameraObject> = new Map();
  /** How many more there were that nobody had asked for their names. */
  #unnamed = 0;
  #partial: Partial | null = null;
  #wake: () => void = () => {};
  #isQuiet = false;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.world = parts.world;
    this.sink = parts.sink;
    this.signal = parts.signal;
    this.takesExisting = parts.takesExisting;
  }

  nowMs(): number {
    return this.world.clock.monotonicMs();
  }

  /** Ends a pause. */
  wake(): void {
    this.#wake();
  }

  /** Tells whether there is anything to take from the camera now. */
  setQuiet(isQuiet: boolean): void {
    if (this.#isQuiet === isQuiet) return;
    this.#isQuiet = isQuiet;
    this.#parts.onQuiet?.(isQuiet);
  }

  /** Resolves when something may have happened. */
  pause(): Promise<void> {
    this.setQuiet(this.queue.size === 0);
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  /** Whether a file is safe already. Of a frame in the camera's memory only its bytes tell: its name comes again. */
  isKept(object: CameraObject): boolean {
    if (object.isOnlyInMemory) return false;
    return this.#kept.has(identityOf(object)) || this.sink.holds(object);
  }

  noteOld(object: CameraObject): void {
    this.#old.add(identityOf(object));
  }

  /** Whether a file lay on the card when the session began. */
  isOld(object: CameraObject): boolean {
    return !object.isOnlyInMemory && this.#old.has(identityOf(object));
  }

  noteKept(
    job: Job,
    got: Transferred,
    kept: Kept,
    { startMs, receivedMs }: { readonly startMs: number; readonly receivedMs: number },
  ): void {
    const { object, saidBytes, sizeBytes } = got;
    const path = cameraPath(object);
    const nowMs = this.nowMs();
    if (!object.isOnlyInMemory) this.#kept.add(identityOf(object));
    if (kept.isKnown && this.#paths.has(kept.path)) {
      // Given twice by the camera, from its card and from its memory.
      this.counts.known += 1;
      return;
    }
    this.#paths.add(kept.path);
    if (saidBytes !== null) this.#tellSize(path, saidBytes, sizeBytes);
    if (job.isFoundLate) this.#tellFoundLate(path);
    this.counts.taken += 1;
    if (job.isOld) this.counts.fromCard += 1;
    const times: FrameTimes = {
      waitedMs: startMs - job.knownMs,
      transferMs: receivedMs - startMs,
      settledMs: nowMs - receivedMs,
      durableMs: nowMs - job.knownMs,
    };
    if (!job.isOld) this.timings.frame(times);
    this.#parts.onFrame?.({ ...kept, cameraPath: path, isOld: job.isOld, times });
  }

  /** Keeps in mind what a broken link left unfinished; only one file is read at a time. */
  async keepPartial(partial: Partial): Promise<void> {
    await this.#partial?.file.abandon();
    this.#partial = partial;
  }

  /** What a broken link left of this file; null where nothing is. */
  takePartial(object: CameraObject): Partial | null {
    if (this.#partial?.identity !== identityOf(object)) return null;
    const partial = this.#partial;
    this.#partial = null;
    return partial;
  }

  /** Gives up what a broken link left: all of it, or of a file that is read from its start again. */
  async dropPartial(object?: CameraObject): Promise<void> {
    if (object !== undefined && this.#partial?.identity !== identityOf(object)) return;
    const partial = this.#partial;
    this.#partial = null;
    await partial?.file.abandon();
  }

  /** Resolves once another file may be made durable: what was read waits in no memory. */
  async roomForCommit(): Promise<void> {
    while (this.#commits.size >= LIMITS.captureCommitsMax) await Promise.race(this.#commits);
  }

  /** Takes note of a file that is being made durable; what ends the session shows in {@link failure}. */
  startCommit(commit: Promise<void>): void {
    const noted = commit
      .catch((error: unknown) => {
        this.failure ??= error;
      })
      .finally(() => {
        this.#commits.delete(noted);
        this.wake();
      });
    this.#commits.add(noted);
  }

  /** Resolves once nothing is being made durable. */
  async settleCommits(): Promise<void> {
    await Promise.all(this.#commits);
  }

  /** The link broke: handles mean nothing any more. */
  noteLinkLost(reason: string): void {
    for (const { object, isOnlyInMemory } of this.queue.drain()) {
      if (!isOnlyInMemory) continue;
      if (object === null) this.#unnamed += 1;
      else this.#memory.set(identityOf(object), object);
    }
    this.#issue(
      'CAMERA_GONE',
      `The link broke (${reason}). It is tried again and again; what was not read yet is in the camera.`,
    );
  }

  /** The first look after a broken link: frames that only the camera's memory had may be gone. */
  forgetLostMemory(objects: readonly CameraObject[]): void {
    // Some cameras write to the card what they also gave through their memory: then it is there, with another folder.
    const keyOf = ({ name, sizeBytes }: CameraObject): string => `${sizeBytes} ${name}`;
    const there = new Set(objects.map(keyOf));
    const named = new Set([...this.#memory.values()].map(keyOf));
    for (const object of this.#memory.values()) {
      if (!there.has(keyOf(object))) this.tellNotTaken(cameraPath(object), GONE_WITH_MEMORY);
    }
    const others = objects.filter(
      (object) => !named.has(keyOf(object)) && !this.isKept(object) && !this.isOld(object),
    );
    for (let count = others.length; count < this.#unnamed; count += 1) {
      this.tellNotTaken('a frame without a name', GONE_WITH_MEMORY);
    }
    this.#memory = new Map();
    this.#unnamed = 0;
  }

  tellNotTaken(path: string, why: string): void {
    this.#parts.issues.add(
      'FRAME_NOT_TAKEN',
      `${this.#parts.camera}/${path}`,
      `This file is NOT protected: ${why}. Look at it on the camera; run the same command again, or back up the card.`,
    );
  }

  tellBusy(message: string): void {
    this.#issue('CAMERA_BUSY', `${message} It is asked again; nothing is lost.`);
  }

  tellStoreFull(): void {
    this.#issue(
      'CAMERA_FULL',
      'The camera says that its card is full: it takes no more frames. What it took is read on; put another card in.',
    );
  }

  #tellSize(path: string, saidBytes: number, sizeBytes: number): void {
    this.#parts.issues.add(
      'FRAME_SIZE_WRONG',
      `${this.#parts.camera}/${path}`,
      `The camera says that this file has ${saidBytes} bytes and gives ${sizeBytes}, however often it is asked. What it gives is protected; look whether the picture opens, and keep the card.`,
    );
  }

  #tellFoundLate(path: string): void {
    this.counts.foundLate += 1;
    this.#parts.issues.add(
      'FRAME_FOUND_LATE',
      `${this.#parts.camera}/${path}`,
      'The camera did not tell of this file; it was found by comparing, and is protected.',
    );
  }

  /** One issue about the camera itself: said once in a while, not for every frame. */
  #issue(code: 'CAMERA_GONE' | 'CAMERA_BUSY' | 'CAMERA_FULL', message: string): void {
    const minute = Math.floor(this.nowMs() / 60_000);
    const key = code === 'CAMERA_GONE' ? `${code} ${this.counts.reconnects}` : `${code} ${minute}`;
    if (this.#told.has(key)) return;
    this.#told.add(key);
    this.#parts.issues.add(code, this.#parts.camera, message);
  }
}

const GONE_WITH_MEMORY =
  'only the memory of the camera had it when the link broke, and it is not there any more';
