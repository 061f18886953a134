import { learnBit, openByteModel } from './byte-model.ts';

/** Decodes `length` bytes; damaged bytes give other bytes, never trouble. */
export function decodeBytes(coded: Uint8Array, length: number): Uint8Array {
  if (coded.length === length) return coded.slice();
  const model = openByteModel();
  const bytes = new Uint8Array(length);
  let low = 0;
  let high = 0xffffffff;
  let at = 0;
  let code = 0;
  const take = (): void => {
    code = ((code << 8) | (coded[at] ?? 0)) >>> 0;
    at += 1;
  };
  for (let index = 0; index < 4; index++) take();
  for (let index = 0; index < length; index++) {
    let byte = 0;
    for (let count = 0; count < 8; count++) {
      const middle = low + Math.floor((high - low) / 4096) * model.chance;
      const bit = code <= middle ? 1 : 0;
      if (bit === 1) high = middle;
      else low = middle + 1;
      learnBit(model, bit);
      byte = (byte << 1) | bit;
      while ((low ^ high) >>> 24 === 0) {
        take();
        low = (low << 8) >>> 0;
        high = ((high << 8) | 255) >>> 0;
      }
    }
    bytes[index] = byte;
  }
  return bytes;
}
