/** One colour plane of a JPEG picture: its grid of 8x8 blocks and where its coefficients lie. */
export interface JpegPlane {
  readonly id: number;
  /** Sampling factors (T.81 B.2.2), 1 to 4. */
  readonly h: number;
  readonly v: number;
  /** Quantisation table selector. */
  readonly table: number;
  /** Blocks that whole MCUs cover: what is kept. */
  readonly blocksWide: number;
  readonly blocksHigh: number;
  /** Blocks that a scan of this plane alone codes (T.81 A.2.2). */
  readonly ownWide: number;
  readonly ownHigh: number;
  /** Number of the plane's first coefficient in the picture's array. */
  readonly first: number;
}

/** The geometry of a JPEG picture, as its frame header says it. */
export interface JpegFrame {
  readonly isProgressive: boolean;
  readonly width: number;
  readonly height: number;
  readonly mcusWide: number;
  readonly mcusHigh: number;
  readonly planes: readonly JpegPlane[];
  /** Coefficients of all planes together. */
  readonly coefficients: number;
}

/** Reads a frame header (SOF0, SOF1, SOF2) of 8 bits a sample; null for any other kind. `height` replaces a height of 0. */
export function parseFrame(marker: number, body: Uint8Array, height: number): JpegFrame | null {
  if (marker > 0xc2 || body.length < 6 || body[0] !== 8) return null;
  const lines = (body[1]! << 8) | body[2]! || height;
  const width = (body[3]! << 8) | body[4]!;
  const count = body[5]!;
  if (lines === 0 || width === 0 || count < 1 || count > 4) return null;
  if (body.length !== 6 + 3 * count) return null;
  const heads: PlaneHead[] = [];
  for (let index = 0; index < count; index++) {
    const [id, sampling, table] = body.subarray(6 + 3 * index) as unknown as [
      number,
      number,
      number,
    ];
    const h = sampling >> 4;
    const v = sampling & 15;
    if (h < 1 || h > 4 || v < 1 || v > 4 || table > 3) return null;
    if (heads.some((head) => head.id === id)) return null;
    heads.push({ id, h, v, table });
  }
  return layOutFrame(marker === 0xc2, width, lines, heads);
}

type PlaneHead = Pick<JpegPlane, 'id' | 'h' | 'v' | 'table'>;

function layOutFrame(
  isProgressive: boolean,
  width: number,
  height: number,
  heads: readonly PlaneHead[],
): JpegFrame {
  const hMax = Math.max(...heads.map(({ h }) => h));
  const vMax = Math.max(...heads.map(({ v }) => v));
  const mcusWide = Math.ceil(width / (8 * hMax));
  const mcusHigh = Math.ceil(height / (8 * vMax));
  let first = 0;
  const planes = heads.map((head) => {
    const plane = {
      ...head,
      blocksWide: mcusWide * head.h,
      blocksHigh: mcusHigh * head.v,
      ownWide: Math.ceil(Math.ceil((width * head.h) / hMax) / 8),
      ownHigh: Math.ceil(Math.ceil((height * head.v) / vMax) / 8),
      first,
    };
    first += plane.blocksWide * plane.blocksHigh * 64;
    return plane;
  });
  return { isProgressive, width, height, mcusWide, mcusHigh, planes, coefficients: first };
}
