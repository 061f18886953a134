import type { Command } from 'commander';
import {
  type CheckReport,
  check as checkVault,
  openVault,
  type RepairReport,
  repair,
  type Vault,
} from '../index.ts';
import { adviceOf } from './damage-advice.ts';
import { exitOf } from './exit-code.ts';
import type { Ending } from './output.ts';
import { type Act, openNamedVault, type Session, withProgress } from './session.ts';
import { unknownText } from './unknown-text.ts';
import { formatBytes, formatCount, formatDuration, formatRate } from './wording.ts';
import { minutesWord, pathWord } from './words.ts';

interface CheckWords {
  readonly vault: string;
  readonly readData?: true;
  readonly maxMinutes?: number;
  readonly repairFrom?: string;
}

/** `check --vault V`: is the vault whole? */
export function addCheck(program: Command, act: Act): void {
  program
    .command('check')
    .summary('is the vault whole? mend it from another')
    .description(
      'Checks the structure of a vault, or with --read-data every byte of it. Names every damaged file.',
    )
    .requiredOption('--vault <folder>', 'the vault', pathWord)
    .option('--read-data', 'read every byte and compare digests')
    .option(
      '--max-minutes <minutes>',
      'read for so long; the next check goes on (implies --read-data)',
      minutesWord,
    )
    .option(
      '--repair-from <folder>',
      'mend what is damaged with bytes of this vault (implies --read-data)',
      pathWord,
    )
    .addHelpText(
      'after',
      '\nExamples:\n  fieldvault check --vault /media/ssd1/vault --read-data\n' +
        '  fieldvault check --vault /media/ssd1/vault --repair-from /media/ssd2/vault',
    )
    .action((options: CheckWords) => act('check', (session) => check(session, options)));
}

async function check(session: Session, words: CheckWords): Promise<Ending> {
  const { world, output, signal } = session;
  const vault = await openNamedVault(session, words.vault);
  const other =
    words.repairFrom === undefined ? null : await openNamedVault(session, words.repairFrom);
  const isReading = words.readData === true || words.maxMinutes !== undefined || other !== null;
  const view = { phase: 'checking', bytesDone: 0, bytesTotal: 0, filesDone: 0, filesTotal: 0 };
  const report = await withProgress(session, view, () =>
    checkVault(world, vault, {
      readData: isReading,
      ...(words.maxMinutes === undefined ? {} : { maxMinutes: words.maxMinutes }),
      signal,
      onProgress: (bytesDone, bytesTotal) => Object.assign(view, { bytesDone, bytesTotal }),
      onIssue: (issue) => output.issue(issue),
    }),
  );
  const isMending = other !== null && report.damaged > 0 && !signal.aborted;
  const mended = isMending
    ? // Opened again: the check has written what it found into the journal.
      await repair(world, await openVault(world, vault.root), report, { from: other, signal })
    : null;
  const left = report.damaged - (mended?.repaired.length ?? 0);
  tell(session, { vault, report, mended, left, isReading });
  const exit = exitOf({ isInterrupted: signal.aborted, hasDamage: left > 0 });
  const repairSummary = mended === null ? {} : { repaired: mended.repaired.length, left };
  return {
    exit,
    summary: { ...summaryOf(vault, report), ...repairSummary, interrupted: signal.aborted },
  };
}

function summaryOf(vault: Vault, report: CheckReport): Readonly<Record<string, unknown>> {
  const { blobs, bytes, damaged, leftOver, filesRead, bytesRead, verified, isWhole } = report;
  return {
    vault: vault.root,
    blobs,
    bytes,
    damaged,
    leftOver,
    awaited: report.awaited,
    unknown: report.unknown.length,
    accepted: report.accepted.length,
    filesRead,
    bytesRead,
    verified,
    whole: isWhole,
    durationMs: Math.round(report.durationMs),
  };
}

interface Told {
  readonly vault: Vault;
  readonly report: CheckReport;
  readonly mended: RepairReport | null;
  /** Damaged files that were not mended. */
  readonly left: number;
  readonly isReading: boolean;
}

function tell({ output }: Session, told: Told): void {
  const { vault, report, mended, isReading } = told;
  const { blobs, bytes, filesRead, bytesRead, durationMs, damaged } = report;
  const { leftOver, unknown, gaps } = report;
  output.say(`${vault.root}: ${formatCount(blobs, 'original')}, ${formatBytes(bytes)}`);
  if (isReading) {
    const rate = formatRate(bytesRead, durationMs);
    const time = `${formatDuration(durationMs)}, ${rate}`;
    output.say(
      `  read:      ${formatCount(filesRead, 'file')}, ${formatBytes(bytesRead)} (${time})`,
    );
  }
  if (report.tooLarge > 0) {
    const files = formatCount(report.tooLarge, 'large file was', 'large files were');
    output.say(
      `  not read:  ${files} left for last; to be sure of it, check without --max-minutes`,
    );
  }
  if (leftOver > 0) {
    const files = formatCount(leftOver, 'file');
    const fate = gaps.length === 0 ? '"prune" removes them' : '"prune" keeps them for now';
    output.say(`  left over: ${files} of interrupted work, harmless; ${fate}`);
  }
  if (report.awaited > 0) {
    const originals = formatCount(report.awaited, 'original');
    output.say(`  awaited:   ${originals} of another vault; the next "sync" with it brings them`);
  }
  const accepted = [...new Set(report.accepted.map(({ path }) => path))];
  if (accepted.length > 0) {
    output.say(`  given up:  what was lost of the journal, and accepted: ${accepted.join(', ')}`);
  }
  if (unknown.length > 0) output.say(`  unknown:   ${unknownText(unknown)}; "prune" keeps them`);
  output.showIssues();
  if (mended !== null) {
    output.say(`Mended: ${formatCount(mended.repaired.length, 'file')} of ${damaged}.`);
  }
  output.say(verdictOf(told));
  for (const line of adviceOf(report, mended)) output.say(line);
}

function verdictOf({ report, left, isReading, mended }: Told): string {
  if (left > 0) {
    return `DAMAGE: ${formatCount(left, 'file')} of this vault ${left === 1 ? 'is' : 'are'} not right.`;
  }
  if (mended !== null) return 'Everything that was damaged is mended; the vault is whole again.';
  if (!isReading)
    return 'No damage: every file is there with its size. --read-data reads every byte.';
  return report.isWhole
    ? 'No damage: every byte was read and is right.'
    : 'No damage in what was read; the next check goes on with the rest.';
}
