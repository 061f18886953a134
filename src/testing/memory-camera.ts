import { FieldVaultError } from '../base/index.ts';
import type {
  CameraCapabilities,
  CameraConnection,
  CameraEvent,
  CameraHandle,
  CameraInfo,
  CameraObject,
} from '../capture/index.ts';

/** A frame's file in a camera in memory. */
export interface MemoryFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly folder?: string;
  readonly capturedLocal?: string | null;
  /** What the camera says of its size, where that is a lie. */
  readonly saidBytes?: number;
  readonly isOnlyInMemory?: boolean;
}

/** What goes wrong, each until it has happened so often. */
export interface MemoryCameraFaults {
  /** The link breaks once so many more bytes were read; null: it holds. */
  cutAfterBytes: number | null;
  /** So many next attempts to connect fail. */
  refusedConnects: number;
  /** So many next events are lost. */
  lostEvents: number;
  /** So many next events come twice. */
  doubledEvents: number;
  /** So many next reads find the camera busy. */
  busyReads: number;
  /** So many next reads are refused. */
  refusedReads: number;
  /** So many next words that a frame is safe are lost. */
  lostAcknowledges: number;
  /** So many next links find another body. */
  otherBodies: number;
}

/**
 * A camera without wire or clock: what a session is tested against. It keeps its card while links come and go, gives
 * other handles on each of them, and forgets what is only in its memory when it is switched off.
 */
export class MemoryCamera {
  readonly faults: MemoryCameraFaults = {
    cutAfterBytes: null,
    refusedConnects: 0,
    lostEvents: 0,
    doubledEvents: 0,
    busyReads: 0,
    refusedReads: 0,
    lostAcknowledges: 0,
    otherBodies: 0,
  };
  /** What it was asked: `list`, `read <name> <offset>`, `acknowledge <name>`. */
  readonly log: string[] = [];
  /** Called before each read is answered. */
  onRead: (name: string) => void = () => {};
  readonly #capabilities: CameraCapabilities;
  #files: MemoryFile[] = [];
  #link: MemoryLink | null = null;
  #links = 0;

  constructor(capabilities: Partial<CameraCapabilities> = {}) {
    this.#capabilities = {
      canCapture: true,
      hasPartialRead: true,
      hasEvents: true,
      hasObjectSizes64: true,
      hasMemoryFrames: true,
      ...capabilities,
    };
  }

  /** Connects; one link at a time, as with a real camera. */
  async open(): Promise<CameraConnection> {
    if (this.faults.refusedConnects > 0) {
      this.faults.refusedConnects -= 1;
      throw cameraError('CAMERA_UNREACHABLE', 'nobody answers');
    }
    this.#link?.drop('another link was opened');
    this.#links += 1;
    this.#link = new MemoryLink(this, this.#capabilities, this.#links);
    return this.#link;
  }

  /** A frame is shot; the camera tells of its files at once. */
  shoot(...files: readonly MemoryFile[]): void {
    for (const file of files) {
      this.#files.push(file);
      this.#link?.tell(file);
    }
  }

  /** Files lie on the card, as from before. */
  put(...files: readonly MemoryFile[]): void {
    this.#files.push(...files);
  }

  /** A file is written again, larger or smaller; it keeps its handle. */
  replace(name: string, file: MemoryFile): void {
    for (const one of this.#files.filter((other) => other.name === name)) {
      this.#link?.renew(one, file);
      this.#files = this.#files.map((other) => (other === one ? file : other));
    }
  }

  /** Everything the camera still has. */
  get files(): readonly MemoryFile[] {
    return this.#files;
  }

  /** The link breaks now. */
  drop(reason = 'the cable was pulled'): void {
    this.#link?.drop(reason);
  }

  /** Switched off: the link breaks, and the memory is empty. */
  switchOff(): void {
    this.drop('it was switched off');
    this.#files = this.#files.filter(({ isOnlyInMemory }) => isOnlyInMemory !== true);
  }

  /** Says that its card is full. */
  tellStoreFull(): void {
    this.#link?.push({ kind: 'storeFull' });
  }

  /** A frame in memory is let go of. */
  release(file: MemoryFile): void {
    if (file.isOnlyInMemory === true) this.#files = this.#files.filter((one) => one !== file);
  }
}

class MemoryLink implements CameraConnection {
  readonly capabilities: CameraCapabilities;
  readonly #camera: MemoryCamera;
  readonly #number: number;
  readonly #isOther: boolean;
  readonly #handles: Map<CameraHandle, MemoryFile> = new Map();
  readonly #events: CameraEvent[] = [];
  #wake: () => void = () => {};
  #isEnded = false;
  #isDown = false;

  constructor(camera: MemoryCamera, capabilities: CameraCapabilities, number: number) {
    this.#camera = camera;
    this.capabilities = capabilities;
    this.#number = number;
    this.#isOther = camera.faults.otherBodies > 0;
    if (this.#isOther) camera.faults.otherBodies -= 1;
  }

  info(): CameraInfo {
    const serial = this.#isOther ? '0002' : '0001';
    return { maker: 'Simulated', model: 'Memory Camera', serial, firmware: '1.0' };
  }

  async *events(): AsyncGenerator<CameraEvent, void> {
    for (;;) {
      while (this.#events.length > 0) yield this.#events.shift() as CameraEvent;
      if (this.#isEnded) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async list(): Promise<readonly CameraObject[]> {
    this.#check();
    this.#camera.log.push('list');
    return this.#camera.files.map((file) => this.#objectOf(file));
  }

  async describe(handle: CameraHandle): Promise<CameraObject | null> {
    this.#check();
    const file = this.#handles.get(handle);
    return file === undefined ? null : this.#objectOf(file);
  }

  async read(handle: CameraHandle, offset: number, length: number): Promise<Uint8Array> {
    this.#check();
    const { faults, log } = this.#camera;
    const file = this.#handles.get(handle);
    if (file === undefined) throw cameraError('CAMERA_REFUSED', 'there is no such file');
    log.push(`read ${file.name} ${offset}`);
    if (faults.busyReads > 0) {
      faults.busyReads -= 1;
      throw cameraError('CAMERA_BUSY', 'it is busy');
    }
    if (faults.refusedReads > 0) {
      faults.refusedReads -= 1;
      throw cameraError('CAMERA_REFUSED', 'it does not want to');
    }
    const bytes = file.bytes.slice(offset, offset + length);
    this.#camera.onRead(file.name);
    if (faults.cutAfterBytes !== null) {
      faults.cutAfterBytes -= bytes.length;
      if (faults.cutAfterBytes < 0) {
        faults.cutAfterBytes = null;
        this.drop('the cable was pulled');
        this.#check();
      }
    }
    return bytes;
  }

  async capture(): Promise<void> {
    this.#check();
    const number = this.#camera.files.length + 1;
    this.#camera.shoot({ name: `IMG_${number}.CR3`, bytes: new Uint8Array(1000).fill(number) });
  }

  async acknowledge(handle: CameraHandle): Promise<void> {
    this.#check();
    const file = this.#handles.get(handle);
    if (file === undefined) return;
    if (this.#camera.faults.lostAcknowledges > 0) {
      this.#camera.faults.lostAcknowledges -= 1;
      throw cameraError('CAMERA_BUSY', 'it is busy');
    }
    this.#camera.log.push(`acknowledge ${file.name}`);
    this.#camera.release(file);
  }

  async close(): Promise<void> {
    this.#isDown = true;
    this.#end();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  tell(file: MemoryFile): void {
    const { faults } = this.#camera;
    const { handle, isOnlyInMemory } = this.#objectOf(file);
    if (faults.lostEvents > 0) {
      faults.lostEvents -= 1;
      return;
    }
    this.push({ kind: 'added', handle, isOnlyInMemory });
    if (faults.doubledEvents > 0) {
      faults.doubledEvents -= 1;
      this.push({ kind: 'added', handle, isOnlyInMemory });
    }
  }

  /** A handle means another content from now on. */
  renew(before: MemoryFile, after: MemoryFile): void {
    for (const [handle, file] of this.#handles)
      if (file === before) this.#handles.set(handle, after);
  }

  push(event: CameraEvent): void {
    if (this.#isEnded) return;
    this.#events.push(event);
    this.#wake();
  }

  drop(reason: string): void {
    if (this.#isDown) return;
    this.#isDown = true;
    this.push({ kind: 'lost', reason });
    this.#end();
  }

  #end(): void {
    this.#isEnded = true;
    this.#wake();
  }

  #check(): void {
    if (this.#isDown) throw cameraError('CAMERA_GONE', 'the link is down');
  }

  #objectOf(file: MemoryFile): CameraObject {
    let handle = [...this.#handles].find(([, one]) => one === file)?.[0];
    if (handle === undefined) {
      handle = `${this.#number}-${this.#handles.size + 1}`;
      this.#handles.set(handle, file);
    }
    return {
      handle,
      name: file.name,
      folder: file.folder ?? 'DCIM/100SIMUL',
      sizeBytes: file.saidBytes ?? file.bytes.length,
      capturedLocal: file.capturedLocal === undefined ? '2026-11-22T10:00:00' : file.capturedLocal,
      isOnlyInMemory: file.isOnlyInMemory === true,
    };
  }
}

function cameraError(
  code: 'CAMERA_UNREACHABLE' | 'CAMERA_GONE' | 'CAMERA_BUSY' | 'CAMERA_REFUSED',
  why: string,
): FieldVaultError {
  return new FieldVaultError(code, `The camera: ${why}.`, { retry: 'later' });
}
