import type { Group, GroupOptions } from '../analysis/index.ts';
import type { World } from '../platform/index.ts';
import type { Vault } from '../vault/index.ts';
import { readLibrary } from './library.ts';
import { allStates } from './states.ts';

/**
 * Bursts, brackets, focus stacks, panoramas and look-alikes among all frames of a vault, with scores and reasons. Only
 * tells: what looks alike is never redundant. Members are named by the path of their frame.
 */
export async function groupBursts(
  world: Pick<World, 'disk'>,
  vault: Vault,
  options: GroupOptions = {},
): Promise<Group[]> {
  const { frames, groups } = await readLibrary(world, vault, allStates(vault.ledger), options);
  const paths = new Map(frames.map(({ frame }) => [frame.id, frame.primary]));
  return groups.map((group) => ({
    ...group,
    frames: group.frames.map((one) => ({ ...one, id: paths.get(one.id) ?? one.id })),
  }));
}
