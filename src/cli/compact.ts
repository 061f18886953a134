import type { Command } from 'commander';
import {
  type CompactAndLearnReport,
  compact as compactVault,
  Progress,
  SAVING_KINDS,
  type Saving,
  type SavingKind,
} from '../index.ts';
import { exitOf } from './exit-code.ts';
import { learnedSummary } from './learn.ts';
import type { Ending } from './output.ts';
import { parseWhere } from './query-words.ts';
import { type Act, openNamedVault, type Session, withProgress } from './session.ts';
import { formatBytes, formatCount, formatDuration } from './wording.ts';
import { minutesWord, pathWord } from './words.ts';

interface CompactWords {
  readonly vault: string;
  readonly where?: string;
  readonly maxMinutes?: number;
  readonly onBattery?: true;
}

/** `compact --vault V`: stores originals in fewer bytes, exactly. */
export function addCompact(program: Command, act: Act): void {
  program
    .command('compact')
    .summary('store originals in fewer bytes, exactly')
    .description(
      'Recodes pictures and other files whose tier allows it. Each one is decoded and compared with\n' +
        'its original before the verbatim file goes; restore gives the same bytes as ever.\n' +
        'It may be interrupted at any moment and goes on there.',
    )
    .requiredOption('--vault <folder>', 'the vault', pathWord)
    .option('--where <query>', 'only frames that fit, as in find')
    .option('--max-minutes <minutes>', 'begin nothing new after so long', minutesWord)
    .option('--on-battery', 'work on battery too')
    .addHelpText(
      'after',
      '\nExamples:\n  fieldvault compact --vault /media/ssd/vault --max-minutes 60\n' +
        "  fieldvault compact --vault /media/ssd/vault --where 'rating<3'",
    )
    .action((words: CompactWords) => act('compact', (session) => compact(session, words)));
}

async function compact(session: Session, words: CompactWords): Promise<Ending> {
  const { world, output, signal } = session;
  const where = words.where === undefined ? undefined : parseWhere(session, words.where);
  const vault = await openNamedVault(session, words.vault);
  const progress = new Progress();
  const report = await withProgress(session, progress, () =>
    compactVault(world, vault, {
      ...(where && { where }),
      ...(words.maxMinutes !== undefined && { maxMinutes: words.maxMinutes }),
      onBattery: words.onBattery === true,
      signal,
      progress,
      onIssue: (issue) => output.issue(issue),
    }),
  );
  tell(session, report);
  const { issues: _, learned, durationMs, ...counts } = report;
  return {
    exit: exitOf({
      isInterrupted: report.stoppedBy === 'signal',
      isFull: report.stoppedBy === 'full',
      hasIssues: report.issueCount > 0,
    }),
    summary: {
      vault: vault.root,
      ...counts,
      learned: learnedSummary(learned),
      durationMs: Math.round(durationMs),
    },
  };
}

/** What each kind of saving is called. */
export const KIND_TEXT: Readonly<Record<SavingKind, string>> = {
  jpeg: 'JPEG, each by itself',
  'jpeg-burst': 'JPEG, beside its burst',
  'raw-single': 'RAW, each by itself',
  'raw-burst': 'RAW, beside its burst',
  delta: 'changes of earlier versions',
  zstd: 'other files, compressed',
};

/** One line on a kind of saving. */
export function savingText(kind: SavingKind, saving: Saving): string {
  const { blobs, bytesBefore, bytesAfter } = saving;
  const files = formatCount(blobs, 'original');
  return `${KIND_TEXT[kind]}: ${files}, ${formatBytes(bytesBefore)} in ${formatBytes(bytesAfter)} (${percentText(saving)} less)`;
}

function percentText({ bytesBefore, bytesAfter }: Omit<Saving, 'blobs'>): string {
  return `${((1 - bytesAfter / Math.max(1, bytesBefore)) * 100).toFixed(1)} %`;
}

const STOPPED_TEXT = {
  battery: 'The computer runs on battery: nothing more was begun. "--on-battery" works there too.',
  time: 'Time is up; the same command goes on there.',
  signal: 'Interrupted; the same command goes on there. Nothing is lost.',
  weak: 'This drive does not promise that what is written survives a power cut: nothing more was replaced.',
  full: 'The drive is too full to write the smaller forms beside the originals. Nothing is lost; free some space and run it again.',
} as const;

function tell({ output }: Session, report: CompactAndLearnReport): void {
  const { blobs, bytesBefore, bytesAfter, withoutGain, left, stoppedBy, unlearned } = report;
  const sizes = `${formatBytes(bytesBefore)} now take ${formatBytes(bytesAfter)}`;
  const took = formatDuration(report.durationMs);
  output.say(
    blobs === 0
      ? 'Nothing was compacted.'
      : `Compacted ${formatCount(blobs, 'original')}: ${sizes} (${percentText(report)} less), ${took}. All decoded and compared.`,
  );
  for (const kind of SAVING_KINDS) {
    if (report.byKind[kind].blobs > 0) output.say(`  ${savingText(kind, report.byKind[kind])}`);
  }
  if (report.returned > 0) {
    const files = formatCount(report.returned, 'original stands', 'originals stand');
    output.say(`  ${files} verbatim again, as the tier wants it.`);
  }
  if (withoutGain > 0) {
    output.say(
      `  ${formatCount(withoutGain, 'original')} cannot be made smaller and stay as they are.`,
    );
  }
  if (stoppedBy !== null) output.say(STOPPED_TEXT[stoppedBy]);
  if (left > 0) output.say(`${formatCount(left, 'original')} wait for the next run.`);
  if (unlearned > 0) {
    output.say(
      `${formatCount(unlearned, 'file')} nobody looked at yet stay as they are; "learn" does so.`,
    );
  }
  if (report.issueCount + (report.learned?.issueCount ?? 0) > 0) output.showIssues();
}
