import type { ByteSource } from '../byte-source.ts';

/** What the frame header of a JPEG says (ITU T.81, B.2.2). */
export interface JpegFrame {
  readonly width: number;
  readonly height: number;
  readonly isProgressive: boolean;
  /** 1: grey, 3: colour, 4: CMYK. */
  readonly components: number;
  /** Segments before the first scan. */
  readonly segments: readonly JpegSegment[];
}

/** A segment: its marker's second byte, and where its content lies, counted from the source's start. */
export interface JpegSegment {
  readonly marker: number;
  readonly offset: number;
  readonly lengthBytes: number;
}

/** Segments looked at before the first scan; an ICC profile in parts has 255. */
const SEGMENTS_MAX = 1024;
/** Bytes looked at for the first scan: extended XMP and previews in APP segments of real files end below 16 MiB. */
const HEADER_BYTES_MAX = 67_108_864;
const START_OF_SCAN = 0xda;
const PRECISION_BITS = 8;

/**
 * Reads the header of the JPEG at an offset; null where there is none, or one that is no picture to look at:
 * a lossless one (a sensor's samples), 12-bit, hierarchical, or one without size.
 */
export async function readJpegFrame(
  source: ByteSource,
  offset: number,
  lengthBytes: number,
): Promise<JpegFrame | null> {
  const end = Math.min(source.sizeBytes, offset + Math.min(lengthBytes, HEADER_BYTES_MAX));
  const start = await source.read(offset, 2);
  if (start.length < 2 || start[0] !== 0xff || start[1] !== 0xd8) return null;
  const segments: JpegSegment[] = [];
  let frame: Omit<JpegFrame, 'segments'> | null = null;
  let at = offset + 2;
  while (at + 4 <= end && segments.length < SEGMENTS_MAX) {
    const head = await source.read(at, 11);
    if (head.length < 4 || head[0] !== 0xff) break;
    const marker = head[1]!;
    // Any number of fill bytes may stand before a marker (T.81, B.1.1.2).
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    if (marker === START_OF_SCAN) break;
    const length = head[2]! * 256 + head[3]!;
    if (length < 2) break;
    segments.push({ marker, offset: at + 4, lengthBytes: Math.min(length - 2, end - at - 4) });
    if (isFrameMarker(marker)) {
      if (marker > 0xc2 || head.length < 10 || head[4] !== PRECISION_BITS) return null;
      const height = head[5]! * 256 + head[6]!;
      const width = head[7]! * 256 + head[8]!;
      if (width === 0 || height === 0) return null;
      frame = { width, height, isProgressive: marker === 0xc2, components: head[9]! };
    }
    at += 2 + length;
  }
  return frame === null ? null : { ...frame, segments };
}

/** SOF0 to SOF15; between them stand DHT, JPG and DAC. */
function isFrameMarker(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}
