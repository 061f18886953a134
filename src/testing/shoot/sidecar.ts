import { formatIsoTime, formatOffset } from './capture-time.ts';
import type { ShotFacts } from './shot-facts.ts';

/** What an editor knows of a frame. */
export interface EditFacts {
  /** 0 to 5. */
  readonly rating: number;
  /** '' for none. */
  readonly label: string;
  readonly keywords: readonly string[];
  /** Exposure in stops. */
  readonly exposure: number;
}

/**
 * An XMP sidecar in the shape that Lightroom writes beside RAW files (XMP part 1: packet, rdf:Description with
 * attributes, keywords as rdf:Bag; develop settings in Camera Raw's namespace). Simulated: no editor wrote it.
 * @param extension of the file it belongs to, as in `SidecarForExtension`
 */
export function writeSidecar(facts: ShotFacts, edit: EditFacts, extension: string): Uint8Array {
  const offset = formatOffset(facts.offsetMinutes);
  const created = formatIsoTime(facts.takenLocalMs) + offset;
  // An hour after the shot, at the computer.
  const edited = formatIsoTime(facts.takenLocalMs + 3_600_000) + offset;
  const keywords = edit.keywords
    .map((word) => `     <rdf:li>${escapeXml(word)}</rdf:li>\n`)
    .join('');
  return new TextEncoder().encode(`<?xpacket begin="\uFEFF" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="Adobe XMP Core 7.0-c000 1.000000, 0000/00/00-00:00:00">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about=""
    xmlns:xmp="http://ns.adobe.com/xap/1.0/"
    xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"
    xmlns:dc="http://purl.org/dc/elements/1.1/"
    xmlns:crs="http://ns.adobe.com/camera-raw-settings/1.0/"
   xmp:Rating="${edit.rating}"
   xmp:Label="${escapeXml(edit.label)}"
   xmp:CreateDate="${created}"
   xmp:ModifyDate="${edited}"
   xmp:MetadataDate="${edited}"
   photoshop:DateCreated="${created}"
   photoshop:SidecarForExtension="${extension}"
   crs:Version="16.0"
   crs:ProcessVersion="15.4"
   crs:WhiteBalance="As Shot"
   crs:Exposure2012="${edit.exposure >= 0 ? '+' : ''}${edit.exposure.toFixed(2)}"
   crs:HasSettings="True"
   crs:AlreadyApplied="False">
   <dc:subject>
    <rdf:Bag>
${keywords}    </rdf:Bag>
   </dc:subject>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>
`);
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
