import type { SensorFrame } from './camera.ts';

/**
 * Ten samples of 12 bits in 15 bytes and a zero, the width a multiple of ten: the lowest bits first (Olympus) or the
 * highest (Nikon). Simulated.
 */
export function encodeTens({ samples }: SensorFrame, order: 'low' | 'high'): Uint8Array {
  const bytes: number[] = [];
  for (let at = 0; at < samples.length; at += 2) {
    const [one = 0, other = 0] = samples.subarray(at, at + 2);
    const low = [one % 256, Math.floor(one / 256) + (other % 16) * 16, Math.floor(other / 16)];
    const high = [Math.floor(one / 16), (one % 16) * 16 + Math.floor(other / 256), other % 256];
    bytes.push(...(order === 'low' ? low : high));
    if (at % 10 === 8) bytes.push(0);
  }
  return Uint8Array.from(bytes);
}

/** 32-bit words, the lowest byte first, of bits that follow each other from the highest on (Fujifilm, Olympus). */
export function encodeWords({ samples, bits }: SensorFrame): Uint8Array {
  const bytes = new Uint8Array((samples.length * bits) / 8);
  let text = '';
  let next = 0;
  for (const sample of samples) {
    text += sample.toString(2).padStart(bits, '0');
    for (; text.length >= 32; text = text.slice(32), next += 4) {
      new DataView(bytes.buffer).setUint32(next, Number.parseInt(text.slice(0, 32), 2), true);
    }
  }
  return bytes;
}
