import { type ByteSource, cached } from './byte-source.ts';
import { decodeMain, decodePreview, encodeCopy } from './decode.ts';
import { readContainer } from './previews/find-previews.ts';
import type { Preview } from './previews/preview.ts';
import { developSensor } from './sensor-look.ts';

/** Longer side of a small copy, in pixels: enough to tell what a picture shows and whether it is sharp. */
const COPY_SIDE = 1024;
const COPY_QUALITY = 60;

/**
 * A small JPEG of a picture, some tens of kB: made of the embedded copy that is nearest in size, else of the picture itself.
 * Null where there is nothing to see. Never throws for what a file holds.
 */
export async function smallCopyOf(source: ByteSource): Promise<Uint8Array | null> {
  const pages = cached(source);
  const container = await readContainer(pages);
  const farness = ({ width, height }: Preview): number =>
    Math.abs(Math.log2(Math.max(width, height) / COPY_SIDE));
  for (const preview of container.previews.toSorted((a, b) => farness(a) - farness(b))) {
    const decoded = await decodePreview(pages, preview, COPY_SIDE);
    if (decoded === null) continue;
    const { orientation } = preview;
    return encodeCopy(decoded.pixels, { orientation, quality: COPY_QUALITY });
  }
  const main =
    (container.kind === 'tiff' ? await developSensor(pages, COPY_SIDE) : null) ??
    (await decodeMain(pages, container.kind, COPY_SIDE));
  if (main === null) return null;
  const orientation = main.orientation ?? container.orientation;
  return encodeCopy(main.pixels, { orientation, quality: COPY_QUALITY });
}
