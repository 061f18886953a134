import { callTask } from './call-task.ts';
import { openNodeDisk } from './node-disk.ts';
import { formatFailure, type WorkerFailure } from './worker-failure.ts';
import type { Task } from './world.ts';

const world = { disk: openNodeDisk({ blocking: true }) };

/** What a thread answers: the output of the task, or why there is none. */
export type WorkerReply = { readonly output: unknown } | { readonly failure: WorkerFailure };

/** Runs one task in this thread. */
export async function runTask([task, input]: [
  Task<unknown, unknown>,
  unknown,
]): Promise<WorkerReply> {
  try {
    return { output: await callTask(world, task, input) };
  } catch (error) {
    return { failure: formatFailure(error) };
  }
}
