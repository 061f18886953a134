import type { Command } from 'commander';
import { type Group, type GroupOptions, groupBursts } from '../index.ts';
import { exitOf } from './exit-code.ts';
import type { Ending } from './output.ts';
import { type Act, openNamedVault, type Session } from './session.ts';
import { formatCount } from './wording.ts';
import { bitsWord, fromZeroWord, pathWord } from './words.ts';

interface SimilarWords {
  readonly vault: string;
  readonly threshold?: number;
  readonly gap?: number;
}

/** `similar --vault V`: lists bursts, brackets and look-alikes. */
export function addSimilar(program: Command, act: Act): void {
  program
    .command('similar')
    .summary('list bursts, brackets and look-alikes; changes nothing')
    .description(
      'Lists frames that were taken in one go or look alike, with scores and the reason.\n' +
        'It only lists: what looks alike is never redundant, and nothing is changed.',
    )
    .requiredOption('--vault <folder>', 'the vault', pathWord)
    .option(
      '--threshold <bits>',
      'how many of 256 bits of two looks may differ: 31 a copy, 90 a burst (default), 128 chance',
      bitsWord,
    )
    .option('--gap <seconds>', 'longest time between two frames of a burst', fromZeroWord)
    .action((words: SimilarWords) => act('similar', (session) => similar(session, words)));
}

async function similar(session: Session, words: SimilarWords): Promise<Ending> {
  const { world, output, signal } = session;
  const vault = await openNamedVault(session, words.vault);
  const groups = await groupBursts(world, vault, optionsOf(words));
  let frames = 0;
  let listed = 0;
  for (const group of groups) {
    if (signal.aborted || output.isGone) break;
    listed += 1;
    frames += group.frames.length;
    output.list(recordOf(group), headOf(group));
    for (const line of memberLines(group)) output.say(line);
  }
  output.say(`${formatCount(listed, 'group')} with ${formatCount(frames, 'frame')}.`);
  const summary = { vault: vault.root, groups: listed, frames };
  return { exit: exitOf({ isInterrupted: signal.aborted }), summary };
}

/** One number for people sets all that it bounds: 90 bits give exactly what is used where nothing is said. */
function optionsOf({ threshold, gap }: SimilarWords): GroupOptions {
  const bits =
    threshold === undefined
      ? {}
      : {
          burstDistanceMax: threshold,
          panoramaEndsMin: threshold + 20,
          bracketDistanceMax: threshold + 7,
          steadyDistanceMax: Math.min(threshold, 45),
          lookAlikeDistanceMax: Math.min(threshold, 31),
        };
  const seconds =
    gap === undefined
      ? {}
      : { burstGapSeconds: gap, continuousGapSeconds: gap, steadyGapSeconds: gap };
  return { ...bits, ...seconds };
}

function recordOf(group: Group): Readonly<Record<string, unknown>> {
  const { id, kind, frames, reason, score } = group;
  const members = frames.map(({ id: path, distance, score: one }) => ({
    path,
    distance,
    score: one,
  }));
  const paths = frames.map(({ id: path }) => path);
  return { type: 'group', id, kind, frames: paths, score, reason, members };
}

function headOf({ kind, frames, reason, score }: Group): string {
  return `${kind}: ${formatCount(frames.length, 'frame')}, score ${score.toFixed(2)}. ${reason}`;
}

function memberLines({ frames }: Group): string[] {
  return frames.map(({ id, distance }) => {
    const bits = distance === null ? 'no look' : `${distance} bits`;
    return `    ${bits.padStart(8)}  ${id}`;
  });
}
