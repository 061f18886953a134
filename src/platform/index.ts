/**
 * platform: the one room where the world enters: disks, clock, randomness, threads, volumes.
 * Invariant: `node:fs`, clocks, timers, randomness and `process.env` appear nowhere else.
 */
export { callTask } from './call-task.ts';
export {
  alignedBuffer,
  type Disk,
  type FileFacts,
  type FileKind,
  type FolderEntry,
  type ReadableFile,
  type SyncStrength,
  type WritableFile,
} from './disk.ts';
export type { ByteStream, ConnectOptions, Network, NetworkTarget } from './network.ts';
export { type NodeDiskOptions, openNodeDisk } from './node-disk.ts';
export { absolutePath, decodeName, encodeName, joinPath } from './node-path.ts';
export { openNodeWorld } from './node-world.ts';
export { readPackageFile } from './package-file.ts';
export { makeScratchFolder, removeScratchFolder } from './scratch-folder.ts';
export { onInterrupt } from './signals.ts';
export { speakerOf } from './speaker.ts';
export type { Usb, UsbCamera, UsbEndpoints } from './usb.ts';
export type {
  Clock,
  FolderWatcher,
  Host,
  Power,
  PowerState,
  Random,
  Task,
  TaskWorld,
  Volume,
  Volumes,
  Workers,
  World,
} from './world.ts';
