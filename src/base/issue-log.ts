import type { Issue } from './errors.ts';
import { LIMITS } from './limits.ts';

/** Said of drives and cameras where no file has come to harm. */
const CAUTIONS: ReadonlySet<Issue['code']> = new Set([
  'WEAK_DURABILITY',
  'CAMERA_BUSY',
  'CAMERA_FULL',
  'CAMERA_GONE',
  'FRAME_FOUND_LATE',
]);

/** Collects issues: keeps the first ones, counts all, hands each on at once. */
export class IssueLog {
  readonly kept: Issue[] = [];
  count = 0;
  /** Those that are about files; a word of caution about a drive or a camera is none of them. */
  troubleCount = 0;
  readonly #onIssue: ((issue: Issue) => void) | undefined;

  constructor(onIssue?: (issue: Issue) => void) {
    this.#onIssue = onIssue;
  }

  add(code: Issue['code'], path: string, message: string): void {
    const issue: Issue = { code, path, message };
    this.count += 1;
    if (!CAUTIONS.has(code)) this.troubleCount += 1;
    if (this.kept.length < LIMITS.issuesKeptMax) this.kept.push(issue);
    this.#onIssue?.(issue);
  }
}
