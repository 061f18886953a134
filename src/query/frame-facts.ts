import { fold } from './fold.ts';

/** What is known of a frame, in the words the filter language asks in. null: not known. */
export interface FrameFacts {
  /** The same as long as it is the same picture. */
  readonly id: string;
  /** `<source>/<path>` of every part, the picture that stands for the frame first. */
  readonly paths: readonly string[];
  /** Maker and model. */
  readonly camera: string | null;
  readonly lens: string | null;
  readonly serial: string | null;
  readonly iso: number | null;
  /** f-number. */
  readonly aperture: number | null;
  readonly shutterSeconds: number | null;
  /** Millimetres. */
  readonly focal: number | null;
  /** Local time of capture, milliseconds since 1970 as if local time were UTC. */
  readonly takenMs: number | null;
  /** 0 to 5, -1 = rejected. */
  readonly rating: number | null;
  readonly label: string | null;
  /** 1 picked, 0 unset, -1 rejected. */
  readonly pick: number | null;
  readonly keywords: readonly string[];
  readonly collections: readonly string[];
  readonly tier: string | null;
  readonly burst: string | null;
  /** raw, jpeg, heic, video, audio, xmp, ...: of every part, each once. */
  readonly kinds: readonly string[];
  /** Bytes of all parts. */
  readonly sizeBytes: number;
  /** Degrees. */
  readonly latitude: number | null;
  readonly longitude: number | null;
  readonly hasIssue: boolean;
  /** ExifTool tags by name, with their group (`XMP-dc:Creator`) or without. */
  readonly tags: Readonly<Record<string, string>>;
}

/** Longer texts of tags are known to queries only this far, in UTF-16 units. */
export const TAG_TEXT_MAX = 1000;

/** The texts of a field, as they are told; empty where nothing is known. */
export function textsOf(facts: FrameFacts, field: string): readonly string[] {
  switch (field) {
    case 'camera':
    case 'lens':
    case 'serial':
    case 'label':
    case 'tier':
    case 'burst': {
      const text = facts[field];
      return text === null ? [] : [text];
    }
    case 'keyword':
      return facts.keywords;
    case 'collection':
      return facts.collections;
    case 'kind':
      return facts.kinds;
    case 'path':
      return facts.paths;
    case 'name':
      return facts.paths.map((path) => path.slice(path.lastIndexOf('/') + 1));
    default:
      return tagTexts(facts, field);
  }
}

function tagTexts(facts: FrameFacts, field: string): readonly string[] {
  const wanted = tagAsked(field);
  if (wanted === null) return [];
  const texts: string[] = [];
  for (const [name, text] of Object.entries(facts.tags)) {
    if (tagFits(fold(name), wanted)) texts.push(text.slice(0, TAG_TEXT_MAX));
  }
  return texts;
}

/** The tag, folded, that a field such as `tag.ShutterCount` asks for; null for every other field. */
export function tagAsked(field: string): string | null {
  return field.startsWith('tag.') ? fold(field.slice('tag.'.length)) : null;
}

/**
 * Whether a tag is the one that is asked for, both folded. `creator` asks in every group, `xmp:creator` in the group
 * `xmp` and in those that begin with `xmp-`, as ExifTool's family 1 names the parts of family 0.
 */
export function tagFits(name: string, wanted: string): boolean {
  if (name === wanted) return true;
  const colon = wanted.lastIndexOf(':');
  if (name.slice(name.lastIndexOf(':') + 1) !== wanted.slice(colon + 1)) return false;
  return colon < 0 || name.startsWith(`${wanted.slice(0, colon)}-`);
}

const NUMBER = /^[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/;

/** The number that the text of a tag is; null where it is none. */
export function tagNumber(text: string): number | null {
  const folded = fold(text);
  return NUMBER.test(folded) ? Number(folded) : null;
}

/** The numbers of a field; empty where none is known. */
export function numbersOf(facts: FrameFacts, field: string): readonly number[] {
  const number = numberOf(facts, field);
  if (number !== null) return [number];
  return tagTexts(facts, field)
    .map(tagNumber)
    .filter((one) => one !== null);
}

function numberOf(facts: FrameFacts, field: string): number | null {
  switch (field) {
    case 'iso':
    case 'aperture':
    case 'focal':
    case 'rating':
    case 'pick':
      return facts[field];
    case 'shutter':
      return facts.shutterSeconds;
    case 'date':
      return facts.takenMs;
    default:
      return field === 'size' ? facts.sizeBytes : null;
  }
}

/** Where a frame was taken; null where that is not known or no place on earth. */
export function placeOf({
  latitude,
  longitude,
}: FrameFacts): { readonly latitude: number; readonly longitude: number } | null {
  if (latitude === null || longitude === null) return null;
  return Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 ? { latitude, longitude } : null;
}

/** Whether a frame has what `has:` asks for. */
export function hasThing(facts: FrameFacts, thing: string): boolean {
  if (thing === 'gps') return placeOf(facts) !== null;
  if (thing === 'issue') return facts.hasIssue;
  if (thing === 'burst') return facts.burst !== null;
  return facts.kinds.some((kind) => fold(kind) === fold(thing));
}

/** What `has:` can ask for. */
export const THINGS = [
  'gps',
  'issue',
  'burst',
  'raw',
  'jpeg',
  'heic',
  'image',
  'xmp',
  'sidecar',
  'audio',
  'video',
] as const;
