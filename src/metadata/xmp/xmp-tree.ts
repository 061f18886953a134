import { parseXmlTree, type XmlAttribute, type XmlElement } from './xml-tree.ts';
import { XMP_NAMESPACES, type XmpName } from './xmp-names.ts';

/** One item of an array. */
export interface XmpItem {
  /** Null where it is no plain text. */
  readonly text: string | null;
  /** xml:lang. */
  readonly language: string | null;
  readonly element: XmlElement;
}

/** What a property holds. */
export type XmpContent =
  | {
      readonly kind: 'text';
      readonly text: string;
      /** The attribute that holds it; null: it stands between the tags of its element. */
      readonly attribute: XmlAttribute | null;
    }
  | {
      readonly kind: 'array';
      readonly order: 'Bag' | 'Seq' | 'Alt';
      readonly items: readonly XmpItem[];
      readonly container: XmlElement;
    }
  | { readonly kind: 'struct' };

/** A property of the picture and where it stands in the text. */
export interface XmpNode {
  readonly namespace: string;
  readonly local: string;
  /** As written, with the packet's own prefix. */
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly content: XmpContent;
  /** Null where it is written as an attribute of the Description. */
  readonly element: XmlElement | null;
}

/** An `rdf:Description` with its properties. */
export interface XmpDescription {
  readonly element: XmlElement;
  readonly nodes: readonly XmpNode[];
}

/** A packet, read as XMP specification part 1 section 7 says RDF is written in it. */
export interface XmpTree {
  readonly descriptions: readonly XmpDescription[];
  /** Namespaces declared around the Descriptions, by prefix; each declares more of its own. */
  readonly outerPrefixes: ReadonlyMap<string, string>;
  /** Prefix of the RDF namespace, with its colon. */
  readonly rdfPrefix: string;
}

const RDF = XMP_NAMESPACES.rdf;
const XML = XMP_NAMESPACES.xml;

/** Reads a packet's text; null where it is no XMP or broken. */
export function parseXmpTree(text: string): XmpTree | null {
  const root = parseXmlTree(withoutZeros(text));
  const path = root === null ? null : pathToRdf(root);
  const rdf = path?.at(-1);
  if (path === null || rdf === undefined) return null;
  const descriptions = rdf.children
    .filter(isOfPicture)
    .map((element) => ({ element, nodes: nodesOf(element) }));
  const outerPrefixes = new Map(path.flatMap(({ declared }) => Object.entries(declared)));
  return { descriptions, outerPrefixes, rdfPrefix: rdf.name.slice(0, -'RDF'.length) };
}

/** Padding may be zeros, which XML does not know. */
function withoutZeros(text: string): string {
  let end = text.length;
  while (end > 0 && text.charCodeAt(end - 1) === 0) end -= 1;
  return text.slice(0, end);
}

/** All properties of a name, in the order they stand in the packet. */
export function findNodes(tree: XmpTree, { namespace, local }: XmpName): XmpNode[] {
  return tree.descriptions
    .flatMap(({ nodes }) => nodes)
    .filter((node) => node.local === local && isSameNamespace(node.namespace, namespace));
}

/** Some writers leave out the slash at the end. */
function isSameNamespace(written: string, known: string): boolean {
  return written === known || `${written}/` === known;
}

/** `x:xmpmeta` around it may be missing. */
function pathToRdf(root: XmlElement): XmlElement[] | null {
  if (isRdf(root, 'RDF')) return [root];
  const rdf = root.children.find((child) => isRdf(child, 'RDF'));
  return rdf === undefined ? null : [root, rdf];
}

/** What has a node id describes something else that the picture refers to. */
function isOfPicture(element: XmlElement): boolean {
  const hasNodeId = element.attributes.some((one) => isRdf(one, 'nodeID'));
  return isRdf(element, 'Description') && !hasNodeId;
}

function isRdf({ namespace, local }: XmlElement | XmlAttribute, name: string): boolean {
  return namespace === RDF && local === name;
}

function nodesOf(description: XmlElement): XmpNode[] {
  const attributes = description.attributes.filter(isProperty).map((attribute): XmpNode => {
    const { namespace, local, name, start, valueEnd, value } = attribute;
    const content: XmpContent = { kind: 'text', text: value, attribute };
    return { namespace, local, name, start, end: valueEnd + 1, content, element: null };
  });
  const elements = description.children.map((element): XmpNode => {
    const { namespace, local, name, start, end } = element;
    return {
      namespace,
      local,
      name,
      start,
      end,
      content: contentOf(element),
      element,
    };
  });
  return [...attributes, ...elements];
}

/** The attributes of RDF and XML itself, and those without a namespace, are no properties. */
function isProperty({ namespace }: XmlAttribute): boolean {
  return (
    namespace !== '' && namespace !== RDF && namespace !== XML && namespace !== XMP_NAMESPACES.xmlns
  );
}

function contentOf(element: XmlElement): XmpContent {
  const { attributes, children, text } = element;
  if (attributes.some(isProperty) || attributes.some((one) => isRdf(one, 'parseType'))) {
    return { kind: 'struct' };
  }
  const [container, ...others] = children;
  if (container === undefined) {
    const attribute = attributes.find((one) => isRdf(one, 'resource')) ?? null;
    return { kind: 'text', text: attribute?.value ?? text, attribute };
  }
  const order = (['Bag', 'Seq', 'Alt'] as const).find((name) => isRdf(container, name));
  if (order === undefined || others.length > 0) return { kind: 'struct' };
  return { kind: 'array', order, items: container.children.map(itemOf), container };
}

function itemOf(element: XmlElement): XmpItem {
  const { attributes, children, text } = element;
  const isText = isRdf(element, 'li') && children.length === 0 && !attributes.some(isStructMark);
  const language = attributes.find(({ namespace, local }) => namespace === XML && local === 'lang');
  return { text: isText ? text : null, language: language?.value ?? null, element };
}

function isStructMark(attribute: XmlAttribute): boolean {
  return isProperty(attribute) || isRdf(attribute, 'parseType') || isRdf(attribute, 'resource');
}
