import { CHANNEL_SENSITIVITY, cfaChannels, type SensorFrame } from './camera.ts';

/** Eight-bit RGB, three bytes a pixel. */
export interface RgbImage {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

/** How many values a tone curve tells apart. */
const CURVE_STEPS = 4096;

/**
 * Develops a frame at half its size, each cell of four samples one pixel: black subtracted, white balanced by the
 * known sensitivities, a tone curve near gamma 2 with a soft shoulder.
 */
export function renderHalf(frame: SensorFrame): RgbImage {
  const width = frame.width >> 1;
  const height = frame.height >> 1;
  const { samples, blackLevel } = frame;
  const channels = cfaChannels(frame.cfa);
  const red = channels.indexOf(0);
  const blue = channels.indexOf(2);
  const green = channels.indexOf(1);
  const placeOf = (cell: number): number => (cell >> 1) * frame.width + (cell & 1);
  const [atRed, atBlue, atGreen] = [placeOf(red), placeOf(blue), placeOf(green)];
  const curve = toneCurve();
  const full = frame.whiteLevel - blackLevel;
  const scale = CHANNEL_SENSITIVITY.map((sensitivity) => (CURVE_STEPS - 1) / full / sensitivity);
  const [redScale = 0, greenScale = 0, blueScale = 0] = scale;
  const pixels = new Uint8Array(width * height * 3);
  let out = 0;
  const tone = (value: number, by: number): number => {
    const step = (value - blackLevel) * by;
    return curve[step < 0 ? 0 : step >= CURVE_STEPS ? CURVE_STEPS - 1 : Math.trunc(step)]!;
  };
  for (let row = 0; row < height; row++) {
    let cell = row * 2 * frame.width;
    for (let column = 0; column < width; column++, cell += 2, out += 3) {
      pixels[out] = tone(samples[cell + atRed]!, redScale);
      pixels[out + 1] = tone(samples[cell + atGreen]!, greenScale);
      pixels[out + 2] = tone(samples[cell + atBlue]!, blueScale);
    }
  }
  return { width, height, pixels };
}

/** Square roots and ratios only, so that every machine gets the same bytes. */
function toneCurve(): Uint8Array {
  const curve = new Uint8Array(CURVE_STEPS);
  return curve.map((_value, index) => {
    const light = index / (CURVE_STEPS - 1);
    const lifted = (light * 1.6) / (1 + 0.6 * light);
    return Math.round(255 * Math.sqrt(lifted));
  });
}
