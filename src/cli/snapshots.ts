import type { Command } from 'commander';
import { listSnapshots, type SnapshotSummary } from '../index.ts';
import { EXIT } from './exit-code.ts';
import type { Ending } from './output.ts';
import { type Act, openNamedVault, type Session, shownTime } from './session.ts';
import { formatBytes, formatCount } from './wording.ts';
import { pathWord } from './words.ts';

/** `snapshots --vault V`: lists what there is to restore. */
export function addSnapshots(program: Command, act: Act): void {
  program
    .command('snapshots')
    .summary('list the snapshots')
    .description('Lists the snapshots of a vault, oldest first.')
    .requiredOption('--vault <folder>', 'the vault', pathWord)
    .addHelpText('after', '\nExample:\n  fieldvault snapshots --vault /media/ssd/vault')
    .action((options: { readonly vault: string }) =>
      act('snapshots', (session) => snapshots(session, options.vault)),
    );
}

const STATE_TEXT = {
  complete: 'complete',
  'with-issues': 'with issues',
  unfinished: 'unfinished',
} as const;

async function snapshots(session: Session, path: string): Promise<Ending> {
  const { output } = session;
  const vault = await openNamedVault(session, path);
  const all = listSnapshots(vault);
  for (const snapshot of all) output.list(recordOf(snapshot), lineOf(session, snapshot));
  if (all.length === 0) {
    output.say(`${vault.root} holds no snapshot yet; "fieldvault backup" makes one.`);
  } else {
    output.say('Restore one with its id, a unique start of it, or "latest".');
  }
  return { exit: EXIT.done, summary: { vault: vault.root, snapshots: all.length } };
}

function recordOf(snapshot: SnapshotSummary): Readonly<Record<string, unknown>> {
  const { id, time, state, files, bytes } = snapshot;
  const sources = snapshot.sources.map(({ source, origin }) => ({ source, origin }));
  return { type: 'snapshot', snapshot: id, time, state, files, bytes, sources };
}

function lineOf(session: Session, { id, time, state, ...rest }: SnapshotSummary): string {
  const sources = rest.sources.map(({ source }) => source).join(', ');
  const files = formatCount(rest.files, 'file').padStart(14);
  const bytes = formatBytes(rest.bytes).padStart(9);
  const when = shownTime(session, time);
  return `${id}  ${when}  ${STATE_TEXT[state].padEnd(11)} ${files} ${bytes}  ${sources}`;
}
