import { OPERATION, RESPONSE } from '../../capture/index.ts';
import type { Clock } from '../../platform/index.ts';
import type { FaultScript } from './camera-faults.ts';
import { type CameraFile, FIRST_SHOT_MS, type FrameMaker } from './camera-frames.ts';
import type {
  Answer,
  BodyParts,
  CameraNews,
  CameraProfile,
  Operation,
  VendorPart,
} from './camera-profile.ts';
import { CameraStore, type Place, type StoredObject } from './camera-store.ts';
import { OperationLog } from './operation-log.ts';
import { ALL, CAMERA_OPERATION } from './ptp-numbers.ts';
import { answerStandard, type Part, plain } from './standard-operations.ts';

/** What a body is made of. */
export interface BodyOptions {
  readonly profile: CameraProfile;
  readonly serial: string;
  readonly frames: FrameMaker;
  readonly faults: FaultScript;
  readonly clock: Clock;
  /** From the shutter to the first file, in milliseconds. */
  readonly shutterMs: number;
}

/** A file as a test knows it: what a client must end up with. */
export interface TakenFile {
  readonly name: string;
  /** Folders from the top, joined by `/`; '' for a frame that is only in memory. */
  readonly folder: string;
  /** Number among the camera's files, from 1. */
  readonly number: number;
  readonly file: CameraFile;
}

/** Who is told of what happens at the camera. */
export interface NewsListener {
  hear(news: CameraNews): void;
  /** A fault: the line for events breaks. */
  breakOff(): void;
}

/** Local time between two frames of a burst, and between two presses of the shutter. */
const BURST_STEP_MS = 50;
const PRESS_STEP_MS = 2000;
const FILES_PER_FOLDER = 999;

/** A camera without its plugs: shutter, card, memory, and the answers to operations, whatever way they come. */
export class CameraBody {
  readonly log: OperationLog = new OperationLog();
  readonly profile: CameraProfile;
  readonly store: CameraStore = new CameraStore(1);
  readonly #taken: TakenFile[] = [];
  readonly #options: BodyOptions;
  readonly #vendor: VendorPart;
  readonly #listeners = new Set<NewsListener>();
  #shots = 0;
  #files = 0;
  #takenLocalMs = FIRST_SHOT_MS;
  #hasSession = false;
  #busyLeft = 0;
  #shooting = 0;
  #deletes = 0;
  /** Shots are taken one after the other. */
  #lastShot: Promise<unknown> = Promise.resolve();

  constructor(options: BodyOptions) {
    this.#options = options;
    this.profile = options.profile;
    const parts: BodyParts = {
      store: this.store,
      tell: (news) => this.#tell(news),
      release: (place, transaction) => {
        void this.#shoot(place, transaction, 0);
      },
      hasSession: () => this.#hasSession,
      isShooting: () => this.#shooting > 0,
    };
    this.#vendor = options.profile.build(parts);
  }

  /** Every file of every shot until now, in the order in which the camera told of them. */
  get taken(): readonly TakenFile[] {
    return this.#taken;
  }

  /** How often somebody asked to take something off the card. */
  get deletes(): number {
    return this.#deletes;
  }

  /** Tells of each event, until the returned function is called. */
  listen(listener: NewsListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A person presses the shutter; resolves with the shot's files once the camera has told of them. */
  async press(burstIndex = 0): Promise<readonly TakenFile[]> {
    return this.#shoot(this.#vendor.place, ALL, burstIndex);
  }

  /** The connection is gone, and the session with it. */
  hangUp(): void {
    this.#hasSession = false;
  }

  /** The camera goes to sleep: what was only in memory is lost. */
  sleep(): void {
    this.hangUp();
    for (const { handle } of this.store.inMemory) this.store.release(handle);
  }

  /** Does an operation. */
  answer(operation: Operation): Answer {
    this.#countDelete(operation);
    const answer = this.#answer(operation);
    this.log.note(operation, answer);
    return answer;
  }

  #answer(operation: Operation): Answer {
    const { code } = operation;
    if (code === OPERATION.openSession) return this.#openSession();
    if (code !== OPERATION.getDeviceInfo && !this.#hasSession) {
      return plain(RESPONSE.sessionNotOpen);
    }
    if (code === OPERATION.closeSession) {
      this.hangUp();
      return plain(RESPONSE.ok);
    }
    if (this.#isBusy()) return plain(RESPONSE.busy);
    if (!this.profile.operations.includes(code)) return plain(RESPONSE.notSupported);
    const { profile, store } = this;
    const parts = {
      ...{ profile, store, serial: this.#options.serial },
      cutOf: (object: StoredObject, part: Part) => this.#cutOf(object, part),
    };
    const own = this.#vendor.answer(operation);
    if (own !== null) return own;
    const translated = this.#vendor.translate(operation);
    const { code: standard, params } = translated ?? operation;
    const answer = answerStandard(parts, { ...operation, params, code: standard });
    const after = translated?.after;
    if (answer?.code === RESPONSE.ok && after !== undefined) return { ...answer, after };
    return answer ?? plain(RESPONSE.notSupported);
  }

  /** Counts what takes something off the card; a frame that leaves memory alone is none. */
  #countDelete({ code, params }: Operation): void {
    const isMemory = this.store.get(params[0] ?? 0)?.isOnCard === false;
    const isDelete = code === CAMERA_OPERATION.deleteObject && !isMemory;
    if (isDelete || code === CAMERA_OPERATION.formatStore) this.#deletes += 1;
  }

  #openSession(): Answer {
    if (this.#hasSession) return plain(RESPONSE.sessionAlreadyOpen);
    this.#hasSession = true;
    this.#vendor.begin();
    return plain(RESPONSE.ok);
  }

  #isBusy(): boolean {
    const number = this.log.count + 1;
    const fault = this.#options.faults.take('busy', ({ operation }) => number >= operation);
    if (fault !== null) this.#busyLeft += fault.count;
    if (this.#busyLeft === 0) return false;
    this.#busyLeft -= 1;
    return true;
  }

  #cutOf(object: StoredObject, { offset, length }: Part): number | null {
    const fault = this.#options.faults.take(
      'cut',
      ({ file, atBytes }) =>
        file === object.number && atBytes >= offset && atBytes < offset + length,
    );
    return fault === null ? null : fault.atBytes - offset;
  }

  #tell(news: CameraNews): void {
    for (const listener of [...this.#listeners]) listener.hear(news);
  }

  #shoot(place: Place, transaction: number, burstIndex: number): Promise<readonly TakenFile[]> {
    this.#shooting += 1;
    const shot = this.#lastShot
      .then(() => this.#take(place, transaction, burstIndex))
      .finally(() => {
        this.#shooting -= 1;
      });
    this.#lastShot = shot.catch(() => undefined);
    return shot;
  }

  async #take(
    place: Place,
    transaction: number,
    burstIndex: number,
  ): Promise<readonly TakenFile[]> {
    const { clock, shutterMs, frames, faults } = this.#options;
    if (faults.left.some((fault) => fault.kind === 'store-full' && this.#shots >= fault.shots)) {
      this.#vendor.full(transaction);
      return [];
    }
    if (shutterMs > 0) await clock.sleep(shutterMs);
    const shot = this.#shots++;
    if (shot > 0) this.#takenLocalMs += burstIndex > 0 ? BURST_STEP_MS : PRESS_STEP_MS;
    const files = await frames.make(shot, this.#takenLocalMs);
    const kept = files.map((file) => this.#keep(shot, file, place));
    for (const { file, folders } of kept) {
      for (const folder of folders) this.#vendor.announce(folder, transaction);
      this.#announce(file, transaction);
    }
    this.#vendor.finish(place, transaction);
    return this.#taken.slice(-files.length);
  }

  #keep(shot: number, file: CameraFile, place: Place): ReturnType<CameraStore['add']> {
    const { faults } = this.#options;
    const number = ++this.#files;
    const isThis = (fault: { readonly file: number }): boolean => fault.file === number;
    const fifth = Math.ceil(file.sizeBytes / 5);
    let claimedBytes = file.sizeBytes;
    if (faults.take('size-smaller', isThis) !== null) claimedBytes -= fifth;
    if (faults.take('size-larger', isThis) !== null) claimedBytes += fifth;
    const isOnlyInMemory = faults.take('memory-only', isThis) !== null;
    const name = `${this.profile.stem((shot % 9999) + 1)}.${file.extension}`;
    const added = this.store.add({
      ...{ name, number, file, claimedBytes, takenLocalMs: this.#takenLocalMs },
      folder: `${100 + Math.floor(shot / FILES_PER_FOLDER)}${this.profile.folderLetters}`,
      place: isOnlyInMemory ? 'memory' : place,
    });
    this.#taken.push({ name, number, file, folder: added.file.folder });
    return added;
  }

  #announce(object: StoredObject, transaction: number): void {
    const { faults } = this.#options;
    const isThis = (fault: { readonly file: number }): boolean => fault.file === object.number;
    if (faults.take('lose-event', isThis) === null) this.#vendor.announce(object, transaction);
    if (faults.take('double-event', isThis) !== null) this.#vendor.announce(object, transaction);
    if (faults.take('close-events', isThis) !== null) {
      for (const listener of [...this.#listeners]) listener.breakOff();
    }
  }
}
