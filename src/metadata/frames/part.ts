import { roleOf } from '../file-kind.ts';

/** One file, as far as it takes to tell which frame it belongs to. */
export interface FramePart {
  /** `<source>/<path>`. */
  readonly path: string;
  readonly sizeBytes: number;
  /** Blob id of its content. */
  readonly content: string;
  readonly mtimeMs: number;
  readonly make: string | null;
  readonly model: string | null;
  readonly serial: string | null;
  /** Local time of capture, milliseconds since 1970 as if local time were UTC. */
  readonly takenMs: number | null;
  /** Apple's mark that a still and a movie are one Live Photo. */
  readonly contentIdentifier: string | null;
  /** photoshop:SidecarForExtension of an XMP: which of several files of its name it is for. */
  readonly sidecarFor: string | null;
}

/** What a file is within its frame. */
export type PartRole =
  | 'raw'
  | 'jpeg'
  | 'heic'
  | 'image'
  | 'video'
  | 'audio'
  | 'xmp'
  | 'sidecar'
  | 'thumbnail'
  | 'mask';

/** One press of the shutter: everything that belongs to it. */
export interface Frame {
  /** 32 hex digits from content and path of the primary part: other parts may come, go and change. */
  readonly id: string;
  /** Path of the part that stands for the frame. */
  readonly primary: string;
  /** The primary part first; a sidecar may be part of several frames. */
  readonly parts: readonly { readonly path: string; readonly role: PartRole }[];
  /** Sentences: what could have been joined otherwise, and why it was joined so. */
  readonly ambiguities: readonly string[];
}

/** Roles of files that show or sound something by themselves, by extension; one that is not here is an image. */
const EXTENSIONS: Readonly<Record<string, string>> = {
  raw:
    '3fr arw cr2 cr3 crw dcr dng eip erf fff gpr iiq k25 kdc lri mef mos mrw nef nrw orf ori pef ' +
    'ptx pxn qtk raf raw rw2 rwl rwz sr2 srf srw sti x3f',
  jpeg: 'jpg jpeg jpe insp',
  heic: 'heic heif hif',
  video: 'avi braw crm insv m2ts mov mp4 mpeg mpg mts mxf nev r3d',
  audio: 'm4a mp3 wav',
  thumbnail: 'thm',
};
const ROLES = new Map(
  Object.entries(EXTENSIONS).flatMap(([role, extensions]) =>
    extensions.split(' ').map((extension) => [extension, role as PartRole] as const),
  ),
);

/** The role of a picture, movie or sound by its extension in lower case; null for anything else. */
export function captureRole(extension: string): PartRole | null {
  return ROLES.get(extension) ?? (roleOf(`.${extension}`) === 'capture' ? 'image' : null);
}

/** Who stands for a frame: the first of these that it has. */
const ORDER: readonly PartRole[] = [
  'raw',
  'heic',
  'jpeg',
  'image',
  'video',
  'audio',
  'thumbnail',
  'xmp',
  'sidecar',
  'mask',
];
const RANKS = new Map(ORDER.map((role, index) => [role, index]));

/** Place of a role in the order of who stands for a frame; 0 is first. */
export function rankOf(role: PartRole): number {
  return RANKS.get(role) ?? ORDER.length;
}
