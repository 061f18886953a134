import type { Issue, IssueLog } from '../base/index.ts';
import type { JournalRecord } from './records.ts';

/** Where a check writes down what it sees. */
export interface Findings {
  readonly issues: IssueLog;
  /** Paths inside the vault that are wrong, each once. */
  readonly damaged: Set<string>;
  /** Journal lines that say what was learned. */
  readonly records: JournalRecord[];
}

/** Counts a path as wrong and says so. */
export function report(
  findings: Findings,
  code: Issue['code'],
  path: string,
  message: string,
): void {
  findings.damaged.add(path);
  findings.issues.add(code, path, message);
}
