import type { Placed } from './placed.ts';

/** Parts of one frame were taken within this time; times of one press differ by how long a camera writes. */
const PAIR_TIME_MS_MAX = 30_000;

/** Pictures and movies that are one press of the shutter, and what they say of it together. */
export interface Shot {
  readonly members: Placed[];
  readonly sidecars: Placed[];
  hasStill: boolean;
  /** Every name in it is one that proves little. */
  isWeak: boolean;
  firstMs: number | null;
  lastMs: number | null;
  make: string | null;
  model: string | null;
  serial: string | null;
  contentIdentifier: string | null;
  readonly ambiguities: string[];
}

/** A shot of one picture. */
export function shotOf(first: Placed): Shot {
  const shot: Shot = {
    members: [],
    sidecars: [],
    hasStill: false,
    isWeak: true,
    firstMs: null,
    lastMs: null,
    make: null,
    model: null,
    serial: null,
    contentIdentifier: null,
    ambiguities: [],
  };
  addMember(shot, first);
  return shot;
}

/** Takes a picture into a shot. */
export function addMember(shot: Shot, member: Placed): void {
  const { takenMs, make, model, serial, contentIdentifier } = member.part;
  shot.members.push(member);
  if (member.role !== 'video') shot.hasStill = true;
  if (!member.stem.needsProof) shot.isWeak = false;
  if (takenMs !== null) {
    shot.firstMs = Math.min(shot.firstMs ?? takenMs, takenMs);
    shot.lastMs = Math.max(shot.lastMs ?? takenMs, takenMs);
  }
  shot.make ??= make;
  shot.model ??= model;
  shot.serial ??= serial;
  shot.contentIdentifier ??= contentIdentifier;
}

/**
 * Whether two shots of one name can be one: nothing that both know contradicts it, and where a name proves little (a
 * still and a movie, a phone's suffix) their times or identifiers agree.
 */
export function canBeOne(left: Shot, right: Shot): boolean {
  if (isContradicted(left, right)) return false;
  const provesLittle = left.hasStill !== right.hasStill || left.isWeak || right.isWeak;
  return !provesLittle || isProven(left, right);
}

/** Whether times or identifiers say that two shots are one. Only for shots that {@link isContradicted} lets pass. */
export function isProven(left: Shot, right: Shot): boolean {
  const haveTimes = left.firstMs !== null && right.firstMs !== null;
  const haveMarks = left.contentIdentifier !== null && right.contentIdentifier !== null;
  return haveTimes || haveMarks;
}

/** Whether something that both know of the press of the shutter differs. */
export function isContradicted(left: Shot, right: Shot): boolean {
  const firstMs = Math.min(left.firstMs ?? Infinity, right.firstMs ?? Infinity);
  const lastMs = Math.max(left.lastMs ?? -Infinity, right.lastMs ?? -Infinity);
  return (
    lastMs - firstMs > PAIR_TIME_MS_MAX ||
    differ(left.serial, right.serial) ||
    differ(left.make, right.make) ||
    differ(left.model, right.model) ||
    differ(left.contentIdentifier, right.contentIdentifier)
  );
}

function differ(left: string | null, right: string | null): boolean {
  if (left === null || right === null || left === right) return false;
  return left.trim().toLowerCase() !== right.trim().toLowerCase();
}

/** Whether two shots are of one body as far as it is known, and that is known. */
export function isSameBody(left: Shot, right: Shot): boolean {
  if (left.serial !== null && right.serial !== null) return !differ(left.serial, right.serial);
  return left.model !== null && right.model !== null && !differ(left.model, right.model);
}
