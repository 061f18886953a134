import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Paths of all files below a folder that are taken, all unless told, in the order of their names. */
export function filesBelow(
  folder: string,
  isTaken: (path: string) => boolean = () => true,
): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter(isTaken)
    .sort();
}
