import { FieldVaultError, messageOf } from '../../base/index.ts';
import type { Clock } from '../../platform/index.ts';
import { refusedError } from '../camera-error.ts';
import type {
  CameraCapabilities,
  CameraConnection,
  CameraEvent,
  CameraHandle,
  CameraInfo,
  CameraObject,
  CameraOptions,
} from '../connection.ts';
import { vendorOf } from '../vendors/choose.ts';
import { POLL_MS, type VendorLink, type VendorSession } from '../vendors/vendor.ts';
import { EVENT, OPERATION, RESPONSE } from './codes.ts';
import { type DeviceInfo, decodeDeviceInfo } from './datasets.ts';
import { EventInbox } from './inbox.ts';
import { MemoryFrames } from './memory-frames.ts';
import type { Notice } from './messages.ts';
import { ObjectTable } from './object-table.ts';
import { CameraObjects } from './objects.ts';
import { PtpSession } from './session.ts';
import type { PtpListener, PtpTransport } from './transport.ts';

/** What a PTP connection is opened with, besides what every connection is. */
export interface PtpCameraOptions extends CameraOptions {
  /** Taken where the camera describes itself with nothing. */
  readonly assumedInfo?: DeviceInfo;
}

/** A camera that says nothing is asked this often, so that it does not hang up (a Nikon D5300 does after 30 s). */
const KEEP_ALIVE_MS = 10_000;
/** Once its way of events is broken, whoever listens is told to compare this often. */
const COMPARE_MS = 2000;
const BUSY_MS = 8000;
/** The camera is left politely within this, else rudely. */
const LEAVE_MS = 2000;

/**
 * Begins a session over a transport that `connect` opens, and hands the camera over.
 * @throws FieldVaultError CAMERA_UNREACHABLE, CAMERA_REFUSED, CAMERA_BUSY, CAMERA_PROTOCOL, CAMERA_GONE
 */
export async function openPtpCamera(
  clock: Clock,
  connect: (listener: PtpListener) => Promise<PtpTransport>,
  options: PtpCameraOptions = {},
): Promise<CameraConnection> {
  const early = new EarlyNotices();
  const transport = await connect(early);
  const inbox = new EventInbox();
  const session = new PtpSession(transport, clock, {
    busyMs: options.busyMs ?? BUSY_MS,
    onLost: (reason) => inbox.push({ kind: 'lost', reason }),
  });
  try {
    await session.open();
    const info = await readInfo(session, options.assumedInfo);
    const camera = new PtpCamera({ clock, session, transport, inbox, info, options });
    early.handTo(camera);
    await camera.begin();
    return camera;
  } catch (error) {
    await session.end('it was not opened');
    throw error;
  }
}

/** Keeps what comes before anybody knows what it means. */
class EarlyNotices implements PtpListener {
  readonly #early: Notice[] = [];
  #ended: string | null = null;
  #next: PtpListener | null = null;

  notice(notice: Notice): void {
    if (this.#next !== null) this.#next.notice(notice);
    else if (this.#early.length < 1024) this.#early.push(notice);
  }

  eventsEnded(reason: string): void {
    this.#ended = reason;
    this.#next?.eventsEnded(reason);
  }

  handTo(next: PtpListener): void {
    this.#next = next;
    for (const notice of this.#early) next.notice(notice);
    if (this.#ended !== null) next.eventsEnded(this.#ended);
  }
}

interface Parts {
  readonly clock: Clock;
  readonly session: PtpSession;
  readonly transport: PtpTransport;
  readonly inbox: EventInbox;
  readonly info: DeviceInfo;
  readonly options: CameraOptions;
}

class PtpCamera implements CameraConnection, PtpListener {
  readonly #parts: Parts;
  readonly #vendor: VendorSession;
  readonly #table = new ObjectTable();
  readonly #memory: MemoryFrames;
  readonly #objects: CameraObjects;
  readonly #stop = new AbortController();
  #hasEventsEnded = false;
  #polling: Promise<void> = Promise.resolve();
  #shots: Promise<unknown> = Promise.resolve();

  constructor(parts: Parts) {
    this.#parts = parts;
    const { inbox } = parts;
    this.#memory = new MemoryFrames(({ handle, isOnlyInMemory }) => {
      inbox.push({ kind: 'added', handle, isOnlyInMemory });
    });
    this.#vendor = vendorOf(parts.info).begin(this.#link());
    this.#objects = new CameraObjects({
      session: parts.session,
      vendor: this.#vendor,
      table: this.#table,
      memory: this.#memory,
      operations: parts.info.operations,
    });
  }

  get capabilities(): CameraCapabilities {
    return {
      canCapture: this.#vendor.capture !== null,
      hasPartialRead: this.#objects.hasPartialRead,
      hasEvents: true,
      hasObjectSizes64: this.#objects.hasSizes64,
      hasMemoryFrames: this.#vendor.hasMemoryFrames,
    };
  }

  /** What the vendor wants first; from then on the camera is asked for what it does not tell. */
  async begin(): Promise<void> {
    await this.#vendor.prepare();
    this.#polling = this.#poll();
  }

  info(): CameraInfo {
    const { maker, model, serial, deviceVersion } = this.#parts.info;
    return { maker, model, serial, firmware: deviceVersion };
  }

  events(): AsyncIterable<CameraEvent> {
    return this.#parts.inbox;
  }

  list(): Promise<readonly CameraObject[]> {
    return this.#objects.list();
  }

  describe(handle: CameraHandle): Promise<CameraObject | null> {
    return this.#objects.describe(handle);
  }

  read(handle: CameraHandle, offset: number, length: number): Promise<Uint8Array> {
    return this.#objects.read(handle, offset, length);
  }

  async capture(): Promise<void> {
    const { capture } = this.#vendor;
    if (capture === null) {
      throw refusedError('release the shutter', 0, 'it cannot be released from afar');
    }
    const shot = capture();
    this.#shots = Promise.allSettled([this.#shots, shot]);
    await shot;
  }

  async acknowledge(handle: CameraHandle): Promise<void> {
    const frame = this.#memory.get(handle);
    const raw = frame?.raw ?? this.#table.rawOf(handle);
    if (raw === null) return;
    await this.#vendor.acknowledge(raw, frame === null ? 'card' : 'memory');
    if (frame !== null) this.#memory.forget(frame);
  }

  async close(): Promise<void> {
    const { session, inbox } = this.#parts;
    if (this.#stop.signal.aborted) return;
    this.#stop.abort();
    inbox.end();
    // In the middle of a shot a camera would stay in the mode that the shot needs.
    await this.#soon(this.#shots);
    session.cancel();
    await this.#soon(this.#leave());
    await session.end('the connection was closed');
    await this.#polling;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  notice(notice: Notice): void {
    if (this.#vendor.hear(notice)) return;
    const [raw = 0] = notice.params;
    const tell = this.#link().tell;
    if (notice.code === EVENT.objectAdded) tell.added(raw);
    else if (notice.code === EVENT.objectRemoved) tell.removed(raw);
    else if (notice.code === EVENT.captureComplete) tell.captureComplete();
    else if (notice.code === EVENT.storeFull) tell.storeFull();
    else if (notice.code === EVENT.objectInfoChanged) {
      this.#table.doubt(raw);
      tell.changed();
    } else if (CARDS_CHANGED.has(notice.code)) {
      this.#table.giveUpAll();
      tell.changed();
    } else if (FILES_CHANGED.has(notice.code)) tell.changed();
  }

  eventsEnded(reason: string): void {
    this.#hasEventsEnded = true;
    this.#parts.options.onNote?.(`The way of events is broken (${reason}); files are compared.`);
    this.#parts.inbox.push({ kind: 'changed' });
  }

  /** Waits for something, but not for long. */
  async #soon(work: Promise<unknown>): Promise<void> {
    const inTime = new AbortController();
    await Promise.race([work, this.#parts.clock.sleep(LEAVE_MS, inTime.signal)]);
    inTime.abort();
  }

  async #leave(): Promise<void> {
    const { session } = this.#parts;
    try {
      await this.#vendor.leave();
      await session.run(OPERATION.closeSession);
    } catch {
      // Whatever it says: it is left.
    }
  }

  async #poll(): Promise<void> {
    const { clock, session, inbox, options } = this.#parts;
    const { signal } = this.#stop;
    let comparedMs = clock.monotonicMs();
    let lastNote = '';
    for (;;) {
      await clock.sleep(this.#vendor.poll === null ? COMPARE_MS : POLL_MS, signal);
      if (signal.aborted) return;
      if (this.#hasEventsEnded && clock.monotonicMs() - comparedMs >= COMPARE_MS) {
        comparedMs = clock.monotonicMs();
        inbox.push({ kind: 'changed' });
      }
      try {
        if (this.#vendor.poll !== null) await this.#vendor.poll();
        else if (session.idleMs >= KEEP_ALIVE_MS || this.#hasEventsEnded) {
          await this.#link().attempt(OPERATION.getStorageIds);
        }
      } catch (error) {
        if (session.isLost) return;
        // What it told is not understood, and may have been of a frame: files are compared from then on.
        if (isBroken(error) && !this.#hasEventsEnded) this.eventsEnded(messageOf(error));
        // The same words twenty times a second tell nothing.
        const note = messageOf(error);
        if (!signal.aborted && note !== lastNote) options.onNote?.(note);
        lastNote = note;
      }
    }
  }

  #link(): VendorLink {
    const { clock, session, transport, info, inbox, options } = this.#parts;
    return {
      clock,
      deviceInfo: info,
      destination: options.destination ?? 'card-and-host',
      supports: (operation) => info.operations.includes(operation),
      run: (operation, params, more) => session.run(operation, params, more),
      attempt: async (operation, params, more) => {
        try {
          return await session.run(operation, params, more);
        } catch (error) {
          if (error instanceof FieldVaultError && error.code === 'CAMERA_REFUSED') return null;
          throw error;
        }
      },
      openEvents: async () => {
        try {
          await transport.openEvents?.();
        } catch (error) {
          this.eventsEnded(messageOf(error));
        }
      },
      tell: {
        added: (raw) => {
          this.#table.doubt(raw);
          const handle = this.#table.handleOf(raw);
          inbox.push({ kind: 'added', handle, isOnlyInMemory: false });
        },
        removed: (raw) => inbox.push({ kind: 'removed', handle: this.#table.giveUp(raw) }),
        captureComplete: () => inbox.push({ kind: 'captureComplete' }),
        storeFull: () => inbox.push({ kind: 'storeFull' }),
        changed: () => inbox.push({ kind: 'changed' }),
        note: (text) => options.onNote?.(text),
        memoryFrame: (frame) => this.#memory.add(frame),
        size: (raw, sizeBytes) => this.#table.learnSize(raw, sizeBytes),
      },
    };
  }
}

const CARDS_CHANGED: ReadonlySet<number> = new Set([EVENT.storeAdded, EVENT.storeRemoved]);

const FILES_CHANGED: ReadonlySet<number> = new Set([
  EVENT.requestObjectTransfer,
  EVENT.unreportedStatus,
]);

/** Some bodies want no question before the session, some none but this one: it is asked in the session. */
async function readInfo(session: PtpSession, assumed: DeviceInfo | undefined): Promise<DeviceInfo> {
  const accepts = assumed === undefined ? [] : [RESPONSE.notSupported];
  const options = { accepts, act: 'describe itself' };
  const { data } = await session.run(OPERATION.getDeviceInfo, [], options);
  return data.length === 0 && assumed !== undefined ? assumed : decodeDeviceInfo(data);
}

function isBroken(error: unknown): boolean {
  return error instanceof FieldVaultError && error.code === 'CAMERA_PROTOCOL';
}
