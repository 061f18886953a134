import { CHANNEL_SENSITIVITY, cfaChannels, type SensorFrame } from './camera.ts';

/** Eight-bit RGB, three bytes a pixel. */
export interface RgbImage {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

/**
 * Develops a frame at full size, as plainly as can be: each pixel is made of the four samples from its place on, which
 * always are one red, two green, one blue (the last column and row take those before them); black subtracted, white
 * balanced by the known sensitivities, a tone curve near gamma 2 with a soft shoulder.
 */
export function renderFrame(frame: SensorFrame): RgbImage {
  const { width, height } = frame;
  const pixels = new Uint8Array(width * height * 3);
  const curves = toneCurves(frame);
  for (let row = 0; row < height; row++) {
    const top = Math.min(row, height - 2);
    for (let odd = 0; odd < 2; odd++) {
      const places = windowPlaces(frame, { row: top & 1, odd });
      renderColumns(frame, { pixels, curves, row, top, odd, places });
    }
  }
  return { width, height, pixels };
}

/** Where red, the two greens and blue lie from a window's first sample on. */
interface Places {
  readonly red: number;
  readonly green: number;
  readonly otherGreen: number;
  readonly blue: number;
}

function windowPlaces(
  frame: SensorFrame,
  start: { readonly row: number; readonly odd: number },
): Places {
  const channels = cfaChannels(frame.cfa);
  const found: number[][] = [[], [], []];
  for (let part = 0; part < 4; part++) {
    const down = part >> 1;
    const right = part & 1;
    const cell = ((start.row + down) & 1) * 2 + ((start.odd + right) & 1);
    found[channels[cell]!]!.push(down * frame.width + right);
  }
  const [[red = 0] = [], [green = 0, otherGreen = 0] = [], [blue = 0] = []] = found;
  return { red, green, otherGreen, blue };
}

function renderColumns(
  { samples, width }: SensorFrame,
  job: {
    readonly pixels: Uint8Array;
    readonly curves: readonly [Uint8Array, Uint8Array, Uint8Array];
    readonly row: number;
    readonly top: number;
    readonly odd: number;
    readonly places: Places;
  },
): void {
  const { pixels, places, odd } = job;
  const [reds, greens, blues] = job.curves;
  const { red, green, otherGreen, blue } = places;
  const line = job.top * width;
  let out = (job.row * width + odd) * 3;
  for (let column = odd; column < width; column += 2, out += 6) {
    // The last column has no window of its own: it takes the one two columns before, whose colours lie the same.
    const at = line + (column === width - 1 ? column - 2 : column);
    pixels[out] = reds[samples[at + red]!]!;
    pixels[out + 1] = greens[(samples[at + green]! + samples[at + otherGreen]!) >> 1]!;
    pixels[out + 2] = blues[samples[at + blue]!]!;
  }
}

/** By channel the 8-bit value of each sample value; roots and ratios only, the same on every machine. */
function toneCurves(frame: SensorFrame): readonly [Uint8Array, Uint8Array, Uint8Array] {
  const full = frame.whiteLevel - frame.blackLevel;
  const curve = (sensitivity: number): Uint8Array =>
    new Uint8Array(2 ** frame.bits).map((_value, sample) => {
      const light = Math.max(0, (sample - frame.blackLevel) / full / sensitivity);
      const lifted = (Math.min(light, 1) * 1.6) / (1 + 0.6 * Math.min(light, 1));
      return Math.round(255 * Math.sqrt(lifted));
    });
  const [red, green, blue] = CHANNEL_SENSITIVITY;
  return [curve(red), curve(green), curve(blue)];
}
