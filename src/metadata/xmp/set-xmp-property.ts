import { Buffer } from 'node:buffer';
import { equalBytes } from '../../base/index.ts';
import { openXmpPacket, type XmpPacket } from './parse-xmp.ts';
import { planSplice, type Splice, type XmpNewValue } from './plan-splice.ts';
import { type Edit, isSelfClosed, SELF_CLOSING, spaceStart } from './xml-write.ts';
import { parseXmpName, type XmpName } from './xmp-names.ts';
import { byteOffsetsOf, encodeXmpText, type XmpText } from './xmp-text.ts';
import { findNodes, type XmpNode } from './xmp-tree.ts';

/**
 * Sets one property of a packet, takes it out, or changes the items of its array, and touches no other byte: encoding,
 * quotes, line ends, order and padding stay. A property that is missing is written as the packet writes its others; its
 * namespace is declared where it is not. The padding is not used up: the packet becomes longer or shorter.
 *
 * Null where the bytes are no XMP, where the property holds something else or stands there twice, and where the result,
 * parsed again, does not prove that only this property changed.
 * @example setXmpProperty(bytes, 'xmp:Rating', '3')
 * @example setXmpProperty(bytes, 'dc:subject', { add: ['Rome'], remove: ['Paris'] })
 */
export function setXmpProperty(
  bytes: Uint8Array,
  property: string,
  value: XmpNewValue,
): Uint8Array | null {
  const name = parseXmpName(property);
  const packet = name === null ? null : openXmpPacket(bytes);
  if (name === null || packet === null) return null;
  const splice = planSplice(packet.text.text, packet.tree, name, value);
  if (splice === null) return null;
  const changed = applyEdits(bytes, packet.text, splice.edits);
  return isProven({ bytes, packet }, changed, name, splice) ? changed : null;
}

function applyEdits(bytes: Uint8Array, text: XmpText, edits: readonly Edit[]): Uint8Array {
  const offsets = byteOffsetsOf(
    text,
    edits.flatMap(({ start, end }) => [start, end]),
  );
  const pieces: Uint8Array[] = [];
  let done = 0;
  for (const [index, edit] of edits.entries()) {
    pieces.push(bytes.subarray(done, offsets[2 * index]), encodeXmpText(edit.text, text.encoding));
    done = offsets[2 * index + 1] ?? done;
  }
  pieces.push(bytes.subarray(done));
  return new Uint8Array(Buffer.concat(pieces));
}

/** Whether the changed bytes, read again, hold the expected value of this property and all else as it was. */
export function isProven(
  before: { readonly bytes: Uint8Array; readonly packet: XmpPacket },
  changed: Uint8Array,
  name: XmpName,
  { edits, expected }: Splice,
): boolean {
  const after = openXmpPacket(changed);
  return (
    after !== null &&
    edits.every((edit) => isWithin(before.packet, name, edit)) &&
    isSameOutside(before, changed, edits) &&
    isSameBeside(before.packet, after, name) &&
    isExpected(findNodes(after.tree, name), expected)
  );
}

/** An edit takes away nothing but a piece of the property itself, white space before it, or a `/` that closes its place. */
function isWithin({ text: { text }, tree }: XmpPacket, name: XmpName, edit: Edit): boolean {
  const [node] = findNodes(tree, name);
  if (node !== undefined) return edit.start >= spaceStart(text, node.start) && edit.end <= node.end;
  const closing = tree.descriptions.some(
    ({ element }) =>
      isSelfClosed(element) &&
      edit.start === element.openEnd - SELF_CLOSING.length &&
      edit.end === element.openEnd,
  );
  return edit.start === edit.end || closing;
}

function isSameOutside(
  { bytes, packet }: { readonly bytes: Uint8Array; readonly packet: XmpPacket },
  changed: Uint8Array,
  edits: readonly Edit[],
): boolean {
  const [first] = edits;
  const last = edits.at(-1);
  if (first === undefined || last === undefined) return equalBytes(bytes, changed);
  const [start = 0, end = 0] = byteOffsetsOf(packet.text, [first.start, last.end]);
  const tail = bytes.length - end;
  return (
    changed.length >= start + tail &&
    equalBytes(bytes.subarray(0, start), changed.subarray(0, start)) &&
    equalBytes(bytes.subarray(end), changed.subarray(changed.length - tail))
  );
}

/** All other properties are written as they were, in the same order, under the same namespaces. */
function isSameBeside(before: XmpPacket, after: XmpPacket, name: XmpName): boolean {
  const left = othersOf(before, name);
  const right = othersOf(after, name);
  const areSame = left.length === right.length && left.every((one, index) => one === right[index]);
  const [outer, ...declared] = declarationsOf(before);
  const [outerAfter, ...declaredAfter] = declarationsOf(after);
  return (
    areSame &&
    isWithinMap(outer, outerAfter) &&
    declared.length === declaredAfter.length &&
    declared.every((one, index) => isWithinMap(one, declaredAfter[index]))
  );
}

/** Prefixes that are known around all Descriptions, then those of each. */
function declarationsOf({ tree }: XmpPacket): ReadonlyMap<string, string>[] {
  const own = tree.descriptions.map(({ element }) => new Map(Object.entries(element.declared)));
  return [tree.outerPrefixes, ...own];
}

type Prefixes = ReadonlyMap<string, string> | undefined;

function isWithinMap(inner: Prefixes, outer: Prefixes): boolean {
  return [...(inner ?? [])].every(([prefix, bound]) => outer?.get(prefix) === bound);
}

function othersOf({ text, tree }: XmpPacket, name: XmpName): string[] {
  const own = new Set(findNodes(tree, name));
  return tree.descriptions.flatMap(({ nodes }, index) =>
    nodes
      .filter((node) => !own.has(node))
      .map(({ namespace, start, end }) => `${index} ${namespace} ${text.text.slice(start, end)}`),
  );
}

function isExpected(nodes: readonly XmpNode[], expected: Splice['expected']): boolean {
  const [node, ...others] = nodes;
  if (node === undefined || others.length > 0) return nodes.length === 0 && expected === null;
  const { content } = node;
  if (typeof expected === 'string') return content.kind === 'text' && content.text === expected;
  if (expected === null || content.kind !== 'array') return false;
  const { items } = content;
  return (
    items.length === expected.length && items.every(({ text }, index) => text === expected[index])
  );
}
