import type { Command } from 'commander';
import {
  type BackupReport,
  backup as backUp,
  FieldVaultError,
  type Issue,
  openVault,
  type PlanOptions,
  Progress,
  type ProtectReport,
  planBackup,
  type Vault,
} from '../index.ts';
import { exitOf } from './exit-code.ts';
import { folderWords } from './folder-words.ts';
import { learnedSummary, tellLearned } from './learn.ts';
import type { Ending } from './output.ts';
import { tellPlan, tellRelief } from './plan-words.ts';
import { type Act, openNamedVault, type Session, withProgress } from './session.ts';
import { formatBytes, formatCount, formatDuration, formatRate } from './wording.ts';
import { pathWord, pathWords } from './words.ts';

interface BackupWords {
  readonly vault: string;
  readonly mirror?: readonly string[];
  readonly learn: boolean;
  readonly compact: boolean;
  readonly dryRun?: true;
  readonly now?: true;
  readonly idle?: true;
  readonly onBattery?: true;
}

/** `backup <source...> --vault V`: protects cards, folders, catalogs. */
export function addBackup(program: Command, act: Act): void {
  program
    .command('backup')
    .summary('protect cards, folders, catalogs')
    .description(
      'Copies every new or changed file bit for bit, reads it back and compares; makes one snapshot.\n' +
        'What is known already is not copied again. A run that was cut off goes on where it stopped.\n' +
        'What is precious by the policy goes first; what it leaves to another time is named.',
    )
    .argument('<source...>', 'cards, folders or files', folderWords)
    .requiredOption('--vault <folder>', 'the vault that protects them', pathWord)
    .option(
      '--mirror <folder>',
      'another vault that gets the same files now; repeatable',
      pathWords,
    )
    .option('--dry-run', 'only say what goes where in which order, and what waits')
    .option('--now', 'take all tiers now, whatever their "when" says')
    .option('--idle', 'nothing else is to do: take what waits for that, too')
    .option('--no-learn', 'only protect; the next backup or "learn" looks at the pictures')
    .option('--no-compact', 'compact nothing where room is short')
    .option('--on-battery', 'learn and compact on battery too')
    .addHelpText(
      'after',
      '\nExamples:\n  fieldvault backup /media/EOS_DIGITAL --vault /media/ssd1/vault\n' +
        '  fieldvault backup /media/CARD_A /media/CARD_B --vault /media/ssd1/vault --mirror /media/ssd2/vault',
    )
    .action((sources: string[], options: BackupWords) =>
      act('backup', (session) => backup(session, sources, options)),
    );
}

/** Worth a word, though no file has come to harm. */
const WARNINGS: ReadonlySet<string> = new Set(['POLICY_UNREADABLE', 'WEAK_DURABILITY']);

async function backup(
  session: Session,
  sources: readonly string[],
  options: BackupWords,
): Promise<Ending> {
  const { world, outside, output, signal } = session;
  const vault = await openNamedVault(session, options.vault);
  const mirrors = await openMirrors(session, options.mirror ?? []);
  const paths = sources.map(outside.absolutePath);
  const occasion = options.now ? 'everything' : options.idle ? 'idle' : 'session';
  const onBattery = options.onBattery === true;
  if (options.dryRun) {
    // What nobody looked at is not compacted: without learning a backup makes no room.
    const compact = options.compact && options.learn;
    return plan(session, vault, paths, { mirrors, occasion, compact, onBattery });
  }
  const progress = new Progress();
  let warnings = 0;
  let isTold = false;
  const report = await withProgress(session, progress, () =>
    backUp(world, vault, paths, {
      mirrors,
      signal,
      progress,
      learn: options.learn,
      compact: options.compact,
      occasion,
      onBattery,
      onProtected: (protectedNow) => {
        tell(session, vault, protectedNow);
        isTold = true;
      },
      onIssue: (issue) => {
        if (WARNINGS.has(issue.code) || isTold) warnings += 1;
        output.issue(issue);
      },
    }),
  );
  for (const { blobs, bytesBefore, bytesAfter } of report.compacted) {
    const freed = formatBytes(bytesBefore - bytesAfter);
    output.say(`  compacted: ${formatCount(blobs, 'original')} to make room, ${freed} less`);
  }
  tellLearned(session, report.learned);
  if (report.waitsForPower) {
    output.say('On battery: learning waits for mains power; --on-battery does it now.');
  }
  const exit = exitOf({
    isInterrupted: report.isInterrupted || report.learned?.isInterrupted === true,
    isFull: report.isFull,
    // A drive that promises nothing is worth a word, but no file has come to harm.
    hasIssues: output.issueCount > warnings,
  });
  return { exit, summary: summaryOf(vault, report) };
}

/** `--dry-run`: the plan, and nothing else. */
async function plan(
  session: Session,
  vault: Vault,
  paths: readonly string[],
  options: PlanOptions,
): Promise<Ending> {
  const { world, output, signal } = session;
  const onIssue = (issue: Issue): void => output.issue(issue);
  const planned = await planBackup(world, vault, paths, { ...options, signal, onIssue });
  tellPlan(session, planned);
  output.showIssues();
  output.say('Nothing was changed; the same command without --dry-run does it.');
  const { steps, waiting, vaults } = planned;
  const protects = steps.filter(({ act }) => act === 'protect');
  const bytes = protects.reduce((sum, step) => sum + step.bytes, 0);
  const summary = {
    vault: vault.root,
    dryRun: true,
    copies: protects.length,
    bytes,
    compactions: steps.length - protects.length,
    waiting: waiting.length,
    vaults: vaults.length,
  };
  return { exit: exitOf({ isInterrupted: signal.aborted }), summary };
}

/** A mirror that is not there must not keep pictures from the first copy. */
export async function openMirrors(session: Session, paths: readonly string[]): Promise<Vault[]> {
  const { world, outside, output } = session;
  const mirrors: Vault[] = [];
  for (const path of paths.map(outside.absolutePath)) {
    try {
      mirrors.push(await openVault(world, path));
    } catch (error) {
      if (!(error instanceof FieldVaultError)) throw error;
      const message = `The mirror was not used: ${error.message}`;
      output.issue({ code: 'MIRROR_LOST', path, message });
    }
  }
  return mirrors;
}

function summaryOf(vault: Vault, report: BackupReport): Readonly<Record<string, unknown>> {
  const { snapshot, files, bytes, unchanged, newBlobs, bytesRead, bytesStored } = report;
  return {
    vault: vault.root,
    snapshot,
    files,
    bytes,
    unchanged,
    newBlobs,
    bytesRead,
    bytesStored,
    verified: report.verified,
    mirrors: report.mirrors,
    leftOut: report.leftOut,
    learned: learnedSummary(report.learned),
    waitsForPower: report.waitsForPower,
    tiers: report.plan.tiers,
    waiting: report.plan.waiting.length,
    compacted: report.compacted.reduce((sum, { blobs }) => sum + blobs, 0),
    interrupted: report.isInterrupted,
    full: report.isFull,
    weak: report.isWeak,
    durationMs: Math.round(report.durationMs),
  };
}

function tell(session: Session, vault: Vault, report: ProtectReport): void {
  const { output } = session;
  const size = `${formatCount(report.files, 'file')} (${formatBytes(report.bytes)})`;
  output.say(
    report.isInterrupted
      ? `Interrupted. ${size} are protected in ${vault.root} so far; the same command goes on there.`
      : `${size} are protected in ${vault.root}, snapshot ${report.snapshot}.`,
  );
  output.say(`  new:       ${newText(report)}`);
  output.say(`  unchanged: ${formatCount(report.unchanged, 'file')}`);
  // Moved and copied files, and the few that are read again in each run.
  const known = report.files - report.unchanged - report.newBlobs;
  if (known > 0) output.say(`  known:     ${formatCount(known, 'file')} read, and no new content`);
  const { leftOut } = report;
  if (leftOut.count > 0) {
    const names = leftOut.names.join(', ');
    output.say(
      `  left out:  ${formatCount(leftOut.count, 'file')} of operating systems (${names})`,
    );
  }
  for (const { path, state, newBlobs } of report.mirrors) {
    output.say(
      `  mirror:    ${path}: ${MIRROR_TEXT[state]} (${formatCount(newBlobs, 'new original')})`,
    );
  }
  const rate = formatRate(report.bytesRead, report.durationMs);
  output.say(`  time:      ${formatDuration(report.durationMs)}, ${rate}`);
  output.showIssues();
  if (report.isFull) {
    output.say(
      'The drive is full: the files named above are NOT protected. Use another drive for them.',
    );
  }
  tellRelief(session, report.plan);
  if (report.isInterrupted || report.isFull) return;
  const isMirrored = report.mirrors.some((mirror) => mirror.state === 'complete');
  if (report.mirrors.some((mirror) => mirror.state === 'with-issues')) {
    output.say('Keep the card: "safe" says which of its files lack a copy.');
  } else if (!isMirrored) {
    output.say('This is one copy on one drive. Keep the card until there is a second (--mirror).');
  }
}

const MIRROR_TEXT = {
  complete: 'complete',
  'with-issues': 'done, see the issues',
  lost: 'LOST on the way',
} as const;

function newText({ newBlobs, bytesStored, verified }: ProtectReport): string {
  if (newBlobs === 0) return 'nothing';
  const how =
    verified.cached === 0
      ? 'read back from the drive itself'
      : verified.direct === 0
        ? "read back through the system's memory"
        : `read back, ${verified.direct} of them from the drive itself`;
  return `${formatCount(newBlobs, 'original')}, ${formatBytes(bytesStored)}, each ${how}`;
}
