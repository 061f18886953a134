import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const FOLDER: string = resolve(
  process.env['FIELDVAULT_SAMPLES'] ?? join(import.meta.dirname, '../../../shared/data'),
);

/** Why the real pictures cannot be used here; null where they can. */
export const noSamples: string | null = existsSync(join(FOLDER, 'MANIFEST.tsv'))
  ? null
  : 'no MANIFEST.tsv in the samples folder (FIELDVAULT_SAMPLES)';

/** A real file. */
export interface Sample {
  /** Below the samples folder. */
  readonly name: string;
  readonly path: string;
}

/** All files below these folders, in the order of their names. */
export function samplesBelow(...folders: readonly string[]): Sample[] {
  return folders.flatMap((folder) =>
    readdirSync(join(FOLDER, folder), { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((path) => ({ name: path.slice(FOLDER.length + 1), path })),
  );
}

/** The bytes of one sample. */
export function sampleBytes(name: string): Uint8Array {
  return readFileSync(join(FOLDER, name));
}
