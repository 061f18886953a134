import type { Command } from 'commander';
import { forget as forgetSnapshots } from '../index.ts';
import { EXIT } from './exit-code.ts';
import type { Ending } from './output.ts';
import { type Act, openNamedVault, type Session, shownTime } from './session.ts';
import { formatCount } from './wording.ts';
import { pathWord } from './words.ts';

/** `forget <snapshot...> --vault V`: drops snapshots. */
export function addForget(program: Command, act: Act): void {
  program
    .command('forget')
    .summary('drop snapshots')
    .description(
      'Drops snapshots: they are listed and restored no more. No file is removed; see "prune".',
    )
    .argument('<snapshot...>', 'ids, unique starts of ids, or "latest"')
    .requiredOption('--vault <folder>', 'the vault', pathWord)
    .addHelpText('after', '\nExample:\n  fieldvault forget 3f2a9c --vault /media/ssd/vault')
    .action((names: string[], options: { readonly vault: string }) =>
      act('forget', (session) => forget(session, names, options.vault)),
    );
}

async function forget(session: Session, names: readonly string[], path: string): Promise<Ending> {
  const { world, output } = session;
  const vault = await openNamedVault(session, path);
  const dropped = await forgetSnapshots(world, vault, names);
  const ids = dropped.map(({ id }) => id);
  for (const { id, time } of dropped) {
    output.say(`  ${id} of ${shownTime(session, time)}`);
  }
  output.say(`Forgot ${formatCount(ids.length, 'snapshot')}. Every file is still in the vault;`);
  output.say('"fieldvault prune --dry-run" shows what no snapshot needs any more.');
  return { exit: EXIT.done, summary: { vault: vault.root, forgotten: ids } };
}
