/** The namespaces of XMP properties that are read or written by name, under the prefixes they are known by. */
export const XMP_NAMESPACES = {
  MicrosoftPhoto: 'http://ns.microsoft.com/photo/1.0/',
  crs: 'http://ns.adobe.com/camera-raw-settings/1.0/',
  darktable: 'http://darktable.sf.net/',
  dc: 'http://purl.org/dc/elements/1.1/',
  digiKam: 'http://www.digikam.org/ns/1.0/',
  lr: 'http://ns.adobe.com/lightroom/1.0/',
  photoshop: 'http://ns.adobe.com/photoshop/1.0/',
  rdf: 'http://www.w3.org/1999/02/22-rdf-syntax-ns#',
  xml: 'http://www.w3.org/XML/1998/namespace',
  xmlns: 'http://www.w3.org/2000/xmlns/',
  xmp: 'http://ns.adobe.com/xap/1.0/',
  xmpDM: 'http://ns.adobe.com/xmp/1.0/DynamicMedia/',
  xmpMM: 'http://ns.adobe.com/xap/1.0/mm/',
} as const;

/** Properties whose array is kept in order; every other array that is made anew is a Bag. */
const ORDERED: ReadonlySet<string> = new Set(['digiKam:TagsList', 'darktable:colorlabels']);

/** A property by the name it is known by, as `xmp:Rating`, whatever prefix a packet gives its namespace. */
export interface XmpName {
  readonly prefix: string;
  readonly namespace: string;
  readonly local: string;
  /** What an array of it is made as. */
  readonly array: 'Bag' | 'Seq';
}

/** Reads a name as `xmp:Rating`; null where its prefix is not one of {@link XMP_NAMESPACES}. */
export function parseXmpName(name: string): XmpName | null {
  const [prefix = '', local = '', ...rest] = name.split(':');
  const isKnown = Object.hasOwn(XMP_NAMESPACES, prefix) && !/^(rdf|xml|xmlns)$/.test(prefix);
  if (!isKnown || rest.length > 0 || !/^[A-Za-z_][\w.-]*$/.test(local)) return null;
  const namespace = XMP_NAMESPACES[prefix as keyof typeof XMP_NAMESPACES];
  return { prefix, namespace, local, array: ORDERED.has(name) ? 'Seq' : 'Bag' };
}
