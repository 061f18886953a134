import type { Circle, Comparison, Span } from './ast.ts';
import { QueryError } from './lexer.ts';
import { parseSpan } from './spans.ts';

/** What a number field is compared with; `1/250` and `..` spans are understood. */
export function parseNumberSpan(value: string, comparison: Comparison, column: number): Span {
  return parseSpan(value, comparison, column, (text, at) => wholeOf(parseNumber(text, at)));
}

/** What a size is compared with. */
export function parseSizeSpan(value: string, comparison: Comparison, column: number): Span {
  return parseSpan(value, comparison, column, (text, at) => wholeOf(parseSize(text, at)));
}

/** Whether a value is a span of numbers, open or not. */
export function isNumberSpan(value: string): boolean {
  return /^(?:-?\d[\d.]*?)?\.\.(?:-?\d[\d.]*)?$/.test(value) && value !== '..';
}

function wholeOf(number: number): { readonly low: number; readonly high: number } {
  return { low: number, high: number };
}

/** `400`, `2.8`, `f/2.8`, `1/250`, `70mm`, `0.5s`. */
function parseNumber(text: string, column: number): number {
  const match = /^(?:f\/)?(-?\d+(?:\.\d+)?)(?:\/(\d+(?:\.\d+)?))?(?:mm|s|st)?$/i.exec(text);
  if (match === null) throw new QueryError(`"${text}" is not a number`, column);
  const divisor = match[2] === undefined ? 1 : Number(match[2]);
  if (divisor === 0) throw new QueryError('a number cannot be divided by 0', column);
  return finite(Number(match[1]) / divisor, column);
}

const SIZE_UNITS: Readonly<Record<string, number>> = { '': 1, k: 1e3, m: 1e6, g: 1e9, t: 1e12 };

/** `100`, `20MB`, `1.5GB`, in powers of 1000. */
function parseSize(text: string, column: number): number {
  const match = /^(\d+(?:\.\d+)?)([kmgt]?)b?$/i.exec(text);
  if (match === null) throw new QueryError(`"${text}" is not a size such as 20MB`, column);
  const unit = SIZE_UNITS[(match[2] ?? '').toLowerCase()] ?? 1;
  return finite(Number(match[1]) * unit, column);
}

/** `latitude,longitude,radius`; the radius in metres or with `m` or `km`. */
export function parseCircle(text: string, column: number): Circle {
  const match = /^(-?\d+(?:\.\d+)?),(-?\d+(?:\.\d+)?),(\d+(?:\.\d+)?)(km|m)?$/i.exec(text);
  if (match === null) {
    throw new QueryError('a place is latitude,longitude,radius such as -2.33,34.83,5km', column);
  }
  const [latitude, longitude] = [Number(match[1]), Number(match[2])];
  if (Math.abs(latitude) > 90) throw new QueryError('a latitude lies within -90 and 90', column);
  if (Math.abs(longitude) > 180) {
    throw new QueryError('a longitude lies within -180 and 180', column);
  }
  const radiusMetres = Number(match[3]) * (match[4]?.toLowerCase() === 'km' ? 1000 : 1);
  return { latitude, longitude, radiusMetres: finite(radiusMetres, column) };
}

function finite(number: number, column: number): number {
  if (Number.isFinite(number)) return number;
  throw new QueryError('this number is too large', column);
}
