/**
 * A well-mixed 32-bit hash of up to three whole numbers (the finaliser of MurmurHash3 after each).
 * The same on every machine; not for security.
 */
export function hash32(first: number, second = 0, third = 0): number {
  return mix(mix(mix(first | 0) ^ (second | 0)) ^ Math.imul(third | 0, 0x9e3779b1));
}

function mix(value: number): number {
  let mixed = (value + 0x7f4a7c15) | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** The hash as a number from 0 up to, not including, 1, in steps of 2^-32. */
export function hashUnit(first: number, second = 0, third = 0): number {
  return hash32(first, second, third) / 4294967296;
}
