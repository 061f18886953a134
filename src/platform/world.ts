import type { Disk } from './disk.ts';
import type { Network } from './network.ts';
import type { Usb } from './usb.ts';

/** Everything outside the process, as one plain record: made once at the door, or by `simWorld(seed)` in tests. */
export interface World {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly random: Random;
  readonly workers: Workers;
  readonly volumes: Volumes;
  readonly host: Host;
  readonly network: Network;
  readonly usb: Usb;
  readonly power: Power;
  readonly watcher: FolderWatcher;
  /** Absolute path of the folder for what lasts but can be made again (indexes); null where there is none. */
  readonly cacheFolder: string | null;
}

/** This machine and this process, as leases name them. */
export interface Host {
  /** The machine's name. */
  readonly name: string;
  /** The name of who works on it; left out where the system does not say. */
  readonly user?: string;
  readonly processId: number;
  /** Whether a process of this machine runs. */
  isRunning(processId: number): boolean;
}

/** Time. */
export interface Clock {
  /** Milliseconds since 1970 by the wall clock, which may jump. */
  nowMs(): number;
  /** Milliseconds on a clock that only goes forward. */
  monotonicMs(): number;
  /** Minutes east of UTC that local time is at this moment; for names of day folders only. */
  offsetMinutes(atMs: number): number;
  /** Resolves after the time, or at once when the signal aborts. */
  sleep(durationMs: number, signal?: AbortSignal): Promise<void>;
  /** Calls a function each time so many milliseconds have passed, until the returned function is called. */
  every(intervalMs: number, act: () => void): () => void;
}

/** Randomness for names that must not meet; never for anything that must be the same again. */
export interface Random {
  /** Random lower-case hex digits. */
  hex(digits: number): string;
}

/**
 * A function that a worker can run: an exported function `name` of the module, called as `name(world, input)`.
 * Input and output must be structured-cloneable.
 */
export interface Task<Input, Output> {
  readonly moduleUrl: string;
  readonly name: string;
  /** Never set: carries the types. */
  readonly types?: (input: Input) => Output;
}

/** Threads that run tasks; a simulated world runs them in place. */
export interface Workers {
  /** How many tasks run at the same time, at least 1. */
  readonly count: number;
  run<Input, Output>(task: Task<Input, Output>, input: Input): Promise<Output>;
  /** Ends the threads; running tasks are finished first. */
  close(): Promise<void>;
}

/** What a task sees of the world. */
export type TaskWorld = Pick<World, 'disk'>;

/** What is known of the volume that holds a path. */
export interface Volume {
  /** UUID or serial number of the file system; '' where unknown. */
  readonly id: string;
  /** The label as a person sees it; '' where there is none. */
  readonly label: string;
  /** exfat, ntfs, apfs, ext4, ...; '' where unknown. */
  readonly fileSystem: string;
  /** Where it is mounted; the path itself lies at or below it. */
  readonly mountPoint: string;
}

/** Reads facts of volumes. */
export interface Volumes {
  /** Never fails: what cannot be learned is ''. */
  describe(path: string): Promise<Volume>;
}

/** Mains or battery. */
export interface Power {
  /** Asks the system; never fails. */
  read(): Promise<PowerState>;
}

/** Where this machine's power comes from. */
export interface PowerState {
  /** False on mains, without a battery, and where the system does not say. */
  readonly isOnBattery: boolean;
  /** 0 to 1; null where there is no battery or the system does not say. */
  readonly charge: number | null;
}

/** Tells of changes below folders. Events may be lost or late: look again from time to time. */
export interface FolderWatcher {
  /**
   * Calls back with absolute paths that changed below the folder, in batches, until the returned function is called.
   * @throws the system's error where the folder cannot be watched (a network drive, too many watches)
   */
  watch(folder: string, onChange: (paths: readonly string[]) => void): Promise<() => Promise<void>>;
}
