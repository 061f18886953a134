import type { GroupFrame } from '../../analysis/index.ts';
import { hash32 } from '../../kernels/index.ts';

/** A frame of one simulated body at one moment, apart from what is given. */
export function simFrame(given: Partial<GroupFrame> & { readonly id: string }): GroupFrame {
  return {
    body: 'FieldVault|SimCam|1',
    lens: 'Sim 24-120mm f/4',
    width: 6048,
    height: 4032,
    orientation: 1,
    takenMs: null,
    hasSubSeconds: true,
    fileNumber: null,
    folder: 'CARD/DCIM/100SIM',
    fingerprint: null,
    quality: null,
    tone: null,
    colour: null,
    exposureBias: null,
    shutterSeconds: null,
    aperture: null,
    iso: null,
    focusDistance: null,
    hint: null,
    userGroup: null,
    ...given,
  };
}

/** The fingerprint of a scene: 256 bits, half of them set; two scenes differ in about 128. */
export function sceneLook(seed: number): string {
  const bits = Array.from({ length: 256 }, (_value, bit) => bit);
  bits.sort((left, right) => hash32(seed, left) - hash32(seed, right) || left - right);
  const words = new Uint32Array(8);
  for (const bit of bits.slice(0, 128))
    words[bit >> 5] = (words[bit >> 5] ?? 0) | (1 << (bit & 31));
  return formatLook(words);
}

/** The same look with exactly so many of its 256 bits changed; which ones depends on the seed. */
export function changedLook(look: string, count: number, seed = 0): string {
  const words = Uint32Array.from({ length: 8 }, (_value, word) =>
    Number.parseInt(look.slice(word * 8, word * 8 + 8), 16),
  );
  // An odd step through 256 places meets each of them once.
  const step = (hash32(seed, 1) & 127) * 2 + 1;
  for (let turn = 0; turn < count; turn++) {
    const bit = (hash32(seed, 2) + turn * step) & 255;
    words[bit >> 5] = (words[bit >> 5] ?? 0) ^ (1 << (bit & 31));
  }
  return formatLook(words);
}

function formatLook(words: Uint32Array): string {
  return [...words].map((word) => word.toString(16).padStart(8, '0')).join('');
}
