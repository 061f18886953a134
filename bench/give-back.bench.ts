import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Command, findProgram, prepare, SYNC, timed } from './command.ts';
import { digestAll, fieldvault, OURS } from './contenders.ts';
import { compare, type Entrant, limited, measureRounds, median } from './rounds.ts';
import type { Bench, BenchRun, Row } from './row.ts';

const CHECK = 'check --read-data';
const RESTORE = 'restore';
const COPY = 'cp + sync';

/** Reading every stored byte again, and giving all of it back. */
export const BENCH: Bench = {
  name: 'give-back',
  promise: 'No figure is promised for checking and restoring; they are shown beside plain tools.',
  run: measureGiveBack,
};

async function measureGiveBack(run: BenchRun): Promise<readonly Row[]> {
  const card = await run.card();
  const vault = join(run.scratch, 'give-back-vault');
  const peak = `${vault}.peak`;
  await prepare(...OURS.first(card.path, vault), digestAll(card.path, 'cat'));
  const originals = join(vault, 'originals');
  const out = join(run.scratch, 'give-back-out');
  const restore = fieldvault(['restore', 'latest', '--vault', vault, '--to', out], peak);
  const check = fieldvault(['check', '--vault', vault, '--read-data'], peak);
  const entrants: Entrant[] = [
    reader(CHECK, [check]),
    reader('sha256sum', [digestAll(originals, 'sha256sum')]),
    writer(RESTORE, out, [restore, SYNC]),
    writer(COPY, out, [{ words: ['cp', '-a', card.path, out] }, SYNC]),
  ];
  if (findProgram('openssl') !== null) {
    const digest = digestAll(originals, 'openssl', 'dgst', '-sha256', '-r');
    entrants.push(reader('openssl sha256', [digest]));
  }
  const results = await measureRounds(entrants, run.sizes.rounds, run.say);
  await rm(vault, { recursive: true, force: true });
  const rateOf = (name: string): number =>
    card.bytes / 1e6 / median((results.get(name) ?? []).map((timing) => timing.seconds));
  const size = `${(card.bytes / 1e9).toFixed(2)} GB`;
  const checked = { what: `check of every byte of ${size}, past the page cache`, ours: CHECK };
  const restored = { what: `restore of ${size}`, ours: RESTORE };
  return [
    compare(results, { ...checked, peer: 'sha256sum' }),
    compare(results, { ...checked, peer: 'openssl sha256' }),
    limited('its rate', 'MB/s', rateOf(CHECK)),
    compare(results, { ...restored, peer: COPY }),
    limited('its rate', 'MB/s', rateOf(RESTORE)),
  ];
}

function reader(name: string, commands: readonly Command[]): Entrant {
  return { name, measure: () => timed(...commands) };
}

function writer(name: string, out: string, commands: readonly Command[]): Entrant {
  return {
    name,
    measure: async () => {
      await prepare(SYNC);
      try {
        return await timed(...commands);
      } finally {
        await rm(out, { recursive: true, force: true });
      }
    },
  };
}
