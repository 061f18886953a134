/** An amount of space on a vault: bytes, or a share of all the space its drive has. */
export type Space =
  | { readonly kind: 'bytes'; readonly bytes: number }
  /** Above 0, at most 100. */
  | { readonly kind: 'share'; readonly percent: number };

/** What {@link parseSpace} reads, for messages. */
export const SPACE_EXPECTED = 'a size such as 20GB, or a share of the vault such as 25%';

const UNITS: readonly (readonly [name: string, bytes: number])[] = [
  ['TB', 1e12],
  ['GB', 1e9],
  ['MB', 1e6],
  ['kB', 1e3],
  ['B', 1],
];

/** Reads `20GB`, `1.5 TB`, `25%`, in powers of 1000; null where it is nothing of that or no space at all. */
export function parseSpace(text: string): Space | null {
  const match = /^(\d{1,15}(?:\.\d{1,6})?) ?(%|[kmgt]?b)$/i.exec(text.trim());
  if (match === null) return null;
  const number = Number(match[1]);
  const unit = (match[2] ?? '').toLowerCase();
  if (unit === '%') return number > 0 && number <= 100 ? { kind: 'share', percent: number } : null;
  const size = UNITS.find(([name]) => name.toLowerCase() === unit)?.[1] ?? 1;
  const bytes = Math.round(number * size);
  return bytes > 0 && Number.isSafeInteger(bytes) ? { kind: 'bytes', bytes } : null;
}

/** Writes a space so that {@link parseSpace} reads the same again. */
export function formatSpace(space: Space): string {
  if (space.kind === 'share') return `${space.percent}%`;
  const unit = UNITS.find(([, bytes]) => space.bytes % bytes === 0) ?? ['B', 1];
  return `${space.bytes / unit[1]}${unit[0]}`;
}

/** How many bytes a space is on a drive. */
export function spaceBytes(space: Space, totalBytes: number): number {
  return space.kind === 'bytes' ? space.bytes : Math.floor((totalBytes * space.percent) / 100);
}
