import type { Command } from 'commander';
import { type LearnReport, learn as learnPictures } from '../index.ts';
import { exitOf } from './exit-code.ts';
import type { Ending } from './output.ts';
import { type Act, openNamedVault, type Session, withProgress } from './session.ts';
import { formatCount, formatDuration } from './wording.ts';
import { pathWord } from './words.ts';

/** `learn --vault V`: looks at the pictures of a vault that nobody looked at yet. */
export function addLearn(program: Command, act: Act): void {
  program
    .command('learn')
    .summary('look at pictures that were only protected so far')
    .description(
      'Reads what the pictures, sidecars and catalogs of a vault show and say, for find and similar.\n' +
        'Every backup does so by itself; this goes on where one was interrupted.',
    )
    .requiredOption('--vault <folder>', 'the vault', pathWord)
    .action((options: { readonly vault: string }) =>
      act('learn', (session) => learn(session, options.vault)),
    );
}

async function learn(session: Session, path: string): Promise<Ending> {
  const { world, output, signal } = session;
  const vault = await openNamedVault(session, path);
  const view = { phase: 'learning', bytesDone: 0, bytesTotal: 0, filesDone: 0, filesTotal: 0 };
  const report = await withProgress(session, view, () =>
    learnPictures(world, vault, {
      signal,
      isForRoom: true,
      onProgress: (filesDone, filesTotal) => Object.assign(view, { filesDone, filesTotal }),
      onIssue: (issue) => output.issue(issue),
    }),
  );
  tellLearned(session, report);
  return {
    exit: exitOf({ isInterrupted: report.isInterrupted }),
    summary: { vault: vault.root, ...learnedSummary(report) },
  };
}

/** What was learned, for programs; null where nothing was asked for. */
export function learnedSummary(
  report: LearnReport | null,
): Readonly<Record<string, unknown>> | null {
  if (report === null) return null;
  const { looks, records, catalogs, issueCount, isInterrupted, durationMs } = report;
  const ms = Math.round(durationMs);
  return { looks, records, catalogs, issueCount, interrupted: isInterrupted, durationMs: ms };
}

/** What was learned, for people; nothing where nothing was new. */
export function tellLearned({ output }: Session, report: LearnReport | null): void {
  if (report === null) return;
  const { looks, records, catalogs, durationMs, issueCount, isInterrupted } = report;
  if (looks + records + catalogs > 0) {
    const read = `${formatCount(looks, 'file')} looked at, ${formatCount(records, 'full record')}`;
    const cats = catalogs > 0 ? `, ${formatCount(catalogs, 'catalog')}` : '';
    output.say(`  learned:   ${read}${cats}, ${formatDuration(durationMs)}`);
  }
  if (issueCount > 0) output.showIssues();
  if (isInterrupted) output.say('Learning was interrupted; the next backup or "learn" goes on.');
}
