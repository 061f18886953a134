import type { Command } from 'commander';
import {
  FieldVaultError,
  forgetByPolicy,
  forget as forgetSnapshots,
  planForgetByPolicy,
} from '../index.ts';
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
    .argument('[snapshot...]', 'ids, unique starts of ids, or "latest"')
    .option('--by-policy', 'those the policy does not need for the versions it keeps')
    .option('--dry-run', 'with --by-policy: only say which')
    .requiredOption('--vault <folder>', 'the vault', pathWord)
    .addHelpText('after', EXAMPLES)
    .action((names: string[], words: ForgetWords) =>
      act('forget', (session) =>
        words.byPolicy === true ? byPolicy(session, names, words) : forget(session, names, words),
      ),
    );
}

interface ForgetWords {
  readonly vault: string;
  readonly byPolicy?: true;
  readonly dryRun?: true;
}

const EXAMPLES = `
Examples:
  fieldvault forget 3f2a9c --vault /media/ssd/vault
  fieldvault forget --by-policy --dry-run --vault /media/ssd/vault`;

/** How many versions of sidecars and catalogs are kept, the policy says; pictures are never among what goes. */
async function byPolicy(
  session: Session,
  names: readonly string[],
  { vault: path, dryRun }: ForgetWords,
): Promise<Ending> {
  const { world, output } = session;
  if (names.length > 0) throw wrongWords('Name snapshots, or say --by-policy; not both.');
  const vault = await openNamedVault(session, path);
  const isDry = dryRun === true;
  const plan = await (isDry ? planForgetByPolicy(world, vault) : forgetByPolicy(world, vault));
  for (const { id, time } of plan.forget) {
    const fate = isDry ? 'planned' : 'forgotten';
    output.list({ type: 'snapshot', fate, id, time }, `  ${id} of ${shownTime(session, time)}`);
  }
  const went = formatCount(plan.forget.length, 'snapshot');
  const versions = formatCount(plan.versionsDropped, 'old version');
  output.say(
    isDry ? `Would forget ${went}; nothing was changed.` : `Forgot ${went}; ${plan.kept} stay.`,
  );
  output.say(
    `${versions} of sidecars and catalogs ${isDry ? 'would be' : 'are'} listed by no snapshot then; "prune" removes them. Pictures stay.`,
  );
  for (const source of plan.uncertain) {
    output.say(`Of ${source} none goes: its snapshots do not tell for sure what stood when.`);
  }
  const { kept, versionsDropped, versionsKept, uncertain } = plan;
  const forgotten = plan.forget.map(({ id }) => id);
  const summary = { vault: vault.root, dryRun: isDry, forgotten, kept };
  return {
    exit: EXIT.done,
    summary: { ...summary, versionsDropped, versionsKept, uncertain },
  };
}

function wrongWords(message: string): FieldVaultError {
  return new FieldVaultError('BAD_USAGE', `${message} Nothing was changed.`);
}

async function forget(
  session: Session,
  names: readonly string[],
  { vault: path, dryRun }: ForgetWords,
): Promise<Ending> {
  const { world, output } = session;
  if (names.length === 0) throw wrongWords('Name snapshots, or say --by-policy.');
  if (dryRun === true) throw wrongWords('--dry-run goes with --by-policy.');
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
