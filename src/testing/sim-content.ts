/** Bytes of a simulated file: pieces that are never changed once they are in, so that copies may share them. */
export interface Content {
  pieces: Uint8Array[];
  sizeBytes: number;
}

/** A content that shares the pieces and grows apart. */
export function copyContent(content: Content): Content {
  return { pieces: [...content.pieces], sizeBytes: content.sizeBytes };
}

/** Adds a copy of the bytes at the end. */
export function appendContent(content: Content, bytes: Uint8Array): void {
  if (bytes.length === 0) return;
  content.pieces.push(bytes.slice());
  content.sizeBytes += bytes.length;
}

/** All bytes as one array, which must not be changed. */
export function wholeContent(content: Content): Uint8Array {
  if (content.pieces.length === 1 && content.pieces[0] !== undefined) return content.pieces[0];
  const whole = new Uint8Array(content.sizeBytes);
  let position = 0;
  for (const piece of content.pieces) {
    whole.set(piece, position);
    position += piece.length;
  }
  content.pieces = [whole];
  return whole;
}

/** Fills the buffer from the position; the count is short only at the end. */
export function readContent(content: Content, buffer: Uint8Array, positionBytes: number): number {
  const whole = wholeContent(content);
  const part = whole.subarray(positionBytes, positionBytes + buffer.length);
  buffer.set(part);
  return part.length;
}

/** The first bytes of a content, and zeros after them up to its length: what a torn write leaves. */
export function tornContent(content: Content, keptBytes: number, sizeBytes: number): Content {
  const torn = new Uint8Array(sizeBytes);
  torn.set(wholeContent(content).subarray(0, Math.min(keptBytes, sizeBytes)));
  return { pieces: [torn], sizeBytes };
}

/** The content with one bit the other way. */
export function flippedContent(content: Content, bitIndex: number): Content {
  const bytes = wholeContent(content).slice();
  const index = bitIndex >> 3;
  const byte = bytes[index];
  if (byte === undefined) throw new RangeError(`bitIndex ${bitIndex} lies past the end`);
  bytes[index] = byte ^ (1 << (bitIndex & 7));
  return { pieces: [bytes], sizeBytes: content.sizeBytes };
}
