import type { Command } from 'commander';
import { createVault } from '../index.ts';
import { EXIT } from './exit-code.ts';
import type { Ending } from './output.ts';
import type { Act, Session } from './session.ts';
import { quoteWord } from './wording.ts';
import { pathWord } from './words.ts';

/** `init <vault>`: makes a vault. */
export function addInit(program: Command, act: Act): void {
  program
    .command('init')
    .summary('make a vault')
    .description('Makes a vault: a plain folder that pictures are protected in.')
    .argument('<vault>', 'a new or empty folder, best on a drive of its own', pathWord)
    .option('--label <text>', 'what people call it')
    .addHelpText(
      'after',
      '\nExample:\n  fieldvault init /media/ssd/vault --label "Alps, first copy"',
    )
    .action((path: string, options: { readonly label?: string }) =>
      act('init', (session) => init(session, path, options)),
    );
}

async function init(
  session: Session,
  path: string,
  options: { readonly label?: string },
): Promise<Ending> {
  const vault = await createVault(session.world, session.outside.absolutePath(path), options);
  const { id, label, format } = vault.identity;
  session.output.say(`Made a vault in ${vault.root}. Nothing is in it yet; next:`);
  session.output.say(`  fieldvault backup <card or folder> --vault ${quoteWord(vault.root)}`);
  return { exit: EXIT.done, summary: { vault: vault.root, id, label, format } };
}
