import type { Command } from 'commander';
import { type SafeReport, safeToFormat, type Vault } from '../index.ts';
import { exitOf } from './exit-code.ts';
import type { Ending } from './output.ts';
import { type Act, openNamedVault, type Session } from './session.ts';
import { formatBytes, formatCount } from './wording.ts';
import { pathWords } from './words.ts';

interface SafeWords {
  readonly vault: readonly string[];
  readonly readData?: true;
}

/** Missing files shown to people; `--json` has them all. */
const SHOWN_MAX = 20;

/** `safe <card...> --vault V [--vault V2]`: may this card be formatted? */
export function addSafe(program: Command, act: Act): void {
  program
    .command('safe')
    .summary('may this card be formatted?')
    .description(
      'Says whether every file of a card is verified on as many vaults as its tier\n' +
        'wants, and names those that are not. Any doubt is a no. Changes nothing.\n' +
        'Only vaults that are named and connected count: what another one holds is not\n' +
        'known here yet. A copy of a vault made by other means is no second vault.',
    )
    .argument('<card...>', 'cards, folders or files', pathWords)
    .requiredOption('--vault <folder>', 'a vault that may hold copies; repeatable', pathWords)
    .option('--read-data', 'read every file of the card; else size and time tell what is unchanged')
    .addHelpText(
      'after',
      '\nEnds with 0 where all is safe, 3 where it is not.\n\nExample:\n' +
        '  fieldvault safe /media/EOS_DIGITAL --vault /media/ssd1/vault --vault /media/ssd2/vault',
    )
    .action((cards: string[], words: SafeWords) =>
      act('safe', (session) => safe(session, cards, words)),
    );
}

async function safe(session: Session, cards: readonly string[], words: SafeWords): Promise<Ending> {
  const { world, outside, output, signal } = session;
  const vaults: Vault[] = [];
  for (const path of words.vault) vaults.push(await openNamedVault(session, path));
  const report = await safeToFormat(world, vaults, cards.map(outside.absolutePath), {
    signal,
    readData: words.readData === true,
    onIssue: (issue) => output.issue(issue),
  });
  tellTiers(session, report);
  tellMissing(session, report);
  output.showIssues();
  output.say(verdictOf(report));
  const { isSafe, files, missing, unread, unlearned, isInterrupted } = report;
  const summary = {
    vaults: vaults.map(({ root }) => root),
    safe: isSafe,
    files,
    missing: missing.length,
    unread: unread.length,
    unlearned,
  };
  return { exit: exitOf({ isInterrupted, hasIssues: !isSafe }), summary };
}

function tellTiers({ output }: Session, { byTier, unlearned }: SafeReport): void {
  for (const sums of byTier) {
    const { tier, files, copiesHeld, copiesWanted } = sums;
    const count = formatCount(files, 'file').padStart(12);
    output.list(
      { type: 'tier', ...sums },
      `  ${tier.padEnd(12)} ${count}  ${copiesHeld} of ${copiesWanted} copies held`,
    );
  }
  if (unlearned === 0) return;
  const are = formatCount(unlearned, 'file is', 'files are');
  output.say(`${are} not looked at yet: ratings in it may ask for more copies; "learn" looks now.`);
}

function tellMissing({ output }: Session, { missing, unread }: SafeReport): void {
  for (const [index, one] of missing.entries()) {
    const { path, sizeBytes, copiesHeld, copiesWanted, tier } = one;
    const has = `has ${copiesHeld} of ${copiesWanted} copies`;
    const line = `  ${path}  ${has} (${tier}, ${formatBytes(sizeBytes)})`;
    const record = { type: 'missing', path, tier, bytes: sizeBytes, copiesHeld, copiesWanted };
    if (output.isJson || index < SHOWN_MAX) output.list(record, line);
  }
  const left = missing.length - SHOWN_MAX;
  if (left > 0) output.say(`  and ${formatCount(left, 'more', 'more')}; --json lists them all.`);
  for (const path of unread) output.list({ type: 'unread', path }, `  ${path}  cannot be read`);
}

function verdictOf({ isSafe, files, missing, unread, isInterrupted }: SafeReport): string {
  if (isSafe) {
    return `Safe to format: ${formatCount(files, 'file')}, each verified as often as its tier wants.`;
  }
  if (isInterrupted) return 'NOT safe to format: not all was looked at.';
  if (files === 0 && unread.length === 0) return 'NOT safe to format: there is no file here.';
  const lacking = formatCount(missing.length + unread.length, 'file lacks', 'files lack');
  return `NOT safe to format: ${lacking} copies. "backup" with --mirror makes them.`;
}
