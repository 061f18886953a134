import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Command, prepare, SYNC, timed } from './command.ts';
import { type Contender, digestAll } from './contenders.ts';
import type { Entrant } from './rounds.ts';
import type { BenchRun, Card } from './row.ts';

/** What a first protection is measured against. */
export const COPY = 'cp + sync + sha256sum';

/** The first copy of a card by one of the ways there are. */
export function firstCopy(run: BenchRun, card: Card, contender: Contender): Entrant {
  const at = join(run.scratch, `first-${contender.name.replaceAll(/\W+/g, '-')}`);
  return {
    name: contender.name,
    measure: () => measureInto(at, contender.first(card.path, at)),
  };
}

/** What a careful person does by hand: copy, make durable, digest the copy. */
export function copyAndDigest(
  run: BenchRun,
  card: Card,
  name: string,
  tool: readonly [string, ...string[]],
): Entrant {
  const at = join(run.scratch, 'first-copy');
  const copy: Command = { words: ['cp', '-a', card.path, at] };
  return { name, measure: () => measureInto(at, [copy, SYNC, digestAll(at, ...tool)]) };
}

/** Everything written before is durable when the clock starts, and what was written goes when it has stopped. */
async function measureInto(
  at: string,
  commands: readonly Command[],
): ReturnType<Entrant['measure']> {
  await prepare(SYNC);
  try {
    return await timed(...commands);
  } finally {
    await rm(at, { recursive: true, force: true });
  }
}
