import {
  type BackupOptions,
  type BackupReport,
  backup,
  forget,
  type PruneOptions,
  type PruneReport,
  prune,
  type RestoreOptions,
  type RestoreReport,
  restore,
} from '../../src/backup/index.ts';
import type { Issue } from '../../src/base/index.ts';
import type { World } from '../../src/platform/index.ts';
import {
  type DiskProfile,
  PROFILES,
  type SimDisk,
  type SimWorld,
  simWorld,
} from '../../src/testing/index.ts';
import {
  type CheckReport,
  check,
  createVault,
  findSnapshot,
  openVault,
  type Vault,
} from '../../src/vault/index.ts';

/** Files as text, by path. */
export type Files = Readonly<Record<string, string>>;

/** What a restore gave back, and what it said. */
export interface Restored {
  readonly files: Files;
  readonly report: RestoreReport;
  /** The folder it went to. */
  readonly to: string;
}

/** A drive that is plugged in. */
export interface DriveOptions {
  readonly profile?: DiskProfile;
  readonly capacityBytes?: number;
}

const HOUR_MS = 3_600_000;

/**
 * A photographer's table in a simulated world: cards, drives with vaults, one act after the other, each by a process
 * of its own and an hour after the last.
 */
export class FieldKit {
  readonly world: SimWorld;
  /** The vault that acts use unless told. */
  readonly vault = '/drive/vault';
  #processes = 0;
  #folders = 0;

  private constructor(seed: number) {
    this.world = simWorld(seed);
  }

  /** A table with one drive, `/drive`, and an empty vault on it. */
  static async open(drive: DriveOptions = {}, seed = 1): Promise<FieldKit> {
    const kit = new FieldKit(seed);
    await kit.plugIn('/drive', drive);
    return kit;
  }

  get disk(): SimDisk {
    return this.world.disk;
  }

  /** Plugs in a drive and makes a vault on it; returns the vault's folder. */
  async plugIn(path: string, options: DriveOptions = {}): Promise<string> {
    const { profile = PROFILES.ext4, capacityBytes } = options;
    this.disk.stage.mount(path, {
      profile,
      ...(capacityBytes === undefined ? {} : { capacityBytes }),
    });
    await createVault(this.process(), `${path}/vault`);
    return `${path}/vault`;
  }

  /** Puts a card into the reader; its label is the last part of the path unless told. */
  insert(path: string, files: Files = {}, facts: { label?: string; id?: string } = {}): string {
    this.disk.stage.mount(path, { profile: PROFILES.exfat });
    const label = facts.label ?? path.slice(path.lastIndexOf('/') + 1);
    this.world.volumes.set(path, { id: facts.id ?? '', label, fileSystem: 'exfat' });
    this.put(path, files);
    return path;
  }

  /** Writes files below a folder, with the time it is now. */
  put(folder: string, files: Files): void {
    for (const [path, text] of Object.entries(files)) {
      this.disk.stage.plant(`${folder}/${path}`, text);
    }
  }

  /** The next process of this machine, an hour later. */
  process(): World {
    this.#processes += 1;
    this.world.clock.advance(HOUR_MS);
    const processId = 1000 + this.#processes;
    const isRunning = (other: number): boolean => other === processId;
    return { ...this.world, host: { name: this.world.host.name, processId, isRunning } };
  }

  /** Opens a vault as it is now. */
  async open(vault: string = this.vault): Promise<Vault> {
    return openVault(this.world, vault);
  }

  /** Backs up sources into the vault. */
  async protect(
    sources: string | readonly string[],
    options: Omit<BackupOptions, 'mirrors'> & { readonly mirrors?: readonly string[] } = {},
  ): Promise<BackupReport> {
    const { mirrors = [], ...rest } = options;
    const opened = await Promise.all(mirrors.map((mirror) => this.open(mirror)));
    const all = typeof sources === 'string' ? [sources] : sources;
    return backup(this.process(), await this.open(), all, { ...rest, mirrors: opened });
  }

  /** Restores a snapshot, `latest` unless told, into a new folder unless told. */
  async restore(
    snapshot = 'latest',
    options: Partial<RestoreOptions> & { readonly vault?: string } = {},
  ): Promise<Restored> {
    this.#folders += 1;
    const { vault: from = this.vault, ...rest } = options;
    const to = options.to ?? `/back/${this.#folders}`;
    const vault = await this.open(from);
    const found = findSnapshot(vault.ledger, snapshot);
    const report = await restore(this.process(), vault, found, { ...rest, to });
    return { files: this.filesBelow(to), report, to };
  }

  /** All files below a folder as text; a link is `-> target`. */
  filesBelow(folder: string): Files {
    const files: Record<string, string> = {};
    for (const path of this.disk.stage.paths(folder)) {
      const bytes = this.disk.stage.peek(path);
      files[path.slice(folder.length + 1)] =
        bytes === null ? '-> a link' : new TextDecoder().decode(bytes);
    }
    return files;
  }

  /** Reads every byte of a vault. */
  async check(vault: string = this.vault): Promise<CheckReport> {
    return check(this.process(), await this.open(vault), { readData: true });
  }

  async forget(...snapshots: string[]): Promise<void> {
    await forget(this.process(), await this.open(), snapshots);
  }

  async prune(options: PruneOptions = {}): Promise<PruneReport> {
    return prune(this.process(), await this.open(), options);
  }
}

/** Issues as `CODE path`, sorted. */
export function told(report: { readonly issues: readonly Issue[] }): string[] {
  return report.issues.map(({ code, path }) => `${code} ${path}`).sort();
}
