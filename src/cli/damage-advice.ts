import type { CheckReport, RepairReport } from '../index.ts';
import { formatCount } from './wording.ts';

/** Sentences on each kind of damage that is left: only stored files are mended from another vault. */
export function adviceOf(report: CheckReport, mended: RepairReport | null): string[] {
  const { damaged, missing, unplaced, folder, journal, snapshot, own } = report.damagedKinds;
  const neither = mended?.unrepaired.length ?? 0;
  const untried = damaged + missing - (mended?.repaired.length ?? 0) - neither;
  const advice = [
    [neither, 'neither'],
    [untried, mended === null ? 'mend' : 'untried'],
    [unplaced, 'unplaced'],
    [journal, 'journal'],
    [snapshot, 'snapshot'],
    [folder, 'folder'],
    [own, 'own'],
  ] as const;
  return advice
    .filter(([count]) => count > 0)
    .map(([count, kind]) => `  ${formatCount(count, ...ADVICE[kind].noun)} ${ADVICE[kind].text}`);
}

interface Advice {
  readonly noun: readonly [string, string];
  /** What happened, what is safe, what to do next. */
  readonly text: string;
}

const ADVICE: Readonly<
  Record<
    'mend' | 'untried' | 'neither' | 'unplaced' | 'journal' | 'snapshot' | 'folder' | 'own',
    Advice
  >
> = {
  mend: {
    noun: ['stored file is damaged or missing:', 'stored files are damaged or missing:'],
    text: 'all others are safe. Mend from another vault that holds the same pictures: check --repair-from <vault>.',
  },
  untried: {
    noun: ['stored file was not tried any more:', 'stored files were not tried any more:'],
    text: 'what was mended stays so, and the same command goes on with the rest.',
  },
  neither: {
    noun: ['stored file could not be mended:', 'stored files could not be mended:'],
    text: 'the other vault has no good copy either. Name a third one, or back up the sources again while they have them.',
  },
  unplaced: {
    noun: [
      'content of a snapshot has no journal line that says where it is:',
      'contents of snapshots have no journal line that says where they are:',
    ],
    text: 'the files may still be there, and restore looks for them by name. No other vault mends this; back up the sources again.',
  },
  journal: {
    noun: [
      'place of the journal is damaged or missing:',
      'places of the journal are damaged or missing:',
    ],
    text: 'what stands in other lines, and the stored files, are safe. No other vault mends a journal; back up the sources again, which writes what is missing. It stays named until "prune --accept-loss" gives it up.',
  },
  snapshot: {
    noun: ['list of files is not whole:', 'lists of files are not whole:'],
    text: 'restore gives all that is listed. No other vault mends this one; the same snapshot may be whole there.',
  },
  folder: {
    noun: ['folder cannot be listed:', 'folders cannot be listed:'],
    text: 'what is in it was not checked. Try another cable or reader and check again.',
  },
  own: {
    noun: [
      'file that the vault wrote about itself is damaged or missing:',
      'files that the vault wrote about itself are damaged or missing:',
    ],
    text: 'no picture is affected, and nothing mends it. The drive may be failing: read every byte with --read-data.',
  },
};
