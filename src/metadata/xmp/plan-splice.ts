import { placeItems, placeSimple, writeArray, writeItem } from './place-property.ts';
import type { XmlElement } from './xml-tree.ts';
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
import { findNodes, type XmpItem, type XmpNode, type XmpTree } from './xmp-tree.ts';

/** Items of an array to take out, and to put in where they are missing; what is in both stays. */
export interface XmpItemsChange {
  readonly remove?: readonly string[];
  readonly add?: readonly string[];
}

/** A new value of a property; null takes the property out. */
export type XmpNewValue = string | null | XmpItemsChange;

/** What is to be changed in a text, and what the property must be afterwards. */
export interface Splice {
  /** Ascending, none over another. */
  readonly edits: readonly Edit[];
  /** The property's value afterwards: text, the texts of its items, or null where it must be gone. */
  readonly expected: string | readonly (string | null)[] | null;
}

/** Plans the change of one property; null where the property is of another kind or stands there several times. */
export function planSplice(
  text: string,
  tree: XmpTree,
  name: XmpName,
  value: XmpNewValue,
): Splice | null {
  const [node, ...others] = findNodes(tree, name);
  if (others.length > 0) return null;
  if (value === null) return planRemoval(text, node);
  if (typeof value !== 'string') return planItems(text, tree, name, value);
  const edit =
    node === undefined ? placeSimple(text, tree, name, value) : writeOver(text, node, value);
  return edit === null ? null : { edits: [edit], expected: value };
}

function planRemoval(text: string, node: XmpNode | undefined): Splice | null {
  if (node === undefined) return { edits: [], expected: null };
  if (node.content.kind === 'struct') return null;
  return { edits: [removal(text, node)], expected: null };
}

/** Takes the white space before it along, so that no empty line stays. */
function removal(
  text: string,
  { start, end }: { readonly start: number; readonly end: number },
): Edit {
  return { start: spaceStart(text, start), end, text: '' };
}

function writeOver(text: string, { content, element }: XmpNode, value: string): Edit | null {
  if (content.kind !== 'text') return null;
  if (content.attribute === null) return element === null ? null : fill(element, escapeText(value));
  const { valueStart: start, valueEnd: end } = content.attribute;
  return { start, end, text: escapeAttribute(value, text.charAt(end)) };
}

/** Gives an element new content; null where it holds more than text. */
function fill(element: XmlElement, content: string): Edit | null {
  const { openEnd, closeStart, name, hasAsides } = element;
  if (hasAsides) return null;
  if (!isSelfClosed(element)) return { start: openEnd, end: closeStart, text: content };
  return { start: openEnd - SELF_CLOSING.length, end: openEnd, text: `>${content}</${name}>` };
}

function planItems(
  text: string,
  tree: XmpTree,
  name: XmpName,
  { remove = [], add = [] }: XmpItemsChange,
): Splice | null {
  const [node] = findNodes(tree, name);
  const wanted = [...new Set(add)];
  if (node === undefined) {
    if (wanted.length === 0) return { edits: [], expected: null };
    const edit = placeItems(text, tree, name, wanted);
    return edit === null ? null : { edits: [edit], expected: wanted };
  }
  if (node.content.kind === 'array') {
    return planChange(text, tree, node.content, { remove: new Set(remove), add: wanted });
  }
  // An element that is empty is an array without items.
  const isEmpty = node.content.kind === 'text' && node.content.text.trim() === '';
  if (!isEmpty || node.content.attribute !== null || node.element === null) return null;
  const edit = fill(node.element, writeArray(tree, name, wanted, { lead: '', step: '' }));
  return edit === null ? null : { edits: [edit], expected: wanted };
}

type ArrayContent = Extract<XmpNode['content'], { kind: 'array' }>;

function planChange(
  text: string,
  tree: XmpTree,
  { items, container, order }: ArrayContent,
  { remove, add }: { readonly remove: ReadonlySet<string>; readonly add: readonly string[] },
): Splice | null {
  // The items of an Alt are one text in several languages.
  if (order === 'Alt') return null;
  const known = new Set(items.map((item) => item.text));
  const missing = add.filter((item) => !known.has(item));
  const isGone = ({ text: item }: XmpItem): boolean =>
    item !== null && remove.has(item) && !add.includes(item);
  const edits = items.filter(isGone).map(({ element }) => removal(text, element));
  if (missing.length > 0) edits.push(insertion(text, tree, { items, container }, missing));
  const kept = items.filter((item) => !isGone(item)).map((item) => item.text);
  return { edits, expected: [...kept, ...missing] };
}

/** Behind the last item, as the first one stands. */
function insertion(
  text: string,
  { rdfPrefix }: XmpTree,
  { items, container }: Pick<ArrayContent, 'items' | 'container'>,
  missing: readonly string[],
): Edit {
  const outer = leadOf(text, container.start);
  const [first] = items;
  const lead = first === undefined ? outer && `${outer} ` : leadOf(text, first.element.start);
  const written = missing.map((item) => writeItem(rdfPrefix, item, lead)).join('');
  const place = items.at(-1)?.element.end ?? container.openEnd;
  if (!isSelfClosed(container)) {
    const isBare = first === undefined && container.openEnd === container.closeStart;
    return { start: place, end: place, text: written + (isBare ? outer : '') };
  }
  const start = place - SELF_CLOSING.length;
  return { start, end: place, text: `>${written}${outer}</${container.name}>` };
}
