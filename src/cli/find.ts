import type { Command } from 'commander';
import { FIND_ORDERS, type FoundFrame, findFrames, queryHelp, type SearchOrder } from '../index.ts';
import { exitOf } from './exit-code.ts';
import type { Ending } from './output.ts';
import { parseWhere } from './query-words.ts';
import { type Act, openNamedVault, type Session } from './session.ts';
import { formatBytes, formatCount } from './wording.ts';
import { countWord, oneOf, pathWord } from './words.ts';

interface FindWords {
  readonly vault: string;
  readonly order: SearchOrder;
  readonly descending?: true;
  readonly limit?: number;
}

/** `find <query> --vault V`: searches frames. */
export function addFind(program: Command, act: Act): void {
  program
    .command('find')
    .summary('search frames')
    .description(
      'Lists the frames that fit a query, each with its RAW, JPEG, sidecars and sounds as one.\n' +
        'Nothing is read but what was learned; the pictures need not be there.',
    )
    .argument('[query...]', 'what to look for; nothing lists all')
    .requiredOption('--vault <folder>', 'the vault', pathWord)
    .option('--order <order>', FIND_ORDERS.join(', '), oneOf(FIND_ORDERS), 'date')
    .option('--descending', 'newest, highest or last first')
    .option('--limit <count>', 'no more than so many', countWord)
    .addHelpText('after', `\n${queryHelp()}`)
    .action((query: string[], words: FindWords) =>
      act('find', (session) => find(session, query.join(' '), words)),
    );
}

async function find(session: Session, text: string, words: FindWords): Promise<Ending> {
  const { world, output, signal } = session;
  const query = parseWhere(session, text);
  const vault = await openNamedVault(session, words.vault);
  const found = await findFrames(world, vault, query, {
    order: words.order,
    isDescending: words.descending === true,
    ...(words.limit === undefined ? {} : { limit: words.limit }),
  });
  let frames = 0;
  let bytes = 0;
  for (const frame of found.frames) {
    if (signal.aborted || output.isGone) break;
    frames += 1;
    bytes += frame.sizeBytes;
    output.list(recordOf(frame), lineOf(frame));
  }
  output.say(
    frames === 0 ? 'No frame fits.' : `${formatCount(frames, 'frame')}, ${formatBytes(bytes)}.`,
  );
  const { unlearned } = found;
  if (unlearned > 0) {
    const files = formatCount(unlearned, 'file');
    output.say(`${files} of this vault are not looked at yet; "learn" does so now.`);
  }
  const summary = { vault: vault.root, frames, bytes, unlearned };
  return { exit: exitOf({ isInterrupted: signal.aborted }), summary };
}

function recordOf(frame: FoundFrame): Readonly<Record<string, unknown>> {
  const { id, paths, sizeBytes, takenMs, ...rest } = frame;
  const taken = takenMs === null ? null : new Date(takenMs).toISOString().slice(0, -1);
  return { type: 'frame', path: paths[0], id, parts: paths, bytes: sizeBytes, taken, ...rest };
}

/** One frame as people read it: when, how many stars, with what, where it lies. */
function lineOf({ paths, takenMs, rating, pick, camera }: FoundFrame): string {
  const time = takenMs === null ? '' : new Date(takenMs).toISOString().slice(0, 19);
  const isRejected = rating === -1 || pick === -1;
  const stars = isRejected ? 'rejected' : '*'.repeat(Math.max(0, rating ?? 0));
  const others = paths.length > 1 ? ` (+${paths.length - 1})` : '';
  const name = (camera ?? '').slice(0, 24).padEnd(24);
  return `${time.replace('T', ' ').padEnd(19)}  ${stars.padEnd(8)}  ${name}  ${paths[0]}${others}`;
}
