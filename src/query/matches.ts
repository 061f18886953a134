import type { Circle, Query, Span } from './ast.ts';
import { type FrameFacts, hasThing, numberOf, textsOf } from './frame-facts.ts';

/**
 * Whether a frame fits a query. What is not known fits nothing but `not` and `!=`.
 */
export function matches(query: Query, facts: FrameFacts): boolean {
  switch (query.type) {
    case 'all':
      return true;
    case 'and':
      return query.parts.every((part) => matches(part, facts));
    case 'or':
      return query.parts.some((part) => matches(part, facts));
    case 'not':
      return !matches(query.part, facts);
    case 'text': {
      const fits = textsOf(facts, query.field).some((text) => textFits(text, query));
      return query.comparison === '!=' ? !fits : fits;
    }
    case 'span': {
      const isInside = spanHolds(query.span, numberOf(facts, query.field));
      return query.isNot ? !isInside : isInside;
    }
    case 'has':
      return hasThing(facts, query.value);
    case 'near':
      return isNear(query.circle, facts);
    case 'word':
      return wordTexts(facts).some((text) => contains(text, query.value));
    default:
      return query satisfies never;
  }
}

/** The fields a bare word is looked for in. */
export const WORD_FIELDS = ['path', 'camera', 'lens', 'label', 'keyword', 'collection'] as const;

function wordTexts(facts: FrameFacts): string[] {
  return WORD_FIELDS.flatMap((field) => textsOf(facts, field));
}

function textFits(
  text: string,
  query: { readonly comparison: '=' | '!=' | ':'; readonly value: string },
): boolean {
  return query.comparison === ':'
    ? contains(text, query.value)
    : wildcard(query.value).test(text.toLowerCase());
}

function contains(text: string, value: string): boolean {
  if (!/[*?]/.test(value)) return text.toLowerCase().includes(value);
  return wildcard(`*${value}*`).test(text.toLowerCase());
}

/** `*` any characters, `?` one, all else as it is. */
export function wildcard(pattern: string): RegExp {
  const source = pattern
    .replace(/\*+/g, '*')
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 'su');
}

function spanHolds(span: Span, value: number | null): boolean {
  if (value === null) return false;
  return (span.low === null || value >= span.low) && (span.high === null || value <= span.high);
}

const EARTH_RADIUS_METRES = 6_371_008.8;

function isNear(circle: Circle, facts: FrameFacts): boolean {
  if (facts.latitude === null || facts.longitude === null) return false;
  return (
    distanceMetres(circle.latitude, circle.longitude, facts.latitude, facts.longitude) <=
    circle.radiusMetres
  );
}

/** Great-circle distance by the haversine formula on a sphere of the earth's mean radius (IUGG), 0.5 % exact. */
export function distanceMetres(
  latitude: number,
  longitude: number,
  otherLatitude: number,
  otherLongitude: number,
): number {
  const radians = Math.PI / 180;
  const dLatitude = (otherLatitude - latitude) * radians;
  const dLongitude = (otherLongitude - longitude) * radians;
  const chord =
    Math.sin(dLatitude / 2) ** 2 +
    Math.cos(latitude * radians) *
      Math.cos(otherLatitude * radians) *
      Math.sin(dLongitude / 2) ** 2;
  return 2 * EARTH_RADIUS_METRES * Math.asin(Math.min(1, Math.sqrt(chord)));
}
