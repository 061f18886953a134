import type { CaptureTime } from './capture-time.ts';
import { KEYWORDS_MAX, keyOf, type QuickFacts } from './picture-facts.ts';

const TEXTS = ['make', 'model', 'serial', 'lens', 'label'] as const;
const NUMBERS = ['iso', 'aperture', 'shutterSeconds', 'focal'] as const;
const WHOLES = ['orientation', 'rating', 'width', 'height'] as const;
/** Readers round rationals differently. */
const RELATIVE_MAX = 0.002;
const STOPS_MAX = 0.01;
/** About ten metres. */
const DEGREES_MAX = 0.0001;
const METRES_MAX = 1;
/** Times that are no moment of exposure: anything better is taken instead. */
const WEAK_TIMES = ['IFD0:ModifyDate', 'GPS:GPSTimeStamp', 'XMP-exif:GPSDateTime'];

/** The quick facts with what they lack taken from the full ones; null where both are. */
export function mergeFacts(quick: QuickFacts | null, full: QuickFacts | null): QuickFacts | null {
  if (quick === null || full === null) return quick ?? full;
  const filled: Record<string, unknown> = { ...quick };
  for (const [name, value] of Object.entries(full)) filled[name] ??= value;
  const time = mergeTimes(quick.time, full.time);
  const { make, model, serial } = filled as unknown as QuickFacts;
  const number = quick.key?.split('|').at(-1) || (full.key?.split('|').at(-1) ?? '');
  const keywords = [...new Set([...quick.keywords, ...full.keywords])].slice(0, KEYWORDS_MAX);
  return {
    ...(filled as unknown as QuickFacts),
    ...pairOf(quick, full, ['latitude', 'longitude']),
    ...pairOf(quick, full, ['width', 'height']),
    time,
    keywords,
    key: keyOf({ make, model, serial }, time, number),
  };
}

/** Both values of one or both of the other: half of a place is a wrong place. */
function pairOf<Name extends keyof QuickFacts>(
  quick: QuickFacts,
  full: QuickFacts,
  names: readonly Name[],
): Partial<QuickFacts> {
  const from = names.every((name) => quick[name] !== null) ? quick : full;
  return Object.fromEntries(names.map((name) => [name, from[name]]));
}

function mergeTimes(quick: CaptureTime | null, full: CaptureTime | null): CaptureTime | null {
  if (quick === null || full === null) return quick ?? full;
  if (WEAK_TIMES.includes(quick.from)) return full;
  if (quick.offsetMinutes !== null || quick.local !== full.local) return quick;
  return { ...quick, offsetMinutes: full.offsetMinutes, offsetFrom: full.offsetFrom };
}

/**
 * What two readings of one file say differently, a sentence each: a sign of damage, or of a reader's fault. What only one
 * of them says is no disagreement; nor is rounding. Keywords are not compared: the quick reading may see some of them.
 */
export function compareFacts(quick: QuickFacts, full: QuickFacts): readonly string[] {
  const found: string[] = [];
  const compare = (name: keyof QuickFacts, isSame: (a: never, b: never) => boolean): void => {
    const [mine, theirs] = [quick[name], full[name]];
    if (mine === null || theirs === null || isSame(mine as never, theirs as never)) return;
    found.push(sentence(name, mine, theirs));
  };
  for (const name of TEXTS) compare(name, isSameText);
  for (const name of NUMBERS) compare(name, isNear(0, RELATIVE_MAX));
  compare('exposureBias', isNear(STOPS_MAX, 0));
  for (const name of WHOLES) compare(name, (a, b) => a === b);
  for (const name of ['latitude', 'longitude'] as const) compare(name, isNear(DEGREES_MAX, 0));
  compare('altitude', isNear(METRES_MAX, RELATIVE_MAX));
  return [...found, ...compareTimes(quick.time, full.time)];
}

function compareTimes(quick: CaptureTime | null, full: CaptureTime | null): string[] {
  if (quick === null || full === null || quick.from !== full.from) return [];
  const found: string[] = [];
  if (!isSameLocal(quick.local, full.local)) found.push(sentence('time', quick.local, full.local));
  const [mine, theirs] = [quick.offsetMinutes, full.offsetMinutes];
  // A maker's own notes are only in the full record, and count before others that are in both.
  const isComparable = quick.offsetFrom === full.offsetFrom && mine !== null && theirs !== null;
  if (isComparable && mine !== theirs) found.push(sentence('offset from UTC', mine, theirs));
  return found;
}

function sentence(what: string, mine: unknown, theirs: unknown): string {
  const say = (value: unknown): string => String(value).slice(0, 100).toWellFormed();
  return `The ${what} is ${say(mine)} in the quick reading, ${say(theirs)} in the full one.`;
}

/** The same seconds, and of the fraction as much as both say. */
function isSameLocal(mine: string, theirs: string): boolean {
  const length = Math.min(mine.length, theirs.length);
  return mine.slice(0, length) === theirs.slice(0, length);
}

/** Alike but for what JSON, character sets and padding make of a text. */
function isSameText(mine: string, theirs: string): boolean {
  if (plain(mine) === plain(theirs)) return true;
  return /^[\d.]+$/.test(mine) && Number(mine) === Number(theirs);
}

function plain(text: string): string {
  return text.replace(/[^\x21-\x7e]+/g, '').toLowerCase();
}

function isNear(absolute: number, relative: number): (mine: number, theirs: number) => boolean {
  return (mine, theirs) => Math.abs(mine - theirs) <= absolute + relative * Math.abs(theirs);
}
