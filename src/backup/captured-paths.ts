import type { Tree } from '../vault/index.ts';

/** What tells whether a captured file is in a tree already. */
export interface CapturedFacts {
  /** The path it would have, if no other file had it. */
  readonly wanted: string;
  /** The name the camera gave it. */
  readonly name: string;
  readonly sizeBytes: number | null;
  /** Milliseconds since 1970; null where nobody says. */
  readonly mtimeMs: number | null;
}

/** A path taken apart: `DCIM/IMG_0001 (2).CR3`. */
interface Parts {
  readonly folder: string;
  readonly stem: string;
  /** 1 where no number stands behind the stem. */
  readonly ordinal: number;
  /** With its dot; '' without. */
  readonly extension: string;
}

/** The files of one press of the shutter that share a stem. */
interface Shot {
  readonly ordinal: number;
  readonly mtimeMs: number | null;
  /** Lower case. */
  readonly extensions: Set<string>;
}

/** Files of one shot say times at most this far apart: a camera writes the JPEG after the RAW. */
const SAME_SHOT_MS = 2000;

/**
 * The paths of a source, and which of them a captured file has or gets. A camera gives the same name twice (its counter
 * begins again, it calls every frame in its memory alike): the later shot then gets a number behind its stem, RAW and
 * JPEG the same one.
 */
export class CapturedPaths {
  /** By size and second: the paths that had them, with their names. */
  readonly #held: Map<string, { readonly path: string; readonly name: string }[]> = new Map();
  /** By folder and stem, lower case. */
  readonly #shots: Map<string, Shot[]> = new Map();

  constructor(tree: Tree) {
    for (const [path, { kind, sizeBytes, mtimeUs }] of tree) {
      if (kind === 'file') this.add(path, { sizeBytes, mtimeMs: mtimeUs / 1000 });
    }
  }

  /** Takes note of a file of the source. */
  add(path: string, facts: { readonly sizeBytes: number; readonly mtimeMs: number }): void {
    const parts = partsOf(path);
    this.#note(parts, facts.mtimeMs);
    const key = keyOf(facts.sizeBytes, facts.mtimeMs);
    const held = this.#held.get(key) ?? [];
    this.#held.set(key, held);
    const name = `${parts.stem}${parts.extension}`.toLowerCase();
    if (!held.some((one) => one.path === path)) held.push({ path, name });
  }

  /**
   * The path under which the source has this very file already; null where name, size or time are new.
   * @param isExact only under the path that it wants: files of a folder are told by their paths
   */
  find({ wanted, name, sizeBytes, mtimeMs }: CapturedFacts, isExact = false): string | null {
    if (sizeBytes === null || mtimeMs === null) return null;
    const { stem, extension } = partsOf(wanted);
    const names = [name.toLowerCase(), `${stem}${extension}`.toLowerCase()];
    const held = this.#held.get(keyOf(sizeBytes, mtimeMs)) ?? [];
    if (isExact) return held.some(({ path }) => path === wanted) ? wanted : null;
    return held.find((one) => names.includes(one.name))?.path ?? null;
  }

  /** A path that no other shot of the source has; it is taken from now on. */
  claim({ wanted, mtimeMs }: CapturedFacts): string {
    const parts = partsOf(wanted);
    const shots = this.#shots.get(keyOfStem(parts)) ?? [];
    const extension = parts.extension.toLowerCase();
    const fitting = shots.find(
      (shot) => !shot.extensions.has(extension) && isSameShot(shot.mtimeMs, mtimeMs),
    );
    const highest = shots.reduce((most, { ordinal }) => Math.max(most, ordinal), 0);
    const ordinal = fitting?.ordinal ?? highest + 1;
    this.#note({ ...parts, ordinal }, mtimeMs);
    const number = ordinal === 1 ? '' : ` (${ordinal})`;
    return `${parts.folder}${parts.stem}${number}${parts.extension}`;
  }

  #note(parts: Parts, mtimeMs: number | null): void {
    const key = keyOfStem(parts);
    const shots = this.#shots.get(key) ?? [];
    this.#shots.set(key, shots);
    const shot = shots.find(({ ordinal }) => ordinal === parts.ordinal);
    const extension = parts.extension.toLowerCase();
    if (shot !== undefined) shot.extensions.add(extension);
    else shots.push({ ordinal: parts.ordinal, mtimeMs, extensions: new Set([extension]) });
  }
}

function partsOf(path: string): Parts {
  const slash = path.lastIndexOf('/');
  const name = path.slice(slash + 1);
  const match = /^(.+?)(?: \((\d{1,6})\))?(\.[^.]*)?$/s.exec(name);
  return {
    folder: path.slice(0, slash + 1),
    stem: match?.[1] ?? name,
    ordinal: Number(match?.[2] ?? 1),
    extension: match?.[3] ?? '',
  };
}

function keyOf(sizeBytes: number, mtimeMs: number): string {
  return `${sizeBytes}|${Math.floor(mtimeMs / 1000)}`;
}

function keyOfStem({ folder, stem }: Parts): string {
  return `${folder}${stem}`.toLowerCase();
}

function isSameShot(one: number | null, other: number | null): boolean {
  return one === null || other === null || Math.abs(one - other) <= SAME_SHOT_MS;
}
