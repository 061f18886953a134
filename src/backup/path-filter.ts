import picomatch from 'picomatch';

/** Whether a path of a source is wanted. */
export type PathFilter = (source: string, path: string) => boolean;

/**
 * A filter by glob on `<source>/<path>` or `<path>`; a folder that fits brings all it holds. No glob wants everything.
 * @param glob `*` within a name, `**` across folders, `?`, `[a-z]`, `{a,b}`; case counts
 */
export function pathFilter(glob: string | undefined): PathFilter {
  if (glob === undefined) return () => true;
  const fits = picomatch(glob.replace(/\/+$/, ''), { dot: true });
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
