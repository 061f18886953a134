import type { Command } from 'commander';
import { status as readStatus, type VaultStatus } from '../index.ts';
import { EXIT } from './exit-code.ts';
import type { Ending } from './output.ts';
import { type Act, openNamedVault, type Session, shownTime } from './session.ts';
import { formatBytes, formatCount } from './wording.ts';
import { pathWord } from './words.ts';

/** `status --vault V`: what is protected, since when, and what needs attention. */
export function addStatus(program: Command, act: Act): void {
  program
    .command('status')
    .summary('what is protected, and what needs attention')
    .description(
      'Says what a vault holds, since when, and what needs attention. Reads only its journal.',
    )
    .requiredOption('--vault <folder>', 'the vault', pathWord)
    .addHelpText('after', '\nExample:\n  fieldvault status --vault /media/ssd/vault')
    .action((options: { readonly vault: string }) =>
      act('status', (session) => status(session, options.vault)),
    );
}

async function status(session: Session, path: string): Promise<Ending> {
  const vault = await openNamedVault(session, path);
  const report = await readStatus(session.world, vault);
  tell(session, vault.root, report);
  return { exit: EXIT.done, summary: { vault: vault.root, ...report } };
}

const ROLE_TEXT = {
  capture: 'pictures, sound and film',
  sidecar: 'sidecars',
  catalog: 'catalogs',
  other: 'other files',
} as const;

function tell(session: Session, root: string, report: VaultStatus): void {
  const { output } = session;
  const label = report.label === '' ? '' : ` "${report.label}"`;
  output.say(`The vault${label} in ${root}`);
  const snapshots = formatCount(report.snapshots, 'snapshot');
  output.say(
    `  ${snapshots}, ${formatCount(report.blobs, 'original')}, ${formatBytes(report.bytes)}`,
  );
  for (const role of ['capture', 'sidecar', 'catalog', 'other'] as const) {
    const { blobs, bytes } = report.byRole[role];
    if (blobs > 0) {
      output.say(
        `    ${ROLE_TEXT[role]}: ${formatCount(blobs, 'original')}, ${formatBytes(bytes)}`,
      );
    }
  }
  if (report.freeBytes !== null)
    output.say(`  free on its drive: ${formatBytes(report.freeBytes)}`);
  if (report.oldestVerified !== '') {
    output.say(
      `  every original was read and right since ${shownTime(session, report.oldestVerified)}`,
    );
  }
  for (const source of report.sources) {
    const size = `${formatCount(source.files, 'file')}, ${formatBytes(source.bytes)}`;
    const when = shownTime(session, source.lastTime);
    const end = source.isUnfinished ? ', CUT OFF: run the backup again' : '';
    output.say(`  ${source.source}: ${size}, last backup ${when}${end}`);
  }
  if (report.damaged > 0) {
    const files = formatCount(report.damaged, 'stored file is', 'stored files are');
    output.say(
      `DAMAGE: ${files} known to be wrong; "check --repair-from" mends from another vault.`,
    );
  } else if (report.unfinished === 0) {
    output.say('Nothing needs attention.');
  }
}
