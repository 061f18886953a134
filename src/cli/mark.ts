import type { Command } from 'commander';
import { markFrames } from '../index.ts';
import { EXIT } from './exit-code.ts';
import type { Ending } from './output.ts';
import { parseWhere } from './query-words.ts';
import { type Act, openNamedVault, type Session } from './session.ts';
import { formatBytes, formatCount } from './wording.ts';
import { pathWord } from './words.ts';

interface MarkWords {
  readonly vault: string;
  readonly tier: string;
}

/** `mark <query> --tier T --vault V`: a person's word about frames, recorded. */
export function addMark(program: Command, act: Act): void {
  program
    .command('mark')
    .summary('say yourself what tier frames are of')
    .description(
      'Puts all frames that fit a query into a tier, whatever the policy says, until it\n' +
        'is taken back with --tier none. Who said so and when is kept in the vault.',
    )
    .argument('<query...>', 'which frames; "find" shows them first')
    .requiredOption('--tier <name>', 'a tier of the policy in force, or none')
    .requiredOption('--vault <folder>', 'the vault', pathWord)
    .addHelpText(
      'after',
      "\nExample:\n  fieldvault mark 'name:DSC_0412' --tier select --vault /media/ssd/vault",
    )
    .action((query: string[], words: MarkWords) =>
      act('mark', (session) => mark(session, query.join(' '), words)),
    );
}

async function mark(session: Session, text: string, words: MarkWords): Promise<Ending> {
  const { world, output } = session;
  const query = parseWhere(session, text);
  const vault = await openNamedVault(session, words.vault);
  const tier = words.tier === 'none' ? null : words.tier;
  const { frames, bytes, marked, who } = await markFrames(world, vault, query, tier);
  const found = `${formatCount(frames, 'frame')}, ${formatBytes(bytes)}`;
  const said = tier === null ? 'no mark any more' : `marked ${tier}`;
  output.say(
    frames === 0 ? 'No frame fits; nothing was marked.' : `${found}: ${said}, says ${who}.`,
  );
  if (frames > marked)
    output.say(`${formatCount(frames - marked, 'frame')} of them were so before.`);
  return { exit: EXIT.done, summary: { vault: vault.root, tier, frames, bytes, marked, who } };
}
