import type { Command } from 'commander';
import { type SafeReport, safeToFormat, type Vault } from '../index.ts';
import { exitOf } from './exit-code.ts';
import { folderWords } from './folder-words.ts';
import type { Ending } from './output.ts';
import { type Act, openNamedVault, type Session } from './session.ts';
import { formatBytes, formatCount } from './wording.ts';
import { fromZeroWord, pathWords } from './words.ts';

interface SafeWords {
  readonly vault: readonly string[];
  readonly readData?: true;
  readonly receiptDays?: number;
}

const DAY_MS = 86_400_000;

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
        'A vault that is not connected counts by what it was seen to hold when it was last\n' +
        'synced. A copy of a vault made by other means is no second vault.',
    )
    .argument('<card...>', 'cards, folders or files', folderWords)
    .requiredOption('--vault <folder>', 'a vault that may hold copies; repeatable', pathWords)
    .option(
      '--receipt-days <n>',
      'vaults that are not connected count if seen so many days ago or later; 0: never',
      fromZeroWord,
    )
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
    ...(words.receiptDays !== undefined && { receiptAgeMsMax: words.receiptDays * DAY_MS }),
    onIssue: (issue) => output.issue(issue),
  });
  tellTiers(session, report);
  tellMissing(session, report);
  output.showIssues();
  tellReceipts(session, report);
  output.say(verdictOf(report));
  const { isSafe, files, missing, undecided, unread, unlearned, isInterrupted } = report;
  const summary = {
    vaults: vaults.map(({ root }) => root),
    safe: isSafe,
    files,
    missing: missing.length,
    undecided: undecided.length,
    unread: unread.length,
    unlearned,
    filesByReceipt: report.filesByReceipt,
    oldestReceiptMs: report.oldestReceiptMs,
    receiptsRefused: report.receiptsRefused,
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
  output.say(`${are} not looked at yet: ratings may ask for more copies; "learn" looks now.`);
}

function tellMissing({ output }: Session, { missing, undecided, unread }: SafeReport): void {
  const lacking = [
    ...missing.map((one) => ({ ...one, type: 'missing', may: '' })),
    ...undecided.map((one) => ({ ...one, type: 'undecided', may: ' it may want' })),
  ];
  for (const [index, one] of lacking.entries()) {
    const { path, sizeBytes, copiesHeld, copiesWanted, tier, type, may } = one;
    const has = `has ${copiesHeld} of ${copiesWanted} copies${may}`;
    const line = `  ${path}  ${has} (${tier}, ${formatBytes(sizeBytes)})`;
    const record = { type, path, tier, bytes: sizeBytes, copiesHeld, copiesWanted };
    if (output.isJson || index < SHOWN_MAX) output.list(record, line);
  }
  const left = lacking.length - SHOWN_MAX;
  if (left > 0) output.say(`  and ${formatCount(left, 'more', 'more')}; --json lists them all.`);
  for (const path of unread) output.list({ type: 'unread', path }, `  ${path}  cannot be read`);
}

function tellReceipts({ output }: Session, report: SafeReport): void {
  const { filesByReceipt, oldestReceiptMs, receiptsRefused } = report;
  if (filesByReceipt > 0) {
    const lean = formatCount(filesByReceipt, 'file leans', 'files lean');
    const age = oldestReceiptMs === null ? 'by a clock that is wrong' : agoText(oldestReceiptMs);
    output.say(`${lean} on vaults that are not connected, last read there ${age}.`);
  }
  if (receiptsRefused > 0) {
    const receipts = formatCount(receiptsRefused, 'copy', 'copies');
    output.say(`${receipts} on vaults that are not connected did not count: too old.`);
  }
}

function agoText(ageMs: number): string {
  const days = Math.floor(ageMs / DAY_MS);
  return days === 0 ? 'less than a day ago' : `${formatCount(days, 'day')} ago`;
}

function verdictOf(report: SafeReport): string {
  const { isSafe, files, missing, undecided, unread, isInterrupted } = report;
  if (isSafe) {
    return `Safe to format: ${formatCount(files, 'file')}, each verified as often as its tier wants.`;
  }
  if (isInterrupted) return 'NOT safe to format: not all was looked at.';
  if (files === 0 && unread.length === 0) return 'NOT safe to format: there is no file here.';
  if (missing.length + unread.length === 0) {
    const looked = formatCount(undecided.length, 'file was', 'files were');
    return `NOT safe to format: ${looked} not looked at, and may want more copies. "learn" looks now.`;
  }
  const lacking = formatCount(missing.length + unread.length, 'file lacks', 'files lack');
  return `NOT safe to format: ${lacking} copies. "backup" with --mirror makes them.`;
}
