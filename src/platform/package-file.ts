import { readFile } from 'node:fs/promises';

/**
 * Reads a file that is shipped with the package, beside its code.
 * @param url made from the caller's `import.meta.url`
 */
export async function readPackageFile(url: URL): Promise<Uint8Array> {
  return readFile(url);
}
