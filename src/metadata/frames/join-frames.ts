import { hash } from 'node:crypto';
import { HostIndex } from './host-index.ts';
import { joinShots } from './join-shots.ts';
import { type Frame, type FramePart, rankOf } from './part.ts';
import { compareParts, type Placed, placePart } from './placed.ts';
import { type Shot, shotOf } from './shot.ts';

const ID_DIGITS = 32;

/**
 * Joins files into frames. Pictures are one frame where folder and name are the same and nothing that both know (time,
 * body, Live Photo mark) contradicts it; a sidecar goes to the frames of its name, to all of them where that is several.
 * Every picture, movie, sound and sidecar is in at least one frame; catalogs and other files are in none. Pure, linear,
 * and the same whatever the order of the parts; the frames come ordered by their primary part.
 */
export function joinFrames(parts: readonly FramePart[]): Frame[] {
  const placed = placeAll(parts);
  const shots = joinShots(placed.filter(({ sidecar }) => sidecar === null));
  const hosts = new HostIndex();
  for (const shot of shots) hosts.add(shot);
  // A sound or thumbnail without its picture stands for a frame that other sidecars can belong to.
  const isOwn = ({ role }: Placed): boolean => role === 'audio' || role === 'thumbnail';
  const sidecars = placed.filter(({ sidecar }) => sidecar !== null);
  const alone = attachAll(sidecars.filter(isOwn), hosts);
  for (const shot of alone) hosts.add(shot);
  const orphans = attachAll(
    sidecars.filter((part) => !isOwn(part)),
    hosts,
  );
  return [...shots, ...alone, ...orphans]
    .map(frameOf)
    .sort((left, right) => (left.primary < right.primary ? -1 : 1));
}

/** One part for each path, ordered, so that nothing depends on the order of the input. */
function placeAll(parts: readonly FramePart[]): Placed[] {
  const ordered = parts.toSorted(
    (left, right) =>
      compareTexts(left.path, right.path) || compareTexts(left.content, right.content),
  );
  const placed: Placed[] = [];
  for (const [index, part] of ordered.entries()) {
    if (ordered[index - 1]?.path === part.path) continue;
    const one = placePart(part);
    if (one !== null) placed.push(one);
  }
  return placed;
}

function compareTexts(left: string, right: string): number {
  return left < right ? -1 : Number(left > right);
}

/** Attaches sidecars; those that belong to nothing come back as shots of their own. */
function attachAll(sidecars: readonly Placed[], hosts: HostIndex): Shot[] {
  const orphans: Shot[] = [];
  for (const sidecar of sidecars) {
    if (sidecar.sidecar === null || hosts.attach(sidecar, sidecar.sidecar)) continue;
    if (sidecar.sidecar.kind.isFrameAlone !== false) orphans.push(shotOf(sidecar));
  }
  return orphans;
}

function frameOf(shot: Shot): Frame {
  const members = shot.members.toSorted(compareParts);
  const sidecars = shot.sidecars.toSorted(
    (left, right) =>
      rankOf(left.role) - rankOf(right.role) || compareTexts(left.part.path, right.part.path),
  );
  const { path, content } = (members[0] as Placed).part;
  return {
    id: hash('sha256', `${content}\0${path}`, 'hex').slice(0, ID_DIGITS),
    primary: path,
    parts: [...members, ...sidecars].map(({ part, role }) => ({ path: part.path, role })),
    ambiguities: [...new Set(shot.ambiguities)].sort(),
  };
}
