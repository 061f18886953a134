import type { BlobId } from '../base/index.ts';
import { isJpegName, isRawName } from '../metadata/index.ts';
import type { World } from '../platform/index.ts';
import type { Tier } from '../priority/index.ts';
import { matches, type Query } from '../query/index.ts';
import type { Vault } from '../vault/index.ts';
import type { KnownFrame } from './known-frames.ts';
import { type Library, readLibrary } from './library.ts';
import { libraryFacts } from './library-facts.ts';
import { looksToLearn } from './looks.ts';
import { allStates } from './states.ts';
import { tiersOf } from './tiering.ts';
import { stricter } from './tiers-by-content.ts';

/** Which contents of a vault may be compacted, and what they may need from then on. */
export interface CompactChoice {
  /** Whether its tier allows other forms than verbatim, it was looked at, and it fits what was asked for. */
  readonly mayCompact: (blob: BlobId) => boolean;
  /** A file of the same kind of the same burst, RAW or JPEG; null for what is in no burst. */
  readonly siblingOf: (blob: BlobId) => BlobId | null;
  /** Whether its tier wants it to need no other file: true for the most precious one. */
  readonly mustStandAlone: (blob: BlobId) => boolean;
  /** Whether its tier allows no other form than verbatim, and it fits what was asked for. */
  readonly mustBeVerbatim: (blob: BlobId) => boolean;
  /** Contents held back because nobody looked at them yet. */
  readonly unlearned: number;
}

/** Frames of a burst that build on one of them: a hand moves, light changes, and what was alike is not any more. */
const FRAMES_PER_SIBLING = 8;

/**
 * Chooses by tiers and a query. What several frames share is of the tier that wants most copies.
 * @param query null takes everything, also what is part of no frame
 * @throws as {@link tiersOf}
 */
export async function compactChoice(
  world: Pick<World, 'disk' | 'clock'>,
  vault: Vault,
  query: Query | null,
): Promise<CompactChoice> {
  const { rules } = tiersOf(world, vault);
  const library = await readLibrary(world, vault, allStates(vault.ledger));
  const frames = new Map(library.frames.map((one) => [one.frame.id, one]));
  const tiers = new Map<BlobId, Tier>();
  const wanted = new Set<BlobId>();
  for await (const facts of libraryFacts(world, vault, library, query ?? { type: 'all' })) {
    const tier = rules.byName.get(facts.tier ?? '') ?? rules.rest;
    const isWanted = query === null || matches(query, facts);
    for (const { blob } of frames.get(facts.id)?.parts ?? []) {
      const other = tiers.get(blob);
      tiers.set(blob, other === undefined ? tier : stricter(other, tier));
      if (isWanted) wanted.add(blob);
    }
  }
  const unlearned = new Set(looksToLearn([vault]).map(({ blob }) => blob));
  const siblings = siblingsOf(library, frames);
  const tierOf = (blob: BlobId): Tier => tiers.get(blob) ?? rules.rest;
  const firstOrder = Math.min(...[...rules.byName.values()].map(({ order }) => order));
  const isAsked = (blob: BlobId): boolean => query === null || wanted.has(blob);
  return {
    mayCompact: (blob) => tierOf(blob).forms === 'compact' && !unlearned.has(blob) && isAsked(blob),
    siblingOf: (blob) => siblings.get(blob) ?? null,
    mustStandAlone: (blob) => tierOf(blob).order === firstOrder,
    mustBeVerbatim: (blob) => tierOf(blob).forms === 'verbatim' && isAsked(blob),
    unlearned: unlearned.size,
  };
}

/** By RAW or JPEG file of a burst: the one of its kind and burst that it may build on. */
function siblingsOf(
  { groups }: Library,
  frames: ReadonlyMap<string, KnownFrame>,
): Map<BlobId, BlobId> {
  const siblings = new Map<BlobId, BlobId>();
  for (const group of groups) {
    // Pictures that only look alike were taken at other times: nothing of them lies on the same spot.
    if (group.kind === 'look-alikes' || group.kind === 'panorama') continue;
    for (const isOfKind of [isRawName, isJpegName]) {
      const files = group.frames.flatMap(({ id }) => fileOf(frames.get(id), isOfKind) ?? []);
      for (let first = 0; first < files.length; first += FRAMES_PER_SIBLING) {
        const few = files.slice(first, first + FRAMES_PER_SIBLING);
        // The one in the middle is nearest to all of them, and between a bracket's exposures.
        const sibling = few[few.length >> 1];
        if (sibling === undefined) continue;
        for (const blob of few) if (blob !== sibling) siblings.set(blob, sibling);
      }
    }
  }
  return siblings;
}

function fileOf(frame: KnownFrame | undefined, isOfKind: (path: string) => boolean): BlobId | null {
  return frame?.parts.find(({ path }) => isOfKind(path))?.blob ?? null;
}
