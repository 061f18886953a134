import type { Task, TaskWorld } from './world.ts';

/** Finds the function that a task names and calls it: what every kind of worker does. */
export async function callTask<Input, Output>(
  world: TaskWorld,
  task: Task<Input, Output>,
  input: Input,
): Promise<Output> {
  const module: Record<string, unknown> = await import(/* @vite-ignore */ task.moduleUrl);
  const run = module[task.name];
  if (typeof run !== 'function') {
    throw new TypeError(`task.name: ${task.moduleUrl} exports no function ${task.name}`);
  }
  return run(world, input) as Promise<Output>;
}
