import { parseXmpName } from './xmp-names.ts';
import { byteOffsetsOf, decodeXmpText, type XmpEncoding, type XmpText } from './xmp-text.ts';
import { parseXmpTree, type XmpNode, type XmpTree } from './xmp-tree.ts';

/** Places in the original bytes; the end is the first byte behind. */
export interface ByteSpan {
  readonly start: number;
  readonly end: number;
}

/** What a property holds. */
export type XmpValue =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'array';
      readonly order: 'Bag' | 'Seq' | 'Alt';
      readonly items: readonly {
        /** Null where the item is no plain text. */
        readonly text: string | null;
        /** xml:lang. */
        readonly language: string | null;
      }[];
    }
  /** A structure: kept as it stands. */
  | { readonly kind: 'struct' };

/** One top-level property of the picture. */
export interface XmpProperty {
  readonly namespace: string;
  /** Its name without a prefix. */
  readonly local: string;
  /** As written, with the packet's own prefix. */
  readonly name: string;
  readonly form: 'attribute' | 'element';
  /** The whole attribute with its quotes, or the whole element. */
  readonly span: ByteSpan;
  readonly value: XmpValue;
}

/** What a packet says. */
export interface XmpDocument {
  readonly encoding: XmpEncoding;
  readonly hasMark: boolean;
  /** In the order they stand in the packet, of all its Descriptions. */
  readonly properties: readonly XmpProperty[];
}

/** A packet with its text and where everything stands in it. */
export interface XmpPacket {
  readonly text: XmpText;
  readonly tree: XmpTree;
}

/** A larger packet is kept and not understood. */
export const XMP_BYTES_MAX = 16_777_216;

/** Decodes and parses a packet; null where it is no XMP, broken, or passes the limits. Never throws. */
export function openXmpPacket(bytes: Uint8Array): XmpPacket | null {
  const text = bytes.length > XMP_BYTES_MAX ? null : decodeXmpText(bytes);
  const tree = text === null ? null : parseXmpTree(text.text);
  return text === null || tree === null ? null : { text, tree };
}

/**
 * Reads an XMP packet or sidecar: UTF-8 or UTF-16, with or without byte order mark, packet wrapper and `x:xmpmeta`. Null
 * where it is no XMP, broken, or larger than {@link XMP_BYTES_MAX}. Never throws.
 */
export function parseXmp(bytes: Uint8Array): XmpDocument | null {
  const packet = openXmpPacket(bytes);
  if (packet === null) return null;
  const { text, tree } = packet;
  const nodes = tree.descriptions.flatMap((description) => description.nodes);
  const spans = spansOf(text, nodes);
  return {
    encoding: text.encoding,
    hasMark: text.markBytes > 0,
    properties: nodes.map((node, index) => ({
      namespace: node.namespace,
      local: node.local,
      name: node.name,
      form: node.element === null ? 'attribute' : 'element',
      span: spans[index] ?? { start: 0, end: 0 },
      value: readValue(node),
    })),
  };
}

/** The first property of a name as `xmp:Rating`, whatever prefix the packet uses; null where it has none. */
export function findXmpProperty(document: XmpDocument, name: string): XmpProperty | null {
  const wanted = parseXmpName(name);
  if (wanted === null) return null;
  const found = document.properties.find(
    ({ namespace, local }) =>
      local === wanted.local &&
      (namespace === wanted.namespace || `${namespace}/` === wanted.namespace),
  );
  return found ?? null;
}

/** Properties stand one behind the other, none within another. */
function spansOf(text: XmpText, nodes: readonly XmpNode[]): ByteSpan[] {
  const offsets = byteOffsetsOf(
    text,
    nodes.flatMap(({ start, end }) => [start, end]),
  );
  return nodes.map((_, index) => ({
    start: offsets[2 * index] ?? 0,
    end: offsets[2 * index + 1] ?? 0,
  }));
}

function readValue({ content }: XmpNode): XmpValue {
  if (content.kind === 'struct') return content;
  if (content.kind === 'text') return { kind: content.kind, text: content.text };
  const { kind, order, items } = content;
  return { kind, order, items: items.map(({ text, language }) => ({ text, language })) };
}
