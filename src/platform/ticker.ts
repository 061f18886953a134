/** Calls a function again and again; the returned function ends it. Never keeps the process alive by itself. */
export function every(intervalMs: number, act: () => void): () => void {
  const timer = setInterval(act, intervalMs);
  timer.unref();
  return () => clearInterval(timer);
}
