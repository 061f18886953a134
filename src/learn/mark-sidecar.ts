import { setXmpProperty } from '../metadata/index.ts';
import type { CulledFrame } from './session-cull.ts';

/** An XMP packet that says nothing yet. */
const EMPTY =
  '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n' +
  '<x:xmpmeta xmlns:x="adobe:ns:meta/">\n' +
  ' <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\n' +
  '  <rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">\n' +
  '  </rdf:Description>\n </rdf:RDF>\n</x:xmpmeta>\n<?xpacket end="w"?>\n';

/**
 * A sidecar that says what culling saw of a frame: stars of the camera, label of a rule, words as keywords below `cull`.
 * Null where there is nothing to say.
 */
export function sidecarOf({ rating, label, words }: CulledFrame): Uint8Array | null {
  let bytes: Uint8Array = new TextEncoder().encode(EMPTY);
  const set = (property: string, value: string | { readonly add: readonly string[] }): void => {
    bytes = setXmpProperty(bytes, property, value) ?? bytes;
  };
  if (rating !== null) set('xmp:Rating', String(rating));
  if (label !== null) set('xmp:Label', label);
  if (words.length > 0) set('dc:subject', { add: words.map((word) => `cull ${word}`) });
  return rating === null && label === null && words.length === 0 ? null : bytes;
}
