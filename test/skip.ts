declare module 'vitest' {
  interface TaskMeta {
    /** Why a test did not run, for the list of skipped tests at the end of a run. */
    skipReason?: string;
  }
}

/**
 * Options of a suite or test that cannot run everywhere: skipped with the reason, run where there is none.
 * @example describe('against exiftool', skipBecause(hasExiftool ? null : 'no exiftool here'), () => { ... });
 */
export function skipBecause(reason: string | null): {
  readonly skip?: true;
  readonly meta?: { readonly skipReason: string };
} {
  return reason === null ? {} : { skip: true, meta: { skipReason: reason } };
}
