import { type BlobId, type IssueLog, LIMITS } from '../base/index.ts';
import { isCatalogFile, roleOf } from '../metadata/index.ts';
import type { World } from '../platform/index.ts';
import type { EntryRecord, GoneRecord, RunId } from '../vault/index.ts';
import { changeOf, isInSample, microseconds } from './change-test.ts';
import { giveUpTarget } from './run.ts';
import { type Found, joinPath, type ScanNotes, scanSource } from './scan.ts';
import type { Source } from './sources.ts';
import { HEADS_TASK } from './stage-task.ts';
import type { Target } from './target.ts';
import type { TargetView } from './target-view.ts';
import type { Reason, WorkItem } from './work.ts';

/** The part of a run that a survey needs. */
export interface SurveyedRun<T extends TargetView = Target> {
  readonly sources: readonly Source[];
  readonly targets: readonly T[];
  readonly issues: IssueLog;
}

/** A file, folder or link of a source. */
export interface Surveyed {
  readonly source: Source;
  readonly found: Found;
}

/** What a walk over the sources found to do. */
export interface Survey<T extends TargetView = Target> {
  readonly items: WorkItem<T>[];
  /** Files that no target needs read. */
  unchanged: number;
  readonly leftOut: { count: number; readonly names: Set<string> };
  /** Files that catalogs of editors may be made of, changed or not. */
  readonly catalogFiles: Surveyed[];
  /** Captures and sidecars that no target needs read: what is new may belong to their frames. */
  readonly standing: Surveyed[];
  /** Folders and links: their lines are all there is to protect. */
  readonly others: Surveyed[];
  /** By source: every path seen. */
  readonly seen: Map<string, Set<string>>;
  /** By source: folders that could not be listed; what they hold is unknown, not gone. */
  readonly unlisted: Map<string, Set<string>>;
}

/**
 * Walks all sources and tells what changed. Nothing is written, and nothing read but names, sizes and times. Ends early
 * when the signal aborts.
 */
export async function survey<T extends TargetView>(
  world: World,
  run: SurveyedRun<T>,
  signal: AbortSignal | undefined,
): Promise<Survey<T>> {
  const result: Survey<T> = {
    items: [],
    unchanged: 0,
    leftOut: { count: 0, names: new Set() },
    catalogFiles: [],
    standing: [],
    others: [],
    seen: new Map(),
    unlisted: new Map(),
  };
  const sample = { bytesLeft: LIMITS.rollingSampleBytesMax };
  const walk: Walk<T> = { result, sample, signal, isWarm: false };
  for (const source of run.sources) {
    if (signal?.aborted !== true) await surveySource(world, run, source, walk);
  }
  return result;
}

interface Walk<T extends TargetView> {
  readonly result: Survey<T>;
  readonly sample: Sample;
  readonly signal: AbortSignal | undefined;
  /** Whether the threads were told to start. */
  isWarm: boolean;
}

interface Sample {
  /** Bytes the rolling sample may still read. */
  bytesLeft: number;
}

/** Threads take a quarter of a second to start: they do so while the rest of the sources is walked. */
function warmUp(world: World): void {
  world.workers.run(HEADS_TASK, { paths: [] }).catch(() => {});
}

async function surveySource<T extends TargetView>(
  world: World,
  run: SurveyedRun<T>,
  source: Source,
  walk: Walk<T>,
): Promise<void> {
  const { result, sample, signal } = walk;
  const seen = new Set<string>();
  const notes: ScanNotes = { issues: run.issues, leftOut: result.leftOut, unlisted: new Set() };
  result.seen.set(source.name, seen);
  result.unlisted.set(source.name, notes.unlisted);
  const except = run.targets.map((target) => target.vault.root);
  for await (const found of scanSource(world.disk, { ...source, except }, notes)) {
    if (signal?.aborted === true) return;
    seen.add(found.path);
    if (found.kind === 'file') addFile(result, { source, found, sample }, run.targets);
    else result.others.push({ source, found });
    if (!walk.isWarm && result.items.length > 0) {
      walk.isWarm = true;
      warmUp(world);
    }
  }
}

function addFile<T extends TargetView>(
  result: Survey<T>,
  file: Surveyed & { readonly sample: Sample },
  targets: readonly T[],
): void {
  const { source, found, sample } = file;
  if (isCatalogFile(found.name)) result.catalogFiles.push({ source, found });
  const wants = new Map<T, Reason>();
  for (const target of targets) {
    const known = target.known(source.name, found.path);
    const change = changeOf(known, found);
    if (known === undefined || change !== 'unchanged') {
      wants.set(target, change === 'changed' ? 'changed' : 'new');
    } else if (!target.vault.ledger.holds(known.content as BlobId)) wants.set(target, 'new');
    else if (isSampled(target, file)) wants.set(target, 'sample');
  }
  if ([...wants.values()].includes('sample')) sample.bytesLeft -= found.sizeBytes;
  if (wants.size === 0) {
    result.unchanged += 1;
    if (isOfFrames(found.name)) result.standing.push({ source, found });
  } else result.items.push({ source, found, wants, tries: 0, mustCopy: false });
}

function isOfFrames(name: string): boolean {
  const role = roleOf(name);
  return role === 'capture' || role === 'sidecar';
}

function isSampled(target: TargetView, file: Surveyed & { readonly sample: Sample }): boolean {
  const turn = target.sources.get(file.source.name)?.turn ?? 0;
  return isInSample(file.found.path, turn) && file.found.sizeBytes <= file.sample.bytesLeft;
}

/** Writes what was found of folders and links: they have no content to copy. */
export async function protectOthers(
  world: World,
  run: SurveyedRun & { readonly id: RunId },
  { others }: Survey,
): Promise<void> {
  const entries: { readonly of: Surveyed; readonly entry: EntryRecord }[] = [];
  for (const of of others) {
    const entry = await otherEntry(world, run, of);
    if (entry !== null) entries.push({ of, entry });
  }
  for (const target of run.targets) {
    if (target.isLost) continue;
    const isKnown = ({ of, entry }: (typeof entries)[number]): boolean => {
      const known = target.known(of.source.name, of.found.path);
      return changeOf(known, of.found) === 'unchanged' && known?.content === (entry.target ?? '');
    };
    const records = entries.filter((one) => !isKnown(one)).map(({ entry }) => entry);
    await target.commit(records).catch((error: unknown) => giveUpTarget(run, target, error));
  }
}

async function otherEntry(
  world: World,
  run: SurveyedRun & { readonly id: RunId },
  { source, found }: Surveyed,
): Promise<EntryRecord | null> {
  const entry = entryOf(run.id, source, found);
  if (found.kind !== 'link') return entry;
  try {
    return { ...entry, target: await world.disk.readLink(joinPath(source.root, found.path)) };
  } catch (error) {
    const message = `This link could not be read (${String(error)}); it was left out.`;
    run.issues.add('UNREADABLE', `${source.name}/${found.path}`, message);
    return null;
  }
}

/** The journal line for a path, its content still to be added where it has any. */
export function entryOf(run: RunId, source: Source, found: Found): EntryRecord {
  return {
    type: 'entry',
    run,
    source: source.name,
    path: found.path,
    kind: found.kind === 'file' || found.kind === 'link' ? found.kind : 'folder',
    size: found.kind === 'file' ? found.sizeBytes : 0,
    mtimeUs: microseconds(found.mtimeMs),
    mode: found.mode,
  };
}

/** Lines for the paths of a target's state that a whole walk did not meet any more. */
export function goneRecords(run: RunId, target: Target, found: Survey): GoneRecord[] {
  const records: GoneRecord[] = [];
  for (const [source, { tree }] of target.sources) {
    const seen = found.seen.get(source) ?? new Set<string>();
    const unlisted = found.unlisted.get(source) ?? new Set<string>();
    for (const path of tree.keys()) {
      if (seen.has(path) || isBelowAny(path, unlisted)) continue;
      records.push({ type: 'gone', run, source, path });
    }
  }
  return records;
}

function isBelowAny(path: string, folders: ReadonlySet<string>): boolean {
  if (folders.size === 0) return false;
  if (folders.has('')) return true;
  for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
    if (folders.has(path.slice(0, slash))) return true;
  }
  return false;
}
