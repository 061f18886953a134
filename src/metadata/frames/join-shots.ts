import { compareParts, type Placed } from './placed.ts';
import {
  addMember,
  canBeOne,
  isContradicted,
  isProven,
  isSameBody,
  type Shot,
  shotOf,
} from './shot.ts';

/** Shots of one name in one folder that a further picture is compared with: keeps the work linear. */
const SHOTS_COMPARED_MAX = 64;
/** Names in a sentence; the rest are counted. */
const NAMES_SHOWN_MAX = 8;

/** Joins pictures and movies: those of one name in one folder, Live Photos, and shots split over folders of a card. */
export function joinShots(pictures: readonly Placed[]): Shot[] {
  const shots = new Set<Shot>();
  for (const named of byKey(pictures, ({ folder, stem }) => `${folder}/${stem.shared}`)) {
    for (const shot of joinNamed(named)) shots.add(shot);
  }
  for (const marked of byKey(shots, markOf)) joinMarked(marked, shots);
  for (const siblings of byKey(shots, siblingKey)) joinSiblings(siblings, shots);
  return [...shots];
}

/** Says in each of several shots that something could belong to any of them. */
export function noteAmbiguity(what: string, shots: readonly Shot[], outcome: string): void {
  const shown = shots.slice(0, NAMES_SHOWN_MAX).map((shot) => shot.members[0]?.part.path);
  const more = shots.length > shown.length ? ` and ${shots.length - shown.length} more` : '';
  const sentence = `${what} may belong to ${shown.join(', ')}${more}; ${outcome}.`;
  for (const shot of shots) shot.ambiguities.push(sentence);
}

/** Lists of those that share a key, in order; null: in no list. */
function byKey<T>(items: Iterable<T>, keyOf: (item: T) => string | null): Iterable<T[]> {
  const lists = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    if (key === null) continue;
    const list = lists.get(key);
    if (list === undefined) lists.set(key, [item]);
    else list.push(item);
  }
  return lists.values();
}

/** Those that know their time come first: they decide which shots there are. */
function joinNamed(named: readonly Placed[]): Shot[] {
  const shots: Shot[] = [];
  for (const picture of named.toSorted(
    (left, right) => isTimeless(left) - isTimeless(right) || compareParts(left, right),
  )) {
    const own = shotOf(picture);
    const fitting = shots.slice(0, SHOTS_COMPARED_MAX).filter((shot) => canBeOne(shot, own));
    const [only] = fitting;
    if (only !== undefined && fitting.length === 1) {
      addMember(only, picture);
      continue;
    }
    if (fitting.length > 1) noteAmbiguity(picture.part.path, [...fitting, own], 'it stays alone');
    shots.push(own);
  }
  return shots;
}

function isTimeless({ part }: Placed): number {
  return Number(part.takenMs === null);
}

function markOf({ members, contentIdentifier }: Shot): string | null {
  return contentIdentifier === null ? null : `${members[0]?.folder}/${contentIdentifier}`;
}

/** A still and a movie with one identifier are a Live Photo, whatever their names. */
function joinMarked(marked: readonly Shot[], shots: Set<Shot>): void {
  const [still, ...otherStills] = marked.filter(({ hasStill }) => hasStill);
  const [movie, ...otherMovies] = marked.filter(({ hasStill }) => !hasStill);
  if (still === undefined || movie === undefined) return;
  if (otherStills.length > 0 || otherMovies.length > 0) {
    const what = `The Live Photo of ${movie.members[0]?.part.path}`;
    noteAmbiguity(what, marked, 'they stay apart');
  } else if (!isContradicted(still, movie)) merge(still, movie, shots);
}

/** Cameras may write RAW and JPEG into sibling folders of a card. */
const CARD_FOLDER = /^(.*(?:^|\/)DCIM)\/[^/]+$/i;

function siblingKey({ members: [first], firstMs }: Shot): string | null {
  const card = firstMs === null || first === undefined ? null : CARD_FOLDER.exec(first.folder);
  return card === null ? null : `${card[1]}/${first?.stem.shared}`;
}

/** Numbers repeat from folder to folder: only time and body together say that two shots of one name are one. */
function joinSiblings(siblings: readonly Shot[], shots: Set<Shot>): void {
  if (siblings.length < 2) return;
  const ordered = siblings.toSorted((left, right) => (left.firstMs ?? 0) - (right.firstMs ?? 0));
  for (const [index, shot] of ordered.entries()) {
    const near = ordered.slice(index + 1, index + 3).filter((other) => isSplit(shot, other));
    const before = ordered.slice(Math.max(0, index - 2), index);
    const [other] = near;
    if (other === undefined || before.some((earlier) => isSplit(earlier, shot))) continue;
    if (near.length > 1)
      noteAmbiguity(shot.members[0]?.part.path ?? '', [shot, ...near], 'they stay apart');
    else merge(shot, other, shots);
  }
}

function isSplit(left: Shot, right: Shot): boolean {
  const roles = new Set(left.members.map(({ role }) => role));
  return (
    left.members[0]?.folder !== right.members[0]?.folder &&
    left.hasStill === right.hasStill &&
    right.members.every(({ role }) => !roles.has(role)) &&
    isSameBody(left, right) &&
    isProven(left, right) &&
    !isContradicted(left, right)
  );
}

function merge(kept: Shot, taken: Shot, shots: Set<Shot>): void {
  for (const member of taken.members) addMember(kept, member);
  kept.ambiguities.push(...taken.ambiguities);
  shots.delete(taken);
}
