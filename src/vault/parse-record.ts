import { LIMITS, parseBlobId } from '../base/index.ts';
import type { LineValue } from './line.ts';
import type { JournalRecord, RunSource, SnapshotSource } from './records.ts';

/** What a checked line says; null where its type is not known to this version or a member is not what it must be. */
export function parseRecord(line: LineValue): JournalRecord | null {
  const shape = SHAPES[line.type as JournalRecord['type']];
  return shape !== undefined && Object.hasOwn(SHAPES, line.type) && hasShape(line, shape)
    ? (line as unknown as JournalRecord)
    : null;
}

/** Whether the type is one this version knows: an unknown one is skipped, a known one with bad members is damage. */
export function isKnownType(type: string): boolean {
  return Object.hasOwn(SHAPES, type);
}

/** An empty part, `.` or `..` between two slashes or ends, or a NUL anywhere. */
const UNSAFE_PART = /(?:^|\/)\.{0,2}(?:\/|$)|\0/;

/** Whether a relative path is safe to join to a folder: no empty, `.` or `..` part, no NUL, not absolute. */
export function isSafePath(path: unknown): path is string {
  if (typeof path !== 'string' || UNSAFE_PART.test(path)) return false;
  // Deeper than any walk goes: only damage or malice makes such a path.
  return path.split('/', LIMITS.folderDepthMax + 3).length <= LIMITS.folderDepthMax + 2;
}

type Guard = (value: unknown) => boolean;
type Shape = Readonly<Record<string, Guard>>;

const isText: Guard = (value) => typeof value === 'string';
const isCount: Guard = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const isInteger: Guard = (value) => Number.isSafeInteger(value);
const isFlag: Guard = (value) => typeof value === 'boolean';
const isBlob: Guard = (value) => parseBlobId(value) !== null;
const isId: Guard = (value) => typeof value === 'string' && /^[0-9a-f]{16}$/.test(value);
const isHow: Guard = (value) => value === 'direct' || value === 'cached';
const isSourceName: Guard = (value) => isSafePath(value) && !value.includes('/');
/** Places in a vault: also without backslash and colon, which could lead elsewhere on Windows. */
const isPlace: Guard = (value) => isSafePath(value) && !/[\\:]/.test(value);
const isOptional =
  (guard: Guard): Guard =>
  (value) =>
    value === undefined || guard(value);
const isListOf =
  (guard: Guard): Guard =>
  (value) =>
    Array.isArray(value) && value.every(guard);

const RUN_SOURCE: Shape = {
  source: isSourceName,
  origin: isText,
  volume: (value) =>
    typeof value === 'object' &&
    value !== null &&
    hasShape(value as LineValue, { id: isText, label: isText, fileSystem: isText }),
  within: isOptional(isText),
  parent: (value) => value === null || isId(value),
  merged: isOptional(isListOf(isId)),
};
const isRunSource = (value: unknown): value is RunSource =>
  hasShape(value as LineValue, RUN_SOURCE);
const isSnapshotSource = (value: unknown): value is SnapshotSource =>
  isRunSource(value) &&
  hasShape(value as unknown as LineValue, {
    files: isCount,
    folders: isCount,
    links: isCount,
    bytes: isCount,
    tree: isBlob,
  });

const isLoss: Guard = (value) =>
  typeof value === 'object' &&
  value !== null &&
  hasShape(value as LineValue, {
    path: isPlace,
    sha256: isOptional(isBlob),
    last: isOptional(isCount),
  });

const isMarkedFrame: Guard = (value) =>
  typeof value === 'object' &&
  value !== null &&
  hasShape(value as LineValue, { id: isText, path: isText });

const STORED: Shape = { size: isCount, sha256: isBlob };
const isRecordOf =
  (shape: Shape): Guard =>
  (value) =>
    typeof value === 'object' && value !== null && hasShape(value as LineValue, shape);

const ENTRY: Shape = {
  kind: (value) => value === 'file' || value === 'folder' || value === 'link',
  size: isCount,
  mtimeUs: isInteger,
  mode: isCount,
  blob: isOptional(isBlob),
  target: isOptional(isText),
};
const isConflictSide = isRecordOf({
  run: isId,
  entry: (value) => value === null || isRecordOf(ENTRY)(value),
  path: (value) => value === null || isSafePath(value),
});

const AT_PATH: Shape = { run: isId, source: isSourceName, path: isSafePath };

const SHAPES: Readonly<Record<JournalRecord['type'], Shape>> = {
  open: {
    format: isCount,
    vault: isText,
    label: isText,
    writer: isId,
    software: isText,
    host: isText,
    pid: isCount,
    time: isText,
  },
  file: { at: isPlace, size: isCount, sha256: isBlob },
  facts: {
    at: isPlace,
    size: isCount,
    sha256: isBlob,
    holds: isText,
    version: isCount,
    blobs: isListOf(isId),
  },
  run: { run: isId, time: isText, sources: isListOf(isRunSource), from: isOptional(isText) },
  blob: {
    blob: isBlob,
    size: isCount,
    form: isText,
    at: isPlace,
    head: isId,
    verified: isHow,
    time: isText,
    stored: isOptional(isRecordOf(STORED)),
    needs: isOptional(isListOf(isBlob)),
    parts: isOptional(isListOf(isRecordOf({ ...STORED, at: isPlace }))),
  },
  entry: { ...AT_PATH, ...ENTRY },
  gone: AT_PATH,
  suspect: { ...AT_PATH, blob: isBlob, size: isCount, mtimeUs: isInteger },
  snapshot: {
    run: isId,
    time: isText,
    complete: isFlag,
    issues: isCount,
    sources: isListOf(isSnapshotSource),
  },
  forget: { snapshots: isListOf(isId), time: isText },
  drop: { blob: isBlob, at: isPlace, time: isText },
  verified: { blobs: isListOf(isId), how: isHow, time: isText },
  damaged: { blob: isBlob, at: isPlace, found: isText, time: isText },
  accepted: { losses: isListOf(isLoss), time: isText },
  policy: { text: isText, time: isText, who: isOptional(isText) },
  mark: {
    frames: isListOf(isMarkedFrame),
    tier: (value) => value === null || isText(value),
    who: isText,
    time: isText,
  },
  alive: { time: isText },
  closed: { journal: isPlace, bytes: isCount, sha256: isBlob },
  receipt: {
    vault: isText,
    label: isText,
    where: isText,
    journal: isCount,
    blobs: isListOf(isId),
    state: (value) => value === 'held' || value === 'lost',
    how: isHow,
    verified: isText,
    time: isText,
    writer: isOptional(isId),
    journals: isOptional(isCount),
    sample: isOptional(isListOf(isRecordOf({ at: isPlace, size: isCount }))),
  },
  conflict: {
    ...AT_PATH,
    conflict: isId,
    what: isText,
    message: isText,
    field: isConflictSide,
    studio: isConflictSide,
    time: isText,
  },
  tombstone: { ...AT_PATH, content: isText, by: isId, time: isText },
  resolve: {
    conflict: isId,
    take: (value) => value === 'field' || value === 'studio' || value === 'both',
    run: (value) => value === null || isId(value),
    who: isText,
    time: isText,
  },
  seal: { lines: isCount, sha256: isBlob },
};

function hasShape(value: LineValue, shape: Shape): boolean {
  if (typeof value !== 'object' || value === null) return false;
  for (const member in shape) {
    if (!(shape[member] as Guard)(value[member])) return false;
  }
  // Only what is stored as it was has the original's own length and digest.
  if (value.type === 'blob') {
    return (value['form'] === 'verbatim') === (value['stored'] === undefined);
  }
  if (value.type !== 'entry') return true;
  // A file has content, a link has a target: an entry without says nothing.
  if (value['kind'] === 'file') return value['blob'] !== undefined;
  return value['kind'] !== 'link' || value['target'] !== undefined;
}
