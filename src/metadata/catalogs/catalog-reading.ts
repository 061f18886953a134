import type { DatabaseSync } from 'node:sqlite';
import type { EditorFacts } from '../editor-facts.ts';

/** What a reader of one editor's catalogs is given. */
export interface OpenCatalog {
  readonly db: DatabaseSync;
  /** Path of the catalog itself, which its facts name as their source. */
  readonly from: string;
  /** Folder that relative paths count from, as the catalog lay, not as its copy lies. */
  readonly root: string;
  /** Copies of the catalog's other databases, by file name. */
  copyOf(name: string): string | null;
  /** Takes the trouble of one row; reading goes on. */
  readonly tell: (trouble: string) => void;
}

/**
 * Facts of one picture after the other, in bounded memory. Returns why nothing (more) can be read, or null where all
 * was read.
 */
export type CatalogReader = (catalog: OpenCatalog) => Generator<EditorFacts, string | null>;

/** Longer develop settings stay in the catalog alone, in bytes. */
export const DEVELOP_BYTES_MAX = 65_536;

/** Of possible origins those whose field has an answer. */
export function originsOf(
  answers: Readonly<Record<string, readonly [value: unknown, origin: string]>>,
): Record<string, string> {
  const origins: Record<string, string> = {};
  for (const [field, [value, origin]] of Object.entries(answers)) {
    const isEmpty = value === null || (Array.isArray(value) && value.length === 0);
    if (!isEmpty) origins[field] = origin;
  }
  return origins;
}
