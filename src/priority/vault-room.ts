import { assert, LIMITS } from '../base/index.ts';
import type { PlanFrame, PlanVault, WaitWhy } from './plan.ts';
import type { Tier } from './policy.ts';
import { spaceBytes } from './space.ts';

/** A larger new form is not counted on to make room: the room it needs while it is proven could be the last. */
export const SCRATCH_BYTES_MAX = 536_870_912;

/** A verbatim copy that may be compacted here. */
export interface Compactable {
  readonly frame: PlanFrame;
  /** Place of its tier, 0 the most precious. */
  readonly rank: number;
  readonly compactBytes: number;
  readonly savedBytes: number;
}

/** Why something does not fit, and how many bytes it lacks. */
export interface Refusal {
  readonly why: WaitWhy;
  readonly shortBytes: number;
}

/** What all vaults of one plan have in common. */
export interface RoomRules {
  /** The most precious first. */
  readonly tiers: readonly Tier[];
  /** Kept free so that compaction can work at all: the largest new form there may be. */
  readonly scratchBytes: number;
  readonly canCompact: boolean;
}

/**
 * The space of one vault while a plan is made. Invariant: after every {@link take}, done in order, the drive has its
 * journal's reserve free, and what a tier leaves free for more precious ones was never touched for it.
 */
export class VaultRoom {
  readonly vault: PlanVault;
  readonly #rules: RoomRules;
  /** Space that each tier leaves free. */
  readonly #floors: readonly number[];
  readonly #quotas: readonly number[];
  readonly #used: number[];
  /** What may be compacted, by tier, in the order in which it would be. */
  readonly #pools: Compactable[][];
  readonly #poolHeads: number[];
  readonly #saved: number[];
  #savedBytes = 0;
  #freeBytes: number;
  /** What the least precious tier that found room leaves free. */
  #highestFloor: number = LIMITS.reserveBytes;

  constructor(vault: PlanVault, rules: RoomRules) {
    const { tiers, scratchBytes } = rules;
    this.vault = vault;
    this.#rules = rules;
    this.#freeBytes = vault.freeBytes;
    let reserved = 0;
    this.#floors = tiers.map(({ reserve }, rank) => {
      const floor = LIMITS.reserveBytes + (rank === 0 ? 0 : Math.max(reserved, scratchBytes));
      reserved += reserve === null ? 0 : spaceBytes(reserve, vault.totalBytes);
      return floor;
    });
    this.#quotas = tiers.map(({ quota }) =>
      quota === null ? Number.POSITIVE_INFINITY : spaceBytes(quota, vault.totalBytes),
    );
    this.#used = tiers.map(({ name }) => vault.otherBytes[name] ?? 0);
    this.#pools = tiers.map(() => []);
    this.#poolHeads = tiers.map(() => 0);
    this.#saved = tiers.map(() => 0);
  }

  get freeBytes(): number {
    return this.#freeBytes;
  }

  /** What compaction would free if only it had the power to run; 0 where it may run. */
  get powerlessBytes(): number {
    return this.#rules.canCompact ? 0 : this.#savedBytes;
  }

  /** What a tier leaves free here. */
  floorOf(rank: number): number {
    return this.#floors[rank] ?? 0;
  }

  /** What the least precious tier that found room here leaves free. */
  get highestFloor(): number {
    return this.#highestFloor;
  }

  /** What a tier may still take here; below 0 where it has more than its quota. */
  quotaLeft(rank: number): number {
    return this.#quotaOf(rank) - this.#usedOf(rank);
  }

  /** Counts bytes that lie here already. */
  addUsed(rank: number, bytes: number): void {
    this.#used[rank] = (this.#used[rank] ?? 0) + bytes;
  }

  /** Something verbatim lies here, or will, that may be compacted. */
  addCompactable(one: Compactable): void {
    this.#pools[one.rank]?.push(one);
    this.#addSaved(one.rank, one.savedBytes);
  }

  /** Why so many bytes of a tier do not fit, even after all compaction that is allowed; null where they do. */
  refusal(rank: number, bytes: number): Refusal | null {
    return this.#quotaRefusal(rank, bytes) ?? this.#spaceRefusal(rank, bytes);
  }

  /**
   * Takes bytes that fit ({@link refusal} gave null).
   * @returns what has to be compacted first, in order
   */
  take(rank: number, bytes: number): Compactable[] {
    const draws: Compactable[] = [];
    while (this.#usedOf(rank) + bytes > this.#quotaOf(rank)) draws.push(this.#draw(rank));
    const wanted = this.#floorToDraw(rank, bytes) + bytes;
    for (let from = this.#pools.length - 1; this.#freeBytes < wanted; ) {
      if (this.#isDrawn(from)) from -= 1;
      else draws.push(this.#draw(from));
    }
    this.#freeBytes -= bytes;
    this.addUsed(rank, bytes);
    this.#highestFloor = Math.max(this.#highestFloor, this.floorOf(rank));
    assert(this.#freeBytes >= LIMITS.reserveBytes, 'a plan never exceeds the space there is');
    return draws;
  }

  /** Compaction needs room to work in: the new form is proven before the old one goes. Half the reserve lends it some. */
  get #hasScratch(): boolean {
    return this.#freeBytes >= LIMITS.reserveBytes / 2 + this.#rules.scratchBytes;
  }

  get #canDraw(): boolean {
    return this.#rules.canCompact && this.#hasScratch;
  }

  #quotaRefusal(rank: number, bytes: number): Refusal | null {
    const shortBytes = this.#usedOf(rank) + bytes - this.#quotaOf(rank);
    const savable = this.#saved[rank] ?? 0;
    if (shortBytes <= (this.#canDraw ? savable : 0)) return null;
    const isPower = !this.#rules.canCompact && this.#hasScratch && shortBytes <= savable;
    return { why: isPower ? 'power' : 'quota', shortBytes };
  }

  #spaceRefusal(rank: number, bytes: number): Refusal | null {
    const floor = this.floorOf(rank);
    const left = this.#freeBytes - bytes;
    if (left >= floor) return null;
    const drawFloor = this.#drawFloor(rank);
    const savable = this.#hasScratch ? this.#savedBytes : 0;
    if (this.#rules.canCompact && savable > 0 && left + savable >= drawFloor) return null;
    const shortBytes = floor - left;
    if (bytes > this.vault.totalBytes) return { why: 'too-large', shortBytes };
    if (!this.#rules.canCompact && savable > 0 && left + savable >= drawFloor) {
      return { why: 'power', shortBytes };
    }
    return { why: left >= LIMITS.reserveBytes ? 'reserve' : 'no-room', shortBytes };
  }

  /** What is left free where something was compacted: the next compaction has to find room too. */
  #drawFloor(rank: number): number {
    return Math.max(this.floorOf(rank), LIMITS.reserveBytes + this.#rules.scratchBytes);
  }

  /** The most precious tier takes the room compaction works in only when nothing else is left. */
  #floorToDraw(rank: number, bytes: number): number {
    const floor = this.#drawFloor(rank);
    const hasEnough = this.#canDraw && this.#freeBytes + this.#savedBytes - bytes >= floor;
    return hasEnough ? floor : this.floorOf(rank);
  }

  #draw(rank: number): Compactable {
    const one = this.#pools[rank]?.[this.#poolHeads[rank] ?? 0];
    assert(one !== undefined, 'what compaction frees was counted');
    this.#poolHeads[rank] = (this.#poolHeads[rank] ?? 0) + 1;
    this.#addSaved(rank, -one.savedBytes);
    this.#freeBytes += one.savedBytes;
    this.addUsed(rank, -one.savedBytes);
    return one;
  }

  #isDrawn(rank: number): boolean {
    return (this.#poolHeads[rank] ?? 0) >= (this.#pools[rank]?.length ?? 0);
  }

  #addSaved(rank: number, bytes: number): void {
    this.#saved[rank] = (this.#saved[rank] ?? 0) + bytes;
    this.#savedBytes += bytes;
  }

  #usedOf(rank: number): number {
    return this.#used[rank] ?? 0;
  }

  #quotaOf(rank: number): number {
    return this.#quotas[rank] ?? Number.POSITIVE_INFINITY;
  }
}
