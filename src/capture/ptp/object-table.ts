import type { CameraHandle, CameraObject } from '../connection.ts';
import { FORMAT } from './codes.ts';
import type { ObjectInfo } from './datasets.ts';

/** Folders below folders; a deeper tree, or one that runs in a circle, is cut here. */
const FOLDER_DEPTH_MAX = 16;

/**
 * What is known of the objects on one camera: their facts, their folders, and handles that never mean two files
 * though the camera uses its numbers again.
 */
export class ObjectTable {
  readonly #infos: Map<number, ObjectInfo> = new Map();
  readonly #sizes: Map<number, number> = new Map();
  /** What was known of numbers before it was doubted. */
  readonly #doubted: Map<number, ObjectInfo> = new Map();
  /** How often the number was given up. */
  readonly #generations: Map<number, number> = new Map();
  #cards = 0;

  /** The handle of the file that has this number now. */
  handleOf(raw: number): CameraHandle {
    const generation = (this.#generations.get(raw) ?? 0) + this.#cards;
    const hex = raw.toString(16).padStart(8, '0');
    return generation === 0 ? hex : `${hex}.${generation}`;
  }

  /** The camera's number of a file; null where the handle means nothing any more. */
  rawOf(handle: CameraHandle): number | null {
    const digits = /^([0-9a-f]{8})(?:\.\d+)?$/.exec(handle)?.[1];
    if (digits === undefined) return null;
    const raw = Number.parseInt(digits, 16);
    return this.handleOf(raw) === handle ? raw : null;
  }

  infoOf(raw: number): ObjectInfo | null {
    return this.#infos.get(raw) ?? null;
  }

  /** Takes note of facts; where they are another file's than before, the number has another handle from now on. */
  learn(raw: number, info: ObjectInfo): void {
    const before = this.#doubted.get(raw);
    if (before !== undefined && isOther(before, info)) this.giveUp(raw);
    this.#doubted.delete(raw);
    this.#infos.set(raw, info);
  }

  /** A size that came with an event. */
  learnSize(raw: number, sizeBytes: number): void {
    this.#sizes.set(raw, sizeBytes);
  }

  sizeOf(raw: number): number | null {
    return this.#infos.get(raw)?.sizeBytes ?? this.#sizes.get(raw) ?? null;
  }

  /** What is known of it may be wrong by now. */
  doubt(raw: number): void {
    const info = this.#infos.get(raw);
    if (info !== undefined) this.#doubted.set(raw, info);
    this.#infos.delete(raw);
  }

  /** The file is gone; the number may mean another one later. Returns the handle it had. */
  giveUp(raw: number): CameraHandle {
    const handle = this.handleOf(raw);
    this.#infos.delete(raw);
    this.#doubted.delete(raw);
    this.#sizes.delete(raw);
    this.#generations.set(raw, (this.#generations.get(raw) ?? 0) + 1);
    return handle;
  }

  /** Another card is in: no number means what it meant. */
  giveUpAll(): void {
    this.#infos.clear();
    this.#doubted.clear();
    this.#sizes.clear();
    this.#cards += 1;
  }

  /** Numbers whose facts are known. */
  known(): readonly number[] {
    return [...this.#infos.keys()];
  }

  /** Folders above, from the top; '' at the root or where they are not known. */
  folderOf(info: ObjectInfo): string {
    const names: string[] = [];
    let parent = info.parent;
    while (parent !== 0 && names.length < FOLDER_DEPTH_MAX) {
      const folder = this.#infos.get(parent);
      if (folder === undefined) break;
      names.unshift(folder.name);
      parent = folder.parent;
    }
    return names.join('/');
  }

  /** The file as the rest of capture sees it. */
  objectOf(raw: number, info: ObjectInfo): CameraObject {
    return {
      handle: this.handleOf(raw),
      name: info.name,
      folder: this.folderOf(info),
      sizeBytes: info.sizeBytes ?? this.#sizes.get(raw) ?? null,
      capturedLocal: localTimeOf(info.captured) ?? localTimeOf(info.modified),
      isOnlyInMemory: false,
    };
  }
}

/** Whether facts cannot be of the same file; a size of 0 is one that is not known yet. */
function isOther(before: ObjectInfo, now: ObjectInfo): boolean {
  const isResized = (before.sizeBytes ?? 0) > 0 && (now.sizeBytes ?? 0) > 0;
  return (
    before.name !== now.name ||
    before.captured !== now.captured ||
    (isResized && before.sizeBytes !== now.sizeBytes)
  );
}

/** Whether the object is a folder and no file. */
export function isFolder(info: ObjectInfo): boolean {
  return info.format === FORMAT.folder || (info.associationType === 1 && info.sizeBytes === 0);
}

/** `YYYYMMDDThhmmss`, whatever follows, as `YYYY-MM-DDThh:mm:ss`; null for anything else. */
export function localTimeOf(text: string): string | null {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)/.exec(text);
  if (parts === null) return null;
  const [year, month, day, hour, minute, second] = parts.slice(1);
  const local = `${year}-${month}-${day}T${hour}:${minute}:${second}`;
  const atMs = Date.parse(`${local}Z`);
  // A day that does not exist moves to another one, or is no time at all.
  const isReal = Number.isFinite(atMs) && new Date(atMs).toISOString().startsWith(local);
  return isReal ? local : null;
}
