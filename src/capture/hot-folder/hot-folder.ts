import { LIMITS, messageOf, systemCodeOf } from '../../base/index.ts';
import type { ReadableFile, World } from '../../platform/index.ts';
import { goneError, refusedError, unreachableError } from '../camera-error.ts';
import type {
  CameraCapabilities,
  CameraConnection,
  CameraEvent,
  CameraHandle,
  CameraInfo,
  CameraObject,
} from '../connection.ts';
import { EventQueue } from '../event-queue.ts';
import { type Settled, Settling } from './settling.ts';

/** How a folder is watched. */
export interface HotFolderOptions {
  /** Which names are frames or belong to them; all but unfinished and hidden ones where left out. */
  readonly wants?: (name: string) => boolean;
  /** Folders (absolute) that are not entered: vaults. */
  readonly except?: readonly string[];
  /** What went otherwise than hoped, in words. */
  readonly onNote?: (note: string) => void;
}

/** A file of a hot folder: its time is the file system's. */
export interface HotFile extends CameraObject {
  /** Milliseconds since 1970. */
  readonly mtimeMs: number;
}

/** Notices may be lost, and network drives give none: the folder is looked at this often all the same. */
const RESCAN_MS = 2000;
/** While a file is being written, and after a notice. */
const RESCAN_SOON_MS = 250;
/** Names under which programs write what is not finished yet. */
const UNFINISHED = /^[.~]|\.(tmp|temp|part|partial|crdownload|download|filepart|lock)$|~$/i;

const CAPABILITIES: CameraCapabilities = {
  canCapture: false,
  hasPartialRead: true,
  hasEvents: true,
  hasObjectSizes64: true,
  hasMemoryFrames: false,
};

/**
 * Opens a folder that another program writes frames into (Capture One, Lightroom, vendors' tools) as if it were a
 * camera. Files that are being written are waited for; a file that gets another name once it is whole is told of under
 * that name.
 * @throws FieldVaultError CAMERA_UNREACHABLE where there is no such folder
 */
export async function openHotFolder(
  world: World,
  folder: string,
  options: HotFolderOptions = {},
): Promise<CameraConnection> {
  const root = await world.disk.resolve(folder).catch(() => null);
  const facts = root === null ? null : await world.disk.stat(root).catch(() => null);
  if (root === null || facts?.kind !== 'folder') {
    throw unreachableError(folder, 'there is no such folder');
  }
  const connection = new HotFolder(world, root, options);
  await connection.begin();
  return connection;
}

class HotFolder implements CameraConnection {
  readonly capabilities: CameraCapabilities = CAPABILITIES;
  readonly #world: World;
  readonly #root: string;
  readonly #options: HotFolderOptions;
  readonly #settling: Settling = new Settling();
  readonly #events: EventQueue<CameraEvent> = new EventQueue();
  #isClosed = false;
  #isLost = false;
  #isAsked = false;
  #isTelling = false;
  #nextScanMs = 0;
  #scan: Promise<void> | null = null;
  #lastRead: Promise<unknown> = Promise.resolve();
  #open: { readonly handle: CameraHandle; readonly file: ReadableFile } | null = null;
  #stops: (() => unknown)[] = [];

  constructor(world: World, root: string, options: HotFolderOptions) {
    this.#world = world;
    this.#root = root;
    this.#options = options;
  }

  async begin(): Promise<void> {
    const { clock, watcher } = this.#world;
    try {
      this.#stops.push(await watcher.watch(this.#root, () => this.#ask()));
    } catch (error) {
      this.#options.onNote?.(
        `${this.#root} cannot be watched (${messageOf(error)}); it is looked at every ${RESCAN_MS / 1000} seconds.`,
      );
    }
    // What lies there already is listed, and not told of: it did not happen now.
    await this.#look();
    this.#isTelling = true;
    this.#stops.push(clock.every(RESCAN_SOON_MS, () => this.#tick()));
  }

  info(): CameraInfo {
    const model = this.#root.slice(this.#root.lastIndexOf('/') + 1);
    return { maker: '', model, serial: '', firmware: '' };
  }

  events(): AsyncIterable<CameraEvent> {
    return this.#events;
  }

  async list(): Promise<readonly HotFile[]> {
    if (this.#isClosed) throw goneError('the folder was closed');
    await this.#look();
    if (this.#isLost) throw goneError(`${this.#root} cannot be read`);
    return this.#settling.told().map(objectOf);
  }

  async describe(handle: CameraHandle): Promise<HotFile | null> {
    if (this.#isClosed) throw goneError('the folder was closed');
    const { version, path } = partsOf(handle);
    const facts = await this.#world.disk.stat(this.#absolute(path)).catch(() => null);
    if (facts === null && (await this.#isGone())) throw goneError(`${this.#root} cannot be read`);
    if (facts?.kind !== 'file') return null;
    return objectOf({ path, version, sizeBytes: facts.sizeBytes, mtimeMs: facts.mtimeMs });
  }

  /** One read at a time: they share an open file. */
  read(handle: CameraHandle, offset: number, length: number): Promise<Uint8Array> {
    const read = this.#lastRead.then(() => this.#readNow(handle, offset, length));
    this.#lastRead = read.catch(() => {});
    return read;
  }

  async #readNow(handle: CameraHandle, offset: number, length: number): Promise<Uint8Array> {
    if (this.#isClosed) throw goneError('the folder was closed');
    try {
      const file = await this.#opened(handle);
      const buffer = new Uint8Array(length);
      const count = await file.read(buffer, offset);
      return buffer.subarray(0, count);
    } catch (error) {
      await this.#closeFile();
      if (await this.#isGone()) throw goneError(`${this.#root} cannot be read`, error);
      throw refusedError('give this file', 0, messageOf(error));
    }
  }

  capture(): Promise<void> {
    return Promise.reject(refusedError('release the shutter', 0, 'a folder has none'));
  }

  async acknowledge(): Promise<void> {}

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const stop of this.#stops.splice(0)) await stop();
    await this.#scan?.catch(() => {});
    await this.#lastRead;
    await this.#closeFile();
    this.#events.end();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #absolute(path: string): string {
    return this.#root.endsWith('/') ? `${this.#root}${path}` : `${this.#root}/${path}`;
  }

  async #opened(handle: CameraHandle): Promise<ReadableFile> {
    if (this.#open?.handle === handle) return this.#open.file;
    await this.#closeFile();
    const file = await this.#world.disk.openRead(this.#absolute(partsOf(handle).path));
    this.#open = { handle, file };
    return file;
  }

  async #closeFile(): Promise<void> {
    const open = this.#open;
    this.#open = null;
    await open?.file.close().catch(() => {});
  }

  async #isGone(): Promise<boolean> {
    const facts = await this.#world.disk.stat(this.#root).catch(() => null);
    return facts?.kind !== 'folder';
  }

  #ask(): void {
    this.#isAsked = true;
  }

  #tick(): void {
    const nowMs = this.#world.clock.monotonicMs();
    const isDue = this.#isAsked || this.#settling.isWaiting || nowMs >= this.#nextScanMs;
    if (isDue && this.#scan === null && !this.#isClosed) void this.#look();
  }

  /** One look at a time; whoever asks meanwhile gets the one under way. Never fails. */
  #look(): Promise<void> {
    this.#scan ??= this.#lookNow().finally(() => {
      this.#nextScanMs = this.#world.clock.monotonicMs() + RESCAN_MS;
      this.#scan = null;
    });
    return this.#scan;
  }

  async #lookNow(): Promise<void> {
    if (this.#isLost) return;
    this.#isAsked = false;
    const seen = new Set<string>();
    const { clock } = this.#world;
    const now = { wallMs: clock.nowMs(), monotonicMs: clock.monotonicMs() };
    const folders = [''];
    for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
      const entries = await this.#entriesOf(folder);
      if (entries === null) return;
      for (const entry of entries) {
        const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
        if (UNFINISHED.test(entry.name)) continue;
        if (entry.kind === 'folder' && this.#isEntered(path)) folders.push(path);
        if (entry.kind !== 'file' || this.#options.wants?.(entry.name) === false) continue;
        seen.add(path);
        const settled = this.#settling.see(path, entry, now);
        if (settled !== null) this.#tell('added', settled);
      }
    }
    for (const gone of this.#settling.keepOnly(seen)) this.#tell('removed', gone);
  }

  /** Null where the folder itself is gone, or one below cannot be read now: what it holds is unknown then. */
  async #entriesOf(
    folder: string,
  ): Promise<Awaited<ReturnType<World['disk']['listFolder']>> | null> {
    try {
      return await this.#world.disk.listFolder(this.#absolute(folder).replace(/\/$/, ''));
    } catch (error) {
      if (folder !== '' && systemCodeOf(error) === 'ENOENT') return [];
      if (await this.#isGone()) this.#lose(messageOf(error));
      return null;
    }
  }

  #isEntered(path: string): boolean {
    const isShallow = path.split('/').length <= LIMITS.folderDepthMax;
    return isShallow && this.#options.except?.includes(this.#absolute(path)) !== true;
  }

  #tell(kind: 'added' | 'removed', settled: Settled): void {
    if (!this.#isTelling) return;
    const { handle } = objectOf(settled);
    this.#events.push(
      kind === 'added' ? { kind, handle, isOnlyInMemory: false } : { kind, handle },
    );
  }

  #lose(reason: string): void {
    if (this.#isLost) return;
    this.#isLost = true;
    this.#events.push({ kind: 'lost', reason });
    this.#events.end();
  }
}

/** The handle of a version of a file: what is written there later is another one. */
function objectOf({ path, version, sizeBytes, mtimeMs }: Settled): HotFile {
  const slash = path.lastIndexOf('/');
  return {
    handle: `${version}:${path}`,
    name: path.slice(slash + 1),
    folder: path.slice(0, Math.max(slash, 0)),
    sizeBytes,
    mtimeMs,
    capturedLocal: null,
    isOnlyInMemory: false,
  };
}

function partsOf(handle: CameraHandle): { readonly version: number; readonly path: string } {
  const colon = handle.indexOf(':');
  return { version: Number(handle.slice(0, colon)), path: handle.slice(colon + 1) };
}
