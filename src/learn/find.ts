import type { World } from '../platform/index.ts';
import { type FrameFacts, matches, type Query } from '../query/index.ts';
import type { Vault } from '../vault/index.ts';
import { readLibrary } from './library.ts';
import { libraryFacts } from './library-facts.ts';
import { looksToLearn } from './looks.ts';
import { allStates } from './states.ts';

/** What found frames can be ordered by. */
export const FIND_ORDERS = ['date', 'name', 'rating', 'size', 'camera'] as const;

/** One of {@link FIND_ORDERS}. */
export type FindOrder = (typeof FIND_ORDERS)[number];

/** What is told of a frame that was found. */
export type FoundFrame = Omit<FrameFacts, 'tags'>;

/** How frames are found. */
export interface FindOptions {
  readonly order?: FindOrder;
  readonly descending?: boolean;
  readonly limit?: number;
}

/** Frames that fit. */
export interface FindReport {
  readonly frames: Iterable<FoundFrame>;
  /** Captures and sidecars of the vault that nobody looked at yet. */
  readonly unlearned: number;
}

/** The frames of a vault that fit a query. Pictures of forgotten snapshots alone are not among them. */
export async function findFrames(
  world: Pick<World, 'disk'>,
  vault: Vault,
  query: Query,
  options: FindOptions = {},
): Promise<FindReport> {
  const unlearned = looksToLearn([vault]).length;
  const found: FoundFrame[] = [];
  const library = await readLibrary(world, vault, allStates(vault.ledger));
  for await (const { tags, ...facts } of libraryFacts(world, vault, library, query)) {
    if (matches(query, { ...facts, tags })) found.push(facts);
  }
  found.sort(orderOf(options));
  return { frames: found.slice(0, options.limit), unlearned };
}

function orderOf({
  order = 'date',
  descending = false,
}: FindOptions): (a: FoundFrame, b: FoundFrame) => number {
  const sign = descending ? -1 : 1;
  return (a, b) => {
    const [left, right] = [KEYS[order](a), KEYS[order](b)];
    if (left === right) return compare(a.paths[0] ?? '', b.paths[0] ?? '');
    // What is not known comes last, whichever way the order goes.
    if (left === null || right === null) return left === null ? 1 : -1;
    return sign * compare(left, right);
  };
}

function compare(left: string | number, right: string | number): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

const KEYS: Readonly<Record<FindOrder, (frame: FoundFrame) => string | number | null>> = {
  date: ({ takenMs }) => takenMs,
  name: ({ paths }) => paths[0]?.slice(paths[0].lastIndexOf('/') + 1).toLowerCase() ?? '',
  rating: ({ rating }) => rating,
  size: ({ sizeBytes }) => sizeBytes,
  camera: ({ camera }) => camera?.toLowerCase() ?? null,
};
