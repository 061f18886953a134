import type { IssueLog } from '../base/index.ts';
import { copyCatalog, DATABASE_COMPANIONS, findCatalogs } from '../metadata/index.ts';
import { makeScratchFolder, removeScratchFolder, type World } from '../platform/index.ts';
import { type Found, joinPath } from './scan.ts';
import type { Source } from './sources.ts';
import type { Survey } from './survey.ts';
import type { Target } from './target.ts';
import type { Reason, WorkItem } from './work.ts';

/** What of a run is needed to copy catalogs. */
interface CopyingRun {
  readonly targets: readonly Target[];
  readonly issues: IssueLog;
}

/** A file of a source that a catalog may be made of. */
interface Candidate {
  readonly source: Source;
  readonly found: Found;
}

/**
 * Makes a consistent copy of each catalog that an editor has open, and lets the run read the copy in place of the
 * database: what lies in the folder meanwhile is half of the truth, the rest is in a log beside it. Its log, index
 * and lock are left out of the snapshot: their rows stand in the copy. A catalog that stays locked is protected as it lies,
 * with an issue.
 * @returns the copies, which are removed when it is disposed of
 */
export async function copyOpenCatalogs(
  world: World,
  run: CopyingRun,
  survey: Survey,
): Promise<AsyncDisposable> {
  const scratches: string[] = [];
  const candidates = new Map(
    survey.catalogFiles.map((one) => [joinPath(one.source.root, one.found.path), one]),
  );
  const files = [...candidates].map(([path, { found }]) => ({ path, sizeBytes: found.sizeBytes }));
  for (const unit of findCatalogs(files)) {
    if (!unit.isOpen || world.disk.localPath(unit.main) === null) continue;
    const scratch = await makeScratchFolder('fieldvault-open-catalog');
    scratches.push(scratch);
    const outcome = await copyCatalog(world, unit, scratch);
    if (outcome.state !== 'copied') tellLocked(run, candidates.get(unit.main), outcome.reason);
    else {
      for (const { member, copy } of outcome.copy.files) {
        const candidate = candidates.get(member);
        if (candidate !== undefined) await readInstead(world, run, survey, { candidate, copy });
      }
      const copied = new Set(outcome.copy.files.map(({ member }) => member));
      // The log of a database that could not be copied is all there is of its newest rows.
      const databases = unit.databases.filter((database) => copied.has(database));
      leaveOutCompanions(survey, databases, candidates);
      for (const trouble of outcome.copy.troubles) {
        tellLocked(run, candidates.get(unit.main), trouble);
      }
    }
  }
  return {
    [Symbol.asyncDispose]: async () => {
      for (const scratch of scratches) await removeScratchFolder(scratch);
    },
  };
}

async function readInstead(
  world: World,
  { targets }: CopyingRun,
  survey: Survey,
  { candidate, copy }: { readonly candidate: Candidate; readonly copy: string },
): Promise<void> {
  const { source, found } = candidate;
  // The time of the editor's own file: a restore gives it back, and the change test asks for it.
  await world.disk.setMtime(copy, found.mtimeMs);
  const sizeBytes = (await world.disk.stat(copy))?.sizeBytes ?? found.sizeBytes;
  const known = takeItem(survey, candidate);
  if (known === undefined) survey.unchanged -= 1;
  const wants = new Map<Target, Reason>(targets.map((target) => [target, 'changed']));
  survey.items.push({
    source,
    found: { ...found, sizeBytes },
    wants,
    readFrom: copy,
    tries: 0,
    mustCopy: false,
  });
}

function leaveOutCompanions(
  survey: Survey,
  databases: readonly string[],
  candidates: ReadonlyMap<string, Candidate>,
): void {
  const companions = databases.flatMap((database) =>
    DATABASE_COMPANIONS.map((ending) => database + ending),
  );
  for (const path of companions) {
    const candidate = candidates.get(path);
    if (candidate === undefined) continue;
    if (takeItem(survey, candidate) === undefined) survey.unchanged -= 1;
    survey.seen.get(candidate.source.name)?.delete(candidate.found.path);
  }
}

/** Takes a file's item out of the work; undefined where there is nothing to do for it. */
function takeItem(survey: Survey, { source, found }: Candidate): WorkItem | undefined {
  const index = survey.items.findIndex(
    (item) => item.source === source && item.found.path === found.path,
  );
  return index < 0 ? undefined : survey.items.splice(index, 1)[0];
}

function tellLocked(run: CopyingRun, main: Candidate | undefined, reason: string): void {
  if (main === undefined) return;
  run.issues.add(
    'CATALOG_OPEN',
    `${main.source.name}/${main.found.path}`,
    `This catalog is open and could not be copied as one (${reason}). Its files are protected as they lie, and may not fit together: close the editor and run the backup again.`,
  );
}
