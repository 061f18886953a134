import type { Command } from 'commander';
import {
  status as readStatus,
  SAVING_KINDS,
  type TierStatus,
  tierStatus,
  type Vault,
  type VaultStatus,
} from '../index.ts';
import { savingText } from './compact.ts';
import { EXIT } from './exit-code.ts';
import type { Ending } from './output.ts';
import { type Act, openNamedVault, type Session, shownTime } from './session.ts';
import { formatBytes, formatCount } from './wording.ts';
import { pathWords } from './words.ts';

/** `status --vault V`: what is protected, since when, and what needs attention. */
export function addStatus(program: Command, act: Act): void {
  program
    .command('status')
    .summary('what is protected, and what needs attention')
    .description(
      'Says what a vault holds, since when, how well each tier is protected, how long the\n' +
        'room will do, and what needs attention. Other vaults that are named count as copies.',
    )
    .requiredOption('--vault <folder>', 'the vault; repeatable, the first is told of', pathWords)
    .addHelpText(
      'after',
      '\nExample:\n  fieldvault status --vault /media/ssd1/vault --vault /media/ssd2/vault',
    )
    .action((options: { readonly vault: readonly string[] }) =>
      act('status', (session) => status(session, options.vault)),
    );
}

async function status(session: Session, paths: readonly string[]): Promise<Ending> {
  const opened: Vault[] = [];
  for (const path of paths) opened.push(await openNamedVault(session, path));
  const [vault, ...others] = opened as [Vault, ...Vault[]];
  const report = await readStatus(session.world, vault);
  const state = await tierStatus(session.world, [vault, ...others]);
  tell(session, vault.root, report);
  tellTiers(session, state);
  tellAttention(session, report, state);
  return { exit: EXIT.done, summary: { vault: vault.root, ...report, ...state } };
}

function tellTiers(session: Session, state: TierStatus): void {
  const { output } = session;
  for (const one of state.tiers) {
    const { tier, frames, copiesHeld, copiesWanted, framesWaiting, bytesWaiting } = one;
    if (frames === 0) continue;
    const count = formatCount(frames, 'frame').padStart(14);
    const held = `${copiesHeld} of ${copiesWanted} copies held`;
    const lacks =
      framesWaiting === 0 ? '' : `, ${framesWaiting} lack some (${formatBytes(bytesWaiting)})`;
    const oldest =
      one.oldestVerifiedMs === null
        ? ''
        : `, verified since ${shownTime(session, new Date(one.oldestVerifiedMs).toISOString())}`;
    output.say(
      `  ${tier.padEnd(12)} ${count}  ${formatBytes(one.bytes).padStart(9)}  ${held}${lacks}${oldest}`,
    );
  }
  if (state.framesByReceipt > 0) {
    const frames = formatCount(state.framesByReceipt, 'frame has', 'frames have');
    output.say(`  ${frames} copies on vaults that are not connected, as they were last seen`);
  }
  if (state.unlearned > 0) {
    const files = formatCount(state.unlearned, 'file is', 'files are');
    output.say(`  ${files} not looked at yet, and may be of another tier; "learn" looks now`);
  }
  for (const room of state.vaults) output.say(`  ${room.path}: ${roomText(room)}`);
}

function roomText(room: TierStatus['vaults'][number]): string {
  const { storedBytes, freeBytes, forecast } = room;
  const takes = `originals take ${formatBytes(storedBytes)}`;
  if (freeBytes === null || forecast === null) return takes;
  const { bytesPerDay, daysLeft } = forecast;
  const kept =
    room.reservedBytes > 0 ? `, ${formatBytes(room.reservedBytes)} of it for precious tiers` : '';
  const free = `${takes}, ${formatBytes(freeBytes)} free${kept}`;
  if (daysLeft === null) return free;
  const days =
    daysLeft === 0 ? 'less than a day more' : formatCount(daysLeft, 'more day', 'more days');
  return `${free}: ${days} at this rate (${formatBytes(bytesPerDay)} a day)`;
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
  for (const kind of SAVING_KINDS) {
    const saving = report.savings.byKind[kind];
    if (saving.blobs > 0) output.say(`    ${savingText(kind, saving)}`);
  }
  const { files, bytes } = report.savings.duplicates;
  if (files > 0) {
    output.say(`    stored only once: ${formatCount(files, 'more file')}, ${formatBytes(bytes)}`);
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
    const end = source.isUnfinished
      ? ', CUT OFF: run the backup again'
      : source.hasIssues
        ? ', NOT ALL of it: "backup --dry-run" says what waits'
        : '';
    output.say(`  ${source.source}: ${size}, last backup ${when}${end}`);
  }
}

function tellAttention({ output }: Session, report: VaultStatus, { tiers }: TierStatus): void {
  const lacking = tiers.reduce((sum, { framesWaiting }) => sum + framesWaiting, 0);
  if (lacking > 0) {
    const frames = formatCount(lacking, 'frame has', 'frames have');
    output.say(
      `${frames} fewer copies than the policy wants: back up with --mirror, or sync with another vault.`,
    );
  }
  if (report.damaged > 0) {
    const files = formatCount(report.damaged, 'stored file is', 'stored files are');
    output.say(
      `DAMAGE: ${files} known to be wrong; "check --repair-from" mends from another vault.`,
    );
  } else if (
    lacking === 0 &&
    report.unfinished === 0 &&
    !report.sources.some(({ hasIssues }) => hasIssues)
  ) {
    output.say('Nothing needs attention.');
  }
}
