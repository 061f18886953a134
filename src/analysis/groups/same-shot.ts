import type { GroupFrame } from './group-frame.ts';

/**
 * Whether two files may be the same press of the shutter, as far as their records say: false where body, time, number
 * in a burst or file number prove that they are not.
 */
export function mayBeSameShot(left: GroupFrame, right: GroupFrame): boolean {
  if (left.hint?.sequence != null && right.hint?.sequence != null) {
    if (left.hint.sequence !== right.hint.sequence) return false;
  }
  if (left.body === null || right.body === null) return true;
  if (!mayBeSameBody(left.body, right.body)) return false;
  if (left.takenMs === null || right.takenMs === null) return !areNumberedApart(left, right);
  if (left.hasSubSeconds && right.hasSubSeconds) return left.takenMs === right.takenMs;
  if (secondOf(left.takenMs) !== secondOf(right.takenMs)) return false;
  // A camera without fractions of seconds writes many frames of one time: only what else differs tells a copy.
  if (!haveSameSize(left, right)) return true;
  if (left.fileNumber !== null && right.fileNumber !== null) {
    return left.fileNumber === right.fileNumber;
  }
  return left.folder !== right.folder;
}

/** Local time in whole seconds. */
export function secondOf(takenMs: number): number {
  return Math.floor(takenMs / 1000);
}

function areNumberedApart(left: GroupFrame, right: GroupFrame): boolean {
  if (left.fileNumber === null || right.fileNumber === null) return false;
  return (
    left.folder === right.folder &&
    left.fileNumber !== right.fileNumber &&
    haveSameSize(left, right)
  );
}

function haveSameSize(left: GroupFrame, right: GroupFrame): boolean {
  return left.width === right.width && left.height === right.height;
}

/** The same make and model, and no two serial numbers. */
function mayBeSameBody(left: string, right: string): boolean {
  if (left === right) return true;
  const [leftType, leftSerial] = splitBody(left);
  const [rightType, rightSerial] = splitBody(right);
  return leftType === rightType && (leftSerial === '' || rightSerial === '');
}

/** Make and model, and the serial number. */
export function splitBody(body: string): readonly [type: string, serial: string] {
  const [make = '', model = '', serial = ''] = body.split('|');
  return [`${make}|${model}`, serial];
}
