/** Lines of four components each, as rows of cells of two by two samples; `isBack`: rows as lines. */
export function reorderCells(
  samples: Uint16Array,
  { columns, lines }: { readonly columns: number; readonly lines: number },
  isBack: boolean,
): Uint16Array {
  const reordered = new Uint16Array(samples.length);
  const width = 2 * columns;
  for (let line = 0; line < lines; line++) {
    for (let column = 0; column < columns; column++) {
      for (let component = 0; component < 4; component++) {
        const inLine = (line * columns + column) * 4 + component;
        const inCell = (2 * line + (component >> 1)) * width + 2 * column + (component & 1);
        if (isBack) reordered[inLine] = samples[inCell]!;
        else reordered[inCell] = samples[inLine]!;
      }
    }
  }
  return reordered;
}
