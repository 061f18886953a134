/** Folders in which editors keep sidecars below the pictures' own folder. */
const EDITOR_FOLDERS = /(?:^|\/)(?:CaptureOne(?:\/.*)?|NKSC_PARAM)$/i;

/** The folder of the pictures that a file may belong to: its own, or the one above an editor's folders. */
export function pictureFolder(path: string): string {
  const folder = path.slice(0, Math.max(path.lastIndexOf('/'), 0));
  return folder.replace(EDITOR_FOLDERS, '');
}
