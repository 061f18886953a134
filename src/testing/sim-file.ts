import {
  encodeName,
  type FileFacts,
  type ReadableFile,
  type SyncStrength,
  type WritableFile,
} from '../platform/index.ts';
import { appendContent, readContent } from './sim-content.ts';
import { type DiskCallKind, type SimFaults, systemError } from './sim-faults.ts';
import type { SimFile, SimNode, SimVolume } from './sim-node.ts';
import { storedMtimeMs } from './sim-profile.ts';

/** Positions and lengths of direct reads are multiples of this, as on real devices. */
const DIRECT_UNIT_BYTES = 4096;

/** What open files need of their disk. */
export interface SimFileHost {
  readonly faults: SimFaults;
  readonly writeChunkBytes: number;
  nowMs(): number;
  /** Changes at each power loss; files opened before are dead. */
  generation(): number;
}

/** An open simulated file: where it was opened and what it stands for. */
export interface OpenedFile {
  readonly path: string;
  readonly file: SimFile;
  readonly volume: SimVolume;
}

/** What a disk says of a node. */
export function factsOfNode(node: SimNode): FileFacts {
  return { kind: node.kind, sizeBytes: sizeOf(node), mtimeMs: node.mtimeMs, mode: node.mode };
}

function sizeOf(node: SimNode): number {
  if (node.kind === 'file') return node.content.sizeBytes;
  return node.kind === 'link' ? encodeName(node.target).length : 4096;
}

/** Makes everything written to the file until now durable, where the file system syncs at all. */
export function syncNode(file: SimFile, volume: SimVolume): SyncStrength {
  if (volume.profile.sync === 'weak') return 'weak';
  file.durableBytes = file.content.sizeBytes;
  file.syncedAs = file.place;
  return 'durable';
}

class SimOpenFile {
  protected readonly host: SimFileHost;
  protected readonly opened: OpenedFile;
  readonly #generation: number;
  #isOpen = true;

  constructor(host: SimFileHost, opened: OpenedFile) {
    this.host = host;
    this.opened = opened;
    this.#generation = host.generation();
  }

  async close(): Promise<void> {
    this.#isOpen = false;
  }

  protected meet(kind: DiskCallKind, positionBytes?: number, sizeBytes?: number): void {
    const { path } = this.opened;
    const range = positionBytes === undefined ? {} : { positionBytes, sizeBytes: sizeBytes ?? 0 };
    this.host.faults.meet(kind, path, range);
    if (!this.#isOpen || this.#generation !== this.host.generation()) {
      throw systemError('EBADF', kind, path);
    }
  }
}

/** A simulated file open for reading. */
export class SimReadable extends SimOpenFile implements ReadableFile {
  readonly isDirect: boolean;

  constructor(host: SimFileHost, opened: OpenedFile, isDirect: boolean) {
    super(host, opened);
    this.isDirect = isDirect;
  }

  async facts(): Promise<FileFacts> {
    this.meet('facts');
    return factsOfNode(this.opened.file);
  }

  async read(buffer: Uint8Array, positionBytes: number): Promise<number> {
    this.meet('read', positionBytes, buffer.length);
    const addresses = [buffer.byteOffset, buffer.length, positionBytes];
    if (this.isDirect && addresses.some((address) => address % DIRECT_UNIT_BYTES !== 0)) {
      throw systemError('EINVAL', 'read', this.opened.path);
    }
    return readContent(this.opened.file.content, buffer, positionBytes);
  }
}

/** A simulated file open for writing. */
export class SimWritable extends SimOpenFile implements WritableFile {
  async write(bytes: Uint8Array): Promise<void> {
    const { file, volume, path } = this.opened;
    const chunkBytes = this.host.writeChunkBytes;
    for (let offset = 0; offset < bytes.length; offset += chunkBytes) {
      const chunk = bytes.subarray(offset, offset + chunkBytes);
      this.meet('write', file.content.sizeBytes, chunk.length);
      growFile(file, volume, chunk, { path, nowMs: this.host.nowMs() });
    }
  }

  async sync(): Promise<SyncStrength> {
    this.meet('sync');
    return syncNode(this.opened.file, this.opened.volume);
  }
}

/** Adds bytes to a file as far as there is room for them, and fails where not all fit. */
function growFile(
  file: SimFile,
  volume: SimVolume,
  bytes: Uint8Array,
  where: { readonly path: string; readonly nowMs: number },
): void {
  const roomBytes = (volume.capacityBytes ?? Number.POSITIVE_INFINITY) - volume.usedBytes;
  const limitBytes = volume.profile.fileBytesMax - file.content.sizeBytes;
  const fitting = Math.max(0, Math.min(bytes.length, roomBytes, limitBytes));
  appendContent(file.content, bytes.subarray(0, fitting));
  volume.usedBytes += fitting;
  file.mtimeMs = storedMtimeMs(volume.profile, where.nowMs);
  if (fitting === bytes.length) return;
  throw systemError(fitting === limitBytes ? 'EFBIG' : 'ENOSPC', 'write', where.path);
}
