import { type Cell, numberOf, textOf } from './catalog-tables.ts';

/** Deeper trees of names are cut, and so is one that bites its own tail. */
const DEPTH_MAX = 64;
/** Keywords, collections or folders of one catalog at most. */
const NAMES_MAX = 2_000_000;

/** One name of a tree, and whether it counts as a part of paths and as a name of its own. */
export interface TreeName {
  readonly name: string;
  readonly parent: number | null;
  /** A name that is none of the photographer's: neither it nor what is below it is said. */
  readonly isHidden?: boolean;
}

/** Names that stand in a tree, as paths with `|` between their parts. */
export class NamePaths {
  readonly #names: ReadonlyMap<number, TreeName>;
  readonly #paths: Map<number, string | null> = new Map();

  constructor(names: ReadonlyMap<number, TreeName>) {
    this.#names = names;
  }

  /** `Animals|Dog`; null where the number is unknown or the name hidden. A nameless one is no part of a path. */
  pathOf(id: Cell | undefined): string | null {
    const number = numberOf(id);
    if (number === null) return null;
    let path = this.#paths.get(number);
    if (path === undefined) {
      path = this.#joined(number);
      this.#paths.set(number, path);
    }
    return path;
  }

  #joined(id: number): string | null {
    const parts: string[] = [];
    let at: number | null = id;
    for (let depth = 0; at !== null && depth < DEPTH_MAX; depth += 1) {
      const entry: TreeName | undefined = this.#names.get(at);
      if (entry === undefined) break;
      if (entry.isHidden === true) return null;
      if (entry.name !== '') parts.push(entry.name);
      at = entry.parent;
    }
    return parts.length === 0 ? null : parts.reverse().join('|');
  }
}

/** Reads rows of number, parent, name, and whether it is hidden where `isHidden` tells from the row. */
export function readNames(
  rows: Iterable<readonly Cell[]>,
  isHidden: (row: readonly Cell[]) => boolean = () => false,
): Map<number, TreeName> {
  const names = new Map<number, TreeName>();
  for (const row of rows) {
    const id = numberOf(row[0]);
    if (id === null || names.size >= NAMES_MAX) continue;
    names.set(id, {
      name: textOf(row[2]) ?? '',
      parent: numberOf(row[1]),
      ...(isHidden(row) ? { isHidden: true } : {}),
    });
  }
  return names;
}

/** Of a path both itself and its last part, as keywords are searched for; each once. */
export function leavesAndPaths(paths: Iterable<string | null>): string[] {
  const words = new Set<string>();
  for (const path of paths) {
    if (path === null) continue;
    words.add(path.slice(path.lastIndexOf('|') + 1));
    words.add(path);
  }
  words.delete('');
  return [...words];
}
