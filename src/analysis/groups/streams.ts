import type { FrameTable } from './frame-table.ts';
import type { GroupFrame } from './group-frame.ts';
import { compareTexts } from './look-alikes.ts';

/** Frames of one body, lens, size and orientation in the order they were taken. */
export interface Stream {
  readonly frames: readonly number[];
  /** Whether they have times; where not, they lie in one folder and the numbers in their names are their order. */
  readonly isTimed: boolean;
}

/**
 * Parts the frames that have no place yet into streams; only frames of one stream can be a series. Frames without a body,
 * and frames with neither a time nor a number, are in none.
 */
export function streamsOf({ frames, isPlaced }: FrameTable): Stream[] {
  const streams = new Map<string, number[]>();
  for (const [index, frame] of frames.entries()) {
    if (isPlaced[index] === 1 || frame.body === null) continue;
    if (frame.takenMs === null && frame.fileNumber === null) continue;
    const key = keyOf(frame);
    const list = streams.get(key);
    if (list === undefined) streams.set(key, [index]);
    else list.push(index);
  }
  const parted: Stream[] = [];
  for (const list of streams.values()) {
    if (list.length < 2) continue;
    list.sort((left, right) => compareTaken(frames[left]!, frames[right]!));
    parted.push({ frames: list, isTimed: frames[list[0]!]!.takenMs !== null });
  }
  return parted;
}

function keyOf({ body, lens, width, height, orientation, takenMs, folder }: GroupFrame): string {
  const key = `${body}\n${lens ?? ''}\n${width ?? ''}x${height ?? ''}\n${orientation ?? 1}`;
  return takenMs === null ? `${key}\n${folder}` : key;
}

/** By time, then the number in the series, the number in the name and the id. */
export function compareTaken(left: GroupFrame, right: GroupFrame): number {
  return (
    (left.takenMs ?? 0) - (right.takenMs ?? 0) ||
    (left.hint?.sequence ?? 0) - (right.hint?.sequence ?? 0) ||
    (left.fileNumber ?? 0) - (right.fileNumber ?? 0) ||
    compareTexts(left.id, right.id)
  );
}
