import { assert } from '../base/index.ts';
import { compactableOf, fillRoom, roomRules } from './compactable.ts';
import type { Plan, PlanInput, PlanVault, Step, Waiting } from './plan.ts';
import {
  compareTexts,
  copyOn,
  isReplica,
  missingOn,
  type Planned,
  type TieredFrames,
  tierFrames,
} from './plan-frames.ts';
import type { Tier } from './policy.ts';
import { type Refused, relieve } from './relief.ts';
import { StepList } from './step-list.ts';
import { type Compactable, type Refusal, VaultRoom } from './vault-room.ts';

/**
 * Says what to protect now and in which order, what to compact to make room for it, what has to wait and why.
 *
 * Tier by tier, the most precious first: all its frames once, then twice, and so on; of frames that are alike in this the
 * smaller first, so that as many as can be are protected, then the earlier. What is not due claims its room all the same. Where room is
 * short, compaction that the policy allows comes first; then the less precious waits. Nothing is ever deleted.
 *
 * The same input gives the same plan, in whatever order frames, vaults and marks stand. Where more space on one vault
 * makes a difference, the most precious tier and the first of its copies that it makes one to have more of them, not
 * fewer. With several vaults a copy that finds room on another one may push others out there (bin packing).
 */
export function planTiers(input: PlanInput): Plan {
  const frames = tierFrames(input);
  const work = new Work(input, frames);
  for (const [rank, members] of frames.byRank.entries()) work.placeWanted(rank, members);
  for (const [rank, members] of frames.byRank.entries()) {
    work.placeVerbatim(rank, members);
    work.placeMirrored(rank, members);
  }
  return work.plan();
}

/** One plan while it is made. */
class Work {
  readonly #input: PlanInput;
  readonly #frames: TieredFrames;
  readonly #rooms: readonly VaultRoom[];
  readonly #steps = new StepList();
  readonly #waiting = new Map<Planned, Waiting>();
  readonly #refused: Refused[] = [];
  readonly #leftOut = new Map<string, number>();

  constructor(input: PlanInput, frames: TieredFrames) {
    this.#input = input;
    this.#frames = frames;
    const connected = input.vaults
      .filter(({ isConnected }) => isConnected)
      .toSorted((a, b) => a.rank - b.rank || compareTexts(a.id, b.id));
    const ids = new Set(input.vaults.map(({ id }) => id));
    assert(ids.size === input.vaults.length, 'a vault stands in a plan once');
    const rules = roomRules(input, frames);
    this.#rooms = connected.map((vault) => new VaultRoom(vault, rules));
    for (const room of this.#rooms) fillRoom(room, frames);
  }

  /** The copies that are wanted: first of all frames of the tier, then the second ones. */
  placeWanted(rank: number, members: readonly Planned[]): void {
    const copies = this.#frames.tiers[rank]?.copies ?? 0;
    for (let round = 0; round < copies; round += 1) {
      this.#steps.nextGroup();
      const inTurn = members
        .filter((one) => one.held + one.placed.length === round)
        .map((one) => this.#inTurn(one))
        .sort((a, b) => a.bytes - b.bytes);
      for (const { one, rooms } of inTurn) this.#place(one, rooms);
    }
  }

  /** Originals that lie compacted here and are to be verbatim again, as their tier has changed. */
  placeVerbatim(rank: number, members: readonly Planned[]): void {
    if (this.#frames.tiers[rank]?.forms !== 'verbatim') return;
    this.#placeExtras(members, 'verbatim', (one, { vault }) => {
      const copy = copyOn(one.frame, vault.id);
      const isCompacted = copy?.form === 'compact' && copy.missingBytes === 0;
      return isCompacted && isReplica(one.tier, vault) ? one.frame.facts.sizeBytes : null;
    });
  }

  /** What mirrors take beyond what is wanted. */
  placeMirrored(rank: number, members: readonly Planned[]): void {
    if (this.#frames.tiers[rank] === undefined) return;
    this.#placeExtras(members, 'mirror', (one, { vault }) => {
      if (!vault.takesAll || !isReplica(one.tier, vault)) return null;
      if (one.placed.includes(vault.id)) return null;
      const copy = copyOn(one.frame, vault.id);
      return copy?.missingBytes === 0 ? null : missingOn(one.frame, vault.id);
    });
  }

  plan(): Plan {
    const { tiers, byRank, idleMarks } = this.#frames;
    const waiting = byRank.flatMap((members) => this.#waitingOf(members));
    const steps = this.#steps.sorted();
    return {
      steps,
      waiting,
      relief: relieve(this.#frames, this.#rooms, this.#refused),
      vaults: this.#rooms.map((room) => this.#vaultPlan(room, steps)),
      untouchable: byRank
        .filter((_, rank) => tiers[rank]?.forms === 'verbatim')
        .flatMap((members) => members.map(({ id }) => id))
        .toSorted(compareTexts),
      idleMarks,
      absentReplicas: tiers.flatMap((tier) => absentReplicas(tier, this.#input.vaults)),
    };
  }

  /** Vaults a frame can go to: those that have a part of it first, since they lack the least. */
  #inTurn(one: Planned): { one: Planned; rooms: readonly VaultRoom[]; bytes: number } {
    const partly: VaultRoom[] = [];
    const others: VaultRoom[] = [];
    for (const room of this.#rooms) {
      if (!isReplica(one.tier, room.vault) || one.placed.includes(room.vault.id)) continue;
      const copy = copyOn(one.frame, room.vault.id);
      if (copy?.missingBytes !== 0) (copy === null ? others : partly).push(room);
    }
    const rooms = partly.length === 0 ? others : [...partly, ...others];
    const first = rooms[0]?.vault.id ?? '';
    return { one, rooms, bytes: missingOn(one.frame, first) };
  }

  #place(one: Planned, rooms: readonly VaultRoom[]): void {
    const first = rooms[0]?.vault.id ?? null;
    if (!one.frame.isAtHand) {
      this.#wait(one, first, { why: 'not-at-hand', shortBytes: 0 });
      return;
    }
    const refused: Refused[] = [];
    for (const room of rooms) {
      const bytes = missingOn(one.frame, room.vault.id);
      const refusal = room.refusal(one.rank, bytes);
      if (refusal === null) {
        this.#take(one, room, bytes, 'wanted');
        return;
      }
      refused.push({ ...refusal, one, room, bytes });
    }
    // Each copy that is lacking would go to the next vault in turn.
    const lacking = one.tier.copies - one.held - one.placed.length;
    this.#refused.push(...refused.slice(0, lacking));
    this.#wait(one, first, refused[0] ?? { why: 'too-few-vaults', shortBytes: 0 });
  }

  #placeExtras(
    members: readonly Planned[],
    why: 'verbatim' | 'mirror',
    lackingOn: (one: Planned, room: VaultRoom) => number | null,
  ): void {
    for (const room of this.#rooms) {
      this.#steps.nextGroup();
      const lacking = members
        .map((one) => ({ one, bytes: one.frame.isAtHand ? lackingOn(one, room) : null }))
        .filter((item): item is { one: Planned; bytes: number } => item.bytes !== null)
        .sort((a, b) => a.bytes - b.bytes);
      for (const { one, bytes } of lacking) {
        if (room.refusal(one.rank, bytes) === null) this.#take(one, room, bytes, why);
        else this.#leftOut.set(room.vault.id, (this.#leftOut.get(room.vault.id) ?? 0) + 1);
      }
    }
  }

  #take(one: Planned, room: VaultRoom, bytes: number, why: 'wanted' | 'verbatim' | 'mirror'): void {
    const vault = room.vault.id;
    for (const draw of room.take(one.rank, bytes)) this.#compact(draw, vault);
    if (why !== 'verbatim') one.placed.push(vault);
    if (this.#frames.isDue[one.rank] !== true) {
      // It has claimed its room and comes another time.
      if (why === 'wanted') this.#wait(one, vault, { why: 'not-due', shortBytes: 0 });
      return;
    }
    this.#steps.add(one.turn, {
      act: 'protect',
      frame: one.id,
      tier: one.tier.name,
      vault,
      bytes,
      why,
    });
    const { sizeBytes } = one.frame.facts;
    const compactable = bytes === sizeBytes ? compactableOf(one, sizeBytes) : null;
    if (compactable !== null) room.addCompactable(compactable);
  }

  #compact({ frame, rank, compactBytes, savedBytes }: Compactable, vault: string): void {
    this.#steps.add(0, {
      act: 'compact',
      frame: frame.facts.id,
      tier: this.#frames.tiers[rank]?.name ?? '',
      vault,
      bytes: compactBytes,
      freesBytes: savedBytes,
    });
  }

  /** What is in the way first is what is told. */
  #wait(one: Planned, vault: string | null, { why, shortBytes }: Refusal): void {
    if (this.#waiting.has(one)) return;
    const { frame, tier, held } = one;
    this.#waiting.set(one, {
      frame: one.id,
      path: frame.facts.paths[0] ?? one.id,
      tier: tier.name,
      sizeBytes: frame.facts.sizeBytes,
      copiesWanted: tier.copies,
      copiesHeld: held,
      copiesPlanned: 0,
      why,
      vault,
      shortBytes,
    });
  }

  #waitingOf(members: readonly Planned[]): Waiting[] {
    return members.flatMap((one) => {
      const record = this.#waiting.get(one);
      const isDue = this.#frames.isDue[one.rank] === true;
      const copiesPlanned = isDue ? one.placed.length : 0;
      return record === undefined ? [] : [{ ...record, copiesPlanned }];
    });
  }

  #vaultPlan({ vault }: VaultRoom, steps: readonly Step[]): Plan['vaults'][number] {
    const total = { protectFrames: 0, protectBytes: 0, compactFrames: 0, freedBytes: 0 };
    for (const step of steps) {
      if (step.vault !== vault.id) continue;
      if (step.act === 'protect') {
        total.protectFrames += 1;
        total.protectBytes += step.bytes;
      } else {
        total.compactFrames += 1;
        total.freedBytes += step.freesBytes;
      }
    }
    return {
      vault: vault.id,
      ...total,
      freeAfterBytes: vault.freeBytes - total.protectBytes + total.freedBytes,
      extrasLeftOut: this.#leftOut.get(vault.id) ?? 0,
    };
  }
}

function absentReplicas(
  { name, replicas }: Tier,
  vaults: readonly PlanVault[],
): { readonly tier: string; readonly replica: string }[] {
  if (replicas === 'all') return [];
  return replicas
    .filter((replica) => !vaults.some(({ id, label }) => id === replica || label === replica))
    .map((replica) => ({ tier: name, replica }));
}
