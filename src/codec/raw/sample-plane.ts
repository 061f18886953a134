/** The values of a sensor in the order in which they lie on it, with all that was coded: margins and padding too. */
export interface SamplePlane {
  readonly width: number;
  readonly height: number;
  /** Bits that every sample fits in: 1 to 16. */
  readonly bits: number;
  readonly samples: Uint16Array;
}

/** Rows that are coded without any other rows. */
export interface Band {
  readonly firstRow: number;
  readonly rows: number;
}

/** Samples of one band where there are enough rows: each band costs its first two rows some tenths. */
const BAND_SAMPLES = 2_000_000;

/** Rows of a band at least: one in two hundred is then a first row. */
const BAND_ROWS_MIN = 384;

/** Smallest side of a plane that is modelled: the model looks six rows up. */
export const SIDE_MIN = 16;

/** Largest side. */
export const SIDE_MAX = 65_535;

/** Cuts a plane into bands of an even number of rows, so that each begins with the same colours. */
export function planBands(width: number, height: number): Band[] {
  const wanted = Math.max(BAND_ROWS_MIN, Math.ceil(BAND_SAMPLES / width));
  const count = Math.max(1, Math.floor(height / wanted));
  const rowsEach = Math.ceil(height / count / 2) * 2;
  const bands: Band[] = [];
  for (let firstRow = 0; firstRow < height; firstRow += rowsEach) {
    bands.push({ firstRow, rows: Math.min(rowsEach, height - firstRow) });
  }
  return bands;
}

/** The scales in which samples of so many bits are modelled. */
export interface SampleScale {
  readonly bits: number;
  /** Places of fraction of an error's magnitude. */
  readonly errorBits: number;
  readonly activityShift: number;
  readonly levelShift: number;
  /** Taken from each sample, so that it is a signed word. */
  readonly offset: number;
}

/** The scales for samples of so many bits. */
export function scaleOf(bits: number): SampleScale {
  return {
    bits,
    errorBits: Math.max(1, Math.min(4, 17 - bits)),
    activityShift: Math.max(0, bits - 12),
    levelShift: Math.max(0, bits - 12),
    offset: bits === 16 ? 32_768 : 0,
  };
}
