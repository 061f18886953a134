import { Command, CommanderError } from 'commander';
import { VERSION } from '../index.ts';
import { addBackup } from './backup.ts';
import { addCheck } from './check.ts';
import { addCompact } from './compact.ts';
import { addConflicts } from './conflicts.ts';
import { addFind } from './find.ts';
import { addForget } from './forget.ts';
import { addInit } from './init.ts';
import { addLearn } from './learn.ts';
import { addLs } from './ls.ts';
import { addMark } from './mark.ts';
import type { Ending } from './output.ts';
import { addPolicy } from './policy.ts';
import { addPreviews } from './previews.ts';
import { addPrune } from './prune.ts';
import { addResolve } from './resolve.ts';
import { addRestore } from './restore.ts';
import { addSafe } from './safe.ts';
import type { Act, Session } from './session.ts';
import { addSimilar } from './similar.ts';
import { addSnapshots } from './snapshots.ts';
import { addStatus } from './status.ts';
import { addSync } from './sync.ts';
import { addTether } from './tether.ts';

/** What the words of a command line ask for. */
export type Parsed =
  | {
      readonly kind: 'act';
      readonly command: string;
      readonly work: (session: Session) => Promise<Ending>;
    }
  /** Help or the version: the text is all there is to do. */
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'wrong'; readonly message: string };

const EXAMPLES = `
Examples:
  fieldvault init /media/ssd/vault
  fieldvault backup /media/EOS_DIGITAL --vault /media/ssd/vault
  fieldvault check --vault /media/ssd/vault --read-data
  fieldvault restore latest --vault /media/ssd/vault --to /home/me/back

Ends with 0 done, 1 failed, 2 wrong usage, 3 done but some files have issues, 10 no such vault,
11 leased by another, 12 damage found, 13 target full, 130 interrupted (the vault is safe).`;

/** Understands the words after `fieldvault`; does nothing yet. */
export function parseWords(words: readonly string[], columns: number): Parsed {
  const said = { out: '', error: '' };
  const program = makeProgram(said, columns);
  let asked: Parsed | null = null;
  const act: Act = (command, work) => {
    asked = { kind: 'act', command, work };
  };
  const commands = [addInit, addBackup, addTether, addSnapshots, addLs, addRestore];
  const knowing = [addFind, addSimilar, addLearn];
  const tiering = [addSafe, addPolicy, addMark];
  const keeping = [addCompact, addCheck, addStatus, addForget, addPrune];
  const replicating = [addSync, addConflicts, addResolve, addPreviews];
  for (const add of [...commands, ...knowing, ...tiering, ...keeping, ...replicating]) {
    add(program, act);
  }
  try {
    program.parse([...words], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { kind: 'text', text: said.out };
    return { kind: 'wrong', message: said.error };
  }
  return asked ?? { kind: 'wrong', message: program.helpInformation() };
}

function makeProgram(said: { out: string; error: string }, columns: number): Command {
  return new Command('fieldvault')
    .description('Protects photographs: copied bit for bit, proven, readable without this program.')
    .version(VERSION)
    .option('--json', 'one JSON object per line; the last one is the summary')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => {
        said.out += text;
      },
      writeErr: (text) => {
        said.error += text;
      },
      outputError: (text, write) => write(text.replace(/^error: /, 'fieldvault: ')),
      getOutHelpWidth: () => columns,
      getErrHelpWidth: () => columns,
    })
    .showHelpAfterError('(--help shows the words and examples)')
    .exitOverride()
    .addHelpText('after', EXAMPLES);
}
