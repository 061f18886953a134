import type { Relief, Way } from './plan.ts';
import { copyOn, type Planned, type TieredFrames } from './plan-frames.ts';
import type { Refusal, VaultRoom } from './vault-room.ts';

/** A copy that has no room on a vault. */
export interface Refused extends Refusal {
  readonly one: Planned;
  readonly room: VaultRoom;
  readonly bytes: number;
}

/** What would make room on each vault that refused a copy. */
export function relieve(
  frames: TieredFrames,
  rooms: readonly VaultRoom[],
  refused: readonly Refused[],
): Relief[] {
  return rooms.flatMap((room) => {
    const here = refused.filter((one) => one.room === room && one.why !== 'too-large');
    return here.length === 0 ? [] : [reliefOf(frames, room, here)];
  });
}

function reliefOf(frames: TieredFrames, room: VaultRoom, here: readonly Refused[]): Relief {
  const { tiers } = frames;
  const sums = tiers.map(() => 0);
  let bytes = 0;
  let floor = room.highestFloor;
  for (const { one, bytes: lacking } of here) {
    bytes += lacking;
    sums[one.rank] = (sums[one.rank] ?? 0) + lacking;
    floor = Math.max(floor, room.floorOf(one.rank));
  }
  const shortBytes = Math.max(0, bytes + floor - room.freeBytes);
  const ways: Way[] = shortBytes > 0 ? [{ kind: 'free-space', bytes: shortBytes }] : [];
  // Compaction makes room in quotas too.
  const doesPowerHelp = shortBytes > 0 || here.some(({ why }) => why === 'power');
  if (doesPowerHelp && room.powerlessBytes > 0) {
    ways.push({ kind: 'mains-power', bytes: room.powerlessBytes });
  }
  for (const [rank, { name }] of tiers.entries()) {
    const savable = shortBytes > 0 ? forbiddenBytes(frames, rank, room) : 0;
    if (savable > 0) ways.push({ kind: 'allow-compact', tier: name, bytes: savable });
    const over = (sums[rank] ?? 0) - room.quotaLeft(rank);
    if (over > 0) ways.push({ kind: 'raise-quota', tier: name, bytes: over });
  }
  return { vault: room.vault.id, frames: here.length, shortBytes, ways };
}

/** What compaction would free of a tier that does not allow it. */
function forbiddenBytes({ tiers, byRank }: TieredFrames, rank: number, room: VaultRoom): number {
  if (tiers[rank]?.forms !== 'verbatim') return 0;
  let bytes = 0;
  for (const { frame } of byRank[rank] ?? []) {
    const copy = copyOn(frame, room.vault.id);
    if (copy?.form !== 'verbatim' || copy.missingBytes > 0 || frame.compactBytes === null) continue;
    bytes += Math.max(0, copy.storedBytes - frame.compactBytes);
  }
  return bytes;
}
