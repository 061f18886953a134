import type { Command } from 'commander';
import { writePreviews } from '../index.ts';
import { exitOf } from './exit-code.ts';
import type { Ending } from './output.ts';
import { type Act, openNamedVault, type Session } from './session.ts';
import { formatBytes, formatCount } from './wording.ts';
import { pathWord } from './words.ts';

/** `previews --vault V --to DIR`: see a trip before its pictures arrive. */
export function addPreviews(program: Command, act: Act): void {
  program
    .command('previews')
    .summary('write out small copies of the pictures')
    .description(
      'Writes the small copies that "sync --limit" and "sync --previews" send ahead of the\npictures into a folder. Files that are there stay as they are.',
    )
    .requiredOption('--vault <folder>', 'the vault', pathWord)
    .requiredOption('--to <folder>', 'where they go', pathWord)
    .addHelpText(
      'after',
      '\nExample:\n  fieldvault previews --vault /studio/vault --to /home/me/first-look',
    )
    .action((words: { readonly vault: string; readonly to: string }) =>
      act('previews', (session) => previews(session, words)),
    );
}

async function previews(
  session: Session,
  words: { readonly vault: string; readonly to: string },
): Promise<Ending> {
  const { world, outside, output } = session;
  const vault = await openNamedVault(session, words.vault);
  const to = outside.absolutePath(words.to);
  const report = await writePreviews(world, vault, to, (issue) => output.issue(issue));
  const { previews: count, bytes, awaited, issueCount } = report;
  output.showIssues();
  output.say(`${formatCount(count, 'preview')} (${formatBytes(bytes)}) in ${to}.`);
  if (awaited > 0) {
    output.say(`${formatCount(awaited, 'picture')} of them have not arrived yet; "sync" goes on.`);
  }
  const exit = exitOf({ hasIssues: issueCount > 0 });
  return { exit, summary: { vault: vault.root, to, previews: count, bytes, awaited } };
}
