import type { JpegPicture } from './jpeg-picture.ts';

/** Points of a tone curve, equally far from each other. */
const KNOTS = 33;

/** What a point of a tone curve takes. */
const KNOT_BITS = 10;

/** A sibling developed like another frame, and what that takes to say. */
export interface LikeToned {
  readonly picture: JpegPicture;
  readonly bits: number;
}

/** The sibling with a tone curve for each plane, so that as many of its samples are as bright as in the target. */
export function toneLike(target: JpegPicture, sibling: JpegPicture): LikeToned {
  const planes = sibling.planes.map((plane, index) => {
    const curve = curveBetween(plane.samples, target.planes[index]?.samples ?? plane.samples);
    const samples = plane.samples.map((sample) => {
      const place = Math.min(Math.max(sample + 128, 0), 255.99) / (256 / (KNOTS - 1));
      const knot = Math.floor(place);
      const low = curve[knot] ?? 0;
      return low + (place - knot) * ((curve[knot + 1] ?? low) - low);
    });
    return { ...plane, samples };
  });
  return { picture: { ...sibling, planes }, bits: planes.length * KNOTS * KNOT_BITS };
}

/** By knot the sample of `to` below which lies the same share of samples as below the knot in `from`. */
function curveBetween(from: Float32Array, to: Float32Array): Float64Array {
  const shares = sharesBelow(from);
  const wanted = sharesBelow(to);
  let value = 0;
  return Float64Array.from({ length: KNOTS }, (_point, knot) => {
    const share = shares[(knot * 256) / (KNOTS - 1)] ?? 1;
    while (value < 255 && (wanted[value + 1] ?? 1) < share) value += 1;
    const low = wanted[value] ?? 0;
    const width = (wanted[value + 1] ?? 1) - low;
    const part = width > 0 ? Math.min(Math.max((share - low) / width, 0), 1) : 0;
    return value + part - 128;
  });
}

/** By value 0 to 256 the share of samples below it. */
function sharesBelow(samples: Float32Array): Float64Array {
  const shares = new Float64Array(257);
  for (const sample of samples) {
    const at = Math.min(Math.max(Math.floor(sample + 128), 0), 255) + 1;
    shares[at] = (shares[at] ?? 0) + 1 / samples.length;
  }
  for (let value = 1; value <= 256; value++) {
    shares[value] = (shares[value] ?? 0) + (shares[value - 1] ?? 0);
  }
  return shares;
}
