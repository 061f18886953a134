import { Buffer } from 'node:buffer';
import { SaxesParser, type SaxesTagNS } from 'saxes';
import { KEYWORDS_MAX } from './picture-facts.ts';
import { TEXT_LENGTH_MAX } from './tag-values.ts';

/** What a packet says, by `Group:Tag`, and whether it was whole. */
export interface EmbeddedXmp {
  readonly tags: Readonly<Record<string, string | readonly string[]>>;
  /** What is wrong with the XML; null where nothing is. What stood before the fault is kept. */
  readonly trouble: string | null;
}

const RDF = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#';
/** Namespaces by ExifTool's name of their group. */
const GROUPS: ReadonlyMap<string, string> = new Map([
  ['http://ns.adobe.com/xap/1.0/', 'XMP-xmp'],
  ['http://ns.adobe.com/exif/1.0/', 'XMP-exif'],
  ['http://ns.adobe.com/exif/1.0/aux/', 'XMP-aux'],
  ['http://ns.adobe.com/photoshop/1.0/', 'XMP-photoshop'],
  ['http://purl.org/dc/elements/1.1/', 'XMP-dc'],
  ['http://ns.adobe.com/lightroom/1.0/', 'XMP-lr'],
]);
const SCALARS: ReadonlySet<string> = new Set([
  'XMP-xmp:Rating',
  'XMP-xmp:Label',
  'XMP-xmp:CreateDate',
  'XMP-exif:DateTimeOriginal',
  'XMP-exif:GPSTimeStamp',
  'XMP-exif:GPSLatitude',
  'XMP-exif:GPSLongitude',
  'XMP-exif:GPSAltitude',
  'XMP-exif:GPSAltitudeRef',
  'XMP-aux:Lens',
  'XMP-aux:SerialNumber',
  'XMP-photoshop:DateCreated',
]);
const LISTS: ReadonlyMap<string, string> = new Map([
  ['XMP-dc:subject', 'XMP-dc:Subject'],
  ['XMP-lr:hierarchicalSubject', 'XMP-lr:HierarchicalSubject'],
]);
/** rdf:RDF and rdf:Description, with or without x:xmpmeta around them: a property stands below that. */
const DESCRIPTION = 'Description';

/**
 * Reads from one XMP packet the few properties that are facts of a picture. XML of any kind is read in one pass with no
 * nesting kept; entities that a packet declares itself are never expanded.
 */
export function readEmbeddedXmp(xml: string): EmbeddedXmp {
  const tags: Record<string, string | string[]> = {};
  if (xml.length === 0) return { tags, trouble: null };
  const parser = new SaxesParser({ xmlns: true, position: false });
  /** How deep below a top description we are; -1 outside. */
  let depth = -1;
  let property: string | null = null;
  let text: string | null = null;
  parser.on('opentag', (node) => {
    const isDescription = node.uri === RDF && node.local === DESCRIPTION;
    if (depth < 0) {
      if (isDescription) {
        depth = 0;
        keepAttributes(tags, node);
      }
      return;
    }
    depth += 1;
    if (depth === 1) property = nameOf(node.uri, node.local);
    text = property !== null && (depth === 1 || node.local === 'li') ? '' : null;
  });
  const addText = (part: string): void => {
    if (text !== null && text.length < TEXT_LENGTH_MAX) text += part.slice(0, TEXT_LENGTH_MAX);
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', (node) => {
    if (depth < 0) return;
    if (property !== null && text !== null) keep(tags, property, text, node.local === 'li');
    text = null;
    if (depth === 1) property = null;
    depth -= 1;
  });
  try {
    // Saxes throws at the first fault. Writers pad packets with spaces, some with zeros.
    parser.write(withoutPadding(decodeWide(xml))).close();
    return { tags, trouble: null };
  } catch (cause) {
    return { tags, trouble: cause instanceof Error ? cause.message : 'not XML' };
  }
}

/** A packet of UTF-16 comes from the library with a zero beside each of its characters. */
function decodeWide(xml: string): string {
  if (xml[0] !== '\0' && xml[1] !== '\0') return xml;
  const bytes = Buffer.from(xml, 'latin1');
  const length = bytes.length - (bytes.length % 2);
  const pairs = bytes.subarray(0, length);
  return (xml[0] === '\0' ? pairs.swap16() : pairs).toString('utf16le');
}

/** Not by a regular expression: those look again from each of thousands of spaces. */
function withoutPadding(xml: string): string {
  let end = xml.length;
  while (end > 0 && (xml[end - 1] ?? '') <= ' ') end -= 1;
  return xml.slice(0, end);
}

function nameOf(uri: string, local: string): string | null {
  const name = `${GROUPS.get(uri) ?? ''}:${local}`;
  return SCALARS.has(name) || LISTS.has(name) ? name : null;
}

function keepAttributes(tags: Record<string, string | string[]>, node: SaxesTagNS): void {
  for (const { uri, local, value } of Object.values(node.attributes)) {
    const name = nameOf(uri, local);
    if (name !== null) keep(tags, name, value, false);
  }
}

function keep(
  tags: Record<string, string | string[]>,
  name: string,
  text: string,
  isItem: boolean,
): void {
  const list = LISTS.get(name);
  if (list === undefined) {
    const isPlace = /:GPSL/.test(name);
    // ExifTool tells by its name that it holds the date as well.
    const tag = name === 'XMP-exif:GPSTimeStamp' ? 'XMP-exif:GPSDateTime' : name;
    tags[tag] ??= isPlace ? (degreesOf(text) ?? text) : text;
  } else if (isItem) {
    const items = tags[list];
    if (!Array.isArray(items)) tags[list] = [text];
    else if (items.length < KEYWORDS_MAX) items.push(text);
  }
}

/** XMP part 2, section 1.2.7.4: "DDD,MM,SSk" or "DDD,MM.mmk", k one of N, S, E, W. */
function degreesOf(text: string): string | null {
  const match = /^(\d{1,3}),(\d{1,2}(?:\.\d+)?)(?:,(\d{1,2}(?:\.\d+)?))?([NSEW])$/.exec(
    text.trim(),
  );
  if (match === null) return null;
  const degrees = Number(match[1]) + Number(match[2]) / 60 + Number(match[3] ?? 0) / 3600;
  return (match[4] === 'S' || match[4] === 'W' ? -degrees : degrees).toFixed(9);
}
