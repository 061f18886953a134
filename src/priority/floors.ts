import { byOrder, type Policy } from './policy.ts';
import { spaceBytes } from './space.ts';

/** By tier: how much of a vault it leaves free for the tiers that are more precious. */
export function reservedBytes(policy: Policy, totalBytes: number): ReadonlyMap<string, number> {
  const floors = new Map<string, number>();
  let reserved = 0;
  for (const { name, reserve } of byOrder(policy)) {
    floors.set(name, reserved);
    reserved += reserve === null ? 0 : spaceBytes(reserve, totalBytes);
  }
  return floors;
}
