import { formatBytes, formatCount } from '../cli/index.ts';
import type { World } from '../index.ts';
import { type FolderEntry, measureFolder } from './scratch.ts';

const SHOWN_NAMES_MAX = 6;

/** What is in a vault, as a file manager shows it: a few lines. */
export async function describeVault(world: Pick<World, 'disk'>, root: string): Promise<string[]> {
  const lines: string[] = [];
  const entries = byName(await world.disk.listFolder(root));
  for (const { name } of entries.filter(({ kind }) => kind === 'file')) lines.push(`├── ${name}`);
  const others = entries.filter(({ kind, name }) => kind === 'folder' && name !== 'originals');
  for (const { name } of others) {
    const { files } = await measureFolder(world, `${root}/${name}`);
    if (files > 0) lines.push(`├── ${name}/  ${formatCount(files, 'file')}`);
  }
  const { files, bytes } = await measureFolder(world, `${root}/originals`);
  lines.push(`└── originals/  ${formatCount(files, 'file')}, ${formatBytes(bytes)}`);
  const day = await firstDay(world, `${root}/originals`);
  if (day === null) return lines;
  lines.push(`    └── ${day}/`);
  const names = byName(await world.disk.listFolder(`${root}/originals/${day}`));
  for (const { name, sizeBytes } of names.slice(0, SHOWN_NAMES_MAX)) {
    lines.push(`        ${name.padEnd(36)} ${formatBytes(sizeBytes).padStart(9)}`);
  }
  if (names.length > SHOWN_NAMES_MAX) {
    lines.push(`        and ${formatCount(names.length - SHOWN_NAMES_MAX, 'more', 'more')}`);
  }
  return lines;
}

/** `2026/2026-11-22`: the first day folder. */
async function firstDay({ disk }: Pick<World, 'disk'>, originals: string): Promise<string | null> {
  const year = byName(await disk.listFolder(originals))[0]?.name;
  if (year === undefined) return null;
  const day = byName(await disk.listFolder(`${originals}/${year}`))[0]?.name;
  return day === undefined ? null : `${year}/${day}`;
}

function byName(entries: readonly FolderEntry[]): FolderEntry[] {
  return entries.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
