import { LIMITS } from '../base/index.ts';
import type { World } from '../platform/index.ts';
import {
  type Arrival,
  type Forecast,
  forecast,
  type PlanInput,
  type PlanVault,
  planTiers,
  reservedBytes,
  summarizeTiers,
  type TierSummary,
} from '../priority/index.ts';
import type { StoredBlob, Vault } from '../vault/index.ts';
import { storedBytesOf } from './expected-bytes.ts';
import { heldFrames } from './held-frames.ts';
import { looksToLearn } from './looks.ts';
import { marksOf, momentOf, policyOf, tiersOf } from './tiering.ts';

/** One tier as vaults hold it. */
export interface TierState extends TierSummary {
  /** What its frames take, over all these vaults, as they are stored. */
  readonly storedBytes: number;
}

/** The room of one vault. */
export interface VaultRoomState {
  readonly path: string;
  readonly label: string;
  /** What originals take as they are stored. */
  readonly storedBytes: number;
  /** null: the drive does not say. */
  readonly freeBytes: number | null;
  /** What of it is kept for precious tiers. */
  readonly reservedBytes: number;
  /** How long the rest will do at the rate of the last days; null where the drive does not say how much it has. */
  readonly forecast: Forecast | null;
}

/** How well what vaults hold is protected, by the policy of the first one. */
export interface TierStatus {
  /** The most precious first; tiers without frames too. */
  readonly tiers: readonly TierState[];
  readonly vaults: readonly VaultRoomState[];
  /** Frames whose copies lean on vaults that are not connected, as they were last seen. */
  readonly framesByReceipt: number;
  /** Captures and sidecars that nobody looked at yet: their tier may be another. */
  readonly unlearned: number;
}

/**
 * Sums up by tier what vaults hold: frames, copies, what lacks some, and how long the room will do. Vaults that are not
 * named count by the receipts of those that are. Reads journals and facts.
 * @throws as `policyOf`
 */
export async function tierStatus(
  world: Pick<World, 'disk' | 'clock'>,
  vaults: readonly [Vault, ...Vault[]],
): Promise<TierStatus> {
  const [primary] = vaults;
  const { frames } = await heldFrames(world, vaults);
  const free: (number | null)[] = [];
  for (const { root } of vaults) free.push(await world.disk.freeBytes(root).catch(() => null));
  const input: PlanInput = {
    frames,
    vaults: vaults.map((vault, rank) => planVaultOf(vault, rank, free[rank] ?? 0)),
    policy: policyOf(primary).policy,
    marks: marksOf(primary),
    now: momentOf(world),
    occasion: 'everything',
    lastDailyMs: null,
    power: 'unknown',
    compactsOnBattery: false,
  };
  const tiers = tiersOf(world, primary);
  const stored = new Map<string, number>();
  for (const { facts, copies } of frames) {
    const { name } = tiers.of(facts);
    const bytes = copies.reduce((sum, { storedBytes }) => sum + storedBytes, 0);
    stored.set(name, (stored.get(name) ?? 0) + bytes);
  }
  const here = new Set(vaults.map(({ identity }) => identity.id));
  return {
    tiers: summarizeTiers(input, planTiers(input)).map((summary) => ({
      ...summary,
      storedBytes: stored.get(summary.tier) ?? 0,
    })),
    vaults: vaults.map((vault, at) => roomOf(vault, free[at] ?? null, input)),
    framesByReceipt: frames.filter(({ copies }) => copies.some(({ vault }) => !here.has(vault)))
      .length,
    unlearned: looksToLearn(vaults).length,
  };
}

function planVaultOf({ identity, ledger }: Vault, rank: number, freeBytes: number): PlanVault {
  const { id, label } = identity;
  const totalBytes = freeBytes + sumOf(ledger.blobs.values());
  return {
    id,
    label,
    rank,
    isConnected: true,
    takesAll: true,
    freeBytes,
    totalBytes,
    otherBytes: {},
  };
}

function roomOf(
  { root, identity, ledger }: Vault,
  freeBytes: number | null,
  { now, policy }: PlanInput,
): VaultRoomState {
  const arrivals: Arrival[] = [];
  for (const blob of ledger.blobs.values()) {
    arrivals.push({ timeMs: blob.storedMs, bytes: storedBytesOf(blob) });
  }
  const storedBytes = sumOf(ledger.blobs.values());
  const kept = Math.max(0, ...reservedBytes(policy, storedBytes + (freeBytes ?? 0)).values());
  const roomBytes = freeBytes === null ? null : Math.max(0, freeBytes - LIMITS.reserveBytes - kept);
  return {
    path: root,
    label: identity.label,
    storedBytes,
    freeBytes,
    reservedBytes: freeBytes === null ? 0 : Math.min(kept, freeBytes),
    forecast: roomBytes === null ? null : forecast(roomBytes, arrivals, now),
  };
}

function sumOf(blobs: Iterable<StoredBlob>): number {
  let bytes = 0;
  for (const blob of blobs) bytes += storedBytesOf(blob);
  return bytes;
}
