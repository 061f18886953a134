import type { PartRole } from './part.ts';

/** How one kind of file beside a picture is named. */
export interface SidecarKind {
  /** Who writes it. */
  readonly owner: string;
  /** In lower case; before it stands the picture's name, with or without its own extension. Longer ones first. */
  readonly endings: readonly string[];
  readonly role: PartRole;
  /** Below the folder of its pictures it lies in this one; left out: beside them. */
  readonly subfolder?: RegExp;
  /** A picture's name with something added, in lower case; the groups of this together are that name. */
  readonly longName?: RegExp;
  /** Where pictures of several frames bear its name, it is for those of this role. */
  readonly host?: PartRole;
  /** Many other files are named so: without a picture it is no frame. */
  readonly isFrameAlone?: false;
}

const CAPTURE_ONE = /\/captureone\/settings[^/]*$/i;

/** What macOS keeps of a file where a drive cannot; whatever its extension says, it is no picture. */
const APPLE_DOUBLE: SidecarKind = {
  owner: 'AppleDouble',
  endings: [],
  role: 'sidecar',
  isFrameAlone: false,
};
const APPLE_DOUBLE_PREFIX = '._';

/** Files that belong to a picture of their name. */
export const SIDECAR_KINDS: readonly SidecarKind[] = [
  APPLE_DOUBLE,
  {
    owner: 'Adobe, Capture One, Photo Mechanic; darktable, digiKam',
    endings: ['.xmp'],
    role: 'xmp',
    // darktable's duplicates: S_01.E.xmp.
    longName: /^(.+)_\d{2,}(\.[^.]+)$/,
  },
  { owner: 'Capture One', endings: ['.cos', '.icm'], role: 'sidecar', subfolder: CAPTURE_ONE },
  { owner: 'Capture One', endings: ['.comask'], role: 'mask', subfolder: CAPTURE_ONE },
  { owner: 'DxO PhotoLab', endings: ['.dop'], role: 'sidecar' },
  { owner: 'RawTherapee', endings: ['.out.pp3', '.pp3'], role: 'sidecar' },
  { owner: 'ART', endings: ['.out.arp', '.arp'], role: 'sidecar' },
  { owner: 'ON1', endings: ['.on1'], role: 'sidecar' },
  { owner: 'Canon DPP', endings: ['.vrd', '.dr4'], role: 'sidecar', host: 'raw' },
  { owner: 'Nikon NX', endings: ['.nksc'], role: 'sidecar', subfolder: /\/nksc_param$/i },
  { owner: 'Adobe Camera Raw', endings: ['.acr'], role: 'mask', host: 'raw' },
  { owner: 'Apple Photos', endings: ['.aae'], role: 'sidecar' },
  {
    owner: 'video cameras',
    endings: ['.xml'],
    role: 'sidecar',
    host: 'video',
    // Sony's: C0001M01.XML beside C0001.MP4.
    longName: /^(.+)m\d\d$/,
  },
  { owner: 'cameras', endings: ['.thm'], role: 'thumbnail' },
  { owner: 'cameras', endings: ['.wav', '.mp3', '.m4a'], role: 'audio' },
  { owner: 'cameras', endings: ['.log'], role: 'sidecar', isFrameAlone: false },
];

interface Ending {
  readonly kind: SidecarKind;
  readonly ending: string;
}
/** By the last extension, with its dot. */
const ENDINGS = Map.groupBy(
  SIDECAR_KINDS.flatMap((kind) => kind.endings.map((ending): Ending => ({ kind, ending }))),
  ({ ending }) => ending.slice(ending.lastIndexOf('.')),
);

/** The kind of a file by its name in lower case, and the picture's name that it bears; null where it is none. */
export function sidecarKindOf(
  name: string,
): { readonly kind: SidecarKind; readonly host: string } | null {
  if (name.startsWith(APPLE_DOUBLE_PREFIX)) {
    return { kind: APPLE_DOUBLE, host: name.slice(APPLE_DOUBLE_PREFIX.length) };
  }
  for (const { kind, ending } of ENDINGS.get(name.slice(name.lastIndexOf('.'))) ?? []) {
    if (name.length > ending.length && name.endsWith(ending)) {
      return { kind, host: name.slice(0, -ending.length) };
    }
  }
  return null;
}
