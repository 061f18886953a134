import { captureRole, type FramePart, type PartRole, rankOf } from './part.ts';
import { type SidecarKind, sidecarKindOf } from './sidecar-kinds.ts';
import { parseStem, type Stem } from './stem.ts';

/** A part with what its name tells. */
export interface Placed {
  readonly part: FramePart;
  readonly role: PartRole;
  /** The path up to the last `/`, in one Unicode form. */
  readonly folder: string;
  /** The file's name, in one Unicode form. */
  readonly name: string;
  /** The same in lower case, without the extension. */
  readonly stem: Stem;
  /** In lower case. */
  readonly extension: string;
  /** Null for a picture or movie. */
  readonly sidecar: SidecarName | null;
}

/** What the name of a sidecar tells of its picture. */
export interface SidecarName {
  readonly kind: SidecarKind;
  /** The picture's name in lower case, with or without its own extension. */
  readonly host: string;
  /** Where the picture lies. */
  readonly hostFolder: string;
}

/** Reads a part's path; null where the file can be no part of a frame. */
export function placePart(part: FramePart): Placed | null {
  const path = part.path.normalize('NFC');
  const slash = path.lastIndexOf('/');
  const folder = path.slice(0, Math.max(slash, 0));
  const name = path.slice(slash + 1);
  const lower = name.toLowerCase();
  const dot = lower.lastIndexOf('.');
  const extension = dot < 0 ? '' : lower.slice(dot + 1);
  const sidecar = sidecarKindOf(lower);
  const role = sidecar?.kind.role ?? captureRole(extension);
  if (role === null) return null;
  const stem = parseStem(dot < 0 ? lower : lower.slice(0, dot));
  if (sidecar === null) return { part, role, folder, name, stem, extension, sidecar };
  const { kind, host } = sidecar;
  const hostFolder = kind.subfolder === undefined ? folder : folder.replace(kind.subfolder, '');
  return { part, role, folder, name, stem, extension, sidecar: { kind, host, hostFolder } };
}

/** The order in which parts stand for a frame: by role, as shot before edited or converted, then by name. */
export function compareParts(left: Placed, right: Placed): number {
  return (
    rankOf(left.role) - rankOf(right.role) ||
    Number(isDerived(left)) - Number(isDerived(right)) ||
    (left.part.path < right.part.path ? -1 : Number(left.part.path > right.part.path))
  );
}

/** A DNG beside another RAW was made from it. */
function isDerived({ extension, stem }: Placed): boolean {
  return extension === 'dng' || stem.own !== stem.shared;
}
