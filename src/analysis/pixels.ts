/** A picture in memory: bytes of red, green and blue, row by row without gaps. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
}

/** A part of a picture, in whole pixels. */
export interface Rectangle {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Cells along each side of a {@link Grid}. */
export const GRID_SIDE = 64;

/** A picture squeezed to 64 x 64 cells, upright: means of red, green and blue, 0 to 255, row by row. */
export type Grid = Float32Array;

/** Weights of red, green and blue in luma (ITU-R BT.601), the weights that JPEG uses. */
export const LUMA_WEIGHTS: readonly [number, number, number] = [0.299, 0.587, 0.114];

/** Squeezes a part of a picture to the grid, each cell the mean of what it covers, and turns it upright. */
export function gridOf(pixels: Pixels, part: Rectangle, orientation: number): Grid {
  return turned(squeezed(pixels, part), orientation);
}

/** Where a cell begins and ends in pixels, and how much of the first and the last one it covers. */
interface Cover {
  readonly first: number;
  readonly last: number;
  readonly firstWeight: number;
  readonly lastWeight: number;
}

function coverOf(cell: number, start: number, length: number): Cover {
  const from = start + (cell * length) / GRID_SIDE;
  const to = start + ((cell + 1) * length) / GRID_SIDE;
  const first = Math.floor(from);
  const last = Math.min(start + length - 1, Math.max(first, Math.ceil(to) - 1));
  if (first === last) return { first, last, firstWeight: to - from, lastWeight: 0 };
  return { first, last, firstWeight: first + 1 - from, lastWeight: to - last };
}

/** Pixels looked at in each cell along an axis, at least, where it has as many: a mean of 64 is steady enough. */
const CELL_SAMPLES_MIN = 8;

function strideOf(length: number): number {
  return Math.max(1, Math.floor(length / (GRID_SIDE * CELL_SAMPLES_MIN)));
}

/** Means over the rectangle's cells: first along rows, then along columns; the edge pixels count by what is covered. */
function squeezed({ width, rgb }: Pixels, part: Rectangle): Grid {
  const rowCells = new Float32Array(GRID_SIDE * 3);
  const grid = new Float32Array(GRID_SIDE * GRID_SIDE * 3);
  const columns = Array.from({ length: GRID_SIDE }, (_, cell) =>
    coverOf(cell, part.left, part.width),
  );
  const weights = new Float32Array(GRID_SIDE);
  const rowStride = strideOf(part.height);
  for (let cell = 0; cell < GRID_SIDE; cell += 1) {
    const cover = coverOf(cell, part.top, part.height);
    for (let row = cover.first; row <= cover.last; row += rowStride) {
      const weight = weightAt(cover, row);
      const line = rgb.subarray(row * width * 3, (row + 1) * width * 3);
      squeezeRow(line, { columns, stride: strideOf(part.width) }, rowCells);
      weights[cell]! += weight;
      const start = cell * GRID_SIDE * 3;
      for (let at = 0; at < GRID_SIDE * 3; at += 1) grid[start + at]! += rowCells[at]! * weight;
    }
  }
  for (let at = 0; at < grid.length; at += 1) {
    grid[at] = grid[at]! / weights[Math.floor(at / (GRID_SIDE * 3))]!;
  }
  return grid;
}

function weightAt(cover: Cover, at: number): number {
  if (at === cover.first) return cover.firstWeight;
  return at === cover.last ? cover.lastWeight : 1;
}

function squeezeRow(
  row: Uint8Array,
  { columns, stride }: { readonly columns: readonly Cover[]; readonly stride: number },
  target: Float32Array,
): void {
  for (let cell = 0; cell < columns.length; cell += 1) {
    const cover = columns[cell]!;
    let red = 0;
    let green = 0;
    let blue = 0;
    let sum = 0;
    for (let column = cover.first; column <= cover.last; column += stride) {
      const weight = weightAt(cover, column);
      const at = column * 3;
      red += row[at]! * weight;
      green += row[at + 1]! * weight;
      blue += row[at + 2]! * weight;
      sum += weight;
    }
    target[cell * 3] = red / sum;
    target[cell * 3 + 1] = green / sum;
    target[cell * 3 + 2] = blue / sum;
  }
}

/** How a stored picture is read to stand upright (EXIF 2.32, 4.6.4): axes exchanged, rows backwards, columns backwards. */
const TURNS: readonly (readonly [boolean, boolean, boolean])[] = [
  [false, false, false],
  [false, false, true],
  [false, true, true],
  [false, true, false],
  [true, false, false],
  [true, true, false],
  [true, true, true],
  [true, false, true],
];

function turned(grid: Grid, orientation: number): Grid {
  const [isCrossed, isDownBack, isAcrossBack] = TURNS[orientation - 1]!;
  const last = GRID_SIDE - 1;
  const upright = new Float32Array(grid.length);
  for (let row = 0; row < GRID_SIDE; row += 1) {
    for (let column = 0; column < GRID_SIDE; column += 1) {
      const [down, across] = isCrossed ? [column, row] : [row, column];
      const storedRow = isDownBack ? last - down : down;
      const storedColumn = isAcrossBack ? last - across : across;
      const from = (storedRow * GRID_SIDE + storedColumn) * 3;
      upright.set(grid.subarray(from, from + 3), (row * GRID_SIDE + column) * 3);
    }
  }
  return upright;
}
