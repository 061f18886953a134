/** The editors whose word is read. `xmp`: a sidecar or embedded packet of no editor that is known better. */
export type Editor =
  | 'lightroom'
  | 'capture-one'
  | 'darktable'
  | 'digikam'
  | 'dxo'
  | 'rawtherapee'
  | 'xmp';

/** What one editor says of one picture: one schema for catalogs and sidecars. null: it does not say. */
export interface EditorFacts {
  /**
   * The picture. From a catalog: the absolute path as the editor wrote it, `/` between parts (also on Windows). From a
   * sidecar: the name of the file it is for where it says so, else the sidecar's own stem.
   */
  readonly path: string;
  readonly editor: Editor;
  /** The catalog or sidecar file that says it, as its path was given to the reader. */
  readonly from: string;
  /** Stars, 0 to 5. A rejected picture may keep its stars. */
  readonly rating: number | null;
  /** 1 picked, 0 neither, -1 rejected. */
  readonly pick: 1 | 0 | -1 | null;
  /** The colour label's text as the editor shows it. */
  readonly label: string | null;
  /** Leaves and paths; a path's parts are joined by `|`. */
  readonly keywords: readonly string[];
  /** Parts of nested collections are joined by `|`. */
  readonly collections: readonly string[];
  /** Name of the virtual copy, '' where it has none; null for the picture itself. */
  readonly copyName: string | null;
  /** The editor's own text of its develop settings, as it stands there. */
  readonly develop: string | null;
  /** By field: which column, layer or property answered, where an editor has several. */
  readonly origins: Readonly<Record<string, string>>;
}

/** Facts of a picture of which nothing else is known. */
export function factsWith(
  known: Pick<EditorFacts, 'path' | 'editor' | 'from'> & Partial<EditorFacts>,
): EditorFacts {
  return {
    rating: null,
    pick: null,
    label: null,
    keywords: [],
    collections: [],
    copyName: null,
    develop: null,
    origins: {},
    ...known,
  };
}
