import type { BlobId } from '../base/index.ts';
import type { World } from '../platform/index.ts';
import type { Tier } from '../priority/index.ts';
import type { Vault } from '../vault/index.ts';
import { readLibrary } from './library.ts';
import { libraryFacts } from './library-facts.ts';
import { looksToLearn } from './looks.ts';
import { allStates } from './states.ts';
import { tiersOf } from './tiering.ts';

/** The tiers of a vault's contents. */
export interface ContentTiers {
  /** Of every part of a frame. What several frames share is of the tier that wants most copies. */
  readonly byBlob: ReadonlyMap<BlobId, Tier>;
  /** Of what is part of no frame. */
  readonly rest: Tier;
  /** Parts of frames of which some capture or sidecar was not looked at yet: what is said of them is not known. */
  readonly unlearned: ReadonlySet<BlobId>;
  /** How many copies the tier wants that wants most. */
  readonly copiesMax: number;
}

/** Says of which tier each content of a vault is; throws as {@link tiersOf}. */
export async function tiersByContent(
  world: Pick<World, 'disk' | 'clock'>,
  vault: Vault,
): Promise<ContentTiers> {
  const { rules } = tiersOf(world, vault);
  const library = await readLibrary(world, vault, allStates(vault.ledger));
  const partsOf = new Map(library.frames.map(({ frame, parts }) => [frame.id, parts]));
  const byBlob = new Map<BlobId, Tier>();
  for await (const { id, tier: name } of libraryFacts(world, vault, library, { type: 'all' })) {
    const tier = rules.byName.get(name ?? '') ?? rules.rest;
    for (const { blob } of partsOf.get(id) ?? []) {
      const other = byBlob.get(blob);
      byBlob.set(blob, other === undefined ? tier : stricter(other, tier));
    }
  }
  const unlooked = new Set(looksToLearn([vault]).map(({ blob }) => blob));
  const unlearned = new Set(unlooked);
  for (const { parts } of library.frames) {
    // Stars may stand in the sidecar of a picture that was looked at long ago.
    if (!parts.some(({ blob }) => unlooked.has(blob))) continue;
    for (const { blob } of parts) unlearned.add(blob);
  }
  const copiesMax = Math.max(...[...rules.byName.values()].map(({ copies }) => copies));
  return { byBlob, rest: rules.rest, unlearned, copiesMax };
}

/** Of two tiers the one that wants more copies; where both want as many, the more precious one. */
export function stricter(one: Tier, other: Tier): Tier {
  if (one.copies !== other.copies) return one.copies > other.copies ? one : other;
  return one.order <= other.order ? one : other;
}
