import { createHash } from 'node:crypto';
import type { World } from '../platform/index.ts';
import type { Query } from '../query/index.ts';
import {
  type FoundFrame,
  type IndexState,
  openReadyIndex,
  type FindOptions as SearchOptions,
  type SearchOrder,
} from '../search/index.ts';
import type { Vault } from '../vault/index.ts';
import { readLibrary } from './library.ts';
import { libraryFacts } from './library-facts.ts';
import { looksToLearn } from './looks.ts';
import { allStates } from './states.ts';
import { knownTiersOf } from './tiering.ts';

/** What found frames can be ordered by. */
export const FIND_ORDERS: readonly SearchOrder[] = [
  'date',
  'name',
  'path',
  'rating',
  'size',
  'iso',
  'focal',
];

/** What finding needs of the world. */
export type FindWorld = Pick<World, 'disk' | 'clock' | 'host' | 'random' | 'cacheFolder'>;

/** Frames that fit. */
export interface FindReport {
  /** In order. */
  readonly frames: readonly FoundFrame[];
  /** Captures and sidecars of the vault that nobody looked at yet. */
  readonly unlearned: number;
}

/**
 * The frames of a vault that fit a query. Pictures of forgotten snapshots alone are not among them. An index in the
 * host's cache folder answers; where it is missing, damaged or of an older state of the vault, it is made again first.
 */
export async function findFrames(
  world: FindWorld,
  vault: Vault,
  query: Query,
  options: SearchOptions = {},
): Promise<FindReport> {
  const unlearned = looksToLearn([vault]).length;
  using index = await openReadyIndex(world, await indexFolder(world, vault), stateOf(world, vault));
  return { frames: [...index.find(query, options)], unlearned };
}

/** Names what frames are made by: a newer way of joining them is a new state. */
const FRAMES_VERSION = 2;

function stateOf(world: FindWorld, vault: Vault): IndexState {
  const { ledger, journals } = vault;
  const stamp = createHash('sha256');
  stamp.update(`${FRAMES_VERSION} ${ledger.recordCount}`);
  for (const { name, wholeBytes } of journals) stamp.update(` ${name} ${wholeBytes}`);
  // What `today` means in a policy changes with the day, and with it the tiers.
  const rules = knownTiersOf(world, vault)?.rules.rules ?? [];
  stamp.update(JSON.stringify(rules.map(({ query }) => query)));
  return {
    stamp: stamp.digest('hex'),
    frames: async function* () {
      const library = await readLibrary(world, vault, allStates(ledger));
      yield* libraryFacts(world, vault, library, null);
    },
  };
}

/** The folder of this vault's index, made where it is not there; null where there can be none. */
async function indexFolder(
  { disk, cacheFolder }: FindWorld,
  { identity }: Vault,
): Promise<string | null> {
  if (cacheFolder === null) return null;
  const folder = `${cacheFolder}/search/${identity.id}`;
  try {
    const parts = folder.split('/');
    for (let count = 2; count <= parts.length; count += 1) {
      const path = parts.slice(0, count).join('/');
      if ((await disk.stat(path)) === null) await disk.makeFolder(path);
    }
    return folder;
  } catch {
    // A cache that cannot be kept is made each time.
    return null;
  }
}
