import type { SensorFrame } from './camera.ts';
import { pictureFields, stripFields } from './dng.ts';
import { cameraFields } from './exif.ts';
import { encodeLosslessJpeg, type Predictor, type SampleGrid } from './ljpeg-writer.ts';
import type { Previews } from './previews.ts';
import type { ShotFacts } from './shot-facts.ts';
import { blobOf, field, type TiffFolder, writeTiff } from './tiff-writer.ts';

/** What a CR2-like file is made of beside the samples. */
export interface Cr2Options {
  readonly facts: ShotFacts;
  readonly previews: Previews;
  readonly components: 2 | 4;
  /** Left out: 1, as cameras write. */
  readonly predictor?: Predictor;
  /** Widths of the slices, all but the last of one width; together the frame's width. */
  readonly slices: readonly number[];
  /** Rows of the sensor that one line of the JPEG has; left out: 1. Some bodies with four components write 2. */
  readonly rowsPerLine?: 1 | 2;
}

/**
 * Writes a TIFF in the structure of a CR2: a JPEG, a thumbnail, a small RGB picture, and the samples as one lossless
 * JPEG whose lines run through vertical slices, one slice after the other. Simulated: no such body exists.
 */
export function writeCr2(frame: SensorFrame, options: Cr2Options): Uint8Array<ArrayBuffer> {
  const { facts, previews, slices } = options;
  const { width, height, pixels } = previews.small;
  const last: TiffFolder = {
    fields: [
      field(0x0103, 'short', 6),
      ...stripFields(blobOf(encodeSlices(frame, options)), frame.height),
      field(0xc640, 'short', slices.length - 1, slices[0] ?? 0, slices.at(-1) ?? 0),
    ],
  };
  const small: TiffFolder = {
    fields: [
      ...pictureFields({ width, height }, { compression: 6, photometric: 2 }),
      ...stripFields(blobOf(pixels), height),
    ],
    next: last,
  };
  const thumbnail: TiffFolder = {
    fields: [
      { tag: 0x0201, kind: 'blobs', blobs: [blobOf(previews.smallJpeg)] },
      field(0x0202, 'long', previews.smallJpeg.length),
    ],
    next: small,
  };
  return writeTiff('II', {
    fields: [
      field(0x0103, 'short', 6),
      ...stripFields(blobOf(previews.full), frame.height),
      ...cameraFields(facts),
    ],
    next: thumbnail,
  });
}

/** The samples in the order of the slices, as if they were lines of the frame's width. */
function encodeSlices(frame: SensorFrame, options: Cr2Options): Uint8Array {
  const { samples, width, height, bits } = frame;
  const ordered = new Uint16Array(samples.length);
  let next = 0;
  let left = 0;
  for (const slice of options.slices) {
    for (let row = 0; row < height; row++, next += slice) {
      const from = row * width + left;
      ordered.set(samples.subarray(from, from + slice), next);
    }
    left += slice;
  }
  const { components, predictor = 1, rowsPerLine = 1 } = options;
  const line = { width: width * rowsPerLine, height: height / rowsPerLine };
  const grid: SampleGrid = { samples: ordered, stride: line.width, left: 0, top: 0, ...line };
  return encodeLosslessJpeg(grid, { bits, components, predictor, hasFixedCode: true });
}
