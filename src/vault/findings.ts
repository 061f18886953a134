import type { IssueCode, IssueLog } from '../base/index.ts';
import type { JournalRecord } from './records.ts';

/**
 * What kind of thing is wrong, on which depends what can be done about it. A stored file is `damaged` or `missing`;
 * content of a snapshot is `unplaced` where no line names a stored file for it; `own` is what the vault wrote about
 * itself.
 */
export type DamageKind =
  | 'damaged'
  | 'missing'
  | 'unplaced'
  | 'folder'
  | 'journal'
  | 'snapshot'
  | 'own';

const CODES: Readonly<Record<DamageKind, IssueCode>> = {
  damaged: 'BLOB_DAMAGED',
  missing: 'BLOB_MISSING',
  unplaced: 'BLOB_MISSING',
  folder: 'FOLDER_UNREADABLE',
  journal: 'JOURNAL_DAMAGED',
  snapshot: 'SNAPSHOT_INCOMPLETE',
  own: 'VAULT_FILE_DAMAGED',
};

/** Where a check writes down what it sees. */
export interface Findings {
  readonly issues: IssueLog;
  /** Paths inside the vault that are wrong, each once, by the first thing that was found. */
  readonly damaged: Map<string, DamageKind>;
  /** Journal lines that say what was learned. */
  readonly records: JournalRecord[];
}

/** Counts a path as wrong and says so. */
export function report(findings: Findings, kind: DamageKind, path: string, message: string): void {
  if (!findings.damaged.has(path)) findings.damaged.set(path, kind);
  findings.issues.add(CODES[kind], path, message);
}

/** How many paths are wrong, by kind. */
export function countKinds(findings: Findings): Readonly<Record<DamageKind, number>> {
  const counts: Record<DamageKind, number> = {
    damaged: 0,
    missing: 0,
    unplaced: 0,
    folder: 0,
    journal: 0,
    snapshot: 0,
    own: 0,
  };
  for (const kind of findings.damaged.values()) counts[kind] += 1;
  return counts;
}
