import type { EditorFacts } from '../metadata/index.ts';

/**
 * Finds what catalogs say of a picture: catalogs name it by the path it had on the photographer's machine, the vault by
 * its source. Those whose last folders agree most belong together; a name alone is enough only where nothing else has it.
 */
export class CatalogWords {
  /** By file name in small letters. */
  readonly #byName = new Map<string, Word[]>();

  constructor(catalogs: Iterable<readonly EditorFacts[]>) {
    for (const editor of catalogs) {
      for (const facts of editor) {
        const parts = partsOf(facts.path);
        const name = parts.at(-1) ?? '';
        const words = this.#byName.get(name);
        if (words === undefined) this.#byName.set(name, [{ facts, parts }]);
        else words.push({ facts, parts });
      }
    }
  }

  /**
   * @param path where the picture was: its absolute path at the time, or `<source>/<path>`
   * @param isUniqueName whether no other picture of the vault has its file name
   */
  of(path: string, isUniqueName: boolean): readonly EditorFacts[] {
    const parts = partsOf(path);
    const words = this.#byName.get(parts.at(-1) ?? '') ?? [];
    let most = 0;
    let found: Word[] = [];
    for (const word of words) {
      const agreeing = agreeingParts(word.parts, parts);
      if (agreeing > most) found = [];
      if (agreeing >= most) found.push(word);
      most = Math.max(most, agreeing);
    }
    const isOnePicture = new Set(found.map((word) => word.facts.path.toLowerCase())).size === 1;
    if (most < 2 && !(isUniqueName && isOnePicture)) return [];
    // Two pictures of one catalog that fit equally well: neither is known to be this one.
    return isOnePicture || isOneForEachCatalog(found) ? found.map(({ facts }) => facts) : [];
  }
}

/** What a catalog says of one picture, with the parts of the picture's path. */
interface Word {
  readonly facts: EditorFacts;
  readonly parts: readonly string[];
}

function partsOf(path: string): string[] {
  // Windows and macOS take letters of either case for the same.
  return path.normalize('NFC').toLowerCase().split('/');
}

function agreeingParts(left: readonly string[], right: readonly string[]): number {
  let count = 0;
  while (
    count < Math.min(left.length, right.length) &&
    left.at(-1 - count) === right.at(-1 - count)
  ) {
    count += 1;
  }
  return count;
}

function isOneForEachCatalog(words: readonly Word[]): boolean {
  const pictures = new Map<string, string>();
  for (const { facts } of words) {
    const known = pictures.get(facts.from) ?? facts.path;
    if (known !== facts.path) return false;
    pictures.set(facts.from, facts.path);
  }
  return true;
}
