import { runMutations } from '../test/golden/mutate-raw.ts';

/** Mutates RAW files and containers of every coding: `node bench/raw-mutations.ts [count] [seed]`. */
const count = Number(process.argv[2] ?? 100_000);
const seed = Number(process.argv[3] ?? 1);
const PIECE = 1000;
const total = { read: 0, recoded: 0, damaged: 0, harmless: 0, slowestMs: 0 };
for (let done = 0; done < count; done += PIECE) {
  const counts = runMutations(Math.min(PIECE, count - done), seed + done);
  total.read += counts.read;
  total.recoded += counts.recoded;
  total.damaged += counts.damaged;
  total.harmless += counts.harmless;
  total.slowestMs = Math.max(total.slowestMs, counts.slowestMs);
  console.log(`${Math.min(count, done + PIECE)} ${JSON.stringify(total)}`);
}
