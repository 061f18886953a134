import type { BlobId } from '../base/index.ts';
import type {
  EntryRecord,
  JournalRecord,
  Ledger,
  MarkedFrame,
  MarkRecord,
  Run,
  RunId,
  SnapshotSource,
  Tree,
  TreeEntry,
  Vault,
} from '../vault/index.ts';
import { totalsOf, treeOf } from '../vault/index.ts';
import { byAge } from './lineage.ts';

/**
 * The lines about runs, snapshots and suspicions that one vault has and another lacks. Written there, they make it know
 * the same states; written twice, they change nothing. What the other one forgot stays forgotten there.
 */
export function* runLines(
  { ledger: from, identity }: Pick<Vault, 'ledger' | 'identity'>,
  to: Ledger,
): Generator<JournalRecord> {
  // In the order in which they were heard of: it tells what came first where clocks are wrong.
  for (const run of from.runs.values()) {
    if (to.forgotten.has(run.id)) continue;
    const known = to.runs.get(run.id);
    if (known === undefined || known.snapshot === null) {
      yield* linesOfRun({ from: identity.id, ...run }, known);
    } else if (endedOtherwise(run, known)) yield* completedRun(from, to, run);
    else continue;
    // Unknown there and forgotten here: only later states need its lines.
    if (known === undefined && from.forgotten.has(run.id)) {
      yield { type: 'forget', snapshots: [run.id], time: run.time };
    }
  }
  yield* suspectLines(from, to);
}

/** A run that the other vault does not know, or that was cut off there before it was whole. */
function* linesOfRun(run: Run, known: Run | undefined): Generator<JournalRecord> {
  const { id, time } = run;
  if (known === undefined) {
    const { sources, from } = run;
    yield { type: 'run', run: id, time, sources, ...(from !== undefined && { from }) };
  }
  for (const [source, changes] of run.changes) {
    const there = known?.changes.get(source);
    for (const [path, entry] of changes) {
      if (isSameEntry(there?.get(path), entry)) continue;
      yield entryLine({ run: id, source, path }, entry);
    }
  }
  if (run.snapshot !== null) yield run.snapshot;
}

/** Whether one run ended in two states: a mirror may have been full, or gone before all was written. */
function endedOtherwise(run: Run, known: Run): boolean {
  const there = new Map(known.snapshot?.sources.map(({ source, tree }) => [source, tree]));
  return (
    run.snapshot?.sources.some(({ source, tree }) => {
      const other = there.get(source);
      return other !== undefined && other !== tree;
    }) === true
  );
}

/** Both saw the same sources at the same moment: what either has of them was there. */
function* completedRun(from: Ledger, to: Ledger, run: Run): Generator<JournalRecord> {
  const { id } = run;
  const known = to.runs.get(id)?.snapshot ?? null;
  if (known === null || run.snapshot === null) return;
  const sources: SnapshotSource[] = [];
  for (const one of known.sources) {
    const { source } = one;
    const there = treeOf(to, id, source);
    const whole = joined(treeOf(from, id, source), there);
    for (const [path, entry] of whole) {
      if (!isSameEntry(there.get(path), entry)) yield entryLine({ run: id, source, path }, entry);
    }
    sources.push({ ...one, ...totalsOf(whole) });
  }
  const complete = known.complete || run.snapshot.complete;
  yield { ...known, complete, issues: Math.min(known.issues, run.snapshot.issues), sources };
}

function joined(one: Tree, other: Tree): Tree {
  const whole = new Map(one);
  for (const [path, entry] of other) {
    const there = whole.get(path);
    if (there === undefined || wordsOf(entry) > wordsOf(there)) whole.set(path, entry);
  }
  return whole;
}

/** The newer one is the greater one; any order would do that is always the same. */
function wordsOf({ mtimeUs, kind, content, sizeBytes, mode }: TreeEntry): string {
  return `${String(mtimeUs).padStart(20)} ${kind} ${content} ${sizeBytes} ${mode}`;
}

function isSameEntry(
  one: TreeEntry | null | undefined,
  other: TreeEntry | null | undefined,
): boolean {
  if (one === undefined || other === undefined) return one === other;
  if (one === null || other === null) return one === other;
  return (
    one.kind === other.kind &&
    one.content === other.content &&
    one.sizeBytes === other.sizeBytes &&
    one.mtimeUs === other.mtimeUs &&
    one.mode === other.mode
  );
}

/** The line that sets a path of a run, or takes it away. */
export function entryLine(
  at: { readonly run: RunId; readonly source: string; readonly path: string },
  entry: TreeEntry | null,
): JournalRecord {
  if (entry === null) return { type: 'gone', ...at };
  const { kind, sizeBytes: size, mtimeUs, mode, content } = entry;
  const record: EntryRecord = { type: 'entry', ...at, kind, size, mtimeUs, mode };
  if (kind === 'file') return { ...record, blob: content as BlobId };
  return kind === 'link' ? { ...record, target: content } : record;
}

function* suspectLines(from: Ledger, to: Ledger): Generator<JournalRecord> {
  if (from.suspects.length === 0) return;
  const known = new Set(to.suspects.map((suspect) => JSON.stringify(suspect)));
  for (const suspect of from.suspects) {
    if (!known.has(JSON.stringify(suspect))) yield suspect;
  }
}

/**
 * What persons said, told to the vault that does not know it or heard something older: the last word about each frame,
 * and the policy. Of two words the later one by the clock holds; a tie is broken by what they say.
 */
export function* wordLines(from: Ledger, to: Ledger): Generator<JournalRecord> {
  const { policy } = from;
  if (policy !== null && (to.policy === null || isLater(policy, to.policy))) yield policy;
  const known = lastWords(to.marks);
  const wanted = new Map<MarkRecord, MarkedFrame[]>();
  for (const [id, { mark, frame }] of lastWords(from.marks)) {
    const other = known.get(id)?.mark;
    if (other !== undefined && (isSameWord(mark, other) || !isLater(mark, other))) continue;
    const frames = wanted.get(mark) ?? [];
    wanted.set(mark, frames);
    frames.push(frame);
  }
  for (const [mark, frames] of wanted) yield { ...mark, frames };
}

interface LastWord {
  readonly mark: MarkRecord;
  readonly frame: MarkedFrame;
}

function lastWords(marks: readonly MarkRecord[]): Map<string, LastWord> {
  const last = new Map<string, LastWord>();
  for (const mark of marks) for (const frame of mark.frames) last.set(frame.id, { mark, frame });
  return last;
}

function isSameWord(one: MarkRecord, other: MarkRecord): boolean {
  return one.tier === other.tier && one.who === other.who && one.time === other.time;
}

type Word = MarkRecord | NonNullable<Ledger['policy']>;

function isLater(one: Word, other: Word): boolean {
  if (one.time !== other.time) return (Date.parse(one.time) || 0) > (Date.parse(other.time) || 0);
  return saying(one) > saying(other);
}

function saying(word: Word): string {
  return word.type === 'policy' ? word.text : `${word.tier ?? ''}\0${word.who}`;
}

/**
 * Lines that put snapshots into the order of their times, so that `latest` is the same in all replicas: the newest line of
 * a snapshot tells its place. Nothing where they stand so.
 */
export function* orderLines(ledger: Ledger): Generator<JournalRecord> {
  const runs = [...ledger.runs.values()].filter(({ snapshot }) => snapshot !== null);
  const now = runs.toSorted((a, b) => a.order - b.order);
  const wanted = runs.toSorted(byAge);
  const first = wanted.findIndex((run, index) => run !== now[index]);
  for (const { snapshot } of first < 0 ? [] : wanted.slice(first)) {
    if (snapshot !== null) yield snapshot;
  }
}

/** What is known of merges and how persons settled them. */
export function* mergeLines(from: Ledger, to: Ledger): Generator<JournalRecord> {
  const there = to.replicas;
  for (const [id, conflict] of from.replicas.conflicts) {
    if (!there.conflicts.has(id)) yield conflict;
  }
  const known = new Set(
    there.tombstones.map(({ run, source, path }) => `${run}\0${source}\0${path}`),
  );
  for (const tombstone of from.replicas.tombstones) {
    const { run, source, path } = tombstone;
    if (!known.has(`${run}\0${source}\0${path}`)) yield tombstone;
  }
  for (const [id, word] of from.replicas.resolved) {
    const other = there.resolved.get(id);
    if (other === undefined) yield word;
    else if (JSON.stringify(other) !== JSON.stringify(word) && word.time > other.time) yield word;
  }
}
