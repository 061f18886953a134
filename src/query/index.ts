/**
 * query: the one filter language of find, tiers, sync and restore: read, and answered in memory.
 * Invariant: pure; what a query means is told by {@link matches}, and everything faster must agree with it.
 */
export type { Circle, Query, Span } from './ast.ts';
export type { Now } from './dates.ts';
export { FIELDS, type Field, findField } from './fields.ts';
export { fold, TEXT_SEPARATOR } from './fold.ts';
export { type FrameFacts, placeOf, textsOf } from './frame-facts.ts';
export { QueryError } from './lexer.ts';
export {
  distanceMetres,
  EARTH_RADIUS_METRES,
  matches,
  spanHolds,
  textTest,
  WORD_FIELDS,
} from './matches.ts';
export { nearestName } from './nearest-name.ts';
export { parseQuery } from './parse-query.ts';
export { queryHelp } from './query-help.ts';
export { TAG_TEXT_MAX, tagAsked, tagFits, tagNumber } from './tags.ts';
export { isWild, literalsOf, wildcard } from './wildcard.ts';
