import { LIMITS } from '../base/index.ts';
import { type Found, joinPath } from './scan.ts';
import type { Source } from './sources.ts';
import type { Target } from './target.ts';
import type { TargetView } from './target-view.ts';

/** Why a target wants a file read: it is not known, it looks changed, or it is in the rolling sample. */
export type Reason = 'new' | 'changed' | 'sample';

/** One file that has to be read, and who wants it. */
export interface WorkItem<T extends TargetView = Target> {
  readonly source: Source;
  readonly found: Found;
  readonly wants: Map<T, Reason>;
  /** By target: bytes this file leaves free there for what is more precious; left out: none. */
  floors?: ReadonlyMap<T, number>;
  /** Absolute path of a copy that is read in place of the file; left out: the file itself. */
  readonly readFrom?: string;
  /** How often it was tried in vain. */
  tries: number;
  /** Set once reading alone has shown that the content is not known after all. */
  mustCopy: boolean;
}

/** One item of a batch with the unfinished file each target gets; none: it is only read. */
export interface Plan {
  readonly item: WorkItem;
  readonly parts: ReadonlyMap<Target, string>;
}

/** The absolute path that a work item is read from. */
export function readPath({
  source,
  found,
  readFrom,
}: Pick<WorkItem, 'source' | 'found' | 'readFrom'>): string {
  return readFrom ?? joinPath(source.root, found.path);
}

/** The path of a work item as messages show it. */
export function shownPath(item: Pick<WorkItem, 'source' | 'found'>): string {
  return `${item.source.name}/${item.found.path}`;
}

/**
 * Cuts the work into batches that share their syncs: small enough that every worker has something to do and a cut
 * costs little, large enough that small files do not wait for one sync each.
 */
export function* batchesOf(items: readonly WorkItem[], workers: number): Generator<WorkItem[]> {
  const bytesTotal = items.reduce((sum, item) => sum + item.found.sizeBytes, 0);
  const share = 4 * workers;
  const bytesMax = clamp(bytesTotal / share, LIMITS.batchBytesMin, LIMITS.batchBytesMax);
  const filesMax = clamp(items.length / share, LIMITS.batchFilesMin, LIMITS.batchFilesMax);
  let batch: WorkItem[] = [];
  let bytes = 0;
  for (const item of items) {
    const isFull = batch.length >= filesMax || bytes + item.found.sizeBytes > bytesMax;
    if (isFull && batch.length > 0) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(item);
    bytes += item.found.sizeBytes;
  }
  if (batch.length > 0) yield batch;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
