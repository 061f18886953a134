import {
  type Edit,
  escapeAttribute,
  escapeText,
  isSelfClosed,
  leadOf,
  SELF_CLOSING,
  spaceStart,
} from './xml-write.ts';
import type { XmpName } from './xmp-names.ts';
import type { XmpDescription, XmpTree } from './xmp-tree.ts';

/** Puts a simple property where there is none: written as the packet writes its others. Null: it has no Description. */
export function placeSimple(
  text: string,
  tree: XmpTree,
  name: XmpName,
  value: string,
): Edit | null {
  const description = chooseDescription(tree, name);
  if (description === null) return null;
  const isInElements =
    description.nodes.length > 0 && description.nodes.every(({ element }) => element !== null);
  if (!isInElements) return placeAttribute(text, description, name, value);
  const { tag, declaration } = nameIn(description, name);
  return placeChild(text, description, () => `<${tag}${declaration}>${escapeText(value)}</${tag}>`);
}

/** Puts an array property where there is none. Null: the packet has no Description. */
export function placeItems(
  text: string,
  tree: XmpTree,
  name: XmpName,
  items: readonly string[],
): Edit | null {
  const description = chooseDescription(tree, name);
  if (description === null) return null;
  const { tag, declaration } = nameIn(description, name);
  return placeChild(text, description, (lead, step) => {
    const array = writeArray(tree, name, items, { lead: lead && lead + step, step });
    return `<${tag}${declaration}>${array}${lead}</${tag}>`;
  });
}

/** An array with its items; each on a line of its own where `lead` is one. */
export function writeArray(
  { rdfPrefix }: XmpTree,
  { array }: XmpName,
  items: readonly string[],
  { lead, step }: { readonly lead: string; readonly step: string },
): string {
  const written = items.map((item) => writeItem(rdfPrefix, item, lead && lead + step));
  return `${lead}<${rdfPrefix}${array}>${written.join('')}${lead}</${rdfPrefix}${array}>`;
}

/** One item of an array behind its lead. */
export function writeItem(rdfPrefix: string, item: string, lead: string): string {
  return `${lead}<${rdfPrefix}li>${escapeText(item)}</${rdfPrefix}li>`;
}

/** The Description that knows the namespace and holds others of it, else one that knows it, else the first. */
function chooseDescription(
  { descriptions }: XmpTree,
  { namespace }: XmpName,
): XmpDescription | null {
  const knowing = descriptions.filter((one) => prefixIn(one, namespace) !== null);
  const holding = knowing.find(({ nodes }) => nodes.some((node) => node.namespace === namespace));
  return holding ?? knowing[0] ?? descriptions[0] ?? null;
}

function prefixIn({ prefixes }: XmpDescription, namespace: string): string | null {
  for (const [prefix, bound] of prefixes) {
    if (prefix !== '' && bound === namespace) return prefix;
  }
  return null;
}

/** The name with a prefix that is right here, and what must be declared for it. */
function nameIn(
  description: XmpDescription,
  name: XmpName,
  quote = '"',
): { readonly tag: string; readonly declaration: string } {
  const known = prefixIn(description, name.namespace);
  if (known !== null) return { tag: `${known}:${name.local}`, declaration: '' };
  let prefix = name.prefix;
  for (let number = 1; description.prefixes.has(prefix); number += 1) {
    prefix = `${name.prefix}${number}`;
  }
  const declaration = ` xmlns:${prefix}=${quote}${name.namespace}${quote}`;
  return { tag: `${prefix}:${name.local}`, declaration };
}

/** Behind the last attribute, with the white space and the quotes that one has. */
function placeAttribute(
  text: string,
  description: XmpDescription,
  name: XmpName,
  value: string,
): Edit {
  const { element } = description;
  const last = element.attributes.at(-1);
  const place = last === undefined ? element.start + 1 + element.name.length : last.valueEnd + 1;
  const quote = last === undefined ? '"' : text.charAt(last.valueEnd);
  const space = last === undefined ? ' ' : text.slice(spaceStart(text, last.start), last.start);
  const { tag, declaration } = nameIn(description, name, quote);
  const declared = declaration && space + declaration.trimStart();
  const written = `${declared}${space}${tag}=${quote}${escapeAttribute(value, quote)}${quote}`;
  return { start: place, end: place, text: written };
}

/** Behind the last property that is an element, on a line of its own where those are. */
function placeChild(
  text: string,
  { element }: XmpDescription,
  write: (lead: string, step: string) => string,
): Edit {
  const outer = leadOf(text, element.start);
  const last = element.children.at(-1);
  if (last !== undefined) {
    const lead = leadOf(text, last.start);
    const step = outer !== '' && lead.startsWith(outer) ? lead.slice(outer.length) : ' ';
    return { start: last.end, end: last.end, text: lead + write(lead, step) };
  }
  const lead = outer && `${outer} `;
  const written = lead + write(lead, ' ');
  const { openEnd, closeStart, name } = element;
  if (isSelfClosed(element)) {
    const start = openEnd - SELF_CLOSING.length;
    return { start, end: openEnd, text: `>${written}${outer}</${name}>` };
  }
  const closing = closeStart === openEnd ? outer : '';
  return { start: openEnd, end: openEnd, text: written + closing };
}
