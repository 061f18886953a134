import { systemCodeOf } from '../base/index.ts';
import type { World } from '../platform/index.ts';
import { type TreeEntry, targetError } from '../vault/index.ts';
import { BAD_NAME, plainName } from './restore-names.ts';
import type { Restoring } from './restoring.ts';

/** Where a file of a snapshot goes. */
export interface Placed {
  /** Absolute path it gets. */
  readonly target: string;
  /** Absolute path of its unfinished form, in the same folder. */
  readonly part: string;
}

/** An unfinished file of a restore; it begins with the id of its process. */
const UNFINISHED = /^\.(\d+)-[0-9a-f]{8}-\d+\.fieldvault-part$/;

/** The folders of a restore: made once, under the names the target can hold. */
export class TargetFolders {
  readonly #world: World;
  readonly #restoring: Restoring;
  /** `<source>/<path>` to the absolute folder made for it. */
  readonly #made: Map<string, Promise<string>> = new Map();
  /** Start of the names of unfinished files: no other restore has it, not even one that was cut off here. */
  readonly #partStart: string;
  #parts = 0;

  constructor(world: World, restoring: Restoring) {
    this.#world = world;
    this.#restoring = restoring;
    this.#partStart = `.${world.host.processId}-${world.random.hex(8)}`;
  }

  /** How many folders were made or found, sources not counted. */
  get count(): number {
    return [...this.#made.keys()].filter((key) => key.includes('/')).length;
  }

  /** The absolute folder of a path of a source; '' is the source itself. */
  make(source: string, path: string): Promise<string> {
    const key = path === '' ? source : `${source}/${path}`;
    const known = this.#made.get(key);
    if (known !== undefined) return known;
    const made = this.#make(source, path, key);
    this.#made.set(key, made);
    return made;
  }

  /** Where a file of the snapshot goes, and its unfinished form beside it. */
  async place(source: string, path: string, isPlain: boolean): Promise<Placed> {
    const { folder, name } = split(path);
    const parent = await this.make(source, folder);
    const shown = `${source}/${path}`;
    const wanted = isPlain ? plainName(name) : name;
    const given = this.#restoring.names.claim(parent, wanted, shown);
    if (given !== name) this.#reportName(shown, given);
    this.#parts += 1;
    const part = `${parent}/${this.#partStart}-${this.#parts}.fieldvault-part`;
    return { target: `${parent}/${given}`, part };
  }

  /** Gives folders their times, deepest first: filling a folder changes its time. */
  async setTimes(entries: ReadonlyMap<string, TreeEntry>): Promise<void> {
    const { disk } = this.#world;
    const folders = [...this.#made].sort(([a], [b]) => b.split('/').length - a.split('/').length);
    for (const [key, made] of folders) {
      const entry = entries.get(key);
      const path = await made.catch(() => null);
      if (path === null) continue;
      if (entry?.kind === 'folder') {
        await disk.setMode(path, entry.mode).catch(() => {});
        await disk.setMtime(path, entry.mtimeUs / 1000).catch(() => {});
      }
      await disk.syncFolder(path).catch(() => {});
    }
  }

  async #make(source: string, path: string, key: string): Promise<string> {
    const { folder, name } = path === '' ? { folder: null, name: source } : split(path);
    const parent = folder === null ? this.#restoring.root : await this.make(source, folder);
    try {
      return await this.#makeNamed(parent, name, { key, name });
    } catch (error) {
      if (!BAD_NAME.has(systemCodeOf(error))) throw targetError(error, `${parent}/${name}`);
      if (plainName(name) === name) throw error;
      return await this.#makeNamed(parent, plainName(name), { key, name });
    }
  }

  async #makeNamed(
    parent: string,
    spelling: string,
    wanted: { readonly key: string; readonly name: string },
  ): Promise<string> {
    const { disk } = this.#world;
    const { names } = this.#restoring;
    for (;;) {
      const given = names.claim(parent, spelling, wanted.key);
      const path = `${parent}/${given}`;
      const there = await disk.stat(path);
      if (there !== null && there.kind !== 'folder') {
        // Somebody's file or link: it stays, and the folder gets another name.
        names.block(parent, given);
        continue;
      }
      if (there === null) await disk.makeFolder(path);
      else await this.#clearCutOff(path);
      if (given !== wanted.name) this.#reportName(wanted.key, given);
      return path;
    }
  }

  /** Removes unfinished files of restores whose process is no more. */
  async #clearCutOff(folder: string): Promise<void> {
    const { disk, host } = this.#world;
    for (const { name } of await disk.listFolder(folder)) {
      const owner = UNFINISHED.exec(name)?.[1];
      if (owner === undefined || host.isRunning(Number(owner))) continue;
      await disk.removeFile(`${folder}/${name}`).catch(() => {});
    }
  }

  #reportName(path: string, given: string): void {
    this.#restoring.issues.add(
      'NAME_CHANGED',
      path,
      `This place cannot hold the name beside the others; it was restored as "${given}" with all its bytes.`,
    );
  }
}

function split(path: string): { readonly folder: string; readonly name: string } {
  const slash = path.lastIndexOf('/');
  return { folder: path.slice(0, Math.max(slash, 0)), name: path.slice(slash + 1) };
}
