import { hashUnit } from '../../kernels/index.ts';

const RATE_HZ = 8000;

/** A voice note as cameras record them: mono PCM WAV, 8 kHz, 8 bits (RIFF WAVE, Microsoft and IBM 1991). */
export function writeVoiceNote(seed: number, seconds: number): Uint8Array {
  const samples = Math.round(RATE_HZ * seconds);
  const file = new Uint8Array(44 + samples);
  const view = new DataView(file.buffer);
  const text = (at: number, letters: string): void => {
    for (let index = 0; index < letters.length; index++) {
      file[at + index] = letters.charCodeAt(index);
    }
  };
  text(0, 'RIFF');
  view.setUint32(4, 36 + samples, true);
  text(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, RATE_HZ, true);
  view.setUint32(28, RATE_HZ, true);
  view.setUint16(32, 1, true);
  view.setUint16(34, 8, true);
  text(36, 'data');
  view.setUint32(40, samples, true);
  for (let index = 0; index < samples; index++) {
    file[44 + index] = 128 + Math.round(40 * (hashUnit(seed, 31, index >> 3) - 0.5));
  }
  return file;
}
