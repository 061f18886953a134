/** What a sample catalog says of one picture. Every value is ours: no editor wrote it. */
export interface SamplePicture {
  /** Absolute folder, no `/` at its end. */
  readonly folder: string;
  /** File name with its extension. */
  readonly name: string;
  /** 0 to 5; null: not set. */
  readonly rating: number | null;
  readonly pick: 1 | 0 | -1;
  /** A colour's name as the editor has it; null for none. */
  readonly label: string | null;
  /** Paths with `|` between their parts. */
  readonly keywords: readonly string[];
  /** Paths with `|` between their parts; editors without collections leave them out. */
  readonly collections: readonly string[];
  /** Name of a virtual copy; null for the picture itself. */
  readonly copyName: string | null;
  readonly develop: string | null;
}

/** A picture of which only its place is said, with whatever else is given. */
export function samplePicture(
  said: Pick<SamplePicture, 'folder' | 'name'> & Partial<SamplePicture>,
): SamplePicture {
  return {
    rating: null,
    pick: 0,
    label: null,
    keywords: [],
    collections: [],
    copyName: null,
    develop: null,
    ...said,
  };
}
