import type { PartRole } from './part.ts';

/** How one kind of file beside a picture is named. */
export interface SidecarKind {
  /** Who writes it. */
  readonly owner: string;
  /** On the name in lower case. Group 1: the picture's name, with or without its own extension. */
  readonly pattern: RegExp;
  readonly role: PartRole;
  /** Below the folder of its pictures it lies in this one; left out: beside them. */
  readonly subfolder?: RegExp;
  /** On group 1: a picture's name with something added; the groups of this together are that name. */
  readonly copy?: RegExp;
  /** Where pictures of several frames bear its name, it is for those of this role. */
  readonly host?: PartRole;
  /** Many other files are named so: without a picture it is no frame. */
  readonly isFrameAlone?: false;
}

const CAPTURE_ONE = /\/captureone\/settings[^/]*$/i;

/** Files that belong to a picture of their name. The first kind whose pattern fits is the kind. */
export const SIDECAR_KINDS: readonly SidecarKind[] = [
  // The part of a file that other systems than macOS cannot hold; whatever its extension says, it is no picture.
  { owner: 'AppleDouble', pattern: /^\._(.+)$/, role: 'sidecar', isFrameAlone: false },
  {
    owner: 'Adobe, Capture One, Photo Mechanic; darktable, digiKam',
    pattern: /^(.+)\.xmp$/,
    role: 'xmp',
    // darktable's duplicates: S_01.E.xmp.
    copy: /^(.+)_\d{2,}(\.[^.]+)$/,
  },
  { owner: 'Capture One', pattern: /^(.+)\.cos$/, role: 'sidecar', subfolder: CAPTURE_ONE },
  { owner: 'Capture One', pattern: /^(.+)\.comask$/, role: 'mask', subfolder: CAPTURE_ONE },
  { owner: 'Capture One', pattern: /^(.+)\.icm$/, role: 'sidecar', subfolder: CAPTURE_ONE },
  { owner: 'DxO PhotoLab', pattern: /^(.+)\.dop$/, role: 'sidecar' },
  { owner: 'RawTherapee', pattern: /^(.+?)(?:\.out)?\.pp3$/, role: 'sidecar' },
  { owner: 'ART', pattern: /^(.+?)(?:\.out)?\.arp$/, role: 'sidecar' },
  { owner: 'ON1', pattern: /^(.+)\.on1$/, role: 'sidecar' },
  { owner: 'Canon DPP', pattern: /^(.+)\.(?:vrd|dr4)$/, role: 'sidecar', host: 'raw' },
  {
    owner: 'Nikon NX',
    pattern: /^(.+)\.nksc$/,
    role: 'sidecar',
    subfolder: /\/nksc_param$/i,
  },
  { owner: 'Adobe Camera Raw', pattern: /^(.+)\.acr$/, role: 'mask', host: 'raw' },
  { owner: 'Apple Photos', pattern: /^(.+)\.aae$/, role: 'sidecar' },
  // Sony writes C0001M01.XML beside C0001.MP4.
  {
    owner: 'Sony and other video cameras',
    pattern: /^(.+)\.xml$/,
    role: 'sidecar',
    copy: /^(.+)m\d\d$/,
    host: 'video',
  },
  { owner: 'cameras', pattern: /^(.+)\.thm$/, role: 'thumbnail' },
  { owner: 'cameras', pattern: /^(.+)\.(?:wav|mp3|m4a)$/, role: 'audio' },
  { owner: 'cameras', pattern: /^(.+)\.log$/, role: 'sidecar', isFrameAlone: false },
];

/** The kind of a file by its name in lower case, and the picture's name that it bears; null where it is none. */
export function sidecarKindOf(
  name: string,
): { readonly kind: SidecarKind; readonly host: string } | null {
  for (const kind of SIDECAR_KINDS) {
    const host = kind.pattern.exec(name)?.[1];
    if (host !== undefined) return { kind, host };
  }
  return null;
}
