import type { Command } from 'commander';
import { type Droppable, type PruneReport, prune as pruneVault } from '../index.ts';
import { exitOf } from './exit-code.ts';
import type { Ending } from './output.ts';
import { type Act, openNamedVault, type Session } from './session.ts';
import { unknownText } from './unknown-text.ts';
import { formatBytes, formatCount } from './wording.ts';
import { pathWord } from './words.ts';

interface PruneWords {
  readonly vault: string;
  readonly dryRun?: true;
  readonly capture?: readonly string[];
  readonly acceptLoss?: readonly string[];
}

/** `prune --vault V`: removes what no snapshot needs. */
export function addPrune(program: Command, act: Act): void {
  program
    .command('prune')
    .summary('remove what no snapshot needs')
    .description(
      'Removes stored files that no snapshot needs. Pictures stay, whatever was forgotten, unless\n' +
        'they are named with --capture.',
    )
    .requiredOption('--vault <folder>', 'the vault', pathWord)
    .option('--dry-run', 'only say what would go')
    .option('--capture <glob...>', 'pictures that may go too, by <source>/<path> or <path>')
    .option(
      '--accept-loss <name...>',
      'give up what a lost part of the journal said, as check names it',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  fieldvault prune --vault /media/ssd/vault --dry-run\n' +
        "  fieldvault prune --vault /media/ssd/vault --capture 'CARD_A/DCIM/101TEST/**'",
    )
    .action((options: PruneWords) => act('prune', (session) => prune(session, options)));
}

async function prune(session: Session, words: PruneWords): Promise<Ending> {
  const { world, output, signal } = session;
  const vault = await openNamedVault(session, words.vault);
  const isDry = words.dryRun === true;
  const report = await pruneVault(world, vault, {
    dryRun: isDry,
    captures: words.capture ?? [],
    acceptLoss: words.acceptLoss ?? [],
    signal,
  });
  for (const file of report.dropped) output.list(recordOf(file, 'dropped'), lineOf(file));
  for (const file of output.isJson ? report.keptCaptures : []) {
    output.list(recordOf(file, 'kept'), lineOf(file));
  }
  for (const path of report.unknown) {
    if (output.isJson) output.list({ type: 'file', fate: 'unknown', path }, path);
  }
  tell(session, report, isDry);
  const { dropped, bytes, keptCaptures, leftOver, unknown } = report;
  return {
    exit: exitOf({ isInterrupted: report.isInterrupted }),
    summary: {
      vault: vault.root,
      dryRun: isDry,
      blobs: dropped.length,
      bytes,
      keptCaptures: keptCaptures.length,
      keptCaptureBytes: sizeOf(keptCaptures),
      leftOver,
      unknown: unknown.length,
      accepted: report.accepted,
      interrupted: report.isInterrupted,
    },
  };
}

function recordOf(file: Droppable, fate: 'dropped' | 'kept'): Readonly<Record<string, unknown>> {
  return { type: 'file', fate, path: file.at, blob: file.blob, bytes: file.sizeBytes };
}

function lineOf({ at, sizeBytes }: Droppable): string {
  return `${formatBytes(sizeBytes).padStart(9)}  ${at}`;
}

function sizeOf(files: readonly Droppable[]): number {
  return files.reduce((sum, file) => sum + file.sizeBytes, 0);
}

function tell({ output }: Session, report: PruneReport, isDry: boolean): void {
  const { dropped, bytes, keptCaptures, leftOver } = report;
  const files = `${formatCount(dropped.length, 'file')} (${formatBytes(bytes)})`;
  const began = report.isInterrupted ? 'Interrupted; the same command goes on there. ' : '';
  output.say(isDry ? `Would remove ${files}; nothing was changed.` : `${began}Removed ${files}.`);
  for (const path of report.accepted) {
    output.say(`${isDry ? 'Would accept' : 'Accepted'}: what ${path} said is lost for good.`);
  }
  if (leftOver > 0) {
    const others = formatCount(leftOver, 'file');
    output.say(
      `${isDry ? 'Would also remove' : 'Also removed'} ${others} that interrupted work left.`,
    );
  }
  if (keptCaptures.length > 0) {
    const kept = `${formatCount(keptCaptures.length, 'picture')} (${formatBytes(sizeOf(keptCaptures))})`;
    output.say(`Kept ${kept} that no snapshot needs: pictures go only when named with --capture.`);
  }
  if (report.unknown.length > 0) {
    output.say(`Kept ${unknownText(report.unknown)}`);
    output.say('They may be yours, or the only copy of something: prune never takes them.');
  }
}
