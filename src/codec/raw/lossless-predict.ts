/** Predictions 2 to 7 of T.81 table H.1 for a sample that has neighbours at its left and above. */
export function predict(
  samples: Uint16Array,
  at: number,
  by: { readonly predictor: number; readonly width: number; readonly components: number },
): number {
  const left = samples[at - by.components]!;
  const above = samples[at - by.width]!;
  const corner = samples[at - by.width - by.components]!;
  switch (by.predictor) {
    case 2:
      return above;
    case 3:
      return corner;
    case 4:
      return left + above - corner;
    case 5:
      return left + ((above - corner) >> 1);
    case 6:
      return above + ((left - corner) >> 1);
    default:
      return (left + above) >> 1;
  }
}
