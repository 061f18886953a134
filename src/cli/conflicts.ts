import type { Command } from 'commander';
import { type Conflict, listConflicts } from '../index.ts';
import { EXIT } from './exit-code.ts';
import type { Ending } from './output.ts';
import { type Act, openNamedVault, type Session, shownTime } from './session.ts';
import { formatCount } from './wording.ts';
import { pathWord } from './words.ts';

/** `conflicts --vault V`: what merges could not decide. */
export function addConflicts(program: Command, act: Act): void {
  program
    .command('conflicts')
    .summary('list what both sides changed')
    .description(
      'Lists files that both vaults of a sync had changed. Both versions are kept; "resolve"\nsays which one counts.',
    )
    .requiredOption('--vault <folder>', 'the vault', pathWord)
    .option('--all', 'settled ones too')
    .addHelpText('after', '\nExample:\n  fieldvault conflicts --vault /studio/vault')
    .action((words: { readonly vault: string; readonly all?: true }) =>
      act('conflicts', (session) => conflicts(session, words)),
    );
}

async function conflicts(
  session: Session,
  words: { readonly vault: string; readonly all?: true },
): Promise<Ending> {
  const { output } = session;
  const vault = await openNamedVault(session, words.vault);
  const all = listConflicts(vault, { isAll: words.all === true });
  for (const conflict of all) {
    const [first = '', ...more] = textOf(session, conflict);
    output.list(recordOf(conflict), first);
    for (const line of more) output.say(line);
  }
  const open = all.filter(({ settled }) => settled === null).length;
  if (open === 0) output.say(`${vault.root} has no open conflict.`);
  else {
    output.say(
      `${formatCount(open, 'conflict')}. Settle one: fieldvault resolve <id> --take field|studio|both --vault ${vault.root}`,
    );
  }
  return { exit: EXIT.done, summary: { vault: vault.root, conflicts: open, listed: all.length } };
}

function recordOf(conflict: Conflict): Readonly<Record<string, unknown>> {
  const { settled, ...record } = conflict;
  return { ...record, settled, type: 'conflict' };
}

function textOf(session: Session, conflict: Conflict): string[] {
  const { conflict: id, source, path, what, message, settled } = conflict;
  const lines = [`${id}  ${source}/${path}  (${what})`, `    ${message}`];
  for (const role of ['field', 'studio'] as const) {
    const { entry } = conflict[role];
    const time = entry === null ? '' : new Date(entry.mtimeUs / 1000).toISOString();
    const text = entry === null ? 'deleted' : `changed ${shownTime(session, time)}`;
    lines.push(`    ${role.padEnd(7)} ${text}${entry === null ? '' : `, ${entry.size} bytes`}`);
  }
  if (settled !== null) lines.push(`    settled: ${settled.take}, by ${settled.who}`);
  return lines;
}
