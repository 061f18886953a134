import { pickBelow, type SeededRandom } from './seeded-random.ts';
import {
  appendContent,
  type Content,
  copyContent,
  tornContent,
  wholeContent,
} from './sim-content.ts';
import type { PendingChange, SimEntry, SimFile, SimFolder, SimTree } from './sim-node.ts';

/**
 * What a power loss takes of the things no sync covered: `drop` takes all, `keep` none (as when only the process is
 * killed), `random` takes, tears or keeps each by a seeded choice, within what the file system promises.
 */
export type PowerLossMode = 'drop' | 'keep' | 'random';

/** Makes the changes of names in the folder durable; on a journalled volume, with them the rest of their calls. */
export function syncNames(tree: SimTree, folder: SimFolder): void {
  const groups = new Set(
    tree.pending.filter((change) => change.folder === folder).map((change) => change.group),
  );
  const isCovered = folder.volume.profile.isJournalled
    ? (change: PendingChange): boolean => groups.has(change.group)
    : (change: PendingChange): boolean => change.folder === folder;
  const covered = tree.pending.filter(isCovered);
  for (const change of covered) applyChange(change);
  // A name that is durable in a later state can never come back in an earlier one.
  const lastGroupOfName = new Map(covered.map((change) => [nameOf(change), change.group]));
  tree.pending = tree.pending.filter(
    (change) => change.group > (lastGroupOfName.get(nameOf(change)) ?? -1) && !isCovered(change),
  );
}

/** Turns the tree into what is found after the power came back; everything that is left is durable. */
export function losePower(tree: SimTree, mode: PowerLossMode, random: SeededRandom): void {
  for (const change of survivors(tree.pending, mode, random)) applyChange(change);
  tree.pending = [];
  const seen = new Set<object>();
  const settle = (folder: SimFolder): void => {
    seen.add(folder);
    if (!seen.has(folder.volume)) folder.volume.usedBytes = 0;
    seen.add(folder.volume);
    const entries = new Map<string, SimEntry>();
    for (const [key, entry] of folder.durable) {
      const { node } = entry;
      if (node.kind === 'folder') {
        // Half a rename leaves two names of one folder; a check of the disk drops one of them.
        if (seen.has(node)) continue;
        settle(node);
        entries.set(key, entry);
      } else if (node.kind === 'file') {
        const file = settleFile(node, { folder, key }, { mode, random });
        folder.volume.usedBytes += file.content.sizeBytes;
        entries.set(key, { name: entry.name, node: file });
      } else {
        entries.set(key, entry);
      }
    }
    folder.durable = entries;
    folder.entries = new Map(entries);
  };
  settle(tree.root);
}

function applyChange({ folder, key, entry }: PendingChange): void {
  if (entry === null) folder.durable.delete(key);
  else folder.durable.set(key, entry);
}

function nameOf(change: PendingChange): string {
  return `${change.folder.id}/${change.key}`;
}

/** Which pending changes the medium holds, in the order they were made. */
function survivors(
  pending: readonly PendingChange[],
  mode: PowerLossMode,
  random: SeededRandom,
): PendingChange[] {
  if (mode === 'drop') return [];
  if (mode === 'keep') return [...pending];
  // A journal keeps its calls in order, so one cut for the volume; without one, each name has its own cut.
  const cuts = new Map<unknown, number>();
  const chainOf = (change: PendingChange): unknown =>
    change.folder.volume.profile.isJournalled ? change.folder.volume : nameOf(change);
  const chains = Map.groupBy(pending, chainOf);
  for (const [chain, changes] of chains) {
    const cut = pickBelow(random, changes.length + 1);
    cuts.set(chain, changes[cut]?.group ?? Number.POSITIVE_INFINITY);
  }
  return pending.filter((change) => change.group < (cuts.get(chainOf(change)) ?? 0));
}

interface Place {
  readonly folder: SimFolder;
  readonly key: string;
}

interface Fate {
  readonly mode: PowerLossMode;
  readonly random: SeededRandom;
}

function settleFile(file: SimFile, { folder, key }: Place, { mode, random }: Fate): SimFile {
  const place = `${folder.id}/${key}`;
  const isSizeLost =
    folder.volume.profile.renameLosesSize &&
    file.syncedAs !== place &&
    (mode === 'drop' || (mode === 'random' && random() < 0.5));
  const content = isSizeLost ? { pieces: [], sizeBytes: 0 } : settleContent(file, { mode, random });
  return { ...file, content, durableBytes: content.sizeBytes, place, syncedAs: place };
}

function settleContent(file: SimFile, { mode, random }: Fate): Content {
  const { content, durableBytes } = file;
  const looseBytes = content.sizeBytes - durableBytes;
  if (mode === 'keep' || looseBytes === 0) return copyContent(content);
  const torn = (keptBytes: number): Content => {
    const kept: Content = { pieces: [], sizeBytes: 0 };
    appendContent(kept, wholeContent(content).subarray(0, keptBytes));
    return kept;
  };
  if (mode === 'drop') return torn(durableBytes);
  const keptBytes = durableBytes + pickBelow(random, looseBytes + 1);
  const fates = [
    () => torn(durableBytes),
    () => copyContent(content),
    () => torn(keptBytes),
    () => tornContent(content, keptBytes, content.sizeBytes),
  ];
  return fates[pickBelow(random, fates.length)]?.() ?? copyContent(content);
}
