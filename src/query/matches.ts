import type { Circle, Query, Span } from './ast.ts';
import { fold } from './fold.ts';
import { type FrameFacts, hasThing, numbersOf, placeOf, textsOf } from './frame-facts.ts';
import { isWild, wildcard } from './wildcard.ts';

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
      const fits = textTest(query.comparison === ':', query.value);
      const isFound = textsOf(facts, query.field).some((text) => fits(fold(text)));
      return query.comparison === '!=' ? !isFound : isFound;
    }
    case 'span': {
      const isInside = numbersOf(facts, query.field).some((one) => spanHolds(query.span, one));
      return query.isNot ? !isInside : isInside;
    }
    case 'has':
      return hasThing(facts, query.value);
    case 'near':
      return isNear(query.circle, facts);
    case 'word': {
      const fits = textTest(true, query.value);
      return WORD_FIELDS.some((field) => textsOf(facts, field).some((text) => fits(fold(text))));
    }
    default:
      return query satisfies never;
  }
}

/** The fields a bare word is looked for in. */
export const WORD_FIELDS = ['path', 'camera', 'lens', 'label', 'keyword', 'collection'] as const;

/**
 * A test for folded texts: whether they hold a value somewhere, or are it.
 * @param isPart true for `:`, false for `=` and `!=`
 * @param value may have wild characters
 */
export function textTest(isPart: boolean, value: string): (folded: string) => boolean {
  const wanted = fold(value);
  if (isWild(wanted)) return wildcard(isPart ? `*${wanted}*` : wanted);
  return isPart ? (folded) => folded.includes(wanted) : (folded) => folded === wanted;
}

/** Whether a number lies in a span. */
export function spanHolds(span: Span, value: number): boolean {
  return (span.low === null || value >= span.low) && (span.high === null || value <= span.high);
}

/** Metres; mean radius of the earth (IUGG). */
export const EARTH_RADIUS_METRES = 6_371_008.8;

function isNear(circle: Circle, facts: FrameFacts): boolean {
  const place = placeOf(facts);
  if (place === null) return false;
  const { latitude, longitude } = place;
  return (
    distanceMetres(circle.latitude, circle.longitude, latitude, longitude) <= circle.radiusMetres
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
