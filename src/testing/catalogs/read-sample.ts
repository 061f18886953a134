import {
  type CatalogOutcome,
  type CatalogUnit,
  copyCatalog,
  type EditorFacts,
  findCatalogs,
  readCatalog,
} from '../../metadata/index.ts';
import type { World } from '../../platform/index.ts';

/** All that was found, copied and read of the one catalog in a folder. */
export interface SampleReading {
  readonly unit: CatalogUnit;
  readonly outcome: CatalogOutcome;
  readonly facts: readonly EditorFacts[];
  readonly troubles: readonly string[];
  /** Why reading ended early; null where it did not. */
  readonly stopped: string | null;
}

type SampleWorld = Pick<World, 'disk' | 'clock'>;

/**
 * Lists a folder, finds its one catalog, copies it into an empty scratch folder and reads the copy.
 * @returns what came of each of these; RangeError where there is not just one catalog
 */
export async function readSampleCatalog(
  world: SampleWorld,
  folder: string,
  scratch: string,
): Promise<SampleReading> {
  const units = findCatalogs(await listFiles(world, folder));
  const [unit] = units;
  if (unit === undefined || units.length > 1) throw new RangeError(`${units.length} catalogs`);
  const outcome = await copyCatalog(world, unit, scratch);
  const facts: EditorFacts[] = [];
  const troubles: string[] = [];
  let stopped: string | null = null;
  if (outcome.state === 'copied') {
    for await (const reading of readCatalog(world, unit, outcome.copy)) {
      if (reading.state === 'read') facts.push(reading.facts);
      else if (reading.state === 'trouble') troubles.push(reading.reason);
      else stopped = reading.reason;
    }
  }
  return { unit, outcome, facts, troubles, stopped };
}

async function listFiles(
  world: SampleWorld,
  folder: string,
): Promise<{ path: string; sizeBytes: number }[]> {
  const files: { path: string; sizeBytes: number }[] = [];
  for (const { name, kind, sizeBytes } of await world.disk.listFolder(folder)) {
    const path = `${folder}/${name}`;
    if (kind === 'folder') files.push(...(await listFiles(world, path)));
    else files.push({ path, sizeBytes });
  }
  return files;
}
