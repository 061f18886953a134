import { formatHex } from '../../base/index.ts';
import type { ByteSource } from '../byte-source.ts';
import { viewOf } from './tiff-folder.ts';

/** A box of an ISO media file (ISO 14496-12, 4.2): its content lies from `start` to `end`. */
export interface Box {
  readonly type: string;
  /** For `uuid` boxes: 32 hex digits; '' for others. */
  readonly uuid: string;
  readonly start: number;
  readonly end: number;
}

/** One reading of a file; all boxes of all levels count against it. */
export interface BoxWalk {
  readonly source: ByteSource;
  boxesLeft: number;
}

/** The boxes directly inside a place. A box that says it is longer than its parent ends with the parent. */
export async function readBoxes(
  walk: BoxWalk,
  place: { readonly start: number; readonly end: number },
): Promise<readonly Box[]> {
  const boxes: Box[] = [];
  let at = place.start;
  while (at + 8 <= place.end && walk.boxesLeft > 0) {
    walk.boxesLeft -= 1;
    const head = await walk.source.read(at, 32);
    if (head.length < 8) break;
    const view = viewOf(head);
    const type = String.fromCharCode(...head.subarray(4, 8));
    let lengthBytes = view.getUint32(0);
    let headBytes = 8;
    if (lengthBytes === 1 && head.length >= 16) {
      lengthBytes = Number(view.getBigUint64(8));
      headBytes = 16;
    }
    // Length 0: to the end.
    const end = lengthBytes === 0 ? place.end : Math.min(place.end, at + lengthBytes);
    const isUuid = type === 'uuid' && head.length >= headBytes + 16;
    const uuid = isUuid ? formatHex(head.subarray(headBytes, headBytes + 16)) : '';
    const start = at + headBytes + (isUuid ? 16 : 0);
    if (lengthBytes !== 0 && lengthBytes < headBytes) break;
    if (start <= end) boxes.push({ type, uuid, start, end });
    at = end;
  }
  return boxes;
}
