import { equalBytes } from '../base/index.ts';
import {
  parseXmp,
  setXmpProperty,
  XMP_NAMESPACES,
  type XmpDocument,
  type XmpProperty,
  type XmpValue,
} from '../metadata/index.ts';

/** Two sidecars that became one. */
export interface MergedXmp {
  readonly bytes: Uint8Array;
  /** Properties that both sides had changed to different values, by name; the newer sidecar's stand in the bytes. */
  readonly lost: readonly string[];
}

/**
 * Merges two XMP sidecars property by property. What one side changed since the base is taken; lists without an order are
 * merged as sets; develop settings go together; what both changed differently is the newer sidecar's (by `MetadataDate`).
 * Absence is deletion only where the base had it. Which side is told first makes no difference. Only bytes of changed
 * properties differ from the newer sidecar's.
 * @param base null where nobody knows it
 * @returns null where one of them is no XMP, or a change cannot be written without touching anything else
 */
export function mergeXmp(
  base: Uint8Array | null,
  ours: Uint8Array,
  theirs: Uint8Array,
): MergedXmp | null {
  if (equalBytes(ours, theirs)) return { bytes: ours, lost: [] };
  const [one, other] = [readPacket(ours), readPacket(theirs)];
  if (one === null || other === null) return null;
  const [newer, older] = isNewer(one, other) ? [one, other] : [other, one];
  const before = base === null ? null : readPacket(base);
  const merging: Merging = {
    newer,
    older,
    base: before?.values ?? new Map(),
    bytes: newer.bytes,
    lost: [],
  };
  for (const unit of unitsOf([newer, older, ...(before === null ? [] : [before])])) {
    if (!mergeUnit(merging, unit)) return null;
  }
  return { bytes: merging.bytes, lost: merging.lost };
}

/** A property, and all it says in letters that can be compared. */
interface Said extends XmpProperty {
  readonly said: string;
}

interface Packet {
  readonly bytes: Uint8Array;
  readonly document: XmpDocument;
  /** By `<namespace> <local>`. */
  readonly values: ReadonlyMap<string, Said>;
  readonly text: (property: XmpProperty) => string;
}

interface Merging {
  readonly newer: Packet;
  readonly older: Packet;
  readonly base: ReadonlyMap<string, Said>;
  bytes: Uint8Array;
  readonly lost: string[];
}

/** Whose properties are one edit of a picture, but for labels; a history's end is nothing without its history. */
const DEVELOP: readonly string[] = [XMP_NAMESPACES.crs, XMP_NAMESPACES.darktable];
/** Says when and by what the sidecar was written: the newer one's are right for what comes out. */
const BOOKKEEPING =
  /^http:\/\/(ns\.adobe\.com\/xap\/1\.0\/ (MetadataDate|ModifyDate|CreatorTool)|ns\.adobe\.com\/xap\/1\.0\/mm\/ (History|InstanceID|DerivedFrom)|darktable\.sf\.net\/ \w+_timestamp)$/;

function readPacket(bytes: Uint8Array): Packet | null {
  const document = parseXmp(bytes);
  // Whatever is not UTF-8 is rare, and kept whole beside the other one.
  if (document === null || document.encoding !== 'utf-8') return null;
  const text = ({ span }: XmpProperty): string =>
    new TextDecoder().decode(bytes.subarray(span.start, span.end));
  const values = new Map<string, Said>();
  for (const property of document.properties) {
    // Masks, histories: what the parser does not look into is compared as it is written.
    const said = isFlat(property.value) ? JSON.stringify(property.value) : text(property);
    values.set(keyOf(property), { ...property, said });
  }
  if (values.size !== document.properties.length) return null;
  return { bytes, document, values, text };
}

function isFlat(value: XmpValue): boolean {
  if (value.kind === 'array') return value.items.every(({ text }) => text !== null);
  return value.kind === 'text';
}

function keyOf({ namespace, local }: XmpProperty): string {
  return `${namespace} ${local}`;
}

function isNewer(one: Packet, other: Packet): boolean {
  const [mine, theirs] = [timeOf(one), timeOf(other)];
  if (mine !== theirs) return mine > theirs;
  // No clock tells: any order will do that is always the same.
  return Buffer.compare(one.bytes, other.bytes) > 0;
}

function timeOf({ values }: Packet): number {
  for (const local of ['MetadataDate', 'ModifyDate']) {
    const value = values.get(`http://ns.adobe.com/xap/1.0/ ${local}`)?.value;
    const timeMs = value?.kind === 'text' ? Date.parse(value.text) : Number.NaN;
    if (!Number.isNaN(timeMs)) return timeMs;
  }
  return Number.NEGATIVE_INFINITY;
}

/** Properties that are decided together: all develop settings, else each alone. */
function unitsOf(packets: readonly Packet[]): string[][] {
  const keys = new Set(packets.flatMap(({ values }) => [...values.keys()]));
  const develop = new Map<string, string[]>(DEVELOP.map((namespace) => [namespace, []]));
  const single: string[][] = [];
  for (const key of [...keys].sort()) {
    const [namespace = '', local] = key.split(' ');
    if (BOOKKEEPING.test(key)) continue;
    const unit = local === 'colorlabels' ? undefined : develop.get(namespace);
    if (unit === undefined) single.push([key]);
    else unit.push(key);
  }
  return [...develop.values(), ...single].filter((unit) => unit.length > 0);
}

/** False where the older side's change cannot be written. */
function mergeUnit(merging: Merging, keys: readonly string[]): boolean {
  const { newer, older, base } = merging;
  const olderChanged = keys.some((key) => !isSame(older.values.get(key), base.get(key)));
  const newerChanged = keys.some((key) => !isSame(newer.values.get(key), base.get(key)));
  const areSame = keys.every((key) => isSame(older.values.get(key), newer.values.get(key)));
  if (!olderChanged || areSame) return true;
  const [key = ''] = keys;
  if (keys.length === 1 && isSetLike(older.values.get(key), newer.values.get(key), base.get(key))) {
    return mergeItems(merging, key);
  }
  // Nobody knows the base: what only one of them has was added there.
  const isAdded = keys.every((one) => !newer.values.has(one));
  if (newerChanged && !(merging.base.size === 0 && isAdded)) {
    merging.lost.push(
      ...keys
        .filter((one) => !isSame(older.values.get(one), newer.values.get(one)))
        .map(nameIn(merging)),
    );
    return true;
  }
  return keys.every((one) => take(merging, one));
}

function nameIn({ newer, older, base }: Merging): (key: string) => string {
  return (key) => (newer.values.get(key) ?? older.values.get(key) ?? base.get(key))?.name ?? key;
}

function isSame(one: Said | undefined, other: Said | undefined): boolean {
  return one?.said === other?.said;
}

type Bag = Extract<XmpValue, { readonly kind: 'array' }>;

function isSetLike(...properties: readonly (XmpProperty | undefined)[]): boolean {
  const there = properties.filter((property) => property !== undefined);
  return there.every(
    ({ value }) => value.kind === 'array' && value.order === 'Bag' && isPlain(value),
  );
}

function isPlain({ items }: Bag): boolean {
  return items.every(({ text, language }) => text !== null && language === null);
}

function itemsOf(property: XmpProperty | undefined): string[] {
  if (property?.value.kind !== 'array') return [];
  return property.value.items.map(({ text }) => text ?? '');
}

/** What the older side added and took away, done to the newer side's list. */
function mergeItems(merging: Merging, key: string): boolean {
  const { older, base } = merging;
  const [before, now] = [new Set(itemsOf(base.get(key))), new Set(itemsOf(older.values.get(key)))];
  const add = [...now].filter((item) => !before.has(item));
  const remove = [...before].filter((item) => !now.has(item));
  return write(merging, key, { add, remove });
}

/** Takes the older side's value of a property that only it changed. */
function take(merging: Merging, key: string): boolean {
  const { older, newer } = merging;
  const wanted = older.values.get(key);
  if (isSame(wanted, newer.values.get(key))) return true;
  if (wanted === undefined) return write(merging, key, null);
  if (wanted.value.kind === 'text') return write(merging, key, wanted.value.text);
  if (wanted.value.kind === 'array' && wanted.value.order === 'Bag' && isPlain(wanted.value)) {
    const there = new Set(itemsOf(newer.values.get(key)));
    const items = itemsOf(wanted);
    const remove = [...there].filter((item) => !items.includes(item));
    return write(merging, key, { add: items, remove });
  }
  return copyText(merging, key, wanted);
}

/** Writes a property as the older side has it, letter by letter: lists with an order, structures. */
function copyText(merging: Merging, key: string, wanted: Said): boolean {
  if (wanted.form !== 'element' || !meansTheSame(merging, wanted)) return false;
  const now = readPacket(merging.bytes);
  if (now === null) return false;
  const there = now.values.get(key);
  const last = now.document.properties.findLast(({ form }) => form === 'element');
  const place =
    there?.form === 'element' ? there.span : last && { ...last.span, start: last.span.end };
  if (place === undefined || (there !== undefined && there.form !== 'element')) return false;
  const text = new TextEncoder().encode(merging.older.text(wanted));
  const { bytes } = merging;
  const changed = Buffer.concat([bytes.subarray(0, place.start), text, bytes.subarray(place.end)]);
  const after = readPacket(changed)?.values.get(key);
  if (after?.said !== wanted.said) return false;
  merging.bytes = new Uint8Array(changed);
  return true;
}

/** Whether each prefix of a property's text stands for one namespace, the same in both packets. */
function meansTheSame({ newer, older }: Merging, wanted: Said): boolean {
  const [here, there] = [newer, older].map(({ bytes }) => new TextDecoder().decode(bytes));
  const prefixes = [...older.text(wanted).matchAll(/([\w.-]+):[\w.-]+\s*[=>/\s]/g)];
  return prefixes.every(([, prefix = '']) => {
    if (prefix === 'xml') return true;
    const [mine, theirs] = [namespacesOf(here ?? '', prefix), namespacesOf(there ?? '', prefix)];
    return mine.size === 1 && theirs.size === 1 && mine.isSubsetOf(theirs);
  });
}

function namespacesOf(text: string, prefix: string): Set<string> {
  const found = new Set<string>();
  for (const [, name, uri] of text.matchAll(/xmlns:([\w.-]+)\s*=\s*["']([^"']*)["']/g)) {
    if (name === prefix && uri !== undefined) found.add(uri);
  }
  return found;
}

function write(
  merging: Merging,
  key: string,
  value: Parameters<typeof setXmpProperty>[2],
): boolean {
  const name = knownName(key);
  const changed = name === null ? null : setXmpProperty(merging.bytes, name, value);
  if (changed === null) return false;
  merging.bytes = changed;
  return true;
}

/** A property as it can be written by name, whatever prefix the packet has; null for namespaces nobody writes here. */
function knownName(key: string): string | null {
  const [namespace, local] = key.split(' ');
  const known = Object.entries(XMP_NAMESPACES).find(([, uri]) => uri === namespace);
  return known === undefined ? null : `${known[0]}:${local}`;
}
