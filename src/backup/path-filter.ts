import picomatch from 'picomatch';
import { FieldVaultError, messageOf } from '../base/index.ts';

/** Whether a path of a source is wanted. */
export type PathFilter = (source: string, path: string) => boolean;

/**
 * A filter by glob on `<source>/<path>` or `<path>`; a folder that fits brings all it holds. No glob wants everything.
 * @param glob `*` within a name, `**` across folders, `?`, `[a-z]`, `{a,b}`; case counts
 * @throws FieldVaultError BAD_USAGE where it is none
 */
export function pathFilter(glob: string | undefined): PathFilter {
  if (glob === undefined) return () => true;
  const fits = matcherOf(glob);
  return (source, path) => {
    const parts = path.split('/');
    for (let count = parts.length; count >= 0; count -= 1) {
      const start = parts.slice(0, count).join('/');
      if (start !== '' && fits(start)) return true;
      if (fits(start === '' ? source : `${source}/${start}`)) return true;
    }
    return false;
  };
}

function matcherOf(glob: string): (path: string) => boolean {
  try {
    return picomatch(glob.replace(/\/+$/, ''), { dot: true });
  } catch (error) {
    throw new FieldVaultError(
      'BAD_USAGE',
      `"${glob}" is not a pattern for paths (${messageOf(error)}). Nothing was changed; "DCIM/**/*.NEF" is one.`,
      { cause: error },
    );
  }
}
