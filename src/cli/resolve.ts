import type { Command } from 'commander';
import { resolveConflict } from '../index.ts';
import { EXIT } from './exit-code.ts';
import type { Ending } from './output.ts';
import { type Act, openNamedVault, type Session } from './session.ts';
import { oneOf, pathWord } from './words.ts';

interface ResolveWords {
  readonly vault: string;
  readonly take: 'field' | 'studio' | 'both';
}

/** `resolve <conflict> --take field|studio|both --vault V`: a person settles a conflict. */
export function addResolve(program: Command, act: Act): void {
  program
    .command('resolve')
    .summary('settle a conflict')
    .description(
      'Says which version of a conflict counts. Makes a snapshot that has it so; the other\nversion stays in the vault and in earlier snapshots. The next sync tells the other vault.',
    )
    .argument('<conflict>', 'its id as "conflicts" lists it, or a unique start of it')
    .requiredOption(
      '--take <side>',
      'field, studio, or both (as the merge left it)',
      oneOf(['field', 'studio', 'both']),
    )
    .requiredOption('--vault <folder>', 'the vault', pathWord)
    .addHelpText(
      'after',
      '\nExample:\n  fieldvault resolve 3f2a9c1b --take studio --vault /studio/vault',
    )
    .action((name: string, words: ResolveWords) =>
      act('resolve', (session) => resolve(session, name, words)),
    );
}

async function resolve(session: Session, name: string, words: ResolveWords): Promise<Ending> {
  const { world, output } = session;
  const vault = await openNamedVault(session, words.vault);
  const { conflict, snapshot } = await resolveConflict(world, vault, name, { take: words.take });
  const { conflict: id, source, path } = conflict;
  const what = words.take === 'both' ? 'both versions stay' : `the ${words.take}'s version counts`;
  output.say(`${source}/${path}: ${what}.`);
  if (snapshot !== null) output.say(`The newest snapshot, ${snapshot}, has it so.`);
  return {
    exit: EXIT.done,
    summary: { vault: vault.root, conflict: id, source, path, take: words.take, snapshot },
  };
}
