import type { Plan, PlanInput } from './plan.ts';
import { tierFrames } from './plan-frames.ts';

/** What there is of one tier, and how well it is protected. */
export interface TierSummary {
  readonly tier: string;
  readonly frames: number;
  /** Bytes of the originals, each frame counted once. */
  readonly bytes: number;
  readonly copiesWanted: number;
  /** Of those wanted: what a frame has beyond them does not make up for another. */
  readonly copiesHeld: number;
  /** Frames that have all the copies they want. */
  readonly framesSafe: number;
  /** Frames that lack copies after the plan, and their bytes. */
  readonly framesWaiting: number;
  readonly bytesWaiting: number;
  /** When the copy that was not read for longest was last read and right, in milliseconds since 1970; null: none is held. */
  readonly oldestVerifiedMs: number | null;
}

/** Sums up each tier, the most precious first. @param plan what `planTiers` made of this input */
export function summarizeTiers(input: PlanInput, plan: Plan): TierSummary[] {
  const { tiers, byRank } = tierFrames(input);
  const waiting = new Map(tiers.map(({ name }) => [name, { frames: 0, bytes: 0 }]));
  for (const { tier, sizeBytes } of plan.waiting) {
    const sums = waiting.get(tier);
    if (sums === undefined) continue;
    sums.frames += 1;
    sums.bytes += sizeBytes;
  }
  return tiers.map(({ name, copies }, rank) => {
    const members = byRank[rank] ?? [];
    let [bytes, copiesHeld, framesSafe] = [0, 0, 0];
    let oldestMs = Number.POSITIVE_INFINITY;
    for (const { frame, held } of members) {
      bytes += frame.facts.sizeBytes;
      copiesHeld += Math.min(copies, held);
      if (held >= copies) framesSafe += 1;
      for (const copy of frame.copies) oldestMs = Math.min(oldestMs, copy.verifiedMs);
    }
    const { frames: framesWaiting = 0, bytes: bytesWaiting = 0 } = waiting.get(name) ?? {};
    return {
      tier: name,
      frames: members.length,
      bytes,
      copiesWanted: members.length * copies,
      copiesHeld,
      framesSafe,
      framesWaiting,
      bytesWaiting,
      oldestVerifiedMs: Number.isFinite(oldestMs) ? oldestMs : null,
    };
  });
}
