import { encodeName } from '../platform/index.ts';

/** How a simulated file system behaves: what it calls names, what it keeps, and what a power loss takes. */
export interface DiskProfile {
  readonly fileSystem: string;
  readonly isCaseSensitive: boolean;
  /** APFS finds a name in any Unicode normal form, and keeps the form it was given. */
  readonly findsAnyNormalForm: boolean;
  /** Characters that no name may hold, and the error that says so. */
  readonly forbidden: RegExp | null;
  readonly forbiddenCode: string;
  /** Dots at the end of a name are dropped silently. */
  readonly stripsTrailingDots: boolean;
  /** Whether names may hold bytes that are not UTF-8. */
  readonly takesAnyBytes: boolean;
  readonly nameLimit: 255;
  readonly nameUnit: 'bytes' | 'utf16';
  /** Modification times are cut down to a multiple of this. */
  readonly mtimeGranularityMs: number;
  readonly mtimeMinMs: number;
  readonly fileBytesMax: number;
  /** The error of making a link; '' where links work. */
  readonly linkCode: string;
  readonly hasDirectRead: boolean;
  readonly keepsMode: boolean;
  /** `weak`: syncs are refused politely, and nothing they cover is durable. */
  readonly sync: 'durable' | 'weak';
  /** Changes of names survive in the order they were made, a rename wholly or not at all; else each name by itself. */
  readonly isJournalled: boolean;
  /** A file whose name changed since its last sync comes back empty (measured on the Linux FAT driver). */
  readonly renameLosesSize: boolean;
}

const EXT4: DiskProfile = {
  fileSystem: 'ext4',
  isCaseSensitive: true,
  findsAnyNormalForm: false,
  forbidden: null,
  forbiddenCode: '',
  stripsTrailingDots: false,
  takesAnyBytes: true,
  nameLimit: 255,
  nameUnit: 'bytes',
  mtimeGranularityMs: 0,
  mtimeMinMs: -2_147_483_648_000,
  fileBytesMax: Number.MAX_SAFE_INTEGER,
  linkCode: '',
  hasDirectRead: true,
  keepsMode: true,
  sync: 'durable',
  isJournalled: true,
  renameLosesSize: false,
};

/** Name rules of Windows; `CON.txt` is as reserved as `CON`. */
const WINDOWS_NAMES =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is forbidden
  /[\u0000-\u001f"*:<>?|\\]|[. ]$|^(?:con|prn|aux|nul|com[1-9]|lpt[1-9])(?:\.|$)/i;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is forbidden
const FAT_CHARACTERS = /[\u0000-\u001f"*:<>?|\\]/;

const UTF16_NAMES = {
  isCaseSensitive: false,
  takesAnyBytes: false,
  nameUnit: 'utf16',
  keepsMode: false,
} as const;

/**
 * File systems as measured on Linux: error codes, granularity, and what a power loss takes (docs/testing.md);
 * normal forms of APFS are from Apple's documentation. exFAT is as its driver on FUSE, NTFS as Windows names it.
 */
export const PROFILES: {
  readonly [name in 'ext4' | 'exfat' | 'fat32' | 'ntfs' | 'apfs']: DiskProfile;
} = {
  ext4: EXT4,
  exfat: {
    ...EXT4,
    ...UTF16_NAMES,
    fileSystem: 'exfat',
    forbidden: FAT_CHARACTERS,
    forbiddenCode: 'ENOENT',
    mtimeGranularityMs: 1000,
    mtimeMinMs: 315_532_800_000,
    linkCode: 'ENOSYS',
    isJournalled: false,
  },
  fat32: {
    ...EXT4,
    ...UTF16_NAMES,
    fileSystem: 'vfat',
    forbidden: FAT_CHARACTERS,
    forbiddenCode: 'EINVAL',
    stripsTrailingDots: true,
    mtimeGranularityMs: 2000,
    mtimeMinMs: 315_532_800_000,
    fileBytesMax: 4_294_967_295,
    linkCode: 'EPERM',
    isJournalled: false,
    renameLosesSize: true,
  },
  ntfs: {
    ...EXT4,
    ...UTF16_NAMES,
    fileSystem: 'ntfs',
    forbidden: WINDOWS_NAMES,
    forbiddenCode: 'EINVAL',
  },
  apfs: {
    ...EXT4,
    fileSystem: 'apfs',
    isCaseSensitive: false,
    findsAnyNormalForm: true,
    takesAnyBytes: false,
    hasDirectRead: false,
  },
};

/** Under which key a folder of this file system finds the name. */
export function keyOfName(profile: DiskProfile, name: string): string {
  let key = storedName(profile, name);
  if (profile.findsAnyNormalForm) key = key.normalize('NFD');
  return profile.isCaseSensitive ? key : key.toUpperCase().toLowerCase();
}

/** The name as the file system keeps it. */
export function storedName(profile: DiskProfile, name: string): string {
  return profile.stripsTrailingDots ? name.replace(/\.+$/, '') : name;
}

/** The error code of creating the name; '' where it is allowed. */
export function codeOfName(profile: DiskProfile, name: string): string {
  if (name === '' || name === '.' || name === '..' || name.includes('\u0000')) return 'EINVAL';
  if (profile.forbidden?.test(name)) return profile.forbiddenCode;
  if (!profile.takesAnyBytes && !name.isWellFormed()) return 'EILSEQ';
  const length = profile.nameUnit === 'bytes' ? encodeName(name).length : name.length;
  return length > profile.nameLimit ? 'ENAMETOOLONG' : '';
}

/** A modification time as the file system keeps it. */
export function storedMtimeMs(profile: DiskProfile, mtimeMs: number): number {
  const kept = Math.max(Math.round(mtimeMs * 1000) / 1000, profile.mtimeMinMs);
  const step = profile.mtimeGranularityMs;
  return step === 0 ? kept : Math.floor(kept / step) * step;
}
