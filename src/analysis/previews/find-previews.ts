import { type ByteSource, cached } from '../byte-source.ts';
import { readIsoClaims } from './iso-previews.ts';
import { readJpegClaims } from './jpeg-previews.ts';
import { readCrwClaims, readMrwClaims, readRafClaims, readX3fClaims } from './maker-containers.ts';
import { type Claims, type Container, NO_CLAIMS, type Preview, proveClaims } from './preview.ts';
import { readTiffClaims } from './tiff-previews.ts';

/** Kinds of files told by their first bytes; names say nothing here. */
export type ContainerKind =
  | 'jpeg'
  | 'tiff'
  | 'iso'
  | 'raf'
  | 'mrw'
  | 'x3f'
  | 'crw'
  | 'png'
  | 'webp'
  | 'gif';

const READERS: Readonly<
  Record<ContainerKind, ((source: ByteSource) => Promise<Claims | null>) | null>
> = {
  jpeg: (source) => readJpegClaims(source),
  tiff: (source) => readTiffClaims(source),
  iso: readIsoClaims,
  raf: readRafClaims,
  mrw: readMrwClaims,
  x3f: readX3fClaims,
  crw: readCrwClaims,
  png: null,
  webp: null,
  gif: null,
};

/** What kind of container the first 32 bytes begin; null where it is none of those that are known. */
export function containerKind(head: Uint8Array): ContainerKind | null {
  const text = String.fromCharCode(...head.subarray(0, 32));
  if (text.startsWith('\xff\xd8\xff')) return 'jpeg';
  if (text.startsWith('FUJIFILMCCD-RAW')) return 'raf';
  if (text.startsWith('\0MRM')) return 'mrw';
  if (text.startsWith('FOVb')) return 'x3f';
  if (text.slice(6, 14) === 'HEAPCCDR') return 'crw';
  if (text.slice(4, 8) === 'ftyp') return 'iso';
  if (text.startsWith('\x89PNG\r\n\x1a\n')) return 'png';
  if (text.startsWith('RIFF') && text.slice(8, 12) === 'WEBP') return 'webp';
  if (text.startsWith('GIF8')) return 'gif';
  return /^(II[*URS]|MM\0[*U]|MM[OR][RS])/.test(text) ? 'tiff' : null;
}

/**
 * Finds the pictures embedded in a file, smallest first; each is proven to begin as it must and to lie in the file.
 * Never throws for what the file holds: a file of an unknown kind, or a broken one, has none.
 */
export async function findPreviews(source: ByteSource): Promise<readonly Preview[]> {
  return (await readContainer(source)).previews;
}

/** The same with what the container says of the main picture, and its kind. */
export async function readContainer(
  source: ByteSource,
): Promise<Container & { readonly kind: ContainerKind | null }> {
  const pages = cached(source);
  const kind = containerKind(await pages.read(0, 32));
  const read = kind === null ? null : READERS[kind];
  const claims = read === null ? null : await read(pages);
  return { ...(await proveClaims(pages, claims ?? NO_CLAIMS)), kind };
}
