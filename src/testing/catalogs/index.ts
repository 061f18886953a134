/**
 * Sample catalogs of editors, written with the schemas that are documented for them.
 * Invariant: writers share no code with the readers; no editor wrote any of it, and none is said to have.
 */
export {
  type CaptureOneDatabase,
  type CaptureOneLayer,
  formatCos,
  writeCaptureOneDatabase,
} from './capture-one.ts';
export { DARKTABLE_SCHEMAS, type DarktableSchema, writeDarktableLibrary } from './darktable.ts';
export { type DigikamDatabase, writeDigikamDatabase } from './digikam.ts';
export {
  LIGHTROOM_VERSIONS,
  type LightroomCatalog,
  type LightroomVersion,
  packXmp,
  writeLightroomCatalog,
} from './lightroom.ts';
export { readSampleCatalog, type SampleReading } from './read-sample.ts';
export { type SamplePicture, samplePicture } from './sample-picture.ts';
