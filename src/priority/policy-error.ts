/** One thing that is wrong with the text of a policy. */
export interface PolicyProblem {
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** Where in the policy: `tiers[2].copies`; '' for the whole. */
  readonly path: string;
  /** What was expected, what was found, and what was probably meant. */
  readonly message: string;
}

/** A policy that cannot be understood: everything that is wrong with it, as far as it was looked at, in order. */
export class PolicyError extends Error {
  readonly problems: readonly PolicyProblem[];

  constructor(problems: readonly PolicyProblem[]) {
    super(problems.map(problemText).join('\n'));
    this.name = 'PolicyError';
    this.problems = problems;
  }
}

/** One problem on one line: `line 7, column 13: tiers[2].copies: expected ...`. */
export function problemText({ line, column, path, message }: PolicyProblem): string {
  return `line ${line}, column ${column}: ${path === '' ? '' : `${path}: `}${message}`;
}
