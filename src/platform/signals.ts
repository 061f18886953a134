/**
 * Calls the handler at SIGINT (Ctrl-C) and SIGTERM instead of ending the process; each time, until the returned
 * function is called.
 */
export function onInterrupt(handler: (signal: 'SIGINT' | 'SIGTERM') => void): () => void {
  const atInterrupt = (): void => handler('SIGINT');
  const atTerminate = (): void => handler('SIGTERM');
  process.on('SIGINT', atInterrupt);
  process.on('SIGTERM', atTerminate);
  return () => {
    process.off('SIGINT', atInterrupt);
    process.off('SIGTERM', atTerminate);
  };
}
