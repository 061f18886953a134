import type { SensorFrame } from './camera.ts';
import type { TiffBlob, TiffOrder } from './tiff-writer.ts';

/** Samples as 16-bit words in the file's byte order. */
export function wordsBlob(frame: SensorFrame, order: TiffOrder): TiffBlob {
  const { samples } = frame;
  return {
    sizeBytes: samples.length * 2,
    write: (target) => {
      const [low, high] = order === 'II' ? [0, 1] : [1, 0];
      for (let index = 0; index < samples.length; index++) {
        const value = samples[index]!;
        target[index * 2 + low] = value;
        target[index * 2 + high] = value >> 8;
      }
    },
  };
}

/** Bytes of one packed row: rows begin on bytes. */
export function packedRowBytes(frame: Pick<SensorFrame, 'width' | 'bits'>): number {
  return Math.ceil((frame.width * frame.bits) / 8);
}

/**
 * Samples packed without gaps, the highest bit first, whatever the file's byte order: FillOrder 1 of TIFF 6.0, and
 * what DNG 1.4 chapter 3 (BitsPerSample) asks for depths other than 8, 16 and 32.
 */
export function packedBlob(frame: SensorFrame): TiffBlob {
  const { samples, bits, width, height } = frame;
  const rowBytes = packedRowBytes(frame);
  return {
    sizeBytes: rowBytes * height,
    write: (target) => {
      for (let row = 0; row < height; row++) {
        let at = row * rowBytes;
        let held = 0;
        let count = 0;
        for (let column = row * width; column < (row + 1) * width; column++) {
          held = (held << bits) | samples[column]!;
          count += bits;
          while (count >= 8) {
            count -= 8;
            target[at++] = held >> count;
          }
          held &= (1 << count) - 1;
        }
        if (count > 0) target[at] = held << (8 - count);
      }
    },
  };
}
