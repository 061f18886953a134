import type { PlanInput } from './plan.ts';
import { compareTexts, copyOn, type Planned, type TieredFrames } from './plan-frames.ts';
import {
  type Compactable,
  type RoomRules,
  SCRATCH_BYTES_MAX,
  type VaultRoom,
} from './vault-room.ts';

/** What compacting a frame that takes so many bytes would free; null where its tier does not allow it or nothing is gained. */
export function compactableOf(
  { frame, rank, tier }: Planned,
  storedBytes: number,
): Compactable | null {
  const { compactBytes } = frame;
  if (tier.forms !== 'compact' || compactBytes === null) return null;
  if (compactBytes >= storedBytes || compactBytes > SCRATCH_BYTES_MAX) return null;
  return { frame, rank, compactBytes, savedBytes: storedBytes - compactBytes };
}

/** What all vaults of a plan have in common. */
export function roomRules(
  { power, compactsOnBattery }: PlanInput,
  { tiers, byRank }: TieredFrames,
): RoomRules {
  let scratchBytes = 0;
  for (const one of byRank.flat()) {
    const compactable = compactableOf(one, one.frame.facts.sizeBytes);
    scratchBytes = Math.max(scratchBytes, compactable?.compactBytes ?? 0);
  }
  return { tiers, scratchBytes, canCompact: power !== 'battery' || compactsOnBattery };
}

/** Counts what lies in a vault already, and what of it may be compacted: what saves most first. */
export function fillRoom(room: VaultRoom, { byRank }: TieredFrames): void {
  for (const [rank, members] of byRank.entries()) {
    const compactables: Compactable[] = [];
    for (const one of members) {
      const copy = copyOn(one.frame, room.vault.id);
      if (copy === null) continue;
      room.addUsed(rank, copy.storedBytes);
      if (copy.form !== 'verbatim' || copy.missingBytes > 0) continue;
      const compactable = compactableOf(one, copy.storedBytes);
      if (compactable !== null) compactables.push(compactable);
    }
    compactables.sort(
      (a, b) => b.savedBytes - a.savedBytes || compareTexts(a.frame.facts.id, b.frame.facts.id),
    );
    for (const one of compactables) room.addCompactable(one);
  }
}
