import { mapPool } from '../base/index.ts';
import { roleOf } from '../metadata/index.ts';
import type { World } from '../platform/index.ts';
import type { Vault } from '../vault/index.ts';
import { type Learning, tellTrouble, whileLearning } from './learning.ts';
import { LOOK_TASK } from './look-task.ts';
import { type Unlearned, unlearnedOf } from './unlearned.ts';

/** Files that one worker looks at before it is asked again. */
const FILES_PER_TASK = 16;

/** The captures and sidecars nobody looked at yet. */
export function looksToLearn(vaults: readonly Vault[]): Unlearned[] {
  return unlearnedOf(vaults, 'look', (path) => {
    const role = roleOf(path);
    return role === 'capture' || role === 'sidecar';
  });
}

/** Looks at files in the workers; returns how many. */
export async function learnLooks(
  world: World,
  learning: Learning,
  files: readonly Unlearned[],
): Promise<number> {
  let count = 0;
  const batches = whileLearning(learning, batchesOf(files));
  const looked = mapPool(world.workers.count, batches, async (batch) => {
    const requests = batch.map(({ place, path }) => ({ path: place, name: nameOf(path) }));
    return { batch, looks: await world.workers.run(LOOK_TASK, requests) };
  });
  for await (const { batch, looks } of looked) {
    for (const [index, file] of batch.entries()) {
      const look = looks[index];
      if (look === undefined) continue;
      await learning.keeper.keep('look', file.blob, look);
      if (look.quick !== null) learning.quick.set(file.blob, look.quick);
      if (look.trouble !== null) tellTrouble(learning, file, look.trouble);
      count += 1;
      learning.onDone();
    }
  }
  return count;
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function* batchesOf(files: readonly Unlearned[]): Generator<readonly Unlearned[]> {
  for (let at = 0; at < files.length; at += FILES_PER_TASK) {
    yield files.slice(at, at + FILES_PER_TASK);
  }
}
