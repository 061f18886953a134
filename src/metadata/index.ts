/**
 * metadata: what files are and what they say of themselves.
 * Invariant: never throws because of a file's content; nothing here ever writes into an original.
 */
export { captureDay } from './capture-day.ts';
export type { CaptureTime } from './capture-time.ts';
export { compareHealth } from './catalogs/catalog-health.ts';
export {
  type CatalogCopy,
  type CatalogHealth,
  type CatalogKind,
  type CatalogUnit,
  DATABASE_COMPANIONS,
} from './catalogs/catalog-unit.ts';
export { type CatalogOutcome, copyCatalog } from './catalogs/copy-catalog.ts';
export { readCosFacts } from './catalogs/cos.ts';
export { findCatalogs } from './catalogs/find-catalogs.ts';
export { type CatalogReading, readCatalog } from './catalogs/read-catalog.ts';
export { compareFacts, mergeFacts } from './compare-facts.ts';
export type { Editor, EditorFacts } from './editor-facts.ts';
export {
  type FileRole,
  isCatalogFile,
  isImmutable,
  isJpegName,
  isRawName,
  isReadOnlyCapture,
  roleOf,
} from './file-kind.ts';
export { joinFrames } from './frames/join-frames.ts';
export type { Frame, FramePart, PartRole } from './frames/part.ts';
export { pictureFolder } from './frames/picture-folder.ts';
export { type FullRecord, factsOfRecord } from './full-record.ts';
export type { QuickFacts } from './picture-facts.ts';
export { type QuickReading, readQuickFacts } from './quick-facts.ts';
export {
  openRecordReader,
  type RecordOutcome,
  type RecordReader,
  type RecordReaderOptions,
} from './record-reader.ts';
export { readSidecarCopies, readSidecarFacts } from './sidecars/sidecar-facts.ts';
export {
  type ByteSpan,
  findXmpProperty,
  parseXmp,
  type XmpDocument,
  type XmpProperty,
  type XmpValue,
} from './xmp/parse-xmp.ts';
export type { XmpItemsChange, XmpNewValue } from './xmp/plan-splice.ts';
export { setXmpProperty } from './xmp/set-xmp-property.ts';
export { readXmpFacts } from './xmp/xmp-facts.ts';
export { XMP_NAMESPACES } from './xmp/xmp-names.ts';
