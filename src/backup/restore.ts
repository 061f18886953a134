import {
  type BlobId,
  FieldVaultError,
  IssueLog,
  LIMITS,
  mapPool,
  messageOf,
  systemCodeOf,
} from '../base/index.ts';
import { placesOf } from '../forms/index.ts';
import type { World } from '../platform/index.ts';
import {
  type ContentPlace,
  type Delivery,
  type DeliveryOutcome,
  ensureFolder,
  StopFlag,
} from '../store/index.ts';
import {
  findByName,
  type SnapshotSummary,
  type Tree,
  type TreeEntry,
  targetError,
  totalsOf,
  treeOf,
  type Vault,
} from '../vault/index.ts';
import { pathFilter } from './path-filter.ts';
import { Progress } from './progress.ts';
import { BAD_NAME, NameMap, probeNameRules } from './restore-names.ts';
import { DELIVER_TASK } from './restore-task.ts';
import type { RestoreOptions, RestoreReport, Restoring } from './restoring.ts';
import { type Placed, TargetFolders } from './target-folders.ts';

/**
 * Gives a snapshot's files back: exact bytes, names, times. Every file is proven right before it gets its name.
 * A damaged file is an issue and costs only itself.
 * @throws FieldVaultError TARGET_READ_ONLY, TARGET_FULL, TARGET_GONE where the folder cannot be made
 */
export async function restore(
  world: World,
  vault: Vault,
  snapshot: SnapshotSummary,
  options: RestoreOptions,
): Promise<RestoreReport> {
  const startMs = world.clock.monotonicMs();
  const restoring = await beginRestore(world, vault, options);
  try {
    return await giveBack(world, restoring, snapshot, startMs);
  } finally {
    restoring.stop.release();
  }
}

async function giveBack(
  world: World,
  restoring: Restoring,
  snapshot: SnapshotSummary,
  startMs: number,
): Promise<RestoreReport> {
  const { vault, options } = restoring;
  const entries = chooseEntries(vault, snapshot, restoring);
  const folders = new TargetFolders(world, restoring);
  for (const one of entries) {
    if (one.entry.kind !== 'folder') continue;
    await unlessTooLong(restoring, one, () => folders.make(one.source, one.path));
  }
  const done = await deliverAll(world, restoring, folders, entries);
  const links = await makeLinks(world, restoring, folders, entries);
  const times = new Map(entries.map((one) => [`${one.source}/${one.path}`, one.entry] as const));
  // A folder may say that nobody writes in it: a restore that goes on later must find it open.
  if (options.signal?.aborted !== true) await folders.setTimes(times);
  return {
    snapshot: snapshot.id,
    ...done,
    folders: folders.count,
    links,
    isInterrupted: options.signal?.aborted === true,
    issues: restoring.issues.kept,
    issueCount: restoring.issues.count,
    durationMs: world.clock.monotonicMs() - startMs,
  };
}

/** A path that this disk cannot hold costs itself and what is below it, each named; null where it is such a one. */
async function unlessTooLong<T>(
  restoring: Restoring,
  one: Chosen,
  make: () => Promise<T>,
): Promise<T | null> {
  try {
    return await make();
  } catch (error) {
    if (!BAD_NAME.has(systemCodeOf(error))) throw error;
    const message = `This path cannot be made here (${messageOf(error)}) and was not restored. Restore into a folder with a shorter path.`;
    restoring.issues.add('WRITE_FAILED', `${one.source}/${one.path}`, message);
    return null;
  }
}

/** One path of a snapshot that is restored. */
interface Chosen {
  readonly source: string;
  readonly path: string;
  readonly entry: TreeEntry;
}

async function beginRestore(
  world: World,
  vault: Vault,
  options: RestoreOptions,
): Promise<Restoring> {
  try {
    // Before anything is made: what is refused must leave no trace.
    const root = await whereItWillBe(world.disk, options.to);
    refuseVault(vault, root);
    await ensureFolder(world.disk, root);
    const names = new NameMap(await probeNameRules(world.disk, root));
    const stop = new StopFlag(options.signal);
    return { vault, root, names, options, issues: new IssueLog(options.onIssue), stop };
  } catch (error) {
    throw targetError(error, options.to);
  }
}

/** The resolved path of a folder that may not be there yet. */
async function whereItWillBe(disk: World['disk'], path: string): Promise<string> {
  if ((await disk.stat(path)) !== null) return disk.resolve(path);
  const slash = path.lastIndexOf('/');
  if (slash <= 0) return path;
  const parent = await whereItWillBe(disk, path.slice(0, slash));
  return `${parent === '/' ? '' : parent}/${path.slice(slash + 1)}`;
}

/** What is restored into a vault would look like part of it. */
function refuseVault(vault: Vault, root: string): void {
  if (root !== vault.root && !root.startsWith(`${vault.root}/`)) return;
  throw new FieldVaultError(
    'BAD_USAGE',
    `${root} is the vault or part of it, and nothing is restored there. Nothing was changed; name another folder.`,
    { details: { path: root } },
  );
}

function chooseEntries(vault: Vault, snapshot: SnapshotSummary, restoring: Restoring): Chosen[] {
  const { path: glob, only } = restoring.options;
  const fits = pathFilter(glob);
  const isWanted = (source: string, path: string): boolean =>
    fits(source, path) && only?.has(`${source}/${path}`) !== false;
  const chosen: Chosen[] = [];
  for (const source of snapshot.sources) {
    const tree = treeOf(vault.ledger, snapshot.id, source.source);
    reportIncomplete(restoring, snapshot, source, tree);
    for (const [path, entry] of tree) {
      if (isWanted(source.source, path)) chosen.push({ source: source.source, path, entry });
    }
  }
  return chosen;
}

function reportIncomplete(
  restoring: Restoring,
  snapshot: SnapshotSummary,
  source: SnapshotSummary['sources'][number],
  tree: Tree,
): void {
  if (snapshot.state === 'unfinished' || !('tree' in source)) return;
  const totals = totalsOf(tree);
  if (totals.tree === source.tree) return;
  restoring.issues.add(
    'SNAPSHOT_INCOMPLETE',
    source.source,
    `The snapshot listed other files than could be rebuilt (${totals.files} found). All that was found is restored; run "check" to see what is damaged.`,
  );
}

async function deliverAll(
  world: World,
  restoring: Restoring,
  folders: TargetFolders,
  entries: readonly Chosen[],
): Promise<Pick<RestoreReport, 'files' | 'bytes' | 'alreadyThere'>> {
  const progress = restoring.options.progress ?? new Progress();
  const files = entries.filter((one) => one.entry.kind === 'file');
  progress.phase = 'restoring';
  progress.filesTotal = files.length;
  progress.bytesTotal = files.reduce((sum, one) => sum + one.entry.sizeBytes, 0);
  const totals = { files: 0, bytes: 0, alreadyThere: 0 };
  const run = (batch: readonly Chosen[]): Promise<Settled[]> =>
    deliverBatch(world, restoring, { folders, batch, counter: progress.bytesCounter });
  const batches = cut(files, restoring.options.signal);
  for await (const settled of mapPool(world.workers.count, batches, run)) {
    for (const { one, outcome } of settled) {
      if (outcome.state === 'already-there') totals.alreadyThere += 1;
      if (outcome.state !== 'already-there' && outcome.state !== 'delivered') continue;
      totals.files += 1;
      totals.bytes += one.entry.sizeBytes;
    }
    progress.filesDone += settled.filter(({ outcome }) => outcome.state !== 'stopped').length;
  }
  return totals;
}

function* cut(files: readonly Chosen[], signal: AbortSignal | undefined): Generator<Chosen[]> {
  let batch: Chosen[] = [];
  let bytes = 0;
  for (const file of files) {
    if (signal?.aborted === true) return;
    batch.push(file);
    bytes += file.entry.sizeBytes;
    if (batch.length < LIMITS.batchFilesMax && bytes < LIMITS.batchBytesMin) continue;
    yield batch;
    batch = [];
    bytes = 0;
  }
  if (batch.length > 0) yield batch;
}

interface Settled {
  readonly one: Chosen;
  readonly outcome: DeliveryOutcome;
}

async function deliverBatch(
  world: World,
  restoring: Restoring,
  work: {
    readonly folders: TargetFolders;
    readonly batch: readonly Chosen[];
    readonly counter: SharedArrayBuffer;
  },
): Promise<Settled[]> {
  const deliveries: Delivery[] = [];
  const batch: Chosen[] = [];
  for (const one of work.batch) {
    const place = (): Promise<Placed> => work.folders.place(one.source, one.path, false);
    const placed = await unlessTooLong(restoring, one, place);
    if (placed === null) continue;
    batch.push(one);
    deliveries.push(await deliveryOf(world, restoring, one, placed));
  }
  const shared = { counter: work.counter, stop: restoring.stop.memory };
  const outcomes = await world.workers.run(DELIVER_TASK, { deliveries, ...shared });
  const settled: Settled[] = [];
  for (const [index, one] of batch.entries()) {
    let outcome = outcomes[index];
    if (outcome?.state === 'failed' && BAD_NAME.has(outcome.failure.code)) {
      const placed = await work.folders.place(one.source, one.path, true);
      const plain = await deliveryOf(world, restoring, one, placed);
      [outcome] = await world.workers.run(DELIVER_TASK, { deliveries: [plain], ...shared });
    }
    if (outcome === undefined) continue;
    reportOutcome(restoring, one, outcome);
    settled.push({ one, outcome });
  }
  return settled;
}

async function deliveryOf(
  world: World,
  restoring: Restoring,
  one: Chosen,
  placed: Placed,
): Promise<Delivery> {
  const { vault, options } = restoring;
  const blob = one.entry.content as BlobId;
  const known = placesOf(vault, blob);
  const places = known.length > 0 ? known : await guessPlaces(world, restoring, blob);
  return {
    blob,
    places,
    ...placed,
    mtimeMs: one.entry.mtimeUs / 1000,
    mode: one.entry.mode,
    ifThere: options.overwrite === true ? 'replace' : 'keep',
    salvage: options.partial === true ? `${placed.target}.damaged` : null,
  };
}

/** A blob whose journal line was lost may still be found by the digits in its name. */
async function guessPlaces(
  world: World,
  restoring: Restoring,
  blob: BlobId,
): Promise<readonly ContentPlace[]> {
  restoring.byName ??= findByName(world.disk, restoring.vault);
  const places = (await restoring.byName)(blob);
  return places.map((at) => ({ path: `${restoring.vault.root}/${at}`, form: 'unknown' }));
}

function reportOutcome(restoring: Restoring, one: Chosen, outcome: DeliveryOutcome): void {
  const path = `${one.source}/${one.path}`;
  if (outcome.state === 'damaged') {
    const saved =
      outcome.salvagedBytes > 0 ? ` ${outcome.salvagedBytes} bytes were saved as .damaged.` : '';
    const message = `This file could NOT be restored: ${outcome.message.replace(/\.$/, '')}.${saved} Another vault may hold it: "check --repair-from".`;
    restoring.issues.add('BLOB_DAMAGED', path, message);
  } else if (outcome.state === 'other-there') {
    const message = 'Something else stands there; it was kept. Use --overwrite or another folder.';
    restoring.issues.add('FILE_EXISTS', path, message);
  } else if (outcome.state === 'failed') {
    const { code, message } = outcome.failure;
    const isFull = code === 'ENOSPC' || code === 'EDQUOT';
    restoring.issues.add(
      isFull ? 'TARGET_FULL' : 'WRITE_FAILED',
      path,
      `This file was not restored: ${isFull ? 'the drive is full' : message}.`,
    );
  }
}

async function makeLinks(
  world: World,
  restoring: Restoring,
  folders: TargetFolders,
  entries: readonly Chosen[],
): Promise<number> {
  let count = 0;
  for (const { source, path, entry } of entries) {
    if (entry.kind !== 'link') continue;
    try {
      const { target } = await folders.place(source, path, false);
      const there = await world.disk.stat(target);
      const isSame =
        there?.kind === 'link' && (await world.disk.readLink(target)) === entry.content;
      if (!isSame) await world.disk.makeLink(target, entry.content);
      count += 1;
    } catch (error) {
      const message = `This link to ${entry.content} could not be made here (${String(error)}).`;
      restoring.issues.add('WRITE_FAILED', `${source}/${path}`, message);
    }
  }
  return count;
}
