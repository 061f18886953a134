import type { Command } from 'commander';
import {
  type Merge,
  type MergeStrategy,
  type Query,
  type SyncDirection,
  type SyncReport,
  sync as syncVaults,
} from '../index.ts';
import { exitOf } from './exit-code.ts';
import type { Ending } from './output.ts';
import { parseWhere } from './query-words.ts';
import { type Act, type Session, withProgress } from './session.ts';
import { formatBytes, formatCount, formatDuration, formatRate } from './wording.ts';
import { minutesWord, oneOf, pathWord, rateWord } from './words.ts';

interface SyncWords {
  readonly where?: string;
  readonly limit?: number;
  readonly maxMinutes?: number;
  readonly strategy?: MergeStrategy;
  readonly previews?: true;
  readonly dryRun?: true;
  readonly accept?: readonly ('other' | 'older' | 'losses')[];
}

const ACCEPTED = ['other', 'older', 'losses'] as const;

/** Conflicts of one merge, and deletions, shown to people. */
const SHOWN_MAX = 20;

/** `sync <vault> <vault>`: reconcile two vaults. */
export function addSync(program: Command, act: Act): void {
  program
    .command('sync')
    .summary('reconcile two vaults')
    .description(
      'Brings each of two vaults the snapshots and originals it lacks, the most precious first,\n' +
        'mends what is damaged in one with the bytes of the other, and merges what both changed.\n' +
        'Nothing is deleted. A sync that was cut off goes on where it stopped.',
    )
    .argument('<field>', 'one vault', pathWord)
    .argument('<studio>', 'the other', pathWord)
    .option('--where <query>', 'only these frames; "find" shows them first')
    .option('--limit <rate>', 'at most so many bytes a second: 500k, 2M', rateWord)
    .option('--previews', 'send small copies of the pictures first (with --limit: always)')
    .option('--max-minutes <minutes>', 'copy for so long; the next sync goes on', minutesWord)
    .option(
      '--strategy <rule>',
      'whose version keeps its name where both changed a file: keep-both (the newer one),\nfield-wins, studio-wins or newest; the other one stays beside it',
      oneOf(['keep-both', 'field-wins', 'studio-wins', 'newest']),
    )
    .option('--dry-run', 'only say what would be copied')
    .option(
      '--accept <what>',
      'go on although: other (another vault stands where one was known),\nolder (a vault was restored from an older copy), losses (many files are gone)',
      (text: string, before: readonly (typeof ACCEPTED)[number][] = []) => [
        ...before,
        oneOf(ACCEPTED)(text),
      ],
    )
    .addHelpText(
      'after',
      '\nExamples:\n  fieldvault sync /media/ssd1/vault /studio/vault\n' +
        "  fieldvault sync /media/ssd1/vault /studio/vault --where 'tier:select' --limit 30k",
    )
    .action((field: string, studio: string, words: SyncWords) =>
      act('sync', (session) => sync(session, { field, studio }, words)),
    );
}

async function sync(
  session: Session,
  named: { readonly field: string; readonly studio: string },
  words: SyncWords,
): Promise<Ending> {
  const { world, output, signal } = session;
  const where: Query | null = words.where === undefined ? null : parseWhere(session, words.where);
  const field = session.outside.absolutePath(named.field);
  const studio = session.outside.absolutePath(named.studio);
  const view = { phase: 'syncing', bytesDone: 0, bytesTotal: 0, filesDone: 0, filesTotal: 0 };
  const report = await withProgress(session, view, () =>
    syncVaults(world, field, studio, {
      signal,
      ...(where && { where }),
      ...(words.limit !== undefined && { bytesPerSecond: words.limit }),
      ...(words.maxMinutes !== undefined && { maxMinutes: words.maxMinutes }),
      ...(words.previews === true && { previews: true }),
      ...(words.strategy && { strategy: words.strategy }),
      dryRun: words.dryRun === true,
      accept: words.accept ?? [],
      onIssue: (issue) => output.issue(issue),
      onProgress: (bytesDone, bytesTotal) => Object.assign(view, { bytesDone, bytesTotal }),
    }),
  );
  tell(session, report);
  const exit = exitOf({
    isInterrupted: report.isInterrupted,
    isFull: report.heldBack > 0,
    hasIssues: report.issueCount > 0,
  });
  return { exit, summary: summaryOf(report) };
}

function summaryOf(report: SyncReport): Readonly<Record<string, unknown>> {
  const { blobsCopied, bytesCopied, bytesResumed, bytesSent, directions, heldBack } = report;
  return {
    vaults: directions.map(({ root }) => root),
    blobsCopied,
    bytesCopied,
    bytesResumed,
    bytesSent,
    conflicts: report.conflicts,
    merges: report.merges.length,
    healed: directions.reduce((sum, { healed }) => sum + healed.length, 0),
    awaited: directions.reduce((sum, { awaited }) => sum + awaited, 0),
    heldBack,
    dryRun: report.isDryRun,
    outOfTime: report.isOutOfTime,
    interrupted: report.isInterrupted,
    durationMs: Math.round(report.durationMs),
  };
}

function tell({ output }: Session, report: SyncReport): void {
  for (const direction of report.directions) output.say(lineOf(direction, report.isDryRun));
  for (const { root, healed } of report.directions) {
    for (const at of healed) output.say(`  healed:  ${root}/${at}`);
  }
  for (const merge of report.merges) for (const line of mergeText(merge)) output.say(line);
  output.showIssues();
  const { blobsCopied, bytesSent, durationMs } = report;
  if (report.isDryRun) output.say('Nothing was changed.');
  else if (report.isInterrupted) {
    output.say('Interrupted; both vaults are safe. The same command goes on where it stopped.');
  } else if (report.isOutOfTime) {
    output.say('The time is over; the same command goes on where it stopped.');
  } else if (blobsCopied === 0) {
    const isAll = report.directions.every(({ awaited }) => awaited === 0);
    const isRight = isAll && report.heldBack + report.issueCount === 0;
    output.say(isRight ? 'Both vaults hold the same originals.' : 'Nothing was copied.');
  } else {
    const rate = formatRate(bytesSent, durationMs);
    output.say(`Copied and read back in ${formatDuration(durationMs)} (${rate}).`);
  }
}

/** What a merge did, in words. */
function mergeText({ source, run, base, files, conflicts, deletions }: Merge): string[] {
  const since = base === null ? 'without a state both had begun with' : `since snapshot ${base}`;
  const lines = [
    `${source}: both sides had changed it ${since}; merged, ${formatCount(files, 'file')} (snapshot ${run})`,
  ];
  for (const path of deletions.slice(0, SHOWN_MAX)) {
    lines.push(
      `  left out:  ${path}: deleted on one side, untouched on the other; history keeps it`,
    );
  }
  for (const { conflict, path, message } of conflicts.slice(0, SHOWN_MAX)) {
    lines.push(`  conflict:  ${conflict.slice(0, 8)} ${path}: ${message}`);
  }
  const beyond = (all: readonly unknown[]): number => Math.max(0, all.length - SHOWN_MAX);
  const more = beyond(deletions) + beyond(conflicts);
  if (more > 0) lines.push(`  and ${formatCount(more, 'more', 'more')}; "conflicts" lists them`);
  return lines;
}

function lineOf(direction: SyncDirection, isDryRun: boolean): string {
  const { root, blobs, bytes, snapshots, awaited } = direction;
  const got = `${formatCount(blobs, 'original')}, ${formatBytes(bytes)}`;
  const heard = snapshots > 0 ? `, ${formatCount(snapshots, 'snapshot')}` : '';
  const left =
    awaited > 0 && !isDryRun ? `; ${formatCount(awaited, 'original')} still to come` : '';
  return `${root}: ${isDryRun ? 'would get' : 'got'} ${got}${heard}${left}`;
}
