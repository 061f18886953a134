/** What a file is to a photographer, told by its name alone. */
export type FileRole = 'capture' | 'sidecar' | 'catalog' | 'other';

const CAPTURES = new Set(
  (
    '3fr arw avif bmp braw cin cr2 cr3 crm crw dcr dng eip erf fff gpr heic heif hif iiq insp ' +
    'insv jpe jpeg jpg jxl k25 kdc lri mef mos mov mp4 mrw mts m2ts mxf nef nev nrw orf ori pef ' +
    'png ptx pxn qtk r3d raf raw rw2 rwl rwz sr2 srf srw sti thm tif tiff x3f avi mpg mpeg wav mp3 m4a webp'
  ).split(' '),
);
/** RAW formats that no editor rewrites in place. */
const NEVER_REWRITTEN = new Set(
  (
    '3fr arw cr2 cr3 crw dcr erf fff gpr iiq k25 kdc mef mos mrw nef nrw orf pef qtk raf raw rw2 ' +
    'rwl rwz sr2 srf srw x3f'
  ).split(' '),
);
const SIDECARS = new Set('xmp cos comask dop pp3 on1 vrd dr4 nksc acr aae arp icm xml'.split(' '));
const CATALOGS = new Set(
  'lrcat lrcat-data lrcat-wal lrcat-shm lrcat-journal cocatalogdb cosessiondb db db3 sqlite'.split(
    ' ',
  ),
);

/** Whether the database of an editor's catalog, or a log, journal or lock of it, may have this name. */
export function isCatalogFile(name: string): boolean {
  return /\.(lrcat|cocatalogdb|cosessiondb|db)(-wal|-shm|-journal|\.lock)?$/i.test(name);
}

/** Tells the role by the extension; case does not matter. */
export function roleOf(name: string): FileRole {
  const extension = extensionOf(name);
  if (CAPTURES.has(extension)) return 'capture';
  if (SIDECARS.has(extension)) return 'sidecar';
  return CATALOGS.has(extension) ? 'catalog' : 'other';
}

/** Whether a file of this name holds what the sensor saw, unchanged. */
export function isRawName(name: string): boolean {
  const extension = extensionOf(name);
  return extension === 'dng' || extension === 'nef' || NEVER_REWRITTEN.has(extension);
}

/** Whether a file of this name holds a JPEG picture. */
export function isJpegName(name: string): boolean {
  return ['jpg', 'jpeg', 'jpe'].includes(extensionOf(name));
}

/**
 * Whether a change of this file's content is a suspicion rather than a new version: RAW files anywhere, and every
 * capture in a camera's own folders.
 */
export function isImmutable(path: string): boolean {
  if (NEVER_REWRITTEN.has(extensionOf(path))) return true;
  return roleOf(path) === 'capture' && /(^|\/)DCIM\//i.test(path);
}

/** Write permission of owner, group and others. */
const WRITE_BITS = 0o222;

/**
 * Whether a capture is protected in the camera: DCF 2.0 section 5.2 makes it read-only, which FAT keeps and systems show as
 * a file that nobody may write.
 */
export function isReadOnlyCapture(path: string, mode: number): boolean {
  return (mode & WRITE_BITS) === 0 && roleOf(path) === 'capture';
}

function extensionOf(name: string): string {
  const dot = name.lastIndexOf('.');
  return dot < 0 ? '' : name.slice(dot + 1).toLowerCase();
}
