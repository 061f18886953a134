import { FieldVaultError } from '../../base/index.ts';
import { protocolError, refusedError } from '../camera-error.ts';
import type { CameraHandle, CameraObject } from '../connection.ts';
import type { PartialRead, VendorSession } from '../vendors/vendor.ts';
import { ALL_ONES_32 } from './bytes.ts';
import { FORMAT, OPERATION, RESPONSE } from './codes.ts';
import { decodeNumbers, decodeObjectInfo, type ObjectInfo } from './datasets.ts';
import type { MemoryFrame, MemoryFrames, TakenFrame } from './memory-frames.ts';
import { isFolder, type ObjectTable } from './object-table.ts';
import type { PtpSession } from './session.ts';
import type { PtpAnswer } from './transport.ts';

/** One read of a part, in bytes: an EOS R fails with 5 MiB (libgphoto2), and a second shot waits no longer than this. */
const PART_BYTES = 1_048_576;
/** A file that can only be read whole is held in memory; beyond this it is refused. Above any RAW, in bytes. */
export const WHOLE_BYTES_MAX = 536_870_912;
/** Parts that come shorter than asked, in one call: then the camera does not get on. */
const SHORT_PARTS_MAX = 64;
/** A read that the camera breaks off is tried so often in all. */
const BROKEN_OFF_TRIES = 3;
/** Objects on one camera; a list beyond this is not believed. */
const OBJECTS_MAX = 500_000;

/** What a camera's files are read with. */
export interface ObjectParts {
  readonly session: PtpSession;
  readonly vendor: VendorSession;
  readonly table: ObjectTable;
  readonly memory: MemoryFrames;
  /** Operations that the camera says it knows. */
  readonly operations: readonly number[];
}

/** The files of one camera: listed, described, read. */
export class CameraObjects {
  readonly #parts: ObjectParts;
  readonly #partialReads: readonly PartialRead[];
  #whole: { readonly raw: number; readonly bytes: Promise<Uint8Array> } | null = null;

  constructor(parts: ObjectParts) {
    this.#parts = parts;
    this.#partialReads = parts.vendor.partialReads.filter(({ operation }) =>
      parts.operations.includes(operation),
    );
  }

  get hasPartialRead(): boolean {
    return this.#partialReads.length > 0;
  }

  get hasSizes64(): boolean {
    return this.#partialReads.some(({ offsetEnd }) => offsetEnd > 2 ** 32);
  }

  /** All files, folder by folder. */
  async list(): Promise<readonly CameraObject[]> {
    const { table, memory } = this.#parts;
    const known = table.known();
    const infos = new Map<number, ObjectInfo>();
    for (const raw of await this.#handles()) await this.#note(raw, infos);
    await this.#lookIntoFolders(infos);
    for (const raw of known) if (!infos.has(raw)) table.giveUp(raw);
    const files = [...infos].filter(([, info]) => !isFolder(info));
    const onCard = files.map(([raw, info]) => table.objectOf(raw, info));
    return [...(await this.#describeAll(memory.all())), ...onCard];
  }

  async describe(handle: CameraHandle): Promise<CameraObject | null> {
    const { memory, table } = this.#parts;
    const frame = memory.get(handle);
    if (frame !== null) return await this.#describeFrame(frame);
    const raw = table.rawOf(handle);
    if (raw === null) return null;
    table.doubt(raw);
    const info = await this.#readInfo(raw);
    if (info === null || isFolder(info) || table.handleOf(raw) !== handle) return null;
    await this.#readFolders(info);
    return table.objectOf(raw, info);
  }

  async read(handle: CameraHandle, offset: number, length: number): Promise<Uint8Array> {
    if (!(Number.isSafeInteger(offset) && offset >= 0)) throw new RangeError(`offset ${offset}`);
    if (!(Number.isSafeInteger(length) && length >= 0)) throw new RangeError(`length ${length}`);
    const frame = this.#parts.memory.get(handle);
    if (frame !== null && frame.reading !== 'parts') {
      const taken = await this.#take(frame);
      if (taken === null) throw refusedError('read a frame', RESPONSE.invalidHandle, 'it is gone');
      return taken.bytes.slice(offset, offset + length);
    }
    const raw = frame?.raw ?? this.#parts.table.rawOf(handle);
    if (raw === null) throw refusedError('read a file', RESPONSE.invalidHandle, 'it is gone');
    if (!this.hasPartialRead) return (await this.#readWhole(raw)).slice(offset, offset + length);
    return await this.#readParts(raw, frame?.facts?.sizeBytes ?? this.#sizeOf(raw), {
      offset,
      length,
    });
  }

  #sizeOf(raw: number): number | null {
    return this.#parts.table.sizeOf(raw);
  }

  async #readParts(
    raw: number,
    sizeBytes: number | null,
    { offset, length }: { readonly offset: number; readonly length: number },
  ): Promise<Uint8Array> {
    const pieces: Uint8Array[] = [];
    let at = offset;
    for (let short = 0; at < offset + length; ) {
      const wanted = Math.min(PART_BYTES, offset + length - at);
      const piece = await this.#readPart(raw, at, wanted, sizeBytes);
      pieces.push(piece);
      at += piece.length;
      if (piece.length === wanted) continue;
      // The end is where nothing comes any more; where it was expected, one short part is proof enough.
      if (piece.length === 0 || at === sizeBytes) break;
      short += 1;
      if (short > SHORT_PARTS_MAX) throw protocolError(`${short} parts shorter than asked`);
    }
    return joined(pieces);
  }

  async #readPart(
    raw: number,
    offset: number,
    length: number,
    sizeBytes: number | null,
  ): Promise<Uint8Array> {
    const way = this.#partialReads.find(({ offsetEnd }) => offset + length <= offsetEnd);
    if (way === undefined) {
      throw refusedError(
        'read a file',
        0,
        `it gives no bytes behind ${offset}; take them from its card`,
      );
    }
    // Behind the end some cameras say "nothing", some say "wrong".
    const isEnd = sizeBytes === null ? offset > 0 : offset >= sizeBytes;
    const accepts = isEnd ? AT_THE_END : [];
    const params = way.params(raw, offset, length);
    const { reply, data } = await this.#ask(way.operation, params, length, accepts);
    return reply.code === RESPONSE.ok ? data : new Uint8Array(0);
  }

  /** Held until another file is read. */
  async #readWhole(raw: number): Promise<Uint8Array> {
    if (this.#whole?.raw !== raw) {
      this.#whole = { raw, bytes: this.#getObject(raw, this.#sizeOf(raw)) };
    }
    try {
      return await this.#whole.bytes;
    } catch (error) {
      this.#whole = null;
      throw error;
    }
  }

  async #getObject(raw: number, sizeBytes: number | null): Promise<Uint8Array> {
    if (sizeBytes !== null && sizeBytes > WHOLE_BYTES_MAX) {
      const why = `${sizeBytes} bytes are too many in one piece; take it from its card`;
      throw refusedError('read a file', 0, why);
    }
    // A camera may be wrong about the size, within reason.
    const likelyMax = 2 * (sizeBytes ?? WHOLE_BYTES_MAX) + PART_BYTES;
    const dataBytesMax = Math.min(likelyMax, WHOLE_BYTES_MAX);
    return (await this.#ask(OPERATION.getObject, [raw], dataBytesMax, [])).data;
  }

  /** A camera that says that it broke off is asked again. */
  async #ask(
    operation: number,
    params: readonly number[],
    dataBytesMax: number,
    accepts: readonly number[],
  ): Promise<PtpAnswer> {
    const act = 'read a file';
    const options = { dataBytesMax, accepts: [...accepts, RESPONSE.incompleteTransfer], act };
    for (let tries = 0; tries < BROKEN_OFF_TRIES; tries += 1) {
      const answer = await this.#parts.session.run(operation, params, options);
      if (answer.reply.code !== RESPONSE.incompleteTransfer) return answer;
    }
    throw refusedError(act, RESPONSE.incompleteTransfer, 'it breaks off inside it');
  }

  /** A frame that gives its place away when it is read is read once, by whoever asks first. */
  #take(frame: MemoryFrame): Promise<TakenFrame | null> {
    frame.taken ??= this.#takeNow(frame).catch((error: unknown) => {
      frame.taken = null;
      throw error;
    });
    return frame.taken;
  }

  /** Null where no frame waits: some cameras announce a frame twice. */
  async #takeNow(frame: MemoryFrame): Promise<TakenFrame | null> {
    const { session, table, memory } = this.#parts;
    const accepts = [RESPONSE.invalidHandle];
    const options = { accepts, act: 'describe a frame in its memory' };
    const { reply, data } = await session.run(OPERATION.getObjectInfo, [frame.raw], options);
    if (reply.code !== RESPONSE.ok) {
      memory.forget(frame);
      return null;
    }
    const info = parseInfo(data);
    const bytes = await this.#getObject(frame.raw, info.sizeBytes);
    frame.isTaken = true;
    const { handle, isOnlyInMemory } = frame;
    return { object: { ...table.objectOf(frame.raw, info), handle, isOnlyInMemory }, bytes };
  }

  async #describeFrame(frame: MemoryFrame): Promise<CameraObject | null> {
    if (frame.reading !== 'parts') return (await this.#take(frame))?.object ?? null;
    const { handle, isOnlyInMemory, facts } = frame;
    const { name = '', sizeBytes = null } = facts ?? {};
    return { handle, name, folder: '', sizeBytes, capturedLocal: null, isOnlyInMemory };
  }

  async #describeAll(frames: readonly MemoryFrame[]): Promise<CameraObject[]> {
    const objects: CameraObject[] = [];
    for (const frame of frames) {
      const object = await this.#describeFrame(frame);
      if (object !== null) objects.push(object);
    }
    return objects;
  }

  /** What is at the top of each storage. */
  async #handles(): Promise<readonly number[]> {
    const options = { accepts: NO_LIST, act: 'list its cards' };
    const { data } = await this.#parts.session.run(OPERATION.getStorageIds, [], options);
    const storages = data.length === 0 ? [] : decodeNumbers(data, 'storages');
    // The low half is 0 where no card is in the slot.
    const ready = storages.filter((storage) => storage % 0x10000 !== 0);
    const handles: number[] = [];
    for (const storage of ready) {
      handles.push(...((await this.#handlesOf(storage, ALL_ONES_32)) ?? []));
    }
    if (storages.length > 0) return handles;
    return (await this.#handlesOf(ALL_ONES_32, ALL_ONES_32)) ?? [];
  }

  /**
   * `parent` all ones: at the top. Null where the camera refuses. "All storages" is asked for only where none is named:
   * Debian's umtprd refuses that, and never answers again.
   */
  async #handlesOf(storage: number, parent: number): Promise<number[] | null> {
    const { session, table, vendor } = this.#parts;
    const { listFolder } = vendor;
    const accepts = listFolder === undefined ? NO_LIST : [...NO_LIST, RESPONSE.notSupported];
    const params = [storage, 0, parent];
    const options = { accepts, act: 'list its files' };
    const { reply, data } = await session.run(OPERATION.getObjectHandles, params, options);
    if (reply.code === RESPONSE.ok) return decodeNumbers(data, 'handles');
    if (listFolder === undefined || storage === ALL_ONES_32) return null;
    const listed = await listFolder(storage, parent);
    for (const { raw, info } of listed) table.learn(raw, info);
    return listed.map(({ raw }) => raw);
  }

  /** A camera may take "at the top" for "all": only a folder without a child is looked into. */
  async #lookIntoFolders(infos: Map<number, ObjectInfo>): Promise<void> {
    const parents = new Set(Array.from(infos.values(), ({ parent }) => parent));
    // The loop also meets what is added while it runs; no object is added twice, so circles end.
    for (const [raw, info] of infos) {
      if (!isFolder(info) || parents.has(raw)) continue;
      for (const child of (await this.#handlesOf(info.storageId, raw)) ?? []) {
        if (!infos.has(child)) await this.#note(child, infos);
      }
    }
  }

  async #note(raw: number, infos: Map<number, ObjectInfo>): Promise<void> {
    const info = this.#parts.table.infoOf(raw) ?? (await this.#readInfo(raw));
    if (info !== null) infos.set(raw, info);
    if (infos.size > OBJECTS_MAX) throw protocolError(`more than ${OBJECTS_MAX} objects`);
  }

  /** The folders above an object, so that its path can be told; a tree in a circle ends where it is known. */
  async #readFolders(info: ObjectInfo): Promise<void> {
    const { table } = this.#parts;
    for (let { parent } = info; parent !== 0 && table.infoOf(parent) === null; ) {
      const folder = await this.#readInfo(parent);
      if (folder === null) return;
      parent = folder.parent;
    }
  }

  /** Null where nothing is there. */
  async #readInfo(raw: number): Promise<ObjectInfo | null> {
    const { session, table, vendor } = this.#parts;
    const accepts = [RESPONSE.invalidHandle];
    const options = { accepts, act: 'describe a file' };
    const { reply, data } = await session.run(OPERATION.getObjectInfo, [raw], options);
    if (reply.code !== RESPONSE.ok) return null;
    let info = parseInfo(data);
    if (info.sizeBytes === null) {
      const sizeBytes = this.#sizeOf(raw) ?? (await vendor.readSize(raw));
      info = { ...info, sizeBytes };
    }
    table.learn(raw, info);
    return info;
  }
}

/** A file whose description is broken is a file all the same: what it is called is for the caller to find. */
function parseInfo(data: Uint8Array): ObjectInfo {
  try {
    return decodeObjectInfo(data);
  } catch (error) {
    if (!(error instanceof FieldVaultError)) throw error;
    return NOTHING_KNOWN;
  }
}

const NOTHING_KNOWN: ObjectInfo = {
  storageId: 0,
  format: FORMAT.undefined,
  protection: 0,
  sizeBytes: null,
  thumbFormat: 0,
  thumbBytes: 0,
  thumbWidth: 0,
  thumbHeight: 0,
  imageWidth: 0,
  imageHeight: 0,
  imageBitDepth: 0,
  parent: 0,
  associationType: 0,
  associationDesc: 0,
  sequenceNumber: 0,
  name: '',
  captured: '',
  modified: '',
  keywords: '',
};

const AT_THE_END = [
  RESPONSE.generalError,
  RESPONSE.parameterNotSupported,
  RESPONSE.invalidParameter,
];

const NO_LIST = [
  RESPONSE.invalidStorage,
  RESPONSE.storeNotAvailable,
  RESPONSE.parameterNotSupported,
  RESPONSE.invalidHandle,
  RESPONSE.invalidParameter,
];

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const [only] = pieces;
  if (only !== undefined && pieces.length === 1) return only;
  const bytes = new Uint8Array(pieces.reduce((size, piece) => size + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
