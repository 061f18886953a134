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
  if (!isInElements) return placeAttribute(text, { tree, description }, name, value);
  const { tag, declaration } = nameIn(tree, description, name);
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
  const { tag, declaration } = nameIn(tree, description, name);
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
function chooseDescription(tree: XmpTree, { namespace }: XmpName): XmpDescription | null {
  const { descriptions } = tree;
  const prefixOf = prefixFinder(tree, namespace);
  const knowing = descriptions.filter((one) => prefixOf(one) !== null);
  const holding = knowing.find(({ nodes }) => nodes.some((node) => node.namespace === namespace));
  return holding ?? knowing[0] ?? descriptions[0] ?? null;
}

/** Tells by which prefix a Description knows a namespace. A prefix it declares again means what it says there. */
function prefixFinder(
  { outerPrefixes }: XmpTree,
  namespace: string,
): (description: XmpDescription) => string | null {
  const isIt = ([prefix, bound]: readonly [string, string]): boolean =>
    prefix !== '' && bound === namespace;
  const outer = [...outerPrefixes].find(isIt)?.[0];
  return ({ element: { declared } }) => {
    const own = Object.entries(declared).find(isIt)?.[0];
    if (own !== undefined) return own;
    return outer === undefined || Object.hasOwn(declared, outer) ? null : outer;
  };
}

/** The name with a prefix that is right here, and what must be declared for it. */
function nameIn(
  tree: XmpTree,
  description: XmpDescription,
  name: XmpName,
  quote = '"',
): { readonly tag: string; readonly declaration: string } {
  const known = prefixFinder(tree, name.namespace)(description);
  if (known !== null) return { tag: `${known}:${name.local}`, declaration: '' };
  const { declared } = description.element;
  let prefix = name.prefix;
  for (
    let number = 1;
    Object.hasOwn(declared, prefix) || tree.outerPrefixes.has(prefix);
    number += 1
  ) {
    prefix = `${name.prefix}${number}`;
  }
  const declaration = ` xmlns:${prefix}=${quote}${name.namespace}${quote}`;
  return { tag: `${prefix}:${name.local}`, declaration };
}

/** Behind the last attribute, with the white space and the quotes that one has. */
function placeAttribute(
  text: string,
  { tree, description }: { readonly tree: XmpTree; readonly description: XmpDescription },
  name: XmpName,
  value: string,
): Edit {
  const { element } = description;
  const last = element.attributes.at(-1);
  const place = last === undefined ? element.start + 1 + element.name.length : last.valueEnd + 1;
  const quote = last === undefined ? '"' : text.charAt(last.valueEnd);
  const space = last === undefined ? ' ' : text.slice(spaceStart(text, last.start), last.start);
  const { tag, declaration } = nameIn(tree, description, name, quote);
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
