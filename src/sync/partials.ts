import type { BlobId } from '../base/index.ts';
import type { Disk } from '../platform/index.ts';
import type { Vault } from '../vault/index.ts';

const NAME = /^([0-9a-f]{64})\.([0-9a-f]{16})\.part$/;

/** By the digest of the whole file, the longest first. */
type Left = Map<string, { readonly path: string; readonly sizeBytes: number }[]>;

/** Unfinished files that syncs left in a vault: `incoming/sync/<digest of the whole>.<writer>.part`. */
export class Partials {
  readonly #folder: string;
  readonly #left: Left;

  private constructor(folder: string, left: Left) {
    this.#folder = folder;
    this.#left = left;
  }

  /**
   * Lists what was left by writers that are no more.
   * @param isEnded whether the writer of this id works no longer
   */
  static async read(
    disk: Disk,
    vault: Vault,
    isEnded: (writer: string) => boolean,
  ): Promise<Partials> {
    const folder = `${vault.root}/incoming/sync`;
    const left: Left = new Map();
    for (const { name, sizeBytes } of await disk.listFolder(folder).catch(() => [])) {
      const match = NAME.exec(name);
      const [digest, writer] = [match?.[1], match?.[2]];
      if (digest === undefined || writer === undefined || !isEnded(writer)) continue;
      const all = left.get(digest) ?? [];
      all.push({ path: `${folder}/${name}`, sizeBytes });
      left.set(
        digest,
        all.sort((a, b) => b.sizeBytes - a.sizeBytes),
      );
    }
    return new Partials(folder, left);
  }

  /** Where a writer gathers this file. */
  pathOf(sha256: BlobId, writer: string): string {
    return `${this.#folder}/${sha256}.${writer}.part`;
  }

  /** The longest that was left of this file; null where there is none. */
  find(sha256: BlobId): string | null {
    return this.#left.get(sha256)?.[0]?.path ?? null;
  }

  /** Removes what was left of a file that is whole now. */
  async forget(disk: Disk, sha256: string): Promise<void> {
    for (const { path } of this.#left.get(sha256) ?? [])
      await disk.removeFile(path).catch(() => {});
    this.#left.delete(sha256);
  }

  /** Removes what was left of files that are not wanted any more. */
  async forgetAll(disk: Disk, isWanted: (sha256: string) => boolean): Promise<void> {
    for (const sha256 of [...this.#left.keys()]) {
      if (!isWanted(sha256)) await this.forget(disk, sha256);
    }
  }
}
