import { learnBit, openByteModel } from './byte-model.ts';

/** Fewer bytes are not worth a model. */
const PLAIN_BYTES_MAX = 24;

/**
 * Encodes bytes by a model of headers: a binary arithmetic coder of 32 bits without carries. Bytes that do not get
 * fewer stay as they are, which their number tells.
 */
export function encodeBytes(bytes: Uint8Array): Uint8Array {
  if (bytes.length < PLAIN_BYTES_MAX) return bytes.slice();
  const model = openByteModel();
  const out: number[] = [];
  let low = 0;
  let high = 0xffffffff;
  for (const byte of bytes) {
    for (let at = 7; at >= 0; at--) {
      const bit = (byte >> at) & 1;
      const middle = low + Math.floor((high - low) / 4096) * model.chance;
      if (bit === 1) high = middle;
      else low = middle + 1;
      learnBit(model, bit);
      while ((low ^ high) >>> 24 === 0) {
        out.push(high >>> 24);
        low = (low << 8) >>> 0;
        high = ((high << 8) | 255) >>> 0;
      }
    }
  }
  // The shortest number between the two that stays there whatever follows: zeros do.
  out.push((low >>> 24) + 1);
  return out.length < bytes.length ? Uint8Array.from(out) : bytes.slice();
}
