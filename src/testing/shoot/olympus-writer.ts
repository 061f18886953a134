import { BitText } from './bit-text.ts';
import type { SensorFrame } from './camera.ts';

/**
 * Codes samples of 12 bits as Olympus bodies do: against three neighbours of the same colour, in words whose length
 * follows the differences before. Simulated: made from public descriptions, compared with no body's file.
 */
export function encodeOlympus({ samples, width }: SensorFrame): Uint8Array {
  const bits = new BitText();
  // Seven bytes that readers pass over.
  bits.add('00000000'.repeat(7));
  for (let start = 0; start < samples.length; start += width) {
    const states = [0, 1].map(() => ({ last: 0, trend: 0, calm: 0 }));
    for (let column = 0; column < width; column++) {
      const state = states[column % 2]!;
      const step = samples[start + column]! - expected(samples, start + column, width);
      const upper = Math.floor(step / 4);
      const isNegative = upper - state.trend < 0;
      const size = isNegative ? state.trend - upper - 1 : upper - state.trend;
      const extra = state.calm < 3 ? 2 : 0;
      let plain = 2 + extra;
      while (Math.floor(state.last / 2 ** (plain + extra)) > 0) plain += 1;
      bits.addNumber((isNegative ? 4 : 0) + (step - 4 * upper), 3);
      const above = Math.floor(size / 2 ** plain);
      if (above < 12) bits.add(`${'0'.repeat(above)}1`);
      else {
        bits.add('0'.repeat(12));
        bits.addNumber(above * 2, 16 - plain);
      }
      bits.addNumber(size % 2 ** plain, plain);
      state.last = size;
      state.trend = Math.floor((upper * 3 + state.trend) / 32);
      state.calm = size > 16 ? 0 : state.calm + 1;
    }
  }
  return bits.end();
}

function expected(samples: Uint16Array, at: number, width: number): number {
  const column = at % width;
  const isTop = at < 2 * width;
  if (isTop) return column < 2 ? 0 : samples[at - 2]!;
  const north = samples[at - 2 * width]!;
  if (column < 2) return north;
  const west = samples[at - 2]!;
  const corner = samples[at - 2 * width - 2]!;
  const toWest = Math.abs(west - corner);
  const toNorth = Math.abs(north - corner);
  if ((west - corner) * (north - corner) < 0) {
    if (Math.max(toWest, toNorth) > 32) return west + north - corner;
    return Math.floor((west + north) / 2);
  }
  return toWest > toNorth ? west : north;
}
