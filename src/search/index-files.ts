import { createHash } from 'node:crypto';
import { LIMITS } from '../base/index.ts';
import { joinPath, type World } from '../platform/index.ts';
import { SCHEMA_VERSION } from './write-frames.ts';

/** What an index needs of the world. */
export type IndexWorld = Pick<World, 'disk' | 'host' | 'random'>;

/** One finished file of an index. It is never written again, and its name tells its digest. */
export interface IndexFile {
  readonly path: string;
  /** The higher, the newer. */
  readonly generation: number;
  readonly digest: string;
}

const DIGEST_DIGITS = 32;
const FINISHED = /^search-(\d+)-(\d{8})-([0-9a-f]{32})\.sqlite$/;
const BUILDING = /^building-(\d+)-[0-9a-f]+\.sqlite$/;

/** The finished files that this version can read, the newest first; none where there is no folder. */
export async function listIndexFiles(world: IndexWorld, folder: string): Promise<IndexFile[]> {
  const files: IndexFile[] = [];
  for (const name of await namesIn(world, folder)) {
    const [, version, generation, digest] = FINISHED.exec(name) ?? [];
    if (Number(version) !== SCHEMA_VERSION || digest === undefined) continue;
    files.push({ path: joinPath(folder, name), generation: Number(generation), digest });
  }
  return files.sort((a, b) => b.generation - a.generation || (a.path < b.path ? -1 : 1));
}

/** Whether every byte of a file is what it was when it was finished; false where it cannot be read. */
export async function isWhole(world: IndexWorld, file: IndexFile): Promise<boolean> {
  try {
    return (await digestOf(world, file.path)) === file.digest;
  } catch {
    return false;
  }
}

/** A new name for a file that is being built; it tells whose it is. */
export function buildingPath(world: IndexWorld, folder: string): string {
  return joinPath(folder, `building-${world.host.processId}-${world.random.hex(16)}.sqlite`);
}

/** Gives a built file its name, under which it is found from now on, and takes away what it stands for. */
export async function publishIndex(
  world: IndexWorld,
  folder: string,
  built: string,
): Promise<IndexFile> {
  const [newest] = await listIndexFiles(world, folder);
  const generation = (newest?.generation ?? 0) + 1;
  const digest = await digestOf(world, built);
  const number = String(generation).padStart(8, '0');
  const path = joinPath(folder, `search-${SCHEMA_VERSION}-${number}-${digest}.sqlite`);
  await world.disk.rename(built, path);
  await sweep(world, folder, generation);
  return { path, generation, digest };
}

/** Removes a file if that is possible; one that another process holds open stays on Windows until the next time. */
export async function removeIfPossible(world: IndexWorld, path: string): Promise<void> {
  try {
    await world.disk.removeFile(path);
  } catch {
    // Gone already, or held: an index file that stays is only room on the disk.
  }
}

/** Older files, those of other versions of the schema, and what builders that run no more left unfinished. */
async function sweep(world: IndexWorld, folder: string, generation: number): Promise<void> {
  for (const name of await namesIn(world, folder)) {
    const [, version, number] = FINISHED.exec(name) ?? [];
    const builder = BUILDING.exec(name)?.[1];
    const isOld = number !== undefined && Number(number) < generation;
    const isForeign = version !== undefined && Number(version) < SCHEMA_VERSION;
    const isAbandoned = builder !== undefined && !world.host.isRunning(Number(builder));
    if (isOld || isForeign || isAbandoned) await removeIfPossible(world, joinPath(folder, name));
  }
}

async function namesIn(world: IndexWorld, folder: string): Promise<string[]> {
  try {
    return (await world.disk.listFolder(folder)).map(({ name }) => name);
  } catch {
    return [];
  }
}

async function digestOf(world: IndexWorld, path: string): Promise<string> {
  const file = await world.disk.openRead(path);
  try {
    const hash = createHash('sha256');
    const buffer = new Uint8Array(LIMITS.copyChunkBytes);
    for (let position = 0; ; ) {
      const count = await file.read(buffer, position);
      if (count === 0) break;
      hash.update(buffer.subarray(0, count));
      position += count;
    }
    return hash.digest('hex').slice(0, DIGEST_DIGITS);
  } finally {
    await file.close();
  }
}
