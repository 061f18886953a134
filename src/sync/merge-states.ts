import type { Tree, TreeEntry } from '../vault/index.ts';

/** Whose version keeps its name where both sides changed a path; the other one always stays beside it. */
export type MergeStrategy = 'keep-both' | 'field-wins' | 'studio-wins' | 'newest';

/** Three states of one source. */
export interface MergeInput {
  /** What both sides began with; null where nobody knows. */
  readonly base: Tree | null;
  readonly field: Tree;
  readonly studio: Tree;
  readonly strategy: MergeStrategy;
  /** Sidecars that both sides changed and that were merged by what they say, by path. */
  readonly sidecars?: ReadonlyMap<string, MergedSidecar>;
}

/** A sidecar made of two. */
export interface MergedSidecar {
  readonly entry: TreeEntry;
  /** Properties of which one side's value was lost, by name. */
  readonly lost: readonly string[];
}

/** A path that both sides changed. */
export interface MergeConflict {
  readonly path: string;
  readonly what:
    | 'both-changed'
    | 'both-added'
    | 'deleted-and-edited'
    | 'case-only'
    | 'xmp-properties';
  /** Properties of which one side's value was lost. */
  readonly lost?: readonly string[];
  readonly base: TreeEntry | null;
  readonly field: TreeEntry | null;
  readonly studio: TreeEntry | null;
  /** Where each side's version stands in the merged state; null where it does not. */
  readonly fieldPath: string | null;
  readonly studioPath: string | null;
}

/** A path that is left out because one side deleted it and the other had not touched it. */
export interface MergeDeletion {
  readonly path: string;
  readonly entry: TreeEntry;
  readonly by: 'field' | 'studio';
}

/** One state made of two. */
export interface MergedState {
  readonly tree: Tree;
  readonly conflicts: readonly MergeConflict[];
  readonly deletions: readonly MergeDeletion[];
}

/**
 * Merges two states three ways, path by path. Nothing that either side has is lost: where both changed a path, both versions
 * stand in the result, one under a name that tells its content. The result does not depend on which side is which,
 * unless the strategy says so; merged with itself, a state stays as it is.
 */
export function mergeStates(input: MergeInput): MergedState {
  const { base, field, studio } = withRenames(input);
  const merging: Merging = { ...input, tree: new Map(), conflicts: [], deletions: [] };
  const paths = new Set([...field.keys(), ...studio.keys(), ...(base?.keys() ?? [])]);
  for (const path of [...paths].sort(compare)) {
    const [b, f, s] = [base?.get(path), field.get(path), studio.get(path)];
    mergePath(merging, { path, base: b ?? null, field: f ?? null, studio: s ?? null });
  }
  settleFolders(merging);
  settleCases(merging);
  const { tree, conflicts, deletions } = merging;
  return { tree, conflicts, deletions };
}

interface Merging extends MergeInput {
  readonly tree: Tree;
  readonly conflicts: MergeConflict[];
  readonly deletions: MergeDeletion[];
}

interface Versions {
  readonly path: string;
  readonly base: TreeEntry | null;
  readonly field: TreeEntry | null;
  readonly studio: TreeEntry | null;
}

function mergePath(merging: Merging, versions: Versions): void {
  const { path, base, field, studio } = versions;
  if (isSame(field, studio)) set(merging, path, clearer(base, field, studio));
  else if (base !== null && isSame(field, base)) takeChange(merging, versions, 'studio');
  else if (base !== null && isSame(studio, base)) takeChange(merging, versions, 'field');
  else if (field === null || studio === null) keepEdited(merging, versions);
  else keepBoth(merging, versions, base === null ? 'both-added' : 'both-changed');
}

function takeChange(merging: Merging, versions: Versions, by: 'field' | 'studio'): void {
  const entry = versions[by];
  if (entry !== null) set(merging, versions.path, entry);
  else if (versions.base !== null) {
    merging.deletions.push({ path: versions.path, entry: versions.base, by });
  }
}

/** One side does not have it: it never had, or it deleted what the other one edited. What was edited stays. */
function keepEdited(merging: Merging, { path, base, field, studio }: Versions): void {
  const kept = field ?? studio;
  if (kept === null) return;
  set(merging, path, kept);
  if (base === null || kept.kind === 'folder') return;
  merging.conflicts.push({
    path,
    what: 'deleted-and-edited',
    base,
    field,
    studio,
    fieldPath: field === null ? null : path,
    studioPath: studio === null ? null : path,
  });
}

function keepBoth(merging: Merging, versions: Versions, what: MergeConflict['what']): void {
  const { path, field, studio } = versions;
  if (field === null || studio === null) return;
  const sidecar = merging.sidecars?.get(path);
  if (sidecar !== undefined) {
    mergeSidecar(merging, versions, sidecar);
    return;
  }
  const first = firstOf(merging.strategy, field, studio);
  const aside = asideName(merging, path, first === field ? studio : field);
  set(merging, path, first);
  set(merging, aside, first === field ? studio : field);
  merging.conflicts.push({
    ...versions,
    what,
    fieldPath: first === field ? path : aside,
    studioPath: first === studio ? path : aside,
  });
}

/** One sidecar stands for both; what it lost of one of them is told, and that one stays in history. */
function mergeSidecar(merging: Merging, versions: Versions, { entry, lost }: MergedSidecar): void {
  const { path, field, studio } = versions;
  set(merging, path, entry);
  if (lost.length === 0) return;
  const pathOf = (side: TreeEntry | null): string | null => (isSame(side, entry) ? path : null);
  merging.conflicts.push({
    ...versions,
    what: 'xmp-properties',
    lost,
    fieldPath: pathOf(field),
    studioPath: pathOf(studio),
  });
}

/** Which version keeps its name. Folders do: what lies in them needs it. */
function firstOf(strategy: MergeStrategy, field: TreeEntry, studio: TreeEntry): TreeEntry {
  if (field.kind === 'folder') return field;
  if (studio.kind === 'folder') return studio;
  if (strategy === 'field-wins') return field;
  if (strategy === 'studio-wins') return studio;
  return newer(field, studio);
}

function newer(one: TreeEntry, other: TreeEntry): TreeEntry {
  if (one.mtimeUs !== other.mtimeUs) return one.mtimeUs > other.mtimeUs ? one : other;
  return text(one) > text(other) ? one : other;
}

/** Of two entries with the same content: the one whose time or mode changed, else the older time, as it was first seen. */
function clearer(
  base: TreeEntry | null,
  field: TreeEntry | null,
  studio: TreeEntry | null,
): TreeEntry | null {
  if (field === null || studio === null) return null;
  if (base !== null && text(field) === text(base)) return studio;
  if (base !== null && text(studio) === text(base)) return field;
  return newer(field, studio) === field ? studio : field;
}

function set({ tree }: Merging, path: string, entry: TreeEntry | null): void {
  if (entry !== null) tree.set(path, entry);
}

/** Whether two entries hold the same; folders always do, times and modes do not count. */
function isSame(one: TreeEntry | null, other: TreeEntry | null): boolean {
  if (one === null || other === null) return one === other;
  return one.kind === other.kind && one.content === other.content;
}

function text({ kind, content, mtimeUs, mode }: TreeEntry): string {
  return `${kind}\0${content}\0${mtimeUs}\0${mode}`;
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}

/**
 * `DSC_1.xmp` becomes `DSC_1 (3f2a9c1b).xmp`: the digits are those of the content, so the name is the same everywhere;
 * as many of them as make a name that nothing else has.
 */
function asideName({ field, studio, tree }: Merging, path: string, entry: TreeEntry): string {
  const slash = path.lastIndexOf('/') + 1;
  const dot = path.indexOf('.', slash + 1);
  const end = dot < 0 ? path.length : dot;
  const content = (entry.content || entry.kind).replaceAll('/', '_');
  for (let digits = 8; ; digits += 8) {
    const more = digits - content.length >= 8 ? ` ${digits}` : '';
    const name = `${path.slice(0, end)} (${content.slice(0, digits)}${more})${path.slice(end)}`;
    const there = [field, studio, tree].map((state) => state.get(name));
    if (there.every((other) => other === undefined || isSame(other, entry))) return name;
  }
}

/** A file that one side renamed and the other edited is edited under its new name. */
function withRenames({ base, field, studio }: MergeInput): Omit<MergeInput, 'strategy'> {
  if (base === null) return { base, field, studio };
  const changed = { base: new Map(base), field: new Map(field), studio: new Map(studio) };
  // Both are found before either is followed: no side is first.
  for (const [mover, other, followed] of [
    [field, studio, changed.studio],
    [studio, field, changed.field],
  ] as const) {
    for (const [from, to] of renames(base, mover)) {
      const here = other.get(from);
      const was = base.get(from);
      if (here === undefined || was === undefined || other.has(to)) continue;
      for (const tree of [followed, changed.base]) tree.delete(from);
      followed.set(to, here);
      changed.base.set(to, was);
    }
  }
  return changed;
}

/** Paths of the base that are gone, and the one new path of the same content. */
function renames(base: Tree, side: Tree): Map<string, string> {
  const added = new Map<string, string | null>();
  for (const [path, { kind, content, sizeBytes }] of side) {
    if (kind !== 'file' || sizeBytes === 0 || base.has(path)) continue;
    added.set(content, added.has(content) ? null : path);
  }
  const found = new Map<string, string>();
  const counts = new Map<string, number>();
  for (const { content } of base.values()) counts.set(content, (counts.get(content) ?? 0) + 1);
  for (const [from, { kind, content }] of base) {
    const to = added.get(content);
    // Of two files with one content nobody can tell which was renamed.
    if (kind !== 'file' || side.has(from) || counts.get(content) !== 1) continue;
    if (to !== undefined && to !== null) found.set(from, to);
  }
  return found;
}

/** What lies in a folder keeps it: deleted by the other side it stays, and a file put in its place goes aside. */
function settleFolders(merging: Merging): void {
  const { tree, field, studio, base } = merging;
  const folders = new Set<string>();
  for (const path of tree.keys()) {
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
      folders.add(path.slice(0, at));
    }
  }
  for (const path of [...folders].sort(compare)) {
    const entry = tree.get(path);
    const [mine, theirs] = [field.get(path) ?? null, studio.get(path) ?? null];
    const folder = [mine, theirs].find((one) => one?.kind === 'folder');
    if (entry?.kind === 'folder' || folder == null) continue;
    tree.set(path, folder);
    const deletion = merging.deletions.findIndex((one) => one.path === path);
    if (deletion >= 0) merging.deletions.splice(deletion, 1);
    if (entry === undefined) continue;
    const aside = asideName(merging, path, entry);
    tree.set(aside, entry);
    merging.conflicts.push({
      path,
      what: 'both-changed',
      base: base?.get(path) ?? null,
      field: mine,
      studio: theirs,
      fieldPath: mine === folder ? path : aside,
      studioPath: theirs === folder ? path : aside,
    });
  }
}

/** Names that differ in case alone cannot stand beside each other on every disk. */
function settleCases(merging: Merging): void {
  const { tree, field, studio } = merging;
  const byFold = Map.groupBy(tree.keys(), (path) => path.normalize('NFC').toLowerCase());
  for (const paths of byFold.values()) {
    // A folder keeps its name: what lies in it needs it.
    const isFile = (path: string): number => Number(tree.get(path)?.kind !== 'folder');
    const [first, ...others] = paths.toSorted((a, b) => isFile(a) - isFile(b) || compare(a, b));
    const kept = first === undefined ? undefined : tree.get(first);
    for (const path of kept === undefined ? [] : others) {
      const entry = tree.get(path);
      // A disk that holds both keeps both.
      const isBesideInOne = [field, studio].some((side) => side.has(first ?? '') && side.has(path));
      if (entry === undefined || kept === undefined || isBesideInOne) continue;
      tree.delete(path);
      if (isSame(entry, kept)) continue;
      const aside = asideName(merging, path, entry);
      tree.set(aside, entry);
      const isField = field.has(path);
      const [mine, theirs] = isField ? [entry, kept] : [kept, entry];
      merging.conflicts.push({
        path,
        what: 'case-only',
        base: null,
        field: mine,
        studio: theirs,
        fieldPath: isField ? aside : (first ?? null),
        studioPath: isField ? (first ?? null) : aside,
      });
    }
  }
}
