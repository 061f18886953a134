import {
  MAKER_TABLES,
  type MakerTable,
  type Saying,
  type SeriesKind,
  type TagNumber,
  type TagPart,
} from './maker-tables.ts';

/** What a camera itself wrote about the series a frame is part of. */
export interface BurstHint {
  /** The exact identity of the series, equal in all of its frames and in no other of this body for a long time. */
  readonly id: string | null;
  readonly kind: SeriesKind | null;
  /** Number of the frame in its series, from 1. */
  readonly sequence: number | null;
  /** Frames of the whole series. */
  readonly length: number | null;
  /** Whether the shutter went on as long as it was held down; null where the camera does not say. */
  readonly isContinuous: boolean | null;
  /** The tags that said it, with blanks between. */
  readonly from: string;
}

/** Longer values are no identities but mistakes. */
const IDENTITY_LENGTH_MAX = 128;
/** No camera takes more frames at one press than this. */
const SEQUENCE_MAX = 1_000_000;

/**
 * Reads what makers say of bursts, brackets, focus stacks, panoramas and pixel shift.
 * @param tags a record as ExifTool gives it for `-n -G1 -struct`: names like `Nikon:ShootingMode`
 * @returns null where no maker's tag says anything. Never throws, whatever the values are
 */
export function burstHintOf(tags: Readonly<Record<string, unknown>>): BurstHint | null {
  for (const table of MAKER_TABLES) {
    const hint = hintFrom(tags, table);
    if (hint !== null) return hint;
  }
  return null;
}

function hintFrom(tags: Readonly<Record<string, unknown>>, table: MakerTable): BurstHint | null {
  const from = new Set<string>();
  const identity = identityOf(tags, table, from);
  let kind: SeriesKind | null = null;
  let isContinuous: boolean | null = null;
  for (const saying of table.sayings) {
    if (!holds(tags, saying)) continue;
    if (kind === null && saying.kind !== undefined) kind = saying.kind;
    if (isContinuous === null && saying.isContinuous !== undefined) {
      isContinuous = saying.isContinuous;
    }
    from.add(saying.tag);
  }
  if (identity === null && from.size === 0) return null;
  kind ??= identity === null ? null : 'burst';
  if (kind === null && isContinuous === true) kind = 'burst';
  const sequence = kind === null ? null : numberOf(tags, table.sequence, from);
  const length = kind === null ? null : numberOf(tags, table.length, from);
  return { id: identity, kind, sequence, length, isContinuous, from: [...from].join(' ') };
}

function identityOf(
  tags: Readonly<Record<string, unknown>>,
  { maker, identities }: MakerTable,
  from: Set<string>,
): string | null {
  for (const parts of identities) {
    const values = parts.map((part) => identityPart(tags, part));
    if (!values.every((value) => value !== null)) continue;
    // A series that was numbered has some number that is not zero.
    if (values.every((value) => /^(0x)?0*$/.test(value))) continue;
    for (const { tag } of parts) from.add(tag);
    return `${maker}:${values.join('/')}`;
  }
  return null;
}

function identityPart(
  tags: Readonly<Record<string, unknown>>,
  { tag, part }: TagPart,
): string | null {
  const value = tags[tag];
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : null;
  if (typeof value !== 'string' || value.length > IDENTITY_LENGTH_MAX) return null;
  return value.split(' ')[part ?? 0] ?? null;
}

function holds(tags: Readonly<Record<string, unknown>>, test: Saying): boolean {
  const value = partOf(tags, test);
  if (value === null) return false;
  if (test.bit !== undefined) return (value & (1 << test.bit)) !== 0;
  if (test.bitUnset !== undefined) return (value & (1 << test.bitUnset)) === 0;
  if (test.above !== undefined) return value > test.above;
  return test.is?.includes(value) === true;
}

function numberOf(
  tags: Readonly<Record<string, unknown>>,
  sources: readonly TagNumber[],
  from: Set<string>,
): number | null {
  for (const source of sources) {
    const { tag, digits } = source;
    const value = partOf(tags, source);
    if (value === null || value < 1) continue;
    const number = digits === undefined ? value : digits === 'low' ? value & 15 : (value >> 4) + 1;
    if (number < 1 || number > SEQUENCE_MAX || !Number.isInteger(number)) continue;
    from.add(tag);
    return number;
  }
  return null;
}

/** A number of a value: where there are several ExifTool writes them with blanks between, or as a list. */
function partOf(
  tags: Readonly<Record<string, unknown>>,
  { tag, part = 0 }: TagPart,
): number | null {
  const value = tags[tag];
  const parts: readonly unknown[] =
    typeof value === 'string' ? value.split(' ') : Array.isArray(value) ? value : [value];
  const one = parts[part];
  if (typeof one === 'number') return Number.isFinite(one) ? one : null;
  if (typeof one !== 'string' || !/^-?\d{1,15}(\.\d{1,15})?$/.test(one)) return null;
  return Number(one);
}
