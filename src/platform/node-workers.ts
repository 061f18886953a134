import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Piscina } from 'piscina';
import { parseFailure } from './worker-failure.ts';
import type { WorkerReply } from './worker-shell.ts';
import type { Task, Workers } from './world.ts';

/** More threads than this do not make a disk faster, and each costs memory. */
const THREADS_MAX = 4;
/** Heap of one thread, in MiB: tasks keep their bytes outside of it. */
const RESOURCE_LIMITS = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 8 };
/** The shell in the same form as this file: `.ts` in a checkout, `.js` in the package. */
const SHELL_URL = new URL(
  import.meta.url.endsWith('.ts') ? './worker-shell.ts' : './worker-shell.js',
  import.meta.url,
);

/** Threads of this process; none is started before the first task. */
export class NodeWorkers implements Workers {
  readonly count: number = Math.max(1, Math.min(THREADS_MAX, availableParallelism()));
  #pool: Promise<Piscina> | null = null;
  readonly #running = new Set<Promise<unknown>>();
  #isClosed = false;

  async run<Input, Output>(task: Task<Input, Output>, input: Input): Promise<Output> {
    if (this.#isClosed) throw new TypeError('the workers are closed');
    this.#pool ??= this.#start();
    const { moduleUrl, name } = task;
    const reply = this.#pool.then((pool) => pool.run([{ moduleUrl, name }, input]));
    this.#running.add(reply);
    try {
      const answer: WorkerReply = await reply;
      if ('failure' in answer) throw parseFailure(answer.failure);
      return answer.output as Output;
    } finally {
      this.#running.delete(reply);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    // The pool's own close counts a busy thread that finishes more than once, and may end the others in mid-task.
    await Promise.allSettled([...this.#running]);
    const pool = await this.#pool;
    await pool?.destroy();
  }

  async #start(): Promise<Piscina> {
    // Loaded here, so that commands that need no threads start without it.
    const { Piscina } = await import('piscina');
    return new Piscina({
      filename: fileURLToPath(SHELL_URL),
      name: 'runTask',
      minThreads: this.count,
      maxThreads: this.count,
      resourceLimits: RESOURCE_LIMITS,
    });
  }
}
