import { absolutePath } from './node-path.ts';

/**
 * Where a system keeps what lasts but can be made again: `FIELDVAULT_CACHE` where it is set, else the place that macOS
 * (Library/Caches), Windows (LOCALAPPDATA) and the XDG Base Directory Specification (XDG_CACHE_HOME) name.
 * @param platform as `process.platform`
 */
export function cacheFolder(
  platform: string,
  environment: Readonly<Record<string, string | undefined>>,
  home: string,
): string {
  const asked = environment['FIELDVAULT_CACHE'];
  if (asked !== undefined && asked !== '') return absolutePath(asked);
  if (platform === 'darwin') return absolutePath(`${home}/Library/Caches/FieldVault`);
  if (platform === 'win32') {
    const local = environment['LOCALAPPDATA'] || `${home}/AppData/Local`;
    return absolutePath(`${local}/FieldVault/Cache`);
  }
  return absolutePath(`${environment['XDG_CACHE_HOME'] || `${home}/.cache`}/fieldvault`);
}
