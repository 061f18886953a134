import type { Comparison, Span } from './ast.ts';
import { QueryError } from './lexer.ts';

/** A day, a minute or a number, as what it covers: both ends included. */
export interface Whole {
  readonly low: number;
  readonly high: number;
}

/**
 * What a field is compared with: one value, or `a..b` where either end may be left out.
 * @param parse reads one value; it is given the column where that begins
 */
export function parseSpan(
  value: string,
  comparison: Comparison,
  column: number,
  parse: (text: string, column: number) => Whole,
): Span {
  const dots = value.indexOf('..');
  if (dots < 0) return spanOf(comparison, parse(value, column));
  if (comparison !== '=' && comparison !== ':' && comparison !== '!=') {
    throw new QueryError(`a span (a..b) cannot be compared with ${comparison}`, column);
  }
  const low = value.slice(0, dots);
  const high = value.slice(dots + 2);
  return {
    low: low === '' ? null : parse(low, column).low,
    high: high === '' ? null : parse(high, column + dots + 2).high,
  };
}

/** One just outside of a whole is told by the smallest step there is. */
function spanOf(comparison: Comparison, whole: Whole): Span {
  switch (comparison) {
    case '<':
      return { low: null, high: -above(-whole.low) };
    case '<=':
      return { low: null, high: whole.high };
    case '>':
      return { low: above(whole.high), high: null };
    case '>=':
      return { low: whole.low, high: null };
    default:
      return whole;
  }
}

/** The next number above: what is larger than `value` is at least this. */
function above(value: number): number {
  if (!Number.isFinite(value)) return value;
  if (value === 0) return Number.MIN_VALUE;
  const bits = new BigInt64Array(Float64Array.of(value).buffer);
  bits[0] = (bits[0] ?? 0n) + (value > 0 ? 1n : -1n);
  return new Float64Array(bits.buffer)[0] ?? value;
}
