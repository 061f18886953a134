import { type BlobId, messageOf } from '../base/index.ts';
import { placesOf, readPlace } from '../forms/index.ts';
import {
  type CatalogCopy,
  type CatalogHealth,
  type CatalogUnit,
  compareHealth,
  copyCatalog,
  type EditorFacts,
  findCatalogs,
  readCatalog,
} from '../metadata/index.ts';
import { makeScratchFolder, removeScratchFolder, type World } from '../platform/index.ts';
import { deliverFiles, ensureFolder } from '../store/index.ts';
import { learnedOf, readFacts, type Vault } from '../vault/index.ts';
import { type CatalogFacts, KINDS } from './kept.ts';
import { type Learning, whileLearning } from './learning.ts';
import { allStates, type StoredPart } from './states.ts';

/** A catalog in its newest form, with the stored files of all its members. */
export interface UnlearnedCatalog {
  readonly vault: Vault;
  readonly unit: CatalogUnit;
  /** By path of the unit's members. */
  readonly parts: ReadonlyMap<string, StoredPart>;
}

/** Pictures whose words are kept of one catalog. */
const PICTURES_MAX = 500_000;
/** Words of this many pictures stand in one line. */
const PICTURES_PER_LINE = 1000;

/** The catalogs that were not read in their newest form yet; none where SQLite could not reach a copy. */
export function catalogsToLearn(
  vaults: readonly Vault[],
  { disk }: Pick<World, 'disk'>,
): UnlearnedCatalog[] {
  if (disk.localPath('/') === null) return [];
  const found = new Map<BlobId, UnlearnedCatalog>();
  for (const vault of vaults) {
    const learned = learnedOf(vault.ledger, 'catalog', KINDS.catalog);
    for (const { parts, captures } of allStates(vault.ledger)) {
      if (captures !== null) continue;
      const byPath = new Map(parts.map((part) => [`/${part.path}`, part]));
      const files = [...byPath].map(([path, { sizeBytes }]) => ({ path, sizeBytes }));
      for (const unit of findCatalogs(files)) {
        const blob = byPath.get(unit.main)?.blob;
        if (blob === undefined || unit.isBackup || learned.has(blob.slice(0, 16))) continue;
        found.set(blob, { vault, unit, parts: byPath });
      }
    }
  }
  return [...found.values()];
}

/** Reads catalogs out of copies of their stored files; returns how many. */
export async function learnCatalogs(
  world: World,
  learning: Learning,
  catalogs: readonly UnlearnedCatalog[],
): Promise<number> {
  let count = 0;
  const before = catalogs.length > 0 ? await healthBefore(world, learning) : new Map();
  for (const catalog of whileLearning(learning, catalogs)) {
    const scratch = await makeScratchFolder('fieldvault-catalog');
    try {
      if (await learnCatalog(world, learning, { catalog, scratch, before })) count += 1;
    } catch (error) {
      tellUnreadable(learning, catalog, messageOf(error));
    } finally {
      await removeScratchFolder(scratch);
    }
    learning.onDone();
  }
  return count;
}

/** What the vaults know of each catalog from the last time, by path. */
async function healthBefore(
  world: World,
  { vaults }: Learning,
): Promise<Map<string, CatalogHealth>> {
  const healths = new Map<string, CatalogHealth>();
  for (const vault of vaults) {
    for await (const { facts } of readFacts(world, vault, 'catalog')) {
      const { path, health } = facts as CatalogFacts;
      if (health !== null) healths.set(path, health);
    }
  }
  return healths;
}

interface CatalogWork {
  readonly catalog: UnlearnedCatalog;
  readonly scratch: string;
  readonly before: ReadonlyMap<string, CatalogHealth>;
}

async function learnCatalog(
  world: World,
  learning: Learning,
  { catalog, scratch, before }: CatalogWork,
): Promise<boolean> {
  const main = catalog.parts.get(catalog.unit.main);
  const laid = main === undefined ? null : await layOut(world, catalog, `${scratch}/source`);
  if (main === undefined || laid === null) return false;
  await world.disk.makeFolder(`${scratch}/copy`);
  const outcome = await copyCatalog(world, laid, `${scratch}/copy`);
  if (outcome.state !== 'copied') {
    tellUnreadable(learning, catalog, outcome.reason);
    return false;
  }
  const { health } = outcome.copy;
  const last = before.get(main.path);
  const worse = last === undefined ? null : compareHealth(last, health);
  if (worse !== null) tellWorse(learning, main.path, worse);
  const said = await wordsOf(world, learning, { catalog, laid, copy: outcome.copy });
  const lines: CatalogFacts[] = [{ path: main.path, health, editor: [] }];
  for (let at = 0; at < said.length; at += PICTURES_PER_LINE) {
    const editor = said.slice(at, at + PICTURES_PER_LINE);
    lines.push({ path: main.path, health: null, editor });
  }
  await learning.keeper.keep('catalog', main.blob, ...lines);
  return true;
}

/** The unit's stored files under their own names, proven; null where its database is not to be had. */
async function layOut(
  world: World,
  { vault, unit, parts }: UnlearnedCatalog,
  folder: string,
): Promise<CatalogUnit | null> {
  const files: { readonly path: string; readonly sizeBytes: number }[] = [];
  for (const member of unit.members) {
    const part = parts.get(member);
    // What lies in a vault is no editor's work under way.
    if (part === undefined || /\.lock$/i.test(member)) continue;
    const target = `${folder}${member}`;
    await ensureFolder(world.disk, target.slice(0, target.lastIndexOf('/')));
    const { blob, mtimeMs, sizeBytes } = part;
    const places = placesOf(vault, blob);
    const delivery = { blob, places, target, part: `${target}.part`, mtimeMs } as const;
    const how = { mode: 0o600, ifThere: 'keep', salvage: null } as const;
    const [outcome] = await deliverFiles(world.disk, [{ ...delivery, ...how }], { readPlace });
    if (outcome?.state === 'delivered') files.push({ path: target, sizeBytes });
  }
  return findCatalogs(files).find(({ main }) => main === `${folder}${unit.main}`) ?? null;
}

/** What a catalog says of its pictures, named by where it lay and not by its copy. */
async function wordsOf(
  world: World,
  learning: Learning,
  from: {
    readonly catalog: UnlearnedCatalog;
    readonly laid: CatalogUnit;
    readonly copy: CatalogCopy;
  },
): Promise<EditorFacts[]> {
  const { catalog, laid, copy } = from;
  const prefix = laid.main.slice(0, -catalog.unit.main.length);
  const place = (path: string): string =>
    path.startsWith(prefix) ? path.slice(prefix.length + 1) : path;
  const said: EditorFacts[] = [];
  const troubles: string[] = [];
  for await (const reading of readCatalog(world, laid, copy)) {
    if (reading.state === 'read') {
      const { facts } = reading;
      if (said.length >= PICTURES_MAX) continue;
      // Develop settings stay in the catalog, which is protected itself.
      said.push({ ...facts, path: place(facts.path), from: place(facts.from), develop: null });
    } else if (reading.state === 'stopped') {
      tellUnreadable(learning, catalog, reading.reason.replaceAll(prefix, ''));
    } else troubles.push(reading.reason.replaceAll(prefix, ''));
  }
  if (troubles.length > 0) tellTroubles(learning, catalog, troubles);
  return said;
}

/** Where the photographer has it. */
function shownPath({ unit }: UnlearnedCatalog): string {
  return unit.main.slice(1);
}

function tellUnreadable(learning: Learning, catalog: UnlearnedCatalog, reason: string): void {
  learning.issues.add(
    'CATALOG_UNREADABLE',
    shownPath(catalog),
    `What this catalog says of pictures could not be read (${reason}). Its file is protected bit for bit; open it in its editor and let that check it.`,
  );
}

function tellTroubles(
  learning: Learning,
  catalog: UnlearnedCatalog,
  troubles: readonly string[],
): void {
  const count = troubles.length;
  learning.issues.add(
    'METADATA_UNREADABLE',
    shownPath(catalog),
    `${count} ${count === 1 ? 'row' : 'rows'} of this catalog could not be understood, the first: ${troubles[0]}. Its file is protected bit for bit.`,
  );
}

function tellWorse({ issues }: Learning, path: string, sentence: string): void {
  issues.add(
    'CATALOG_WORSE',
    path,
    `${sentence} This form and the older ones are protected; look at it before you go on working in it, and restore an older snapshot if something is missing.`,
  );
}
