import { type Issue, IssueLog, messageOf } from '../base/index.ts';
import type { World } from '../platform/index.ts';
import { ensureFolder } from '../store/index.ts';
import type { Vault } from '../vault/index.ts';
import { knownPreviews } from './previews.ts';

/** What was written. */
export interface PreviewsReport {
  readonly previews: number;
  readonly bytes: number;
  /** Of pictures that the vault does not hold yet. */
  readonly awaited: number;
  readonly issues: readonly Issue[];
  readonly issueCount: number;
}

/**
 * Writes the small copies that a vault has into a folder, `<source>/<path>.jpg` each: what a trip shows before its pictures
 * arrive. Files that are there stay as they are.
 */
export async function writePreviews(
  world: Pick<World, 'disk'>,
  vault: Vault,
  folder: string,
  onIssue?: (issue: Issue) => void,
): Promise<PreviewsReport> {
  const issues = new IssueLog(onIssue);
  let [previews, bytes, awaited] = [0, 0, 0];
  for await (const { path, jpeg, isHeld } of knownPreviews(world, vault)) {
    try {
      const target = `${folder}/${path}.jpg`;
      if ((await world.disk.stat(target)) === null) await write(world, target, jpeg);
      previews += 1;
      bytes += jpeg.length;
      if (!isHeld) awaited += 1;
    } catch (error) {
      issues.add('WRITE_FAILED', path, `Its small copy could not be written: ${messageOf(error)}.`);
    }
  }
  return { previews, bytes, awaited, issues: issues.kept, issueCount: issues.count };
}

async function write(
  { disk }: Pick<World, 'disk'>,
  target: string,
  bytes: Uint8Array,
): Promise<void> {
  await ensureFolder(disk, target.slice(0, target.lastIndexOf('/')));
  const file = await disk.createNew(target);
  try {
    await file.write(bytes);
  } finally {
    await file.close();
  }
}
