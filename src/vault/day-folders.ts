import { type BlobId, LIMITS } from '../base/index.ts';
import type { World } from '../platform/index.ts';
import { ensureDurable } from '../store/index.ts';
import { findLiveJournal } from './leases.ts';
import type { Vault } from './open.ts';
import { dayFolder, NAME_DIGITS, type NameTail, storedName } from './stored-name.ts';

/**
 * The folders of originals that one writer fills, and the names in them. No disk says "rename unless the name is
 * taken", so two writers at work never fill the same folder: a folder that was there is used only by one that looked
 * and saw nobody else; others make the next one of the day.
 */
export class DayFolders {
  readonly #world: World;
  readonly #vault: Vault;
  readonly #writer: string;
  /** Names of each folder in small letters; null where another writer fills it. */
  readonly #names: Map<string, Promise<Set<string> | null>> = new Map();
  /** Folders of the vault whose names this writer has made durable. */
  readonly #durable: Set<string> = new Set();
  #isBeside = false;

  constructor(world: World, vault: Vault, writer: string) {
    this.#world = world;
    this.#vault = vault;
    this.#writer = writer;
  }

  /** Makes sure of a folder of the vault; true where it was made now. */
  ensure(folder: string): Promise<boolean> {
    const { root } = this.#vault;
    return ensureDurable(this.#world.disk, { root, folder, durable: this.#durable });
  }

  /**
   * Chooses a free place for a blob and makes its folder durable.
   * @param day `YYYY-MM-DD`
   * @param tail what the name ends with where it is no verbatim file
   * @returns the place, relative to the vault
   */
  async claim(sourceName: string, blob: BlobId, day: string, tail?: NameTail): Promise<string> {
    let unlistable = 0;
    for (let ordinal = 1; ; ordinal += 1) {
      const folder = dayFolder(day, ordinal);
      // A power loss can tear a folder of exFAT so that it cannot be listed: the next one of the day serves as well.
      const names = await this.#namesOf(folder).catch((error: unknown) => {
        unlistable += 1;
        if (unlistable > LIMITS.tornFoldersMax) throw error;
        return null;
      });
      if (names === null || names.size >= LIMITS.originalsPerFolderMax) continue;
      const free = freeName(names, (digits) => storedName(sourceName, blob, digits, tail));
      if (free === null) continue;
      names.add(free.toLowerCase());
      return `${folder}/${free}`;
    }
  }

  /** Whether no other writer at work may put a file into the folder. */
  async isOurs(folder: string): Promise<boolean> {
    const names = this.#names.get(folder);
    return names === undefined ? !(await this.#seesOthers()) : (await names) !== null;
  }

  #namesOf(folder: string): Promise<Set<string> | null> {
    const known = this.#names.get(folder);
    if (known !== undefined) return known;
    const opened = this.#open(folder);
    this.#names.set(folder, opened);
    return opened;
  }

  async #open(folder: string): Promise<Set<string> | null> {
    const isMade = await this.ensure(folder);
    if (!isMade && (await this.#seesOthers())) return null;
    const entries = await this.#world.disk.listFolder(`${this.#vault.root}/${folder}`);
    return new Set(entries.map((entry) => entry.name.toLowerCase()));
  }

  /** Each writer makes its journal file before it makes a folder: whoever looks after a folder was made sees its maker. */
  async #seesOthers(): Promise<boolean> {
    if (this.#isBeside) return true;
    const other = await findLiveJournal(this.#world, this.#vault, this.#writer);
    this.#isBeside = other !== undefined;
    return this.#isBeside;
  }
}

/** The shortest name for the blob that the folder does not have yet; null where it has them all. */
function freeName(taken: ReadonlySet<string>, nameWith: (digits: number) => string): string | null {
  for (const digits of NAME_DIGITS) {
    const name = nameWith(digits);
    if (!taken.has(name.toLowerCase())) return name;
  }
  return null;
}
