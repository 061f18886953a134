import { factsOfTags, type QuickFacts } from './picture-facts.ts';
import { firstOf, type Tags, textOf } from './tag-values.ts';

/** All that ExifTool says of one file, bounded: what is kept for good in the vault. */
export interface FullRecord {
  readonly version: 1;
  /** What made the record, e.g. `ExifTool 13.59`. */
  readonly tool: string;
  /** By `Group1:Tag`, numbers as numbers (`-n -G1 -struct`); nothing of the place where the file lay. */
  readonly tags: Readonly<Record<string, unknown>>;
  readonly warnings: readonly string[];
  /** Tags whose values were too large to keep; the last entry may say how many more. */
  readonly leftOut: readonly string[];
}

/** A text longer than this is left out of a record, in bytes; ExifTool is told the same limit. */
export const TEXT_BYTES_MAX = 4096;
/** What ExifTool is told to put in place of a longer text. */
export const LONG_TEXT_MARK = '(Too long to keep)';
/** A list or a structure longer than this as JSON is left out, in UTF-16 units. */
const NESTED_LENGTH_MAX = 32_768;
/** A whole record as JSON, in UTF-16 units. */
const RECORD_LENGTH_MAX = 262_144;
const NAME_LENGTH_MAX = 256;
const LEFT_OUT_MAX = 1000;
const WARNINGS_MAX = 20;
const DEPTH_MAX = 16;

const BINARY = /^\(Binary data \d+ bytes/;
/** Said by the disk, not by the file: it would differ each time. */
const OF_THE_DISK =
  /^(SourceFile$|ExifTool:|System:(?!FileName$)|(errors|warnings|invalidUtf8Bytes)$)/;
/** What editors add is kept after what the camera said: it may be huge. */
const OF_EDITORS = /^(XMP-|ICC|Photoshop:|PDF:|PostScript:)/;

/** What may be kept of the raw answer of ExifTool; {@link FullRecord} says what is dropped. */
export function boundRecord(raw: Tags): FullRecord {
  const kept = new Map<string, unknown>();
  const leftOut: string[] = [];
  let length = 0;
  for (const [name, value] of inOrder(raw)) {
    const bounded = boundValue(value, 0);
    const isKept = bounded !== DROPPED && bounded !== TOO_LONG;
    const size = isKept ? name.length + JSON.stringify(bounded).length + 4 : 0;
    const isShort = size <= NESTED_LENGTH_MAX && name.length <= NAME_LENGTH_MAX;
    if (bounded === DROPPED) continue;
    if (isKept && isShort && length + size <= RECORD_LENGTH_MAX) {
      kept.set(name, bounded);
      length += size;
    } else {
      leftOut.push(name.slice(0, NAME_LENGTH_MAX).toWellFormed());
    }
  }
  const said = raw['ExifTool:ExifToolVersion'];
  return {
    version: 1,
    // JSON turns 13.60 into 13.6.
    tool: `ExifTool ${typeof said === 'number' ? said.toFixed(2) : (textOf(said) ?? '')}`.trim(),
    tags: Object.fromEntries(kept),
    warnings: messagesOf(raw),
    leftOut: firstFew(leftOut),
  };
}

function inOrder(raw: Tags): readonly (readonly [string, unknown])[] {
  const entries = Object.entries(raw).filter(([name]) => !OF_THE_DISK.test(name));
  const [editors, camera] = [[] as typeof entries, [] as typeof entries];
  for (const entry of entries) (OF_EDITORS.test(entry[0]) ? editors : camera).push(entry);
  return [...camera, ...editors];
}

const DROPPED: unique symbol = Symbol('dropped');
const TOO_LONG: unique symbol = Symbol('too long');

/** The value with its texts cleaned; {@link TOO_LONG} where any text in it is. */
function boundValue(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return boundText(value);
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  if (typeof value !== 'object' || value === null) return DROPPED;
  if (depth >= DEPTH_MAX) return TOO_LONG;
  const isList = Array.isArray(value);
  const parts: [string, unknown][] = [];
  for (const [name, part] of Object.entries(value)) {
    const bounded = boundValue(part, depth + 1);
    if (bounded === TOO_LONG || name.length > NAME_LENGTH_MAX) return TOO_LONG;
    if (bounded !== DROPPED) parts.push([name, bounded]);
  }
  // Names from a hostile file: `fromEntries` defines them and so never touches a prototype.
  return isList ? parts.map(([, part]) => part) : Object.fromEntries(parts);
}

function boundText(text: string): string | typeof DROPPED | typeof TOO_LONG {
  if (text === LONG_TEXT_MARK || text.length > TEXT_BYTES_MAX) return TOO_LONG;
  if (BINARY.test(text)) return DROPPED;
  return text.replace(/[^\P{Cc}\n\t]+/gu, ' ').toWellFormed();
}

/** Errors and warnings as ExifTool words them, each once. */
function messagesOf(raw: Tags): string[] {
  const errors = [raw['errors']].flat().map(textOf);
  const warnings = [raw['warnings']].flat().map(textOf);
  const all = [...errors.map((text) => (text === null ? null : `Error: ${text}`)), ...warnings];
  return [...new Set(all.filter((text) => text !== null))].slice(0, WARNINGS_MAX);
}

function firstFew(names: readonly string[]): readonly string[] {
  if (names.length <= LEFT_OUT_MAX) return names;
  return [...names.slice(0, LEFT_OUT_MAX), `and ${names.length - LEFT_OUT_MAX} more`];
}

/** Why an answer of ExifTool is no record: it could not open or make out the file; null where it could. */
export function refusalOf(raw: Tags): string | null {
  if (typeof raw['File:FileType'] === 'string') return null;
  const error = textOf([raw['errors']].flat()[0]) ?? 'it does not know this kind of file';
  return `ExifTool cannot read this file: ${error}`;
}

/** The same facts as {@link readQuickFacts} gives, out of the full record. */
export function factsOfRecord(record: FullRecord): QuickFacts {
  return factsOfTags(record.tags, firstOf(record.tags, ['System:FileName'], textOf) ?? '');
}
