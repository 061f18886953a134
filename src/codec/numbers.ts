/** Reads whole numbers of one or more bytes, seven bits each, the lowest first. */
export interface NumberReader {
  readonly bytes: Uint8Array;
  at: number;
  /** More was asked for than there is, or a number too large. */
  isOver: boolean;
}

/** A reader at the beginning of some bytes. */
export function readNumbers(bytes: Uint8Array): NumberReader {
  return { bytes, at: 0, isOver: false };
}

/** The next number, at most 2 to the 49th; 0 and `isOver` where there is none. */
export function takeUnsigned(source: NumberReader): number {
  let value = 0;
  let scale = 1;
  for (let count = 0; count < 7; count++) {
    const byte = source.bytes[source.at];
    if (byte === undefined) break;
    source.at += 1;
    value += (byte & 127) * scale;
    if (byte < 128) return value;
    scale *= 128;
  }
  source.isOver = true;
  return 0;
}

/** The next number with a sign. */
export function takeSigned(source: NumberReader): number {
  const value = takeUnsigned(source);
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}

/** Appends a whole number, 0 to 2 to the 49th. */
export function putUnsigned(target: number[], value: number): void {
  let rest = value;
  while (rest > 127) {
    target.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  target.push(rest);
}

/** Appends a whole number with a sign. */
export function putSigned(target: number[], value: number): void {
  putUnsigned(target, value < 0 ? -value * 2 - 1 : value * 2);
}
