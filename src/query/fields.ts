import { THINGS } from './frame-facts.ts';
import { nearestName } from './nearest-name.ts';

/** What kind of values a field holds; decides which comparisons make sense. */
export type FieldKind = 'text' | 'number' | 'date' | 'size' | 'flag' | 'place' | 'tag';

/** One field of the filter language. */
export interface Field {
  readonly name: string;
  readonly kind: FieldKind;
  /** Other names it goes by. */
  readonly aliases: readonly string[];
  /** One line for the help text, with the unit. */
  readonly help: string;
}

/** Every field that has a name of its own; any ExifTool tag can be asked for as `tag.Name`. */
export const FIELDS: readonly Field[] = [
  { name: 'camera', kind: 'text', aliases: ['model'], help: 'maker and model of the camera' },
  { name: 'lens', kind: 'text', aliases: [], help: 'model of the lens' },
  { name: 'serial', kind: 'text', aliases: [], help: 'serial number of the body' },
  { name: 'iso', kind: 'number', aliases: [], help: 'sensitivity' },
  { name: 'aperture', kind: 'number', aliases: ['f'], help: 'f-number' },
  { name: 'shutter', kind: 'number', aliases: ['exposure'], help: 'seconds; 1/250 may be written' },
  { name: 'focal', kind: 'number', aliases: ['mm'], help: 'focal length, millimetres' },
  { name: 'date', kind: 'date', aliases: ['taken', 'time'], help: 'local time of capture' },
  { name: 'rating', kind: 'number', aliases: ['stars'], help: 'stars, 0 to 5; -1 = rejected' },
  { name: 'label', kind: 'text', aliases: ['color', 'colour'], help: 'colour label' },
  { name: 'pick', kind: 'number', aliases: ['flag'], help: '1 picked, 0 unset, -1 rejected' },
  { name: 'keyword', kind: 'text', aliases: ['keywords', 'tag'], help: 'any keyword' },
  { name: 'collection', kind: 'text', aliases: ['album'], help: 'any collection' },
  { name: 'name', kind: 'text', aliases: ['file'], help: 'file name of any part' },
  { name: 'path', kind: 'text', aliases: [], help: '<source>/<path> of any part' },
  { name: 'tier', kind: 'text', aliases: [], help: 'tier of the policy' },
  { name: 'burst', kind: 'text', aliases: ['group'], help: 'id of the burst or bracket' },
  {
    name: 'kind',
    kind: 'text',
    aliases: ['type'],
    help: 'raw, jpeg, heic, video, ... of any part',
  },
  { name: 'size', kind: 'size', aliases: [], help: 'bytes of all parts; 20MB may be written' },
  {
    name: 'sharpness',
    kind: 'number',
    aliases: ['sharp'],
    help: 'some 0 to 100; tells frames of one scene apart',
  },
  { name: 'has', kind: 'flag', aliases: [], help: THINGS.join(' ') },
  { name: 'near', kind: 'place', aliases: [], help: 'latitude,longitude,radius (5km, 300m)' },
];

const BY_NAME: ReadonlyMap<string, Field> = new Map(
  FIELDS.flatMap((field) => [field.name, ...field.aliases].map((name) => [name, field] as const)),
);

/**
 * The field of this name or alias, case not counting; null where there is none. `tag.Name` and `tag.Group:Name` are tags
 * of ExifTool; so is a name with two capitals or more, such as `AFAreaMode`, unless it is nearly a field's.
 */
export function findField(name: string): Field | null {
  const known = BY_NAME.get(name.toLowerCase());
  if (known !== undefined) return known;
  if (/^tag\.[a-z0-9_-]+(?::[a-z][a-z0-9_-]*)?$/i.test(name)) return tagField(name.slice(4));
  const isTag = /^[A-Z][A-Za-z0-9_-]*[A-Z][A-Za-z0-9_-]*$/.test(name);
  return isTag && nearestField(name) === null ? tagField(name) : null;
}

/** The field, or the other name of one, that a mistyped name was most likely meant to be. */
export function nearestField(name: string): string | null {
  return nearestName(name, [...BY_NAME.keys()]);
}

function tagField(name: string): Field {
  return { name: `tag.${name}`, kind: 'tag', aliases: [], help: 'an ExifTool tag' };
}
