import { SPAN_WORDS } from './sensor-block.ts';
import { NOISE_TABLE_LENGTH, type Paint, type SpanList } from './sensor-job.ts';
import { type SensorMemory, SPANS_MAX } from './sensor-memory.ts';

/** Collects the spans of a row in a kernel's memory: cut to the row, in its columns. */
export function spanList(
  reals: Float32Array,
  plan: SensorMemory,
): SpanList & { clear(): void; count(): number } {
  const start = plan.address.spans >> 2;
  let count = 0;
  const take = (): number => {
    if (count === SPANS_MAX) throw new RangeError(`a scene row has more than ${SPANS_MAX} spans`);
    count += 1;
    return start + (count - 1) * SPAN_WORDS;
  };
  return {
    clear: () => {
      count = 0;
    },
    count: () => count,
    add: (x0, x1, paint) => {
      const left = Math.fround(Math.max(x0 - plan.firstColumn, 0));
      const right = Math.fround(Math.min(x1 - plan.firstColumn, plan.columns));
      if (!(left < right)) return;
      const cut = left - (x0 - plan.firstColumn);
      const level = paint.level + paint.slope * cut;
      const texture = movingTexture(paint, plan.firstColumn + Math.trunc(left));
      const at = take();
      reals.set([left, right, level, paint.slope, paint.baseGain, paint.grainGain], at);
      reals.set([paint.red, paint.blue, texture.place, texture.fraction, 0, 0], at + 6);
    },
    addGlow: (level, red, blue) => {
      reals.set([0, plan.columns, level, 0, 0, 0, red, blue, -1, 0, 1, 0], take());
    },
  };
}

/** The place in the noise table under the span's first column; -1 where the texture does not move. */
function movingTexture(
  paint: Paint,
  firstColumn: number,
): { readonly place: number; readonly fraction: number } {
  if (paint.moving === undefined) return { place: -1, fraction: 0 };
  const run = firstColumn - paint.moving.originX;
  const whole = Math.floor(run);
  const place = (whole + paint.moving.place) & (NOISE_TABLE_LENGTH - 1);
  return { place, fraction: run - whole };
}
