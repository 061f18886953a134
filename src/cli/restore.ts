import type { Command } from 'commander';
import {
  findSnapshot,
  Progress,
  pathsWhere,
  type RestoreReport,
  restore as restoreFiles,
  type Vault,
} from '../index.ts';
import { exitOf } from './exit-code.ts';
import { folderWord } from './folder-words.ts';
import type { Ending } from './output.ts';
import { parseWhere } from './query-words.ts';
import { type Act, openNamedVault, type Session, withProgress } from './session.ts';
import { formatBytes, formatCount, formatDuration, formatRate } from './wording.ts';
import { pathWord } from './words.ts';

interface RestoreWords {
  readonly vault: string;
  readonly to: string;
  readonly path?: string;
  readonly where?: string;
  readonly overwrite?: true;
  readonly partial?: true;
}

/** `restore <snapshot> --vault V --to DIR`: gives files back. */
export function addRestore(program: Command, act: Act): void {
  program
    .command('restore')
    .summary('give files back, bit for bit')
    .description(
      'Gives the files of a snapshot back with their exact bytes, names and times, each proven right\n' +
        'before it gets its name. Files that are there with other content are kept, and named.',
    )
    .argument('<snapshot>', 'its id, a unique start of it, or "latest"')
    .requiredOption('--vault <folder>', 'the vault', pathWord)
    .requiredOption('--to <folder>', 'gets one folder for each source', folderWord)
    .option('--path <glob>', 'only what fits: *, **, ?, [a-z], {a,b}; a folder brings all it holds')
    .option('--where <query>', 'only frames that fit, each with all its parts; see "find --help"')
    .option('--overwrite', 'replace files that are there with other content')
    .option('--partial', 'save what is left of damaged files as <name>.damaged')
    .addHelpText(
      'after',
      '\nExamples:\n  fieldvault restore latest --vault /media/ssd/vault --to /home/me/back\n' +
        "  fieldvault restore latest --vault /media/ssd/vault --to /home/me/back --path 'DCIM/100CANON/*.CR3'",
    )
    .action((snapshot: string, options: RestoreWords) =>
      act('restore', (session) => restore(session, snapshot, options)),
    );
}

async function restore(session: Session, name: string, words: RestoreWords): Promise<Ending> {
  const { world, outside, output, signal } = session;
  const query = words.where === undefined ? null : parseWhere(session, words.where);
  const vault = await openNamedVault(session, words.vault);
  const snapshot = findSnapshot(vault, name);
  const to = outside.absolutePath(words.to);
  const progress = new Progress();
  let isFull = false;
  const report = await withProgress(session, progress, async () =>
    restoreFiles(world, vault, snapshot, {
      to,
      ...(words.path === undefined ? {} : { path: words.path }),
      ...(query === null ? {} : { only: await pathsWhere(world, vault, snapshot, query) }),
      overwrite: words.overwrite === true,
      partial: words.partial === true,
      signal,
      progress,
      onIssue: (issue) => {
        if (issue.code === 'TARGET_FULL') isFull = true;
        output.issue(issue);
      },
    }),
  );
  tell(session, report, to);
  const { isInterrupted } = report;
  const hasIssues = output.issueCount > 0;
  return {
    exit: exitOf({ isInterrupted, isFull, hasIssues }),
    summary: summaryOf(vault, report, to),
  };
}

function summaryOf(
  vault: Vault,
  report: RestoreReport,
  to: string,
): Readonly<Record<string, unknown>> {
  const { snapshot, files, bytes, folders, links, alreadyThere } = report;
  return {
    vault: vault.root,
    to,
    snapshot,
    files,
    bytes,
    folders,
    links,
    alreadyThere,
    interrupted: report.isInterrupted,
    durationMs: Math.round(report.durationMs),
  };
}

function tell({ output }: Session, report: RestoreReport, to: string): void {
  const { files, bytes, links, alreadyThere, durationMs } = report;
  const began = report.isInterrupted ? 'Interrupted. ' : '';
  const size = `${formatCount(files, 'file')} (${formatBytes(bytes)})`;
  const where = `of snapshot ${report.snapshot} ${files === 1 ? 'is' : 'are'} in ${to}`;
  output.say(
    files === 0
      ? `${began}No file of snapshot ${report.snapshot} was restored to ${to}.`
      : `${began}${size} ${where}, every byte proven.`,
  );
  if (alreadyThere > 0) output.say(`  there already: ${formatCount(alreadyThere, 'file')}`);
  if (links > 0) output.say(`  links:         ${formatCount(links, 'link')}`);
  output.say(`  time:          ${formatDuration(durationMs)}, ${formatRate(bytes, durationMs)}`);
  output.showIssues();
  if (report.isInterrupted) output.say('The same command goes on where it stopped.');
  else if (files === 0 && report.issueCount === 0) output.say('Nothing in the snapshot fits.');
}
