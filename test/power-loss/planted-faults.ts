import type { Disk, ReadableFile, WritableFile } from '../../src/platform/index.ts';
import {
  type DiskCall,
  type DiskCallKind,
  type SimDisk,
  withoutSync,
} from '../../src/testing/index.ts';
import type { PlantedFault } from './fault-sweep.ts';

/** Which calls fail, and whether only once or from then on for the same path. */
export interface CallFault {
  /** Absolute folder at and below which calls are counted. */
  readonly below: string;
  readonly kinds: readonly DiskCallKind[];
  readonly error: string;
  /** `once`; `path`: that path fails for ever; `all`: every later call of these kinds there. */
  readonly lasts: 'once' | 'path' | 'all';
}

/** Plants a fault in the n-th call that fits. */
export function failingCall(fault: CallFault): (disk: SimDisk, count: number) => PlantedFault {
  return (disk, count) => {
    let fitting = 0;
    let failingPath: string | null = null;
    const fits = (call: DiskCall): boolean =>
      fault.kinds.includes(call.kind) && `${call.path}/`.startsWith(`${fault.below}/`);
    disk.faults.add({
      when: (call) => {
        if (!fits(call)) return false;
        fitting += 1;
        if (failingPath === null && fitting === count) {
          failingPath = call.path;
          return true;
        }
        if (failingPath === null || fault.lasts === 'once') return false;
        return fault.lasts === 'all' || call.path === failingPath;
      },
      error: fault.error,
      times: Number.POSITIVE_INFINITY,
    });
    return { wasMet: () => failingPath !== null };
  };
}

/** Calls that only look. */
export const LOOKS: readonly DiskCallKind[] = ['listFolder', 'openRead', 'facts', 'read', 'stat'];
/** Calls that change names or bytes. */
export const WRITES: readonly DiskCallKind[] = [
  'createNew',
  'write',
  'rename',
  'makeFolder',
  'removeFile',
  'removeFolder',
];
/** Calls that make something durable. */
export const SYNCS: readonly DiskCallKind[] = ['sync', 'syncFile', 'syncFolder'];

/** A disk whose journal files take no notice of an error: the twin of a sweep of full drives. */
export function withCarelessJournal(disk: Disk): Disk {
  const plain = withoutSync(disk, () => false);
  return {
    ...plain,
    freeBytes: async () => null,
    createNew: async (path) => {
      const file = await disk.createNew(path);
      return path.includes('/journal/') ? withoutErrors(file) : file;
    },
  };
}

function withoutErrors(file: WritableFile): WritableFile {
  return {
    write: (bytes) => file.write(bytes).catch(() => {}),
    sync: () => file.sync(),
    close: () => file.close(),
  };
}

/** A disk that gives zeros where a file of the card cannot be read: the twin of a sweep of read errors. */
export function withCarelessReads(disk: Disk): Disk {
  return {
    ...withoutSync(disk, () => false),
    openRead: async (path, options) => {
      const file = await disk.openRead(path, options);
      return path.startsWith('/card/') ? withZeros(file) : file;
    },
  };
}

function withZeros(file: ReadableFile): ReadableFile {
  return {
    isDirect: file.isDirect,
    facts: () => file.facts(),
    read: async (buffer, positionBytes) => {
      try {
        return await file.read(buffer, positionBytes);
      } catch {
        const { sizeBytes } = await file.facts();
        buffer.fill(0);
        return Math.max(0, Math.min(buffer.length, sizeBytes - positionBytes));
      }
    },
    close: () => file.close(),
  };
}
