/** A run of bytes of a file. */
export interface FileSpan {
  readonly offset: number;
  readonly length: number;
}

/** Where a RAF file (Fujifilm) has its preview, and the TIFF that says what the sensor's data are. */
export interface RafFile {
  readonly preview: FileSpan;
  readonly sensor: FileSpan;
}

const MARK = 'FUJIFILMCCD-RAW ';

/** Reads the beginning of a RAF file; null where it is none. */
export function readRaf(bytes: Uint8Array): RafFile | null {
  if (bytes.length < 108) return null;
  const isRaf = [...MARK].every((letter, index) => bytes[index] === letter.charCodeAt(0));
  if (!isRaf) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const spanAt = (at: number): FileSpan => {
    return { offset: view.getUint32(at), length: view.getUint32(at + 4) };
  };
  const preview = spanAt(84);
  const sensor = spanAt(100);
  const isInside = [preview, sensor].every(({ offset, length }) => offset + length <= bytes.length);
  return isInside ? { preview, sensor } : null;
}
