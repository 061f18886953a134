import type { BlobId } from '../base/index.ts';
import { roleOf } from '../metadata/index.ts';
import { type Keep, type Moment, planRetention, type Version } from '../priority/index.ts';
import {
  type Ledger,
  listSnapshots,
  type Run,
  type RunId,
  type SnapshotSummary,
  type TreeEntry,
  walkStates,
} from '../vault/index.ts';

/** Which snapshots may go because the policy keeps enough versions without them, as data. */
export interface ForgetPlan {
  /** Oldest first. Never the newest of a source, never one that alone lists a picture. */
  readonly forget: readonly SnapshotSummary[];
  readonly kept: number;
  /** Versions of sidecars and catalogs that no snapshot lists any more once these are forgotten. */
  readonly versionsDropped: number;
  /** Versions that stay, those among them that the policy would let go. */
  readonly versionsKept: number;
  /** Sources of which no snapshot goes: damaged journals may hide what it holds, or two of them go on from one. */
  readonly uncertain: readonly string[];
}

/**
 * Says which snapshots the policy does not need: every version of a sidecar or catalog that `keep` wants, and every other
 * file, stays listed in some snapshot. Pure; what is dropped is decided by `planRetention`.
 * @param keepOf how many versions are kept of a path, told by its newest content
 */
export function planForget(
  ledger: Ledger,
  keepOf: (path: string, blob: BlobId) => Keep,
  now: Moment,
): ForgetPlan {
  const snapshots = listSnapshots(ledger);
  const uncertain = uncertainSources(ledger, snapshots);
  const needed = new Set<RunId>();
  let [versionsDropped, versionsKept] = [0, 0];
  for (const { source, runs } of lineages(ledger)) {
    const held = runs.filter(({ id }) => !ledger.forgotten.has(id));
    if (isBranched(source, runs)) uncertain.add(source);
    if (uncertain.has(source)) continue;
    const spans = spansOf(ledger, source, runs);
    const dropped = droppedOf(source, spans, keepOf, now);
    const chosen = stabbed(spans.filter((span) => !dropped.has(span)));
    const newest = held.at(-1);
    if (newest !== undefined) chosen.add(runs.indexOf(newest));
    let latest = -1;
    // For each run the latest before or at it that stays.
    const staysBy = runs.map(({ id }, at) => {
      if (chosen.has(at)) {
        needed.add(id);
        latest = at;
      }
      return latest;
    });
    for (const span of spans) {
      if (!isVersioned(span.path)) continue;
      const isListed = (staysBy[span.to] ?? -1) >= span.from;
      if (isListed) versionsKept += 1;
      else versionsDropped += 1;
    }
  }
  const stays = ({ id, state, sources }: SnapshotSummary): boolean =>
    needed.has(id) || state === 'unfinished' || sources.some(({ source }) => uncertain.has(source));
  const forget = snapshots.filter((snapshot) => !stays(snapshot));
  return {
    forget,
    kept: snapshots.length - forget.length,
    versionsDropped,
    versionsKept,
    uncertain: [...uncertain].sort(),
  };
}

/** One content of a path, and the runs of its lineage in which it stood there. */
interface Span {
  readonly path: string;
  readonly entry: TreeEntry;
  /** First and last run that was not forgotten, by place in the lineage. */
  readonly from: number;
  readonly to: number;
  /** When and where in the lineage it came. */
  readonly since: Run;
}

/** Runs of one source, each going on from another of them, oldest first. */
interface Lineage {
  readonly source: string;
  readonly runs: readonly Run[];
}

function lineages(ledger: Ledger): Lineage[] {
  const found = new Map<string, Lineage & { readonly runs: Run[] }>();
  const rootOf = new Map<string, string>();
  for (const run of ledger.runs.values()) {
    for (const { source, parent } of run.sources) {
      const key = `${run.id}/${source}`;
      const root = rootOf.get(`${parent}/${source}`) ?? key;
      rootOf.set(key, root);
      const lineage = found.get(root) ?? { source, runs: [] };
      found.set(root, lineage);
      lineage.runs.push(run);
    }
  }
  return [...found.values()];
}

/** Whether two runs go on from one: then what stood when is no simple row. */
function isBranched(source: string, runs: readonly Run[]): boolean {
  return runs.some((run, at) => {
    const parent = run.sources.find((one) => one.source === source)?.parent ?? null;
    return parent !== (runs[at - 1]?.id ?? null);
  });
}

/** Sources whose files a snapshot counted otherwise than the journals tell now. */
function uncertainSources(ledger: Ledger, snapshots: readonly SnapshotSummary[]): Set<string> {
  const expected = new Map<string, string>();
  const wanted: [RunId, string][] = [];
  for (const { id, sources } of snapshots) {
    for (const source of sources) {
      if (!('tree' in source)) continue;
      wanted.push([id, source.source]);
      expected.set(`${id}/${source.source}`, String(source.tree));
    }
  }
  const uncertain = new Set<string>();
  for (const { run, source, totals } of walkStates(ledger, wanted)) {
    if (expected.get(`${run}/${source}`) !== totals.tree) uncertain.add(source);
  }
  return uncertain;
}

/** Every content that a path had, as it stood there last. */
function spansOf(ledger: Ledger, source: string, runs: readonly Run[]): Span[] {
  const spans: Span[] = [];
  const standing = new Map<string, { readonly entry: TreeEntry; readonly at: number }>();
  // heldFrom[i]: the first run from place i on that was not forgotten; heldTo[i]: the last one up to there.
  const heldFrom = runs.map(() => runs.length);
  const heldTo = runs.map(() => -1);
  for (const [at, { id }] of runs.entries()) {
    heldTo[at] = ledger.forgotten.has(id) ? (heldTo[at - 1] ?? -1) : at;
  }
  for (let at = runs.length - 1; at >= 0; at -= 1) {
    const isForgotten = ledger.forgotten.has(runs[at]?.id as RunId);
    heldFrom[at] = isForgotten ? (heldFrom[at + 1] ?? runs.length) : at;
  }
  const end = (path: string, before: number): void => {
    const one = standing.get(path);
    const since = one === undefined ? undefined : runs[one.at];
    if (one === undefined || since === undefined) return;
    const [from, to] = [heldFrom[one.at] ?? runs.length, heldTo[before] ?? -1];
    if (from <= to) spans.push({ path, entry: one.entry, from, to, since });
  };
  for (const [at, run] of runs.entries()) {
    for (const [path, entry] of run.changes.get(source) ?? []) {
      const known = standing.get(path)?.entry;
      if (known !== undefined && known.content === entry?.content) continue;
      end(path, at - 1);
      if (entry === null || entry.kind === 'folder') standing.delete(path);
      else standing.set(path, { entry, at });
    }
  }
  for (const path of standing.keys()) end(path, runs.length - 1);
  // What went and came again is one version: its last time counts.
  return [...new Map(spans.map((span) => [`${span.path}/${span.entry.content}`, span])).values()];
}

/** Only sidecars and catalogs have versions that may go. */
function isVersioned(path: string): boolean {
  const role = roleOf(path);
  return role === 'sidecar' || role === 'catalog';
}

function droppedOf(
  source: string,
  spans: readonly Span[],
  keepOf: (path: string, blob: BlobId) => Keep,
  now: Moment,
): ReadonlySet<Span> {
  const byId = new Map<string, Span>();
  const versions = spans.flatMap((span, index): Version[] => {
    const { path, entry, since } = span;
    const kind = roleOf(path);
    if (entry.kind !== 'file' || (kind !== 'sidecar' && kind !== 'catalog')) return [];
    const id = String(index);
    byId.set(id, span);
    const keep = keepOf(`${source}/${path}`, entry.content as BlobId);
    const timeMs = Date.parse(since.time);
    return [{ id, path, kind, timeMs, sequence: since.order, keep }];
  });
  const { drop } = planRetention(versions, now);
  return new Set(drop.flatMap(({ id }) => byId.get(id) ?? []));
}

/**
 * The fewest runs so that each span has one: always the last that still fits, so that what is kept is the state in which
 * a version stood longest.
 */
function stabbed(spans: readonly Span[]): Set<number> {
  const chosen = new Set<number>();
  let last = -1;
  for (const { from, to } of spans.toSorted((a, b) => a.to - b.to)) {
    if (from <= last) continue;
    last = to;
    chosen.add(to);
  }
  return chosen;
}
