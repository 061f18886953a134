import {
  callTask,
  type Disk,
  type FolderWatcher,
  type Host,
  type Network,
  type Power,
  type PowerState,
  type Random,
  type Volume,
  type Volumes,
  type Workers,
  type World,
} from '../platform/index.ts';
import { pickBelow, type SeededRandom, seededRandom } from './seeded-random.ts';
import { SimClock } from './sim-clock.ts';
import { SimDisk } from './sim-disk.ts';

/** A world in memory, the same for the same seed; its parts can be moved by hand. */
export interface SimWorld extends World {
  readonly disk: SimDisk;
  readonly clock: SimClock;
  readonly volumes: SimVolumes;
  readonly host: SimHost;
  readonly power: SimPower;
  readonly watcher: SimWatcher;
}

/** What may differ from an empty ext4 on 22 November 2026, 09:00 UTC. */
export interface SimWorldOptions {
  /** A disk that is there already, as of a sweep's template; it takes the time of this world. */
  readonly disk?: SimDisk;
  readonly nowMs?: number;
}

const START_MS = Date.UTC(2026, 10, 22, 9);

/** Makes a simulated world. */
export function simWorld(seed: number, options: SimWorldOptions = {}): SimWorld {
  const clock = new SimClock(options.nowMs ?? START_MS);
  const disk = options.disk ?? new SimDisk({ seed });
  disk.useClock(() => clock.nowMs());
  return {
    disk,
    clock,
    random: simRandom(seededRandom(seed)),
    workers: simWorkers(disk),
    volumes: new SimVolumes(),
    host: new SimHost(),
    network: NO_NETWORK,
    usb: { listCameras: async () => [] },
    power: new SimPower(),
    watcher: new SimWatcher(),
    cacheFolder: null,
  };
}

/** The same world seen through another disk (a wrapper of its own), by its workers too. */
export function withDisk<W extends World>(world: W, disk: Disk): Omit<W, 'disk'> & World {
  return { ...world, disk, workers: simWorkers(disk) };
}

/** Facts of volumes by mount point; what is not set is unknown. */
export class SimVolumes implements Volumes {
  readonly #volumes = new Map<string, Volume>();

  /** Says what is mounted at a path. */
  set(mountPoint: string, facts: Partial<Omit<Volume, 'mountPoint'>>): void {
    this.#volumes.set(mountPoint, { id: '', label: '', fileSystem: '', ...facts, mountPoint });
  }

  async describe(path: string): Promise<Volume> {
    let found: Volume = { id: '', label: '', fileSystem: '', mountPoint: '/' };
    for (const volume of this.#volumes.values()) {
      const { mountPoint } = volume;
      const isAbove = path === mountPoint || path.startsWith(mountPoint.replace(/\/?$/, '/'));
      if (isAbove && mountPoint.length >= found.mountPoint.length) found = volume;
    }
    return found;
  }
}

/** A machine with one process, until others are started. */
export class SimHost implements Host {
  readonly name: string = 'sim-host';
  readonly processId: number = 100;
  readonly running: Set<number> = new Set([100]);

  isRunning(processId: number): boolean {
    return this.running.has(processId);
  }
}

/** Mains, until a test pulls the plug. */
export class SimPower implements Power {
  state: PowerState = { isOnBattery: false, charge: null };

  async read(): Promise<PowerState> {
    return this.state;
  }
}

/** Tells of nothing until a test does. */
export class SimWatcher implements FolderWatcher {
  readonly #watches = new Set<{
    readonly folder: string;
    readonly onChange: (paths: readonly string[]) => void;
  }>();

  async watch(
    folder: string,
    onChange: (paths: readonly string[]) => void,
  ): Promise<() => Promise<void>> {
    const watch = { folder, onChange };
    this.#watches.add(watch);
    return async () => {
      this.#watches.delete(watch);
    };
  }

  /** Tells every watch above these paths. */
  tell(...paths: readonly string[]): void {
    for (const { folder, onChange } of this.#watches) {
      const below = paths.filter((path) => path.startsWith(`${folder}/`));
      if (below.length > 0) onChange(below);
    }
  }
}

const NO_NETWORK: Network = {
  connect: async ({ host, port }) => {
    throw Object.assign(new Error(`nobody listens at ${host}:${port}`), { code: 'ECONNREFUSED' });
  },
};

function simRandom(random: SeededRandom): Random {
  const digit = (): string => pickBelow(random, 16).toString(16);
  return { hex: (digits) => Array.from({ length: digits }, digit).join('') };
}

/** Runs tasks in place; what goes in and out is copied as between threads. */
function simWorkers(disk: Disk): Workers {
  let isClosed = false;
  return {
    count: 1,
    run: async (task, input) => {
      if (isClosed) throw new TypeError('the workers are closed');
      const copy = structuredClone(input);
      const output = await callTask({ disk }, task, copy).catch((thrown: unknown) => {
        throw thrown instanceof Error ? thrown : new Error(String(thrown));
      });
      return structuredClone(output);
    },
    close: async () => {
      isClosed = true;
    },
  };
}
