/** Editors whose catalogs are databases. */
export type CatalogKind = 'lightroom' | 'capture-one' | 'darktable' | 'digikam';

/**
 * One catalog with everything that belongs to it. What an editor makes again by itself (previews, thumbnails, caches)
 * does not; originals inside a Capture One catalog are pictures, not catalog.
 */
export interface CatalogUnit {
  readonly kind: CatalogKind;
  /** Absolute path of the database that names it. */
  readonly main: string;
  /** Folder that holds all members; Capture One's relative paths count from it. */
  readonly root: string;
  /** Absolute paths of all that belongs to it, `main` first. */
  readonly members: readonly string[];
  /** Those members that are SQLite databases of the editor, `main` first. */
  readonly databases: readonly string[];
  /**
   * Whether the listing shows that an editor may be at work, or crashed: a lock file, rows in a write-ahead log, or a
   * journal that is not empty (a spent one may be left beside a closed catalog; its content would tell).
   */
  readonly isOpen: boolean;
  /** A copy the editor made itself (`Backups/`): worth keeping, but its words are old ones. */
  readonly isBackup: boolean;
}

/** How a catalog is, told from its copy: small, to be kept and compared with the next time. */
export interface CatalogHealth {
  /** `open`: an editor was at work, or ended without tidying up. */
  readonly state: 'open' | 'closed';
  /** `ok`, or what SQLite's quick_check found first. */
  readonly quickCheck: string;
  /** Pictures in it; 0 where it cannot be read. */
  readonly images: number;
  /** Pictures without the row that every picture of this editor has for its development. */
  readonly withoutDevelop: number;
  /** The number of its schema as the editor writes it; '' where it has none. */
  readonly version: string;
}

/** A consistent copy of a catalog in a scratch folder. */
export interface CatalogCopy {
  /**
   * What was copied where. Logs, journals and locks are not in it: their rows stand in the copy of their database.
   */
  readonly files: readonly { readonly member: string; readonly copy: string }[];
  readonly health: CatalogHealth;
  /** What of its companions could not be had, as sentences. */
  readonly troubles: readonly string[];
}

/** The name of a database's companion says what it is; these never outlive their database in a copy. */
export const DATABASE_COMPANIONS = ['-wal', '-shm', '-journal', '.lock'] as const;
