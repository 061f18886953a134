import { SaxesParser, type SaxesTagNS } from 'saxes';

/** An attribute and where it stands in the text. */
export interface XmlAttribute {
  /** As written, with its prefix. */
  readonly name: string;
  /** '' where it has no prefix. */
  readonly namespace: string;
  readonly local: string;
  readonly value: string;
  readonly start: number;
  /** First character behind the opening quote. */
  readonly valueStart: number;
  /** The closing quote. */
  readonly valueEnd: number;
}

/** An element and where it stands in the text; all places are indexes of characters. */
export interface XmlElement {
  /** As written, with its prefix. */
  readonly name: string;
  readonly namespace: string;
  readonly local: string;
  readonly start: number;
  /** Behind the `>` of its opening tag. */
  readonly openEnd: number;
  /** The `<` of its closing tag; the same as `openEnd` where `/>` closes it. */
  readonly closeStart: number;
  readonly end: number;
  readonly attributes: readonly XmlAttribute[];
  readonly children: readonly XmlElement[];
  /** Text directly in it, decoded. */
  readonly text: string;
  /** It holds comments or instructions beside its text. */
  readonly hasAsides: boolean;
  /** Namespaces it declares, by prefix. */
  readonly declared: Readonly<Record<string, string>>;
}

/** Deeper nesting is refused; develop settings with masks reach about 20. */
const DEPTH_MAX = 100;
/** Elements and attributes of one document; more is refused. */
const NODES_MAX = 250_000;

/** What is still being filled. */
type Open = { -readonly [key in keyof XmlElement]: XmlElement[key] } & {
  readonly attributes: XmlAttribute[];
  readonly children: XmlElement[];
};

/**
 * Parses XML and keeps where everything stands; null where it is broken, has a document type (nothing here declares
 * entities), or passes the limits.
 */
export function parseXmlTree(text: string): XmlElement | null {
  try {
    return buildTree(text);
  } catch {
    return null;
  }
}

function buildTree(text: string): XmlElement | null {
  const parser = new SaxesParser({ xmlns: true, position: true });
  const stack: Open[] = [];
  const roots: XmlElement[] = [];
  let nodeCount = 0;
  const countNode = (): void => {
    nodeCount += 1;
    if (nodeCount > NODES_MAX) throw new RangeError('too many elements and attributes');
  };
  const addText = (piece: string): void => {
    const top = stack.at(-1);
    if (top !== undefined) top.text += piece;
  };
  const addAside = (): void => {
    const top = stack.at(-1);
    if (top !== undefined) top.hasAsides = true;
  };
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('doctype', () => {
    throw new SyntaxError('a document type');
  });
  parser.on('xmldecl', ({ encoding }) => {
    if (!isReadable(encoding, text)) throw new SyntaxError('another encoding');
  });
  parser.on('opentagstart', ({ name }) => {
    countNode();
    if (stack.length === DEPTH_MAX) throw new RangeError('too deep');
    const start = text.lastIndexOf(`<${name}`, parser.position - 1);
    stack.push(openElement(name, start));
  });
  parser.on('attribute', ({ name, local, value }) => {
    countNode();
    stack
      .at(-1)
      ?.attributes.push({ name, namespace: '', local, value, ...placeOf(parser, text, name) });
  });
  parser.on('opentag', (tag) => {
    const top = stack.at(-1);
    if (top !== undefined) finishOpening(top, tag, parser.position);
  });
  parser.on('closetag', ({ isSelfClosing }) => {
    const top = stack.pop();
    if (top === undefined) return;
    top.end = parser.position;
    top.closeStart = isSelfClosing ? top.openEnd : text.lastIndexOf('</', parser.position - 1);
    (stack.at(-1)?.children ?? roots).push(top);
  });
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('comment', addAside);
  parser.on('processinginstruction', addAside);
  parser.write(text).close();
  return roots[0] ?? null;
}

function openElement(name: string, start: number): Open {
  return {
    name,
    namespace: '',
    local: '',
    start,
    openEnd: 0,
    closeStart: 0,
    end: 0,
    attributes: [],
    children: [],
    text: '',
    hasAsides: false,
    declared: {},
  };
}

/** Names get their namespaces when the whole tag is known. */
function finishOpening(element: Open, tag: SaxesTagNS, position: number): void {
  element.namespace = tag.uri;
  element.local = tag.local;
  element.openEnd = position;
  element.declared = { ...tag.ns };
  element.attributes.forEach((attribute, index) => {
    const namespace = tag.attributes[attribute.name]?.uri ?? '';
    element.attributes[index] = { ...attribute, namespace };
  });
}

/** The parser stands behind the closing quote. XML 1.0 section 3.1: name, `=` and value may be apart by white space. */
function placeOf(
  parser: SaxesParser<{ xmlns: true }>,
  text: string,
  name: string,
): Pick<XmlAttribute, 'start' | 'valueStart' | 'valueEnd'> {
  const valueEnd = parser.position - 1;
  const valueStart = text.lastIndexOf(text.charAt(valueEnd), valueEnd - 1) + 1;
  const start = text.lastIndexOf(name, text.lastIndexOf('=', valueStart) - name.length);
  return { start, valueStart, valueEnd };
}

/** What was decoded as UTF must not claim to be something else, unless it is ASCII. */
function isReadable(encoding: string | undefined, text: string): boolean {
  const isUnicode = encoding === undefined || /^(utf-?(8|16)(le|be)?|(us-)?ascii)$/i.test(encoding);
  return isUnicode || !/[^ -~\t\r\n]/.test(text);
}
