/**
 * Runs `work` over the items, at most `limit` at a time, and yields the results in the order they finish.
 * After the first error nothing new is started, what runs is finished, and an AggregateError with every error is thrown.
 */
export async function* mapPool<T, R>(
  limit: number,
  items: AsyncIterable<T> | Iterable<T>,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const running = new Set<Promise<void>>();
  const done: R[] = [];
  const errors: unknown[] = [];
  const start = (item: T): void => {
    const run = work(item)
      .then(
        (result) => void done.push(result),
        (error: unknown) => void errors.push(error),
      )
      .finally(() => running.delete(run));
    running.add(run);
  };
  try {
    for await (const item of items) {
      start(item);
      while (running.size >= limit) await Promise.race(running);
      while (done.length > 0) yield done.shift() as R;
      if (errors.length > 0) break;
    }
  } finally {
    await Promise.all(running);
  }
  while (done.length > 0) yield done.shift() as R;
  if (errors.length > 0) throw new AggregateError(errors, 'parallel work failed');
}
