import type { FolderWatcher } from './world.ts';

/** The system's own notices of changes. */
export const NODE_WATCHER: FolderWatcher = { watch };

async function watch(
  folder: string,
  onChange: (paths: readonly string[]) => void,
): Promise<() => Promise<void>> {
  const { subscribe } = await import('@parcel/watcher');
  const subscription = await subscribe(folder, (error, events) => {
    // Lost notices are found by the next look at the folder.
    if (error === null) onChange(events.map((event) => event.path.replaceAll('\\', '/')));
  });
  return () => subscription.unsubscribe();
}
