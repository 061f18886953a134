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
  if (!mayBeSameBody(left.body, right.body) || areExposedApart(left, right)) return false;
  if (left.takenMs === null || right.takenMs === null) return !areNumberedApart(left, right);
  if (left.hasSubSeconds && right.hasSubSeconds) return left.takenMs === right.takenMs;
  if (secondOf(left.takenMs) !== secondOf(right.takenMs)) return false;
  // A camera without fractions of seconds writes many frames of one time: only what else differs tells a copy.
  if (!haveSameSize(left, right)) return true;
  if (left.fileNumber !== null || right.fileNumber !== null) {
    return left.fileNumber === right.fileNumber || !areNumbered(left, right);
  }
  return left.folder !== right.folder;
}

/** Local time in whole seconds. */
export function secondOf(takenMs: number): number {
  return Math.floor(takenMs / 1000);
}

function areNumbered(left: GroupFrame, right: GroupFrame): boolean {
  return left.fileNumber !== null && right.fileNumber !== null;
}

/** A copy has the exposure of its original, to the rounding of whoever wrote it. */
function areExposedApart(left: GroupFrame, right: GroupFrame): boolean {
  if (left.shutterSeconds === null || right.shutterSeconds === null) return false;
  return Math.abs(Math.log2(left.shutterSeconds / right.shutterSeconds)) > 0.1;
}

function areNumberedApart(left: GroupFrame, right: GroupFrame): boolean {
  return (
    areNumbered(left, right) &&
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
