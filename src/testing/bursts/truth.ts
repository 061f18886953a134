import type { Group } from '../../analysis/index.ts';

/** What is known of frames whose series are known: two frames belong together where their keys are equal. */
export type SeriesTruth = ReadonlyMap<string, string>;

/** How well groups agree with the truth, counted in pairs of frames. */
export interface PairScore {
  /** Pairs that belong together and were put together. */
  readonly right: number;
  /** Pairs that were put together. */
  readonly found: number;
  /** Pairs that belong together. */
  readonly wanted: number;
  /** `right / found`; 1 where nothing was put together. */
  readonly precision: number;
  /** `right / wanted`; 1 where nothing belongs together. */
  readonly recall: number;
}

/** Counts pairs of all groups but look-alikes and a person's own; frames that the truth does not name are passed over. */
export function scorePairs(groups: readonly Group[], truth: SeriesTruth): PairScore {
  const sizes = new Map<string, number>();
  for (const key of truth.values()) sizes.set(key, (sizes.get(key) ?? 0) + 1);
  const wanted = sumOfPairs(sizes.values());
  let found = 0;
  let right = 0;
  for (const { kind, frames } of groups) {
    if (kind === 'look-alikes' || kind === 'user') continue;
    const parts = new Map<string, number>();
    for (const { id } of frames) {
      const key = truth.get(id);
      if (key !== undefined) parts.set(key, (parts.get(key) ?? 0) + 1);
    }
    right += sumOfPairs(parts.values());
    found += pairsOf([...parts.values()].reduce((sum, count) => sum + count, 0));
  }
  return {
    right,
    found,
    wanted,
    precision: found === 0 ? 1 : right / found,
    recall: wanted === 0 ? 1 : right / wanted,
  };
}

function sumOfPairs(counts: Iterable<number>): number {
  let sum = 0;
  for (const count of counts) sum += pairsOf(count);
  return sum;
}

function pairsOf(count: number): number {
  return (count * (count - 1)) / 2;
}
