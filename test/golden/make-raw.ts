import {
  type Cfa,
  type Cr2Options,
  type DngLayout,
  type MakerCoding,
  type Previews,
  type SensorFrame,
  type ShotFacts,
  type SmallCr2Options,
  shootFrame,
  simCamera,
  type TiffOrder,
  writeCr2,
  writeCrw,
  writeDng,
  writeMakerRaw,
  writeNef,
  writeSmallCr2,
} from '../../src/testing/index.ts';

/** A small RAW file of a simulated camera, as data: the same data gives the same bytes. */
export interface MadeRaw {
  readonly seed: number;
  readonly width: number;
  readonly height: number;
  readonly bits: 12 | 14;
  readonly iso: number;
  readonly cfa: Cfa;
  readonly order: TiffOrder;
  readonly format:
    | { readonly kind: 'nef' | 'nef-lossless' }
    | { readonly kind: 'dng'; readonly layout: DngLayout }
    | { readonly kind: 'maker'; readonly coding: MakerCoding }
    | { readonly kind: 'crw' }
    | ({ readonly kind: 'small-cr2' } & Pick<SmallCr2Options, 'rowsEach' | 'slices'>)
    | ({ readonly kind: 'cr2' } & Pick<Cr2Options, 'components' | 'slices'>);
  /** Where the camera looks: frames of a burst differ in it and in the noise. */
  readonly shot?: { readonly x: number; readonly y: number; readonly noiseSeed: number };
}

/** What the camera writes about every shot. */
export const FACTS: ShotFacts = {
  make: 'FieldVault',
  model: 'SimCam',
  serial: '1',
  lens: 'Sim 24-120mm f/4',
  takenLocalMs: 1_795_241_525_250,
  offsetMinutes: 60,
  iso: 400,
  aperture: 4,
  shutterPerSecond: 250,
  focalLength: 50,
  exposureStops: 0,
  place: null,
  shutterCount: 77,
  drive: 'single',
};

/** Pictures that no JPEG library had a hand in: the bytes are the same everywhere. */
const PREVIEWS: Previews = {
  full: Uint8Array.from({ length: 400 }, (_byte, at) => (at * 37) & 127),
  small: { width: 16, height: 12, pixels: new Uint8Array(16 * 12 * 3).fill(99) },
  smallJpeg: Uint8Array.from({ length: 90 }, (_byte, at) => at),
  developed: null,
};

/** The frame of a made file. */
export function makeFrame(made: MadeRaw): SensorFrame {
  const { seed, width, height, bits, iso, cfa, shot } = made;
  const camera = simCamera({ seed, width, height, bits, iso, cfa });
  const noiseSeed = shot?.noiseSeed ?? seed;
  return shootFrame(camera, shot === undefined ? { noiseSeed } : { noiseSeed, shift: shot });
}

/** The bytes of a made file. */
export function makeRaw(made: MadeRaw): Uint8Array {
  const { format, order } = made;
  const frame = makeFrame(made);
  const given = { facts: FACTS, previews: PREVIEWS };
  if (format.kind === 'nef') return writeNef(frame, { ...given, order });
  if (format.kind === 'nef-lossless') return writeNef(frame, { ...given, isLossless: true });
  if (format.kind === 'dng') return writeDng(frame, { ...given, order, layout: format.layout });
  if (format.kind === 'maker') {
    return writeMakerRaw(frame, { facts: FACTS, coding: format.coding }).bytes;
  }
  if (format.kind === 'crw') return writeCrw(frame, { preview: PREVIEWS.full, hasLowBits: true });
  if (format.kind === 'small-cr2') return writeSmallCr2(frame, { facts: FACTS, ...format }).bytes;
  if (format.kind !== 'cr2') throw new Error('no such format');
  const { components, slices } = format;
  return writeCr2(frame, { ...given, components, slices });
}
