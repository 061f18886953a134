import type { Command } from 'commander';
import { findSnapshot, type ListedPath, listPaths } from '../index.ts';
import { exitOf } from './exit-code.ts';
import type { Ending } from './output.ts';
import { type Act, openNamedVault, type Session } from './session.ts';
import { formatBytes, formatCount, formatTime } from './wording.ts';
import { pathWord } from './words.ts';

/** `ls <snapshot> --vault V [path]`: lists what a snapshot holds. */
export function addLs(program: Command, act: Act): void {
  program
    .command('ls')
    .summary('list what a snapshot holds')
    .description('Lists the files, folders and links of a snapshot, or of one folder of it.')
    .argument('<snapshot>', 'its id, a unique start of it, or "latest"')
    .argument('[path]', '<source> or <source>/<path>, as a listing shows it')
    .requiredOption('--vault <folder>', 'the vault', pathWord)
    .addHelpText(
      'after',
      '\nExamples:\n  fieldvault ls latest --vault /media/ssd/vault\n' +
        '  fieldvault ls 3f2a9c EOS_DIGITAL/DCIM/100CANON --vault /media/ssd/vault',
    )
    .action((snapshot: string, path: string | undefined, options: { readonly vault: string }) =>
      act('ls', (session) => ls(session, { snapshot, path: path ?? '', vault: options.vault })),
    );
}

async function ls(
  session: Session,
  words: { readonly snapshot: string; readonly path: string; readonly vault: string },
): Promise<Ending> {
  const { output, signal } = session;
  const vault = await openNamedVault(session, words.vault);
  const snapshot = findSnapshot(vault, words.snapshot);
  let entries = 0;
  let files = 0;
  let bytes = 0;
  for (const entry of listPaths(vault, snapshot, words.path)) {
    if (signal.aborted || output.isGone) break;
    entries += 1;
    if (entry.kind === 'file') files += 1;
    bytes += entry.sizeBytes;
    output.list(recordOf(entry), lineOf(session, entry));
  }
  output.say(
    entries === 0
      ? `Nothing in snapshot ${snapshot.id} is called "${words.path}".`
      : `${formatCount(files, 'file')}, ${formatBytes(bytes)} in snapshot ${snapshot.id}.`,
  );
  const summary = { vault: vault.root, snapshot: snapshot.id, entries, files, bytes };
  return { exit: exitOf({ isInterrupted: signal.aborted }), summary };
}

function recordOf(entry: ListedPath): Readonly<Record<string, unknown>> {
  const { path, kind, sizeBytes, mtimeUs, mode, content } = entry;
  const mtime = new Date(mtimeUs / 1000);
  const record = {
    type: 'entry',
    path,
    kind,
    bytes: sizeBytes,
    mtime: Number.isNaN(mtime.getTime()) ? null : mtime.toISOString(),
    mtimeUs,
    mode,
  };
  if (kind === 'file') return { ...record, blob: content };
  return kind === 'link' ? { ...record, target: content } : record;
}

function lineOf({ world }: Session, entry: ListedPath): string {
  const { path, kind, sizeBytes, mtimeUs, content } = entry;
  const size = (kind === 'file' ? formatBytes(sizeBytes) : kind).padStart(9);
  const timeMs = mtimeUs / 1000;
  const time = formatTime(timeMs, world.clock.offsetMinutes(timeMs));
  return `${size}  ${time}  ${path}${kind === 'link' ? ` -> ${content}` : ''}`;
}
