import type { SensorFrame } from './camera.ts';
import { wordsBlob } from './sample-bytes.ts';
import { encodeWords } from './tens-writer.ts';
import { blobOf, field, writeTiff } from './tiff-writer.ts';

/**
 * Writes a file in the structure of an uncompressed RAF: a header with places, a preview, and a TIFF of its own with the
 * samples in 16-bit words or without gaps in 32-bit words. Simulated.
 */
export function writeRaf(
  frame: SensorFrame,
  options: { readonly preview: Uint8Array; readonly isPacked: boolean },
): Uint8Array {
  const { preview, isPacked } = options;
  const words = wordsBlob(frame, 'II');
  const blob = isPacked ? blobOf(encodeWords(frame)) : words;
  const sensor = writeTiff('II', {
    fields: [
      {
        tag: 0xf000,
        kind: 'folders',
        folders: [
          {
            fields: [
              field(0xf001, 'long', frame.width),
              field(0xf002, 'long', frame.height),
              field(0xf003, 'long', frame.bits),
              { tag: 0xf007, kind: 'blobs', blobs: [blob] },
              field(0xf008, 'long', blob.sizeBytes),
            ],
          },
        ],
      },
    ],
  });
  const head = 160;
  const file = new Uint8Array(head + preview.length + sensor.length);
  file.set(new TextEncoder().encode('FUJIFILMCCD-RAW 0201FF389901X-SimCam'));
  const view = new DataView(file.buffer);
  view.setUint32(84, head);
  view.setUint32(88, preview.length);
  view.setUint32(100, head + preview.length);
  view.setUint32(104, sensor.length);
  file.set(preview, head);
  file.set(sensor, head + preview.length);
  return file;
}
