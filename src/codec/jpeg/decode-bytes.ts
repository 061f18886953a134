import { byteCoder } from './byte-model.ts';

/** Decodes `length` bytes; damaged bytes give other bytes, never trouble. */
export function decodeBytes(coded: Uint8Array, length: number): Uint8Array {
  return coded.length === length ? coded.slice() : byteCoder().decode(coded, length);
}
