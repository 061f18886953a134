import type { Disk, WritableFile } from '../platform/index.ts';

/** A sync call, as a sweep's twin sees it. */
export interface SyncCall {
  /** `sync` of an open file, `syncFile` of a name, `syncFolder`. */
  readonly kind: 'sync' | 'syncFile' | 'syncFolder';
  readonly path: string;
}

/**
 * A disk that swallows the chosen sync calls and says that they were done. A power-loss sweep over it must find a loss:
 * that is how the sweep proves that it can fail.
 */
export function withoutSync(disk: Disk, isSwallowed: (call: SyncCall) => boolean): Disk {
  return {
    listFolder: (path) => disk.listFolder(path),
    stat: (path) => disk.stat(path),
    openRead: (path, options) => disk.openRead(path, options),
    createNew: async (path) => withoutFileSync(await disk.createNew(path), path, isSwallowed),
    syncFile: async (path) =>
      isSwallowed({ kind: 'syncFile', path }) ? 'durable' : disk.syncFile(path),
    makeFolder: (path) => disk.makeFolder(path),
    rename: (source, target) => disk.rename(source, target),
    removeFile: (path) => disk.removeFile(path),
    removeFolder: (path) => disk.removeFolder(path),
    syncFolder: async (path) =>
      isSwallowed({ kind: 'syncFolder', path }) ? 'durable' : disk.syncFolder(path),
    setMtime: (path, mtimeMs) => disk.setMtime(path, mtimeMs),
    setMode: (path, mode) => disk.setMode(path, mode),
    readLink: (path) => disk.readLink(path),
    makeLink: (path, target) => disk.makeLink(path, target),
    freeBytes: (path) => disk.freeBytes(path),
    resolve: (path) => disk.resolve(path),
    localPath: (path) => disk.localPath(path),
  };
}

function withoutFileSync(
  file: WritableFile,
  path: string,
  isSwallowed: (call: SyncCall) => boolean,
): WritableFile {
  return {
    write: (bytes) => file.write(bytes),
    sync: async () => (isSwallowed({ kind: 'sync', path }) ? 'durable' : file.sync()),
    close: () => file.close(),
  };
}
