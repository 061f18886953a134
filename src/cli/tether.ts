import { type Command, InvalidArgumentError } from 'commander';
import {
  type CulledFrame,
  type CullRule,
  FieldVaultError,
  parseCullRule,
  type TetheredCamera,
  type TetheredFrame,
  type TetherOptions,
  type TetherReport,
  tether as tetherCamera,
  type Vault,
} from '../index.ts';
import { openMirrors } from './backup.ts';
import { type ExitCode, exitOf, exitOfError } from './exit-code.ts';
import { learnedSummary, tellLearned } from './learn.ts';
import type { Ending } from './output.ts';
import { type Act, openNamedVault, type Session } from './session.ts';
import { formatBytes, formatCount, formatDuration } from './wording.ts';
import { countWord, minutesWord, pathWord, pathWords } from './words.ts';

interface TetherWords {
  readonly vault: string;
  readonly mirror?: readonly string[];
  readonly onlyNew?: boolean;
  readonly frames?: number;
  readonly maxMinutes?: number;
  readonly patience?: number;
  readonly session?: string;
  readonly name?: string;
  readonly cull?: boolean;
  readonly rule?: readonly CullRule[];
  readonly sidecars?: boolean;
  readonly learn: boolean;
}

/** `tether <camera> --vault V`: every frame safe as it is shot. */
export function addTether(program: Command, act: Act): void {
  program
    .command('tether')
    .summary('protect every frame as it is shot')
    .description(
      'Takes each frame from the camera and says so once it is durable and read back on every vault.\n' +
        'Goes on until Ctrl-C; then makes one snapshot of the session. Removes nothing from the camera.',
    )
    .argument(
      '<camera>',
      'ptpip://host[:port], fuji://host[:port], usb: or folder:/path (a folder another program fills)',
    )
    .requiredOption('--vault <folder>', 'the vault that protects them', pathWord)
    .option('--mirror <folder>', 'another vault that gets every frame too; repeatable', pathWords)
    .option('--only-new', 'leave what lies on the card already where it is')
    .option('--session <name>', 'all frames in a folder of this name')
    .option('--name <template>', 'such as {session}/{date}/{camera}_{number}.{extension}')
    .option('--cull', 'say what stands out (soft, clipped, ...) when there is nothing to take')
    .option('--rule <rule>', "'<query> => tier:T label:L'; culls; repeatable", ruleWords)
    .option('--sidecars', 'write what culling says as XMP beside the frames in the vault; culls')
    .option('--no-learn', 'only protect; the next backup or "learn" looks at the pictures')
    .option('--frames <count>', 'end after so many files', countWord)
    .option('--max-minutes <minutes>', 'end after so long', minutesWord)
    .option('--patience <minutes>', 'how long the camera may be away (30)', minutesWord)
    .addHelpText(
      'after',
      '\nExamples:\n  fieldvault tether ptpip://192.168.1.1 --vault /media/ssd1/vault --mirror /media/ssd2/vault\n' +
        '  fieldvault tether "folder:/Users/me/Pictures/Capture" --vault /media/ssd1/vault',
    )
    .action((camera: string, options: TetherWords) =>
      act('tether', (session) => tether(session, camera, options)),
    );
}

async function tether(session: Session, camera: string, options: TetherWords): Promise<Ending> {
  const { world, output } = session;
  const vault = await openNamedVault(session, options.vault);
  const mirrors = await openMirrors(session, options.mirror ?? []);
  const timeUp = new AbortController();
  const told: Map<string, string> = new Map();
  const { maxMinutes, patience, frames, onlyNew } = options;
  const endTimer =
    maxMinutes === undefined
      ? () => {}
      : world.clock.every(maxMinutes * 60_000, () => timeUp.abort());
  try {
    const report = await tetherCamera(world, vault, absoluteCamera(session, camera), {
      mirrors,
      signal: session.signal,
      endSignal: timeUp.signal,
      takesExisting: onlyNew !== true,
      ...(frames !== undefined && { framesMax: frames }),
      ...(patience !== undefined && { patienceMs: patience * 60_000 }),
      onCamera: (found) => tellCamera(session, found),
      ...(options.session !== undefined && { session: options.session }),
      ...(options.name !== undefined && { naming: options.name }),
      ...cullOf(options),
      learn: options.learn,
      onCull: (frame) => tellCull(session, told, frame),
      onFrame: (frame) => tellFrame(session, frame),
      onIssue: (issue) => output.issue(issue),
      onLink: (state) => output.list({ type: 'link', state }, LINK_TEXT[state]),
    });
    tell(session, vault, report);
    tellLearned(session, report.learned);
    return { exit: exitOfReport(report), summary: summaryOf(vault, report) };
  } finally {
    endTimer();
  }
}

function cullOf({ cull, rule, sidecars }: TetherWords): Pick<TetherOptions, 'cull'> {
  if (cull !== true && rule === undefined && sidecars !== true) return {};
  return { cull: { rules: rule ?? [], writesSidecars: sidecars === true } };
}

function ruleWords(text: string, before: readonly CullRule[] = []): readonly CullRule[] {
  try {
    return [...before, parseCullRule(text)];
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
  }
}

const LINK_TEXT = {
  lost: 'The camera does not answer any more. It is tried again and again; its frames are on its card.',
  back: 'The camera is back.',
} as const;

/** A folder that a person typed is below the working folder. */
function absoluteCamera({ outside }: Session, camera: string): string {
  const path = /^folder:(.+)$/s.exec(camera)?.[1];
  return path === undefined ? camera : `folder:${outside.absolutePath(path)}`;
}

function tellCamera({ output }: Session, camera: TetheredCamera): void {
  const { source, maker, model, serial, firmware } = camera;
  output.list(
    { type: 'camera', source, maker, model, serial, firmware },
    `${source} is connected. Shoot; Ctrl-C ends the session in a safe state.`,
  );
}

function tellFrame({ output }: Session, frame: TetheredFrame): void {
  const { path, blob, sizeBytes, copies, isKnown, tier, facts, times } = frame;
  const { durableMs, transferMs } = times;
  const vaults = copies === 1 ? 'one vault' : `${copies} vaults`;
  const isNew = isKnown ? ', known already' : '';
  output.list(
    {
      type: 'frame',
      path,
      blob,
      bytes: sizeBytes,
      copies,
      known: isKnown,
      tier,
      rating: facts?.rating ?? null,
      durableMs: Math.round(durableMs),
      transferMs: Math.round(transferMs),
    },
    `  ${path}  ${formatBytes(sizeBytes)}, safe on ${vaults} after ${shownMs(durableMs)}${isNew}`,
  );
}

/** People are told once, programs each time there is something new: a burst grows with every frame. */
function tellCull({ output }: Session, told: Map<string, string>, frame: CulledFrame): void {
  const { paths, words, tier, label, rating, ...rest } = frame;
  const said = [
    ...words,
    ...(label === null ? [] : [`label ${label}`]),
    ...(frame.isTierByRule ? [`tier ${tier}`] : []),
  ];
  const record = { type: 'cull', paths, words, tier, label, rating, ...rest };
  const text = `      ${paths[0] ?? ''}: ${said.join(', ')}`;
  const isNews = said.length > 0 && told.get(frame.id) !== text;
  if (!output.isJson && !isNews) return;
  told.set(frame.id, text);
  output.list(record, text);
}

function shownMs(durationMs: number): string {
  return durationMs < 10_000
    ? `${Math.round(durationMs)} ms`
    : formatDuration(Math.round(durationMs));
}

function exitOfReport(report: TetherReport): ExitCode {
  if (!report.isInterrupted && report.failure !== null) return exitOfError(report.failure.code);
  return exitOf({
    isInterrupted: report.isInterrupted,
    isFull: report.isFull && report.left > 0,
    hasIssues: report.troubleCount > 0,
  });
}

function tell(session: Session, vault: Vault, report: TetherReport): void {
  const { output, outside } = session;
  const { taken, shots, fromCard, known, source, snapshot, bytesRead, timings, left } = report;
  output.showIssues();
  output.say(
    `${formatCount(taken, 'file')} of ${source} (${formatCount(shots, 'shot')}, ${formatBytes(bytesRead)}) are safe in ${vault.root}, snapshot ${snapshot}.`,
  );
  if (fromCard > 0) output.say(`  from the card: ${formatCount(fromCard, 'file')}`);
  if (known > 0) output.say(`  known before:  ${formatCount(known, 'file')}`);
  if (left > 0) output.say(`  still in the camera: ${formatCount(left, 'file')}`);
  for (const { path, state, newBlobs } of report.mirrors) {
    output.say(`  mirror: ${path}: ${state} (${formatCount(newBlobs, 'new original')})`);
  }
  const { durableMs, gapMs } = timings;
  if (durableMs.count > 0) {
    output.say(
      `  from the camera's word to safe: ${shownMs(durableMs.median)} for half of them, ${shownMs(durableMs.p99)} for 99 of 100, ${shownMs(durableMs.max)} at most`,
    );
  }
  if (gapMs.count > 0) {
    output.say(`  the camera waited for us between two files: ${shownMs(gapMs.p99)} (99 of 100)`);
  }
  output.say(`  session: ${formatDuration(report.durationMs)}`);
  const { failure } = report;
  if (failure !== null && !output.isJson) outside.stderr.write(`${failure.message}\n`);
}

function summaryOf(vault: Vault, report: TetherReport): Readonly<Record<string, unknown>> {
  const { failure, isInterrupted, isFull, isWeak, durationMs, ...rest } = report;
  const { issues: _issues, issueCount: _count, troubleCount: _trouble, learned, ...counts } = rest;
  return {
    vault: vault.root,
    ...counts,
    learned: learnedSummary(learned),
    interrupted: isInterrupted,
    full: isFull,
    weak: isWeak,
    durationMs: Math.round(durationMs),
    ...(failure instanceof FieldVaultError && {
      error: { code: failure.code, message: failure.message, retry: failure.retry },
    }),
  };
}
