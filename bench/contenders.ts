import { join } from 'node:path';
import { type Command, measuredNode, SYNC } from './command.ts';

/** Everything that one way of keeping a folder does, as commands; `at` is its own folder, which does not exist yet. */
export interface Contender {
  readonly name: string;
  /** The program that must be installed. */
  readonly program: string;
  /** First copy of the folder, to the moment where all is durable. */
  first(folder: string, at: string): readonly Command[];
  /** The same folder again. */
  again(folder: string, at: string): readonly Command[];
}

/** The command line of this project, as a person runs it in a checkout. */
export function fieldvault(words: readonly string[], peak: string): Command {
  return measuredNode('src/cli/main.ts', [...words, '--json'], peak);
}

/** This project: makes the vault, protects, reads every byte back; no more than the others do. */
export const OURS: Contender = {
  name: 'FieldVault',
  program: 'sync',
  first: (folder, at) => [
    fieldvault(['init', at], `${at}.peak`),
    fieldvault(['backup', folder, '--vault', at, '--no-learn'], `${at}.peak`),
    SYNC,
  ],
  again: (folder, at) => [
    fieldvault(['backup', folder, '--vault', at, '--no-learn'], `${at}.peak`),
    SYNC,
  ],
};

/** This project as a person runs it: protects, then looks at the pictures. */
export const OURS_LEARNING: Contender = {
  ...OURS,
  name: 'FieldVault, learning too',
  first: (folder, at) => [
    fieldvault(['init', at], `${at}.peak`),
    fieldvault(['backup', folder, '--vault', at], `${at}.peak`),
    SYNC,
  ],
};

/** rsync as it comes. */
export const RSYNC: Contender = {
  name: 'rsync -a',
  program: 'rsync',
  first: (folder, at) => [{ words: ['rsync', '-a', `${folder}/`, `${at}/`] }, SYNC],
  again: (folder, at) => [{ words: ['rsync', '-a', `${folder}/`, `${at}/`] }, SYNC],
};

/** rsync that makes each file durable, as FieldVault does. */
export const RSYNC_FSYNC: Contender = {
  name: 'rsync -a --fsync',
  program: 'rsync',
  first: (folder, at) => [{ words: ['rsync', '-a', '--fsync', `${folder}/`, `${at}/`] }, SYNC],
  again: (folder, at) => [{ words: ['rsync', '-a', '--fsync', `${folder}/`, `${at}/`] }, SYNC],
};

/** restic with default settings. */
export const RESTIC: Contender = {
  name: 'restic',
  program: 'restic',
  first: (folder, at) => [restic(at, 'init'), restic(at, 'backup', folder), SYNC],
  again: (folder, at) => [restic(at, 'backup', folder), SYNC],
};

function restic(at: string, ...words: readonly string[]): Command {
  const env = { RESTIC_PASSWORD: 'bench', RESTIC_CACHE_DIR: join(at, '..', 'restic-cache') };
  return { words: ['restic', '--quiet', '--repo', at, ...words], env };
}

/** borg without encryption, otherwise with default settings. */
export const BORG: Contender = {
  name: 'borg',
  program: 'borg',
  first: (folder, at) => [
    borg(at, 'init', '--encryption', 'none', at),
    borg(at, 'create', `${at}::first`, folder),
    SYNC,
  ],
  again: (folder, at) => [borg(at, 'create', `${at}::{now:%H%M%S.%f}`, folder), SYNC],
};

function borg(at: string, ...words: readonly string[]): Command {
  const env = {
    BORG_BASE_DIR: join(at, '..', 'borg-base'),
    BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK: 'yes',
  };
  return { words: ['borg', ...words], env };
}

/** A digest of every file below a folder, one program for all of them. */
export function digestAll(folder: string, ...tool: readonly [string, ...string[]]): Command {
  return { words: ['find', folder, '-type', 'f', '-exec', ...tool, '{}', '+'] };
}
