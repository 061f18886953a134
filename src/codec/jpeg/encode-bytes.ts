import { byteCoder } from './byte-model.ts';

/** Fewer bytes are not worth a model. */
const PLAIN_BYTES_MAX = 24;

/** Encodes bytes by a model of headers. Bytes that do not get fewer stay as they are, which their number tells. */
export function encodeBytes(bytes: Uint8Array): Uint8Array {
  if (bytes.length < PLAIN_BYTES_MAX) return bytes.slice();
  return byteCoder().encode(bytes) ?? bytes.slice();
}
