/**
 * forms: how an original is stored in fewer bytes and read back exactly, whatever form it stands in.
 * Invariant: what is written here was decoded and compared before it is told of; a blob that others need stands in a
 * form that needs none.
 */
export { COMPACT_FACTS, COMPACT_VERSION } from './compact-facts.ts';
export { placesOf } from './content-places.ts';
export {
  ENCODE_TASK,
  type EncodeOutcome,
  type EncodeRequest,
  type StagedFile,
} from './encode-task.ts';
export {
  type FormName,
  formTail,
  originalName,
  PREVIEWS_MAX,
  previewTail,
  RECODED_BYTES_MAX,
  SMALLEST_BYTES,
} from './form.ts';
export { ORIGINAL_TASK, type OriginalRequest } from './original-task.ts';
export { PROVE_TASK, type ProveRequest } from './prove-task.ts';
export { originalOf, readPlace } from './read-place.ts';
