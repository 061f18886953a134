import type { ListRequest } from './object-store.ts';

/** One page of keys and of starts of keys; `next` is the last one told. */
export interface KeyPage {
  readonly keys: readonly string[];
  readonly folders: readonly string[];
  readonly next: string | null;
}

/** Cuts a page out of keys that are in order, as S3 does. */
export function pageKeys(sorted: Iterable<string>, request: ListRequest): KeyPage {
  const { prefix, delimiter, after, countMax = 1000 } = request;
  const keys: string[] = [];
  const folders = new Set<string>();
  let last = '';
  for (const key of sorted) {
    if (!key.startsWith(prefix)) continue;
    const slash = delimiter === undefined ? -1 : key.indexOf(delimiter, prefix.length);
    const shown = slash < 0 ? key : key.slice(0, slash + 1);
    const isTold = folders.has(shown) || (after !== undefined && compareKeys(shown, after) <= 0);
    if (isTold) continue;
    if (keys.length + folders.size >= countMax) return { keys, folders: [...folders], next: last };
    last = shown;
    if (slash < 0) keys.push(key);
    else folders.add(shown);
  }
  return { keys, folders: [...folders], next: null };
}

/** The order of keys: that of their UTF-8 bytes. */
export function compareKeys(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a, 'utf8'), Buffer.from(b, 'utf8'));
}
