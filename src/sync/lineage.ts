import { roleOf } from '../metadata/index.ts';
import { type Ledger, type Run, type RunId, type Tree, treeOf } from '../vault/index.ts';

/** One source's history: runs that go on from each other, over merges and copies of it elsewhere. */
export interface Lineage {
  readonly source: string;
  /** States that no other state goes on from, the oldest first; with more than one of them there is something to merge. */
  readonly heads: readonly RunId[];
  /** Runs that a run goes on from: its parent, what a merge took in, and the state that a restored copy began as. */
  readonly origins: ReadonlyMap<RunId, readonly RunId[]>;
}

/** Whether one run was there before another, as far as can be known. */
export type IsBefore = (one: RunId, other: RunId) => boolean;

/** At least this share of the paths of a restored copy are those of the state that it is a copy of. */
const KNOWN_MIN = 0.5;

/**
 * The histories of a vault's sources that have more than one end. Two runs of one source name belong together where one
 * goes on from the other, where both saw the same volume, or where one began as a restored copy of the other's state.
 * @param isKnown whether a run counts: both vaults must remember it
 * @param isBefore whether both vaults knew the first run before they knew the second
 */
export function openLineages(
  ledger: Ledger,
  isKnown: (run: RunId) => boolean,
  isBefore: IsBefore,
): Lineage[] {
  const open: Lineage[] = [];
  for (const [source, runs] of runsBySource(ledger, isKnown)) {
    // A history with one end needs no look at its states.
    if (headsOf(runs, originsByLines(ledger, source, runs)).length < 2) continue;
    const joined = withCopies(ledger, source, runs, isBefore);
    const { origins } = joined;
    for (const family of familiesOf(source, runs, joined)) {
      const heads = distinctHeads(headsOf(family, origins), source);
      if (heads.length > 1) open.push({ source, heads: heads.map(({ id }) => id), origins });
    }
  }
  return open.sort((a, b) => (a.source < b.source ? -1 : 1));
}

function runsBySource(ledger: Ledger, isKnown: (run: RunId) => boolean): Map<string, Run[]> {
  const bySource = new Map<string, Run[]>();
  for (const run of ledger.runs.values()) {
    if (run.snapshot === null || ledger.forgotten.has(run.id) || !isKnown(run.id)) continue;
    for (const { source } of run.sources) {
      const runs = bySource.get(source) ?? [];
      bySource.set(source, runs);
      runs.push(run);
    }
  }
  for (const runs of bySource.values()) runs.sort(byAge);
  return bySource;
}

/** Older first; the same in every vault. */
export function byAge(one: Run, other: Run): number {
  const ages = (Date.parse(one.time) || 0) - (Date.parse(other.time) || 0);
  if (ages !== 0) return ages;
  return one.id < other.id ? -1 : 1;
}

type Origins = Map<RunId, readonly RunId[]>;

/** The next runs above each run that count: over forgotten and cut-off ones to those behind them. */
function originsByLines(ledger: Ledger, source: string, runs: readonly Run[]): Origins {
  const counted = new Set(runs.map(({ id }) => id));
  const origins: Origins = new Map();
  for (const run of runs) {
    const found = new Set<RunId>();
    const seen = new Set<RunId>([run.id]);
    const above = directOrigins(run, source);
    for (let next = above.pop(); next !== undefined; next = above.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      if (counted.has(next)) found.add(next);
      else above.push(...directOrigins(ledger.runs.get(next), source));
    }
    origins.set(run.id, [...found]);
  }
  return origins;
}

function directOrigins(run: Run | undefined, source: string): RunId[] {
  const record = run?.sources.find((one) => one.source === source);
  const parent = record?.parent ?? null;
  return [...(parent === null ? [] : [parent]), ...(record?.merged ?? [])];
}

function headsOf(runs: readonly Run[], origins: Origins): Run[] {
  const built = new Set(runs.flatMap(({ id }) => origins.get(id) ?? []));
  return runs.filter(({ id }) => !built.has(id));
}

/** What joins histories beside their lines. */
interface Joined {
  readonly origins: Origins;
  /** Runs whose states are the same source's, though nobody knows which of them came first. */
  readonly alike: readonly (readonly [RunId, RunId])[];
}

/**
 * Adds where histories without a beginning of their own came from: a state that they are a copy of. Only what both vaults knew
 * before can have been copied: clocks are not asked.
 */
function withCopies(
  ledger: Ledger,
  source: string,
  runs: readonly Run[],
  isBefore: IsBefore,
): Joined {
  const origins = originsByLines(ledger, source, runs);
  const alike: [RunId, RunId][] = [];
  const setBy = runsByFile(runs, source);
  for (const root of runs) {
    if (origins.get(root.id)?.length !== 0) continue;
    const copy = treeOf(ledger, root.id, source);
    const others = new Set<RunId>();
    for (const [path, { content }] of copy) {
      for (const id of setBy.get(`${path}\0${content}`) ?? []) others.add(id);
    }
    others.delete(root.id);
    if (others.size === 0) continue;
    const unrelated = runs.filter(
      (run) => run !== root && !ancestorsOf(run.id, origins).has(root.id),
    );
    const older = unrelated.filter((run) => isBefore(run.id, root.id));
    const from = closestState(ledger, source, { older, copy });
    if (from !== null) {
      origins.set(root.id, [from]);
      continue;
    }
    const like = closestState(ledger, source, { older: unrelated, copy });
    if (like !== null) alike.push([root.id, like]);
  }
  return { origins, alike };
}

/** By `path NUL content`: the runs that set it. */
function runsByFile(runs: readonly Run[], source: string): Map<string, RunId[]> {
  const setBy = new Map<string, RunId[]>();
  for (const { id, changes } of runs) {
    for (const [path, entry] of changes.get(source) ?? []) {
      if (entry?.kind !== 'file') continue;
      const key = `${path}\0${entry.content}`;
      const known = setBy.get(key);
      if (known === undefined) setBy.set(key, [id]);
      else known.push(id);
    }
  }
  return setBy;
}

/** The state that these files are a copy of, the newest of those that share most; null where they are none. */
function closestState(
  ledger: Ledger,
  source: string,
  { older, copy }: { readonly older: readonly Run[]; readonly copy: Tree },
): RunId | null {
  let closest: { readonly run: Run; readonly shared: number } | null = null;
  for (const run of older) {
    const shared = sharedFiles(treeOf(ledger, run.id, source), copy);
    if (shared === 0) continue;
    if (closest === null || shared >= closest.shared) closest = { run, shared };
  }
  return closest?.run.id ?? null;
}

/** How many files are the same; 0 where one is no copy of the other. */
function sharedFiles(state: Tree, copy: Tree): number {
  let [files, known, same] = [0, 0, 0];
  for (const [path, entry] of copy) {
    if (entry.kind !== 'file') continue;
    files += 1;
    const there = state.get(path);
    if (there?.kind !== 'file') continue;
    known += 1;
    if (there.content === entry.content && entry.sizeBytes > 0) same += 1;
    // Nobody edits a capture: the same name with other bytes is another camera's.
    else if (there.content !== entry.content && roleOf(path) === 'capture') return 0;
  }
  return known < files * KNOWN_MIN ? 0 : same;
}

/** Runs that belong together. */
function familiesOf(source: string, runs: readonly Run[], { origins, alike }: Joined): Run[][] {
  const familyOf = new Map<string, string>();
  const nameOf = (key: string): string => {
    const above = familyOf.get(key);
    return above === undefined || above === key ? key : nameOf(above);
  };
  const join = (one: string, other: string): void => {
    familyOf.set(nameOf(one), nameOf(other));
  };
  for (const run of runs) {
    for (const origin of origins.get(run.id) ?? []) join(run.id, origin);
    const volume = volumeOf(run, source);
    if (volume !== null) join(run.id, volume);
  }
  for (const [one, other] of alike) join(one, other);
  return [...Map.groupBy(runs, ({ id }) => nameOf(id)).values()];
}

/** What tells that two runs saw the same place; null where the system gave nothing that lasts. */
function volumeOf(run: Run, source: string): string | null {
  const record = run.sources.find((one) => one.source === source);
  if (record === undefined || record.within === undefined) return null;
  const { id } = record.volume;
  // The number of a device belongs to whatever is plugged in there now.
  return id === '' || id.startsWith('dev:') ? null : `volume ${id} ${record.within}`;
}

/** Of heads with the very same state one is enough. */
function distinctHeads(heads: readonly Run[], source: string): Run[] {
  const seen = new Set<string>();
  return heads.toSorted(byAge).filter((run) => {
    const tree = run.snapshot?.sources.find((one) => one.source === source)?.tree ?? run.id;
    return !seen.has(tree) && seen.add(tree);
  });
}

/** All runs that a run goes on from, however far back. */
export function ancestorsOf(run: RunId, origins: Lineage['origins']): Set<RunId> {
  const found = new Set<RunId>();
  const above = [...(origins.get(run) ?? [])];
  for (let next = above.pop(); next !== undefined; next = above.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    above.push(...(origins.get(next) ?? []));
  }
  return found;
}

/** The newest state that both go on from; null where there is none. */
export function baseOf(
  ledger: Ledger,
  lineage: Pick<Lineage, 'origins'>,
  [one, other]: readonly [RunId, RunId],
): RunId | null {
  const ofOne = ancestorsOf(one, lineage.origins).add(one);
  const common = [...ancestorsOf(other, lineage.origins).add(other)].filter((id) => ofOne.has(id));
  const above = new Set(common.flatMap((id) => [...ancestorsOf(id, lineage.origins)]));
  const nearest = common
    .filter((id) => !above.has(id))
    .map((id) => ledger.runs.get(id))
    .filter((run) => run !== undefined);
  return nearest.toSorted(byAge).at(-1)?.id ?? null;
}
