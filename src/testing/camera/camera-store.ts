import { FORMAT } from '../../capture/index.ts';
import type { CameraFile } from './camera-frames.ts';

/** One folder or file of a simulated camera. */
export interface StoredObject {
  readonly handle: number;
  /** Handle of the folder; 0 at the top. */
  readonly parent: number;
  readonly name: string;
  /** Folders from the top, joined by `/`; for a folder the ones above it. */
  readonly folder: string;
  /** Of ISO 15740; 3001 is a folder. */
  readonly format: number;
  readonly takenLocalMs: number;
  /** Number among the files, from 1; 0 for folders. */
  readonly number: number;
  /** Null for a folder. */
  readonly file: CameraFile | null;
  /** Bytes as the camera says; another number than the file's where a fault wants it. */
  readonly claimedBytes: number;
  readonly isOnCard: boolean;
  /** Waits in the camera's memory to be fetched. */
  isInMemory: boolean;
}

/** A file that is to be stored. */
export interface NewFile {
  readonly name: string;
  /** Name of the folder below `DCIM`. */
  readonly folder: string;
  readonly takenLocalMs: number;
  readonly number: number;
  readonly file: CameraFile;
  readonly place: Place;
  readonly claimedBytes: number;
}

/** Where a frame is: on the card, in memory until it is fetched, or in both. */
export type Place = 'card' | 'memory' | 'both';

/** Handles of frames in memory begin here, as those of Nikon do (libgphoto2, camlibs/ptp2). */
export const MEMORY_HANDLES = 0xffff_0001;

/** The card and the memory of one camera. Keeps facts, never bytes. */
export class CameraStore {
  readonly #objects = new Map<number, StoredObject>();
  readonly #folders = new Map<string, StoredObject>();
  #nextHandle: number;
  #nextMemoryHandle = MEMORY_HANDLES;

  constructor(firstHandle: number) {
    this.#nextHandle = firstHandle;
  }

  /** Everything on the card, folders before what is in them. */
  get onCard(): readonly StoredObject[] {
    return [...this.#objects.values()].filter(({ isOnCard }) => isOnCard);
  }

  /** Frames that wait in memory, the oldest first. */
  get inMemory(): readonly StoredObject[] {
    return [...this.#objects.values()].filter(({ isInMemory }) => isInMemory);
  }

  get(handle: number): StoredObject | null {
    return this.#objects.get(handle) ?? null;
  }

  /** Stores a file, and the folders that it needs; what is new comes in the order in which it was made. */
  add(added: NewFile): { readonly folders: readonly StoredObject[]; readonly file: StoredObject } {
    const isOnCard = added.place !== 'memory';
    const folders: StoredObject[] = [];
    const dcim = isOnCard ? this.#folder('DCIM', null, folders) : null;
    const parent = isOnCard ? this.#folder(added.folder, dcim, folders) : null;
    const { name, takenLocalMs, number, file } = added;
    const object: StoredObject = {
      ...{ name, takenLocalMs, number, file, isOnCard },
      handle: isOnCard ? this.#nextHandle++ : this.#nextMemoryHandle++,
      parent: parent?.handle ?? 0,
      folder: parent === null ? '' : `DCIM/${added.folder}`,
      format: formatOf(file),
      claimedBytes: added.claimedBytes,
      isInMemory: added.place !== 'card',
    };
    this.#objects.set(object.handle, object);
    return { folders, file: object };
  }

  /** The frame need not stay in memory any longer; gone where the card has no copy. */
  release(handle: number): boolean {
    const object = this.#objects.get(handle);
    if (object?.isInMemory !== true) return false;
    object.isInMemory = false;
    if (!object.isOnCard) this.#objects.delete(handle);
    if (this.inMemory.length === 0) this.#nextMemoryHandle = MEMORY_HANDLES;
    return true;
  }

  /** Takes an object off the card, as a client asked. */
  remove(handle: number): boolean {
    return this.#objects.delete(handle);
  }

  /** Everything gets another handle, as on a camera that was switched off and on; memory is lost. */
  renumber(firstHandle: number): void {
    for (const { handle } of this.inMemory) this.release(handle);
    const shift = firstHandle - Math.min(firstHandle, ...this.#objects.keys());
    const old = [...this.#objects.values()];
    this.#objects.clear();
    this.#folders.clear();
    for (const object of old) {
      const parent = object.parent === 0 ? 0 : object.parent + shift;
      const moved = { ...object, handle: object.handle + shift, parent };
      this.#objects.set(moved.handle, moved);
      if (moved.file === null) this.#folders.set(moved.name, moved);
    }
    this.#nextHandle += shift;
  }

  #folder(name: string, parent: StoredObject | null, made: StoredObject[]): StoredObject {
    const known = this.#folders.get(name);
    if (known !== undefined) return known;
    const folder: StoredObject = {
      ...{ name, takenLocalMs: 0, number: 0, file: null, claimedBytes: 0 },
      handle: this.#nextHandle++,
      parent: parent?.handle ?? 0,
      folder: parent?.name ?? '',
      format: FORMAT.folder,
      isOnCard: true,
      isInMemory: false,
    };
    this.#objects.set(folder.handle, folder);
    this.#folders.set(name, folder);
    made.push(folder);
    return folder;
  }
}

/** As bodies give them: only DNG has a number of its own; libgphoto2 skips other RAW files that a Canon lists without. */
function formatOf({ extension }: CameraFile): number {
  if (extension === 'JPG') return FORMAT.exifJpeg;
  return extension === 'DNG' ? FORMAT.dng : FORMAT.undefined;
}
