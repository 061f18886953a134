/**
 * The shoot writer: a seeded simulated camera and the card it leaves, for tests, demo and benches.
 * Invariant: shares no code with any reader of these formats; what it writes is simulated, and said to be.
 */
export {
  type Cfa,
  type SensorFrame,
  type Shot,
  type SimCamera,
  type SimCameraOptions,
  shootFrame,
  simCamera,
} from './camera.ts';
export { writeCameraJpeg } from './camera-jpeg.ts';
export { type CrwOptions, writeCrw } from './ciff-writer.ts';
export { type Cr2Options, writeCr2 } from './cr2.ts';
export { type DngLayout, type DngOptions, writeDng } from './dng.ts';
export { type JpegBurst, shootJpegBurst } from './jpeg-burst.ts';
export {
  encodeLosslessJpeg,
  type LosslessOptions,
  type Predictor,
  type SampleGrid,
} from './ljpeg-writer.ts';
export { type MakerCoding, type MakerFile, writeMakerRaw } from './maker-raw.ts';
export { type NefOptions, writeNef } from './nef.ts';
export { type NoiseModel, noiseSigmaAt, patternSigmaAt, type SampleBits } from './noise-model.ts';
export { type Previews, renderPreviews } from './previews.ts';
export { writeRaf } from './raf.ts';
export type { RawFormat, ShootPlan } from './shoot-plan.ts';
export { benchShoot, demoShoot, RAW_FORMATS, tinyShoot } from './shoot-presets.ts';
export type { Place, ShotFacts } from './shot-facts.ts';
export { type SmallCr2, type SmallCr2Options, writeSmallCr2 } from './small-cr2.ts';
export type { TiffOrder } from './tiff-writer.ts';
export type { CardDisk, ShotFile } from './write-frame.ts';
export { type ShootSummary, type ShotGroup, writeShoot } from './write-shoot.ts';
