import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Paths of all files below a folder that are taken, in the order of their names. */
export function filesBelow(folder: string, isTaken: (path: string) => boolean): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter(isTaken)
    .sort();
}
