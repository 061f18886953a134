/** How phones name several files of one press of the shutter. */
interface StemRule {
  readonly owner: string;
  /** On the stem in lower case; its groups together are the name that the files share. */
  readonly pattern: RegExp;
  /** The name alone may be chance: it counts only where capture times or identifiers agree. */
  readonly needsProof?: true;
}

const STEM_RULES: readonly StemRule[] = [
  {
    owner: 'Google Pixel: PXL_x.RAW-01.COVER.jpg, PXL_x.RAW-02.ORIGINAL.dng, PXL_x.MP.jpg',
    pattern: /^(pxl_.+?)\.(?:raw-\d+\.(?:mp\.)?(?:cover|original)|mp)$/,
  },
  {
    owner: 'Apple: IMG_E0001 is the edited picture, IMG_O0001.AAE the edit of the original',
    pattern: /^(img_)[eo](\d{4,})$/,
  },
  { owner: 'Apple, as some importers name it: IMG_0001_O.AAE', pattern: /^(img_\d{4,})_[eo]$/ },
  { owner: 'Apple: the movie of a Live Photo beside its picture', pattern: /^(img_\d{4,})_hevc$/ },
  { owner: 'other phones and importers', pattern: /^(.+)_(?:hevc|e)$/, needsProof: true },
];

/** A file's name without its extension, and the name it shares with others of its frame. */
export interface Stem {
  /** In lower case. */
  readonly own: string;
  /** In lower case; the same as `own` for most. */
  readonly shared: string;
  readonly needsProof: boolean;
}

/** Reads a stem in lower case. */
export function parseStem(own: string): Stem {
  for (const { pattern, needsProof = false } of STEM_RULES) {
    const match = pattern.exec(own);
    if (match !== null) return { own, shared: match.slice(1).join(''), needsProof };
  }
  return { own, shared: own, needsProof: false };
}
