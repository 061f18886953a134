import { FieldVaultError } from '../base/index.ts';
import type { Volume, World } from '../platform/index.ts';
import type { Ledger, Run, RunSource } from '../vault/index.ts';

/** A source of a run, found and named. */
export interface Source {
  /** Its top-level folder name in the snapshot. */
  readonly name: string;
  /** Absolute path that is scanned. */
  readonly root: string;
  /** Only this name of the root is a source; null for all of it. */
  readonly only: string | null;
  /** What the user named, resolved. */
  readonly origin: string;
  readonly volume: Volume;
}

/**
 * Finds the sources and gives each a name that no other one has: the volume's label where the source is a whole
 * volume, else the name of the folder or file.
 * @throws FieldVaultError SOURCE_MISSING where one is not there
 */
export async function findSources(world: World, paths: readonly string[]): Promise<Source[]> {
  const sources: Source[] = [];
  const taken = new Set<string>();
  for (const path of paths) {
    // A link to a folder is followed here only, where a person named it.
    const origin = await world.disk.resolve(path).catch(() => null);
    const target = origin === null ? null : await world.disk.stat(origin).catch(() => null);
    if (origin === null || target === null) throw sourceMissing(path);
    const volume = await world.volumes.describe(origin);
    const isVolume = volume.mountPoint === origin && volume.label !== '';
    const slash = origin.lastIndexOf('/');
    const wanted = isVolume ? volume.label : origin.slice(slash + 1);
    const name = uniqueName(wanted, taken);
    const isFile = target.kind === 'file';
    sources.push({
      name,
      origin,
      volume,
      root: isFile ? origin.slice(0, Math.max(slash, 1)) : origin,
      only: isFile ? origin.slice(slash + 1) : null,
    });
  }
  return sources;
}

function uniqueName(wanted: string, taken: Set<string>): string {
  const clean = wanted.replace(/[/\0]/g, '_').replace(/:$/, '');
  const base = clean === '' || clean === '.' || clean === '..' ? 'source' : clean;
  let name = base;
  // Case counts as the same: a restore may go to a disk that cannot tell.
  for (let ordinal = 2; taken.has(name.toLowerCase()); ordinal += 1) name = `${base} (${ordinal})`;
  taken.add(name.toLowerCase());
  return name;
}

/** What a vault knows of a source. */
export interface SourceHistory {
  /** The newest run that saw this very source; its state is what changes are told against. */
  readonly parent: Run | null;
  /** How many runs saw it. */
  readonly runs: number;
}

/** Finds the runs of a source; runs of other sources between them do not count. */
export function findHistory(ledger: Ledger, source: Source): SourceHistory {
  let parent: Run | null = null;
  let runs = 0;
  for (const run of ledger.runs.values()) {
    const same = run.sources.find((other) => other.source === source.name);
    if (same === undefined || !isSameSource(same, source)) continue;
    runs += 1;
    if (parent === null || run.order > parent.order) parent = run;
  }
  return { parent, runs };
}

/**
 * Two cards may share a label and a mount point, and one card may be mounted elsewhere: where both volumes have lasting
 * ids, these and the place on the volume decide; else only the very same path is the same source.
 */
function isSameSource(known: RunSource, source: Source): boolean {
  const hasIds = isLasting(known.volume.id) && isLasting(source.volume.id);
  if (!hasIds || known.within === undefined) return known.origin === source.origin;
  return known.volume.id === source.volume.id && known.within === withinVolume(source);
}

/** The number of a device (`dev:8`) belongs to whatever is plugged in there now. */
function isLasting(volumeId: string): boolean {
  return volumeId !== '' && !volumeId.startsWith('dev:');
}

/** The path of a source below its volume's mount point; '' where it is the whole volume. */
export function withinVolume({ origin, volume }: Source): string {
  const { mountPoint } = volume;
  if (origin !== mountPoint && !origin.startsWith(mountPoint.replace(/\/?$/, '/'))) return origin;
  return origin.slice(mountPoint.length).replace(/^\/+/, '');
}

function sourceMissing(path: string): FieldVaultError {
  return new FieldVaultError(
    'SOURCE_MISSING',
    `There is nothing at ${path} that can be read. Nothing was changed; check that the card or drive is connected.`,
    { details: { path }, retry: 'after-user-acts' },
  );
}
