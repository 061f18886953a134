import { unpackRow } from './packing.ts';
import { PACK_ORDERS, type PackOrder, type SensorPart } from './sensor-part.ts';

/** Rows that are looked at. */
const ROWS_SEEN = 24;

/**
 * The order in which packed samples make the smoothest picture. Every order gives the bytes back; the right one gives
 * a picture. So no list of makers is needed, and a wrong guess costs nothing but size.
 */
export function smoothestOrder(bytes: Uint8Array, part: SensorPart): PackOrder {
  const { coding, segments, width } = part;
  if (coding.kind !== 'packed') throw new TypeError('part: must be packed');
  const { storedBits, rowBytes } = coding;
  const orders = PACK_ORDERS.filter((order) => {
    if (order.startsWith('words')) return storedBits === 16;
    if (storedBits === 16) return false;
    if (order === 'high-first-in-16') return rowBytes % 2 === 0;
    return order === 'high-first-in-32' ? rowBytes % 4 === 0 : true;
  });
  const rows = pickRows(part);
  const samples = new Uint16Array(width);
  let best: PackOrder = orders[0]!;
  let least = Number.POSITIVE_INFINITY;
  for (const order of orders) {
    let sum = 0;
    for (const { at, columns } of rows) {
      unpackRow(
        bytes.subarray(at, at + rowBytes),
        { ...coding, order },
        samples.subarray(0, columns),
      );
      for (let column = 2; column < columns; column++) {
        sum += Math.min(255, Math.abs(samples[column]! - samples[column - 2]!));
      }
    }
    if (sum < least) {
      least = sum;
      best = order;
    }
  }
  return segments.length > 0 ? best : orders[0]!;
}

function pickRows({ segments, coding }: SensorPart): { at: number; columns: number }[] {
  const rowBytes = coding.kind === 'packed' ? coding.rowBytes : 0;
  const rows: { at: number; columns: number }[] = [];
  const each = Math.max(1, Math.floor(segments.length / ROWS_SEEN));
  const inEach = Math.max(1, Math.ceil(ROWS_SEEN / segments.length));
  for (let index = 0; index < segments.length && rows.length < 2 * ROWS_SEEN; index += each) {
    const { offset, places } = segments[index]!;
    const { height, width } = places[0]!;
    for (let row = 0; row < inEach; row++) {
      const at = offset + Math.floor(((row + 0.5) * height) / inEach) * rowBytes;
      rows.push({ at, columns: width });
    }
  }
  return rows;
}
