import { FieldVaultError, LIMITS } from '../../base/index.ts';
import type { CameraConnection, CameraHandle, CameraObject } from '../connection.ts';
import { cameraPath, identityOf, type Job } from './jobs.ts';
import type { SessionState } from './session-state.ts';
import { BrokenOff, type Transferred, transfer } from './transfer.ts';

/** Why work with a connection ended. */
export type LinkEnd =
  | { readonly kind: 'stopped' }
  | { readonly kind: 'lost'; readonly reason: string };

/**
 * One connection at work: takes note of events, compares with what is on the camera, takes file after file. Files are
 * read one after the other; what makes them durable overlaps with reading the next ones.
 */
export class Link {
  readonly #state: SessionState;
  readonly #camera: CameraConnection;
  /** Handles that wait, are being taken or are done. */
  readonly #seen: Set<CameraHandle> = new Set();
  readonly #late: Map<CameraHandle, Job> = new Map();
  #lostWhy: string | null = null;
  #mustCompare = true;
  #isFirstLook = true;
  #nextCompareMs = 0;
  #lastReceivedMs: number | null = null;

  constructor(state: SessionState, camera: CameraConnection) {
    this.#state = state;
    this.#camera = camera;
  }

  /** Works until the session is stopped or the link is down. */
  async run(): Promise<LinkEnd> {
    const state = this.#state;
    const pump = this.#pump();
    const stopClock = state.world.clock.every(LIMITS.captureTickMs, () => state.wake());
    try {
      for (;;) {
        if (state.failure !== null) throw state.failure;
        if (this.#lostWhy !== null) return { kind: 'lost', reason: this.#lostWhy };
        const isStopping = state.signal?.aborted === true;
        const nowMs = state.nowMs();
        const job = state.queue.take(nowMs, { onlyMemory: isStopping });
        if (job !== null) {
          state.setQuiet(false);
          await this.#guard(() => this.#take(job));
        } else if (isStopping) return { kind: 'stopped' };
        else if (this.#isCompareDue(nowMs)) await this.#guard(() => this.#compare());
        else {
          this.#lastReceivedMs = null;
          await state.pause();
        }
      }
    } finally {
      stopClock();
      await state.settleCommits();
      await this.#camera.close();
      await pump;
    }
  }

  async #pump(): Promise<void> {
    try {
      for await (const event of this.#camera.events()) {
        if (event.kind === 'added') this.#onAdded(event.handle, event.isOnlyInMemory);
        else if (event.kind === 'removed') this.#state.queue.remove(event.handle);
        else if (event.kind === 'changed') this.#mustCompare = true;
        else if (event.kind === 'storeFull') this.#state.tellStoreFull();
        else if (event.kind === 'lost') this.#lostWhy ??= event.reason;
        this.#state.wake();
      }
    } catch (error) {
      this.#lostWhy ??= error instanceof Error ? error.message : String(error);
    }
    this.#state.wake();
  }

  #onAdded(handle: CameraHandle, isOnlyInMemory: boolean): void {
    if (this.#seen.has(handle)) {
      const late = this.#late.get(handle);
      if (late === undefined) this.#state.counts.duplicateEvents += 1;
      else late.isFoundLate = false;
      this.#late.delete(handle);
      return;
    }
    this.#add({ handle, isOnlyInMemory, object: null, isOld: false, isFoundLate: false });
  }

  #add(found: Pick<Job, 'handle' | 'isOnlyInMemory' | 'object' | 'isOld' | 'isFoundLate'>): Job {
    const job: Job = { ...found, knownMs: this.#state.nowMs(), tries: 0, notBeforeMs: 0 };
    if (this.#state.queue.add(job)) this.#seen.add(job.handle);
    else this.#mustCompare = true;
    return job;
  }

  /** Lost events are found by looking: when there is nothing else to do, or after a while. */
  #isCompareDue(nowMs: number): boolean {
    // What would be found had no room to wait in.
    if (this.#state.queue.isFull) return false;
    return this.#mustCompare || nowMs >= this.#nextCompareMs;
  }

  async #compare(): Promise<void> {
    const state = this.#state;
    this.#mustCompare = false;
    const startMs = state.nowMs();
    const objects = await this.#camera.list();
    const isBeginning = this.#isFirstLook && !state.wasCompared;
    // What only its memory has in its turn, as what came since; of what was there before, the newest first.
    const inMemory = objects.filter(({ isOnlyInMemory }) => isOnlyInMemory);
    const onCard = objects.filter(({ isOnlyInMemory }) => !isOnlyInMemory);
    for (const object of [...inMemory, ...(isBeginning ? onCard.toReversed() : onCard)]) {
      if (!this.#seen.has(object.handle)) this.#addListed(object, isBeginning);
    }
    if (this.#isFirstLook) state.forgetLostMemory(objects);
    this.#isFirstLook = false;
    state.wasCompared = true;
    // A card with thousands of files takes long to list: looking must not become the work.
    const pauseMs = Math.max(LIMITS.captureCompareMs, 20 * (state.nowMs() - startMs));
    this.#nextCompareMs = state.nowMs() + pauseMs;
  }

  #addListed(object: CameraObject, isBeginning: boolean): void {
    const state = this.#state;
    if (!object.isOnlyInMemory && state.isKept(object)) {
      this.#seen.add(object.handle);
      if (isBeginning) state.counts.known += 1;
      return;
    }
    if (isBeginning && !object.isOnlyInMemory) state.noteOld(object);
    const isOld = state.isOld(object);
    if (isOld && !state.takesExisting) {
      this.#seen.add(object.handle);
      return;
    }
    const isFoundLate = !this.#isFirstLook && this.#camera.capabilities.hasEvents;
    const { handle, isOnlyInMemory } = object;
    const job = this.#add({ handle, isOnlyInMemory, object, isOld, isFoundLate });
    if (isFoundLate) this.#late.set(handle, job);
  }

  /** Runs one step; where it shows that the link is down, that is noted. */
  async #guard(step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch (error) {
      if (!(error instanceof FieldVaultError)) throw error;
      const { code, message, details } = error;
      if (code === 'CAMERA_BUSY') this.#state.tellBusy(message);
      else if (isLinkDown(code)) this.#lostWhy ??= String(details['reason'] ?? message);
      else if (code === 'CAMERA_REFUSED') this.#nextCompareMs = this.#state.nowMs() + 1000;
      else throw error;
    }
  }

  async #take(job: Job): Promise<void> {
    const state = this.#state;
    let object: CameraObject | null = job.object;
    try {
      object ??= await this.#camera.describe(job.handle);
      if (object === null) {
        this.#late.delete(job.handle);
        return;
      }
      if (state.isKept(object)) {
        state.counts.known += 1;
        this.#late.delete(job.handle);
        return;
      }
      if (object.sizeBytes === 0) {
        // Some cameras tell of the second file of a pair before they have written it.
        return this.#later({ ...job, object: null }, 'the camera says that it is empty', object);
      }
      await this.#fetch(job, object);
    } catch (error) {
      await this.#settleFailure(job, object, error);
    }
  }

  async #fetch(job: Job, object: CameraObject): Promise<void> {
    const state = this.#state;
    await state.roomForCommit();
    const startMs = state.nowMs();
    if (this.#lastReceivedMs !== null) state.timings.gap(startMs - this.#lastReceivedMs);
    const partial = this.#camera.capabilities.hasPartialRead ? state.takePartial(object) : null;
    if (partial === null) await state.dropPartial(object);
    else state.counts.resumed += 1;
    const from = { camera: this.#camera, sink: state.sink };
    const got = await transfer(state.world, from, object, partial);
    const receivedMs = state.nowMs();
    this.#lastReceivedMs = receivedMs;
    state.counts.bytesRead += got.bytesRead;
    state.startCommit(this.#commit(job, got, { startMs, receivedMs }));
  }

  async #commit(
    job: Job,
    got: Transferred,
    times: { readonly startMs: number; readonly receivedMs: number },
  ): Promise<void> {
    const state = this.#state;
    const kept = await got.file.commit();
    if (kept.state === 'not-kept') {
      if (kept.isFull) this.#park(job, got.object);
      else this.#later(job, `it could not be written: ${kept.why}`, got.object);
      return;
    }
    this.#late.delete(job.handle);
    state.noteKept(job, got, kept, times);
    await this.#acknowledge(got.object);
  }

  /** Only when a frame is safe may the camera use its memory for another one. */
  async #acknowledge(object: CameraObject): Promise<void> {
    try {
      await this.#camera.acknowledge(object.handle);
    } catch {
      // It is read again then: a camera that was not told gives it again.
    }
  }

  /** What the failure of one file means; throws where it is more than this file's. */
  async #settleFailure(job: Job, object: CameraObject | null, thrown: unknown): Promise<void> {
    const state = this.#state;
    let error = thrown;
    if (thrown instanceof BrokenOff) {
      error = thrown.cause;
      const isDown = error instanceof FieldVaultError && isLinkDown(error.code);
      if (isDown && object !== null) {
        await state.keepPartial({ ...thrown.partial, identity: identityOf(object) });
      } else await thrown.partial.file.abandon();
    }
    if (!(error instanceof FieldVaultError)) throw error;
    if (isLinkDown(error.code)) {
      if (object?.isOnlyInMemory === true) state.queue.add({ ...job, object });
      throw error;
    }
    if (error.code === 'CAMERA_BUSY') state.tellBusy(error.message);
    if (error.code === 'TARGET_FULL' && object !== null) this.#park(job, object);
    else if (error.code === 'CAMERA_BUSY' || error.code === 'CAMERA_REFUSED') {
      this.#later(job, error.message, object);
    } else throw error;
  }

  /** Tries a file again after a while, or tells that it stays in the camera. */
  #later(job: Job, why: string, object: CameraObject | null): void {
    const state = this.#state;
    const tries = job.tries + 1;
    if (tries >= LIMITS.captureTriesMax) {
      const path = object === null ? job.handle : cameraPath(object);
      state.tellNotTaken(path, why);
      return;
    }
    const notBeforeMs = state.nowMs() + LIMITS.captureAgainMs * 2 ** Math.min(tries, 6);
    this.#again({ ...job, tries, notBeforeMs });
  }

  /** Back into the queue; where that is full, the next look at the card finds it again. */
  #again(job: Job): void {
    if (this.#state.queue.add(job)) return;
    this.#seen.delete(job.handle);
    this.#mustCompare = true;
  }

  /** No vault has room: the frame stays where it is until there is some. */
  #park(job: Job, object: CameraObject): void {
    const notBeforeMs = this.#state.nowMs() + LIMITS.captureFullWaitMs;
    this.#again({ ...job, object, notBeforeMs });
  }
}

function isLinkDown(code: string): boolean {
  return code === 'CAMERA_GONE' || code === 'CAMERA_PROTOCOL' || code === 'CAMERA_UNREACHABLE';
}
