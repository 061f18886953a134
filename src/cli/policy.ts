import type { Command } from 'commander';
import {
  type PolicyTest,
  planBackup,
  policyOf,
  readPolicyFile,
  setPolicy,
  testPolicy,
} from '../index.ts';
import { EXIT } from './exit-code.ts';
import type { Ending } from './output.ts';
import { tellPlan } from './plan-words.ts';
import { type Act, openNamedVault, type Session, shownTime } from './session.ts';
import { formatBytes, formatCount } from './wording.ts';
import { pathWord } from './words.ts';

const EXAMPLE = `
Example:
  fieldvault policy show --vault /media/ssd/vault > tiers.yaml
  fieldvault policy test tiers.yaml --vault /media/ssd/vault
  fieldvault policy test tiers.yaml /media/EOS_DIGITAL --vault /media/ssd/vault
  fieldvault policy set tiers.yaml --vault /media/ssd/vault`;

/** `policy show|test FILE|set FILE --vault V`: tiers as data. */
export function addPolicy(program: Command, act: Act): void {
  const policy = program
    .command('policy')
    .summary('show, test or set what tiers there are')
    .description(
      'Tiers say what is precious: the first whose "where" fits a frame takes it, and\n' +
        'a mark wins over all. A vault that was given no policy has a sensible one.',
    )
    .addHelpText('after', EXAMPLE);
  const add = (name: string, summary: string, work: Work): void => {
    const command = policy.command(name).description(summary);
    if (name !== 'show') command.argument('<file>', 'a policy in YAML', pathWord);
    if (name === 'test') command.argument('[card...]', 'also say what a backup of these would do');
    command
      .requiredOption('--vault <folder>', 'the vault', pathWord)
      .action((...words: unknown[]) => {
        const file = name === 'show' ? '' : String(words[0]);
        const cards = name === 'test' ? (words[1] as readonly string[]) : [];
        const { vault } = command.opts<{ readonly vault: string }>();
        act('policy', (session) => work(session, vault, { file, cards }));
      });
  };
  add('show', 'print the policy in force', show);
  add('test', 'say what a policy would change; changes nothing', test);
  add('set', 'put a policy in force', set);
}

/** What was named: a file with a policy, and cards to plan a backup of. */
interface Named {
  readonly file: string;
  readonly cards: readonly string[];
}

type Work = (session: Session, vault: string, named: Named) => Promise<Ending>;

async function show(session: Session, path: string): Promise<Ending> {
  const { output } = session;
  const vault = await openNamedVault(session, path);
  const { policy, text, set: said } = policyOf(vault);
  output.say(
    said === null
      ? '# The default policy: this vault was given none.'
      : `# Set ${shownTime(session, said.time)}${said.who === null ? '' : ` by ${said.who}`}.`,
  );
  for (const line of text.trimEnd().split('\n')) output.say(line);
  if (output.isJson) for (const tier of policy.tiers) output.list({ type: 'tier', ...tier }, '');
  const summary = {
    vault: vault.root,
    isDefault: said === null,
    time: said?.time ?? null,
    who: said?.who ?? null,
    text,
  };
  return { exit: EXIT.done, summary };
}

async function test(session: Session, path: string, { file, cards }: Named): Promise<Ending> {
  const { world, outside, output, signal } = session;
  const vault = await openNamedVault(session, path);
  const { policy } = await readPolicyFile(world, outside.absolutePath(file));
  const report = await testPolicy(world, vault, policy);
  tell(session, report);
  if (cards.length > 0) {
    const paths = cards.map(outside.absolutePath);
    output.say(`A backup of ${paths.join(', ')} would do this:`);
    tellPlan(session, await planBackup(world, vault, paths, { policy, signal }));
  }
  output.say('Nothing was changed; "policy set" puts it in force.');
  const { tiers, changes, idleMarks, unlearned } = report;
  const frames = tiers.reduce((sum, tier) => sum + tier.frames, 0);
  const bytes = tiers.reduce((sum, tier) => sum + tier.bytes, 0);
  const changed = changes.reduce((sum, change) => sum + change.frames.length, 0);
  const summary = { vault: vault.root, frames, bytes, changed, idleMarks, unlearned };
  return { exit: EXIT.done, summary };
}

function tell({ output }: Session, report: PolicyTest): void {
  for (const share of report.tiers) {
    const { tier, copies, frames, bytes } = share;
    const count = formatCount(frames, 'frame').padStart(14);
    const wanted = formatCount(copies, 'copy', 'copies');
    output.list(
      { type: 'tier', ...share },
      `  ${tier.padEnd(12)} ${count}  ${formatBytes(bytes).padStart(9)}  ${wanted} wanted`,
    );
  }
  if (report.changes.length === 0) output.say('No frame would change its tier.');
  for (const { from, to, frames, bytes } of report.changes) {
    const count = formatCount(frames.length, 'frame');
    output.list(
      { type: 'change', from, to, frames, bytes },
      `  from ${from} to ${to}: ${count}, ${formatBytes(bytes)}`,
    );
  }
  if (report.idleMarks > 0) {
    const frames = formatCount(report.idleMarks, 'frame is', 'frames are');
    output.say(`${frames} marked for a tier that this policy does not have.`);
  }
  if (report.unlearned > 0) {
    const files = formatCount(report.unlearned, 'file is', 'files are');
    output.say(`${files} not looked at yet, and may change; "learn" does so now.`);
  }
}

async function set(session: Session, path: string, { file }: Named): Promise<Ending> {
  const { world, outside, output } = session;
  const vault = await openNamedVault(session, path);
  const read = await readPolicyFile(world, outside.absolutePath(file));
  await setPolicy(world, vault, read);
  const tiers = read.policy.tiers.map(({ name }) => name);
  output.say(`This policy is in force now: ${tiers.join(', ')}. Nothing was moved or removed.`);
  return { exit: EXIT.done, summary: { vault: vault.root, tiers } };
}
