import { type Group, type GroupOptions, groupFrames, type Look } from '../analysis/index.ts';
import { type EditorFacts, roleOf } from '../metadata/index.ts';
import type { World } from '../platform/index.ts';
import type { Vault } from '../vault/index.ts';
import { CatalogWords } from './catalog-words.ts';
import { groupFrameOf } from './group-frame.ts';
import { type KnownFacts, readKnownFacts } from './known-facts.ts';
import { type KnownFrame, knownFrames } from './known-frames.ts';
import type { SourceState } from './states.ts';

/** The frames of some states of a vault, and how they belong together. */
export interface Library {
  readonly frames: readonly KnownFrame[];
  readonly groups: readonly Group[];
}

/** Joins all that is known of these states into frames and groups. Needs some 6 kB of memory a frame. */
export async function readLibrary(
  world: Pick<World, 'disk'>,
  vault: Vault,
  states: Iterable<SourceState>,
  options: GroupOptions = {},
): Promise<Library> {
  const known = await readKnownFacts(world, vault);
  const held = [...states];
  const words = new CatalogWords(catalogsOf(held, known));
  const isUniqueName = uniqueNames(held);
  const frames = new Map<string, KnownFrame>();
  for (const state of held) {
    // The newest state of a source comes last and tells the newest sidecars.
    for (const one of knownFrames(state, known, { words, isUniqueName })) {
      frames.set(one.frame.id, one);
    }
  }
  const list = [...frames.values()];
  return { frames: list, groups: groupFrames(list.map(groupFrameOf), options) };
}

/** By frame: the group it is told by, where it has several the first. */
export function groupIdsOf({ groups }: Library): ReadonlyMap<string, string> {
  const ids = new Map<string, string>();
  for (const group of groups) {
    // Two pictures that only look alike were not taken in one go.
    if (group.kind === 'look-alikes') continue;
    for (const { id } of group.frames) if (!ids.has(id)) ids.set(id, group.id);
  }
  return ids;
}

/**
 * The best frame of each burst: the one whose sharpest part is sharpest, the first of those that are equal. Only looks
 * at pictures of one size are comparable; a burst in which nothing was seen has no best frame.
 */
export function bestIdsOf({ frames, groups }: Library): ReadonlySet<string> {
  const looks = new Map(frames.map((one) => [one.frame.id, lookOf(one)] as const));
  const ids = new Set<string>();
  for (const group of groups) {
    if (group.kind !== 'burst') continue;
    let best: { readonly id: string; readonly look: Look } | null = null;
    for (const { id } of group.frames) {
      const look = looks.get(id) ?? null;
      if (look === null || look.seenPixels !== (best ?? { look }).look.seenPixels) continue;
      const isBetter = best === null || look.bestTileSharpness > best.look.bestTileSharpness;
      if (isBetter) best = { id, look };
    }
    if (best !== null) ids.add(best.id);
  }
  return ids;
}

function lookOf({ parts }: KnownFrame): Look | null {
  for (const { file } of parts) if (file.look !== null) return file.look;
  return null;
}

/** What the newest form of each catalog says. */
function catalogsOf(states: readonly SourceState[], known: KnownFacts): (readonly EditorFacts[])[] {
  const newest = new Map<string, readonly EditorFacts[]>();
  for (const { parts } of states) {
    for (const { path, blob } of parts) {
      const said = known.catalogs.get(blob);
      if (said !== undefined) newest.set(path, said);
    }
  }
  return [...newest.values()];
}

function uniqueNames(states: readonly SourceState[]): (path: string) => boolean {
  const counts = new Map<string, number>();
  for (const { parts } of states) {
    for (const { path } of parts) {
      if (roleOf(path) !== 'capture') continue;
      const name = nameOf(path);
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  }
  return (path) => counts.get(nameOf(path)) === 1;
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).toLowerCase();
}
