/**
 * query: the one filter language of find, tiers, sync and restore: read, and answered in memory.
 * Invariant: pure; what a query means is told by {@link matches}, and everything faster must agree with it.
 */
export type { Circle, Query, Span } from './ast.ts';
export { FIELDS, type Field, findField } from './fields.ts';
export type { FrameFacts } from './frame-facts.ts';
export { QueryError } from './lexer.ts';
export { distanceMetres, matches, WORD_FIELDS, wildcard } from './matches.ts';
export { parseQuery } from './parse-query.ts';
export type { Now } from './values.ts';
