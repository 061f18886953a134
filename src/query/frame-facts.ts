import { fold } from './fold.ts';
import { TAG_TEXT_MAX, tagAsked, tagFits, tagNumber } from './tags.ts';

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
  /** Protected in the camera: its files are read-only. */
  readonly isProtected: boolean;
  /** The best of its burst: the sharpest of those that are well exposed. */
  readonly isBest: boolean;
  /** 0 to 100, to compare pictures of one scene. */
  readonly sharpness: number | null;
  /** ExifTool tags by name, with their group (`XMP-dc:Creator`) or without. */
  readonly tags: Readonly<Record<string, string>>;
}

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
    case 'sharpness':
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
  if (thing === 'protected') return facts.isProtected;
  if (thing === 'best') return facts.isBest;
  return facts.kinds.some((kind) => fold(kind) === fold(thing));
}

/** What `has:` can ask for. */
export const THINGS = [
  'gps',
  'issue',
  'burst',
  'best',
  'protected',
  'raw',
  'jpeg',
  'heic',
  'image',
  'xmp',
  'sidecar',
  'audio',
  'video',
] as const;
