import { type BlobId, type Issue, IssueLog, messageOf } from '../base/index.ts';
import type { World } from '../platform/index.ts';
import { type DataReading, NO_READING, readData } from './check-data.ts';
import { findUnfinished } from './cut-off.ts';
import { digestFiles } from './digest-task.ts';
import { listStrayFacts } from './facts.ts';
import { countKinds, type DamageKind, type Findings, report } from './findings.ts';
import { findGaps, type Gap } from './gaps.ts';
import {
  filesOfPlace,
  type Inventory,
  listOriginals,
  placeKey,
  type StoredFile,
  storedFiles,
} from './inventory.ts';
import type { Place } from './ledger.ts';
import { findLeftOver } from './left-over.ts';
import type { Vault } from './open.ts';
import type { RunId } from './records.ts';
import { listSnapshots } from './snapshots.ts';
import { walkStates } from './states.ts';

/** How far a check goes. */
export interface CheckOptions {
  /** Read every byte and compare digests; otherwise names and sizes only. */
  readonly readData?: boolean;
  /** Stop reading after this many minutes; the next check goes on with what was not read for longest. */
  readonly maxMinutes?: number;
  readonly signal?: AbortSignal;
  /** Told the bytes read so far and the bytes there are to read. */
  readonly onProgress?: (bytesDone: number, bytesTotal: number) => void;
  readonly onIssue?: (issue: Issue) => void;
}

/** What a check found. */
export interface CheckReport extends DataReading {
  readonly blobs: number;
  readonly bytes: number;
  /** Files that are wrong or missing: stored blobs, journal files, the vault's own files. */
  readonly damaged: number;
  /** Their paths inside the vault: all of them, however many issues were kept. */
  readonly damagedPaths: readonly string[];
  /** How many of them are of which kind: another vault mends stored files only. */
  readonly damagedKinds: Readonly<Record<DamageKind, number>>;
  /** Contents of snapshots that came from another vault and are still there only: the next sync brings them. */
  readonly awaited: number;
  /** Files that interrupted work left and whose content is not needed or stands elsewhere: prune removes them. */
  readonly leftOver: number;
  /** Places in `originals/` that no line names and whose content the vault does not know: prune keeps them. */
  readonly unknown: readonly string[];
  /** What the journals said once and do not say any more: until it is there again, prune removes nothing. */
  readonly gaps: readonly Gap[];
  /** Those of them that a person accepted: they are no damage any more, and hold nothing up. */
  readonly accepted: readonly Gap[];
  readonly issues: readonly Issue[];
  readonly issueCount: number;
  readonly durationMs: number;
}

/** Checks a vault: journals, trees, every stored file's presence and size, and with `readData` every byte. */
export async function check(
  world: World,
  vault: Vault,
  options: CheckOptions = {},
): Promise<CheckReport> {
  const startMs = world.clock.monotonicMs();
  const findings: Findings = {
    issues: new IssueLog(options.onIssue),
    damaged: new Map(),
    records: [],
  };
  const inventory = await listOriginals(world.disk, vault.root, (folder, error) => {
    report(findings, 'folder', folder, `This folder cannot be listed: ${messageOf(error)}`);
  });
  const { gaps, accepted } = await findGaps(world.disk, vault, inventory);
  const { leftOver, unknown } = findLeftOver(vault.ledger, inventory, [...gaps, ...accepted]);
  const strayFacts = await listStrayFacts(world, vault);
  checkJournals(vault, findings, { gaps, unknown });
  const awaited = checkSnapshots(vault, findings);
  const present = checkPresence(vault, inventory, findings);
  await checkOwnFiles(world, vault, findings, options.readData === true);
  // What is known to be damaged is always read again: it must be named until it is mended.
  const { damaged } = vault.ledger;
  const unread = options.readData === true ? present : present.filter(({ at }) => damaged.has(at));
  const reading =
    options.readData === true || unread.length > 0
      ? await readData(world, vault, { present: unread, findings, options })
      : NO_READING;
  nameUnreadable(vault, findings);
  nameDependents(vault, findings);
  const unfinished = await findUnfinished(world, vault).catch(() => []);
  const stored = [...vault.ledger.blobs.values()].filter((blob) => blob.places.length > 0);
  return {
    ...reading,
    blobs: stored.length,
    bytes: stored.reduce((sum, blob) => sum + blob.sizeBytes, 0),
    damaged: findings.damaged.size,
    damagedPaths: [...findings.damaged.keys()],
    damagedKinds: countKinds(findings),
    awaited,
    leftOver: leftOver.length + unfinished.length + strayFacts.length,
    unknown,
    gaps,
    accepted,
    issues: findings.issues.kept,
    issueCount: findings.issues.count,
    durationMs: world.clock.monotonicMs() - startMs,
  };
}

function checkJournals(
  vault: Vault,
  findings: Findings,
  lost: Pick<CheckReport, 'gaps' | 'unknown'>,
): void {
  for (const journal of vault.journals) {
    for (const { line, state } of journal.damage) {
      if (state !== 'mended') continue;
      const message = `Line ${line} had one flipped bit and was mended in memory; nothing is lost.`;
      report(findings, 'journal', `journal/${journal.name}`, message);
    }
  }
  for (const { path, message } of lost.gaps) report(findings, 'journal', path, message);
  // Where nothing was lost, such a file was never a protected one.
  for (const at of lost.gaps.length === 0 ? [] : lost.unknown) {
    const message =
      'No journal line names this file any more. It may be a protected one whose line is lost: it is kept, and "READ ME FIRST.txt" says how to get it out.';
    findings.issues.add('BLOB_UNKNOWN', at, message);
  }
}

/** Returns how many contents have not arrived yet. */
function checkSnapshots({ ledger }: Vault, findings: Findings): number {
  const expected = new Map<string, string>();
  const wanted: [RunId, string][] = [];
  for (const { id, sources, state } of listSnapshots(ledger)) {
    for (const source of sources) {
      wanted.push([id, source.source]);
      if (state === 'unfinished' || !('tree' in source)) continue;
      expected.set(`${id}/${source.source}`, String(source.tree));
    }
  }
  const reported = new Set<string>();
  let awaited = 0;
  for (const { run, source, totals, fresh } of walkStates(ledger, wanted)) {
    const tree = expected.get(`${run}/${source}`) ?? totals.tree;
    if (tree !== totals.tree) {
      const message = `The list of ${source} could not be rebuilt whole; restore gives what is there.`;
      report(findings, 'snapshot', `snapshot ${run}`, message);
    }
    for (const [path, entry] of fresh) {
      if (entry.kind !== 'file' || reported.has(entry.content)) continue;
      if ((ledger.blobs.get(entry.content as BlobId)?.places.length ?? 0) > 0) continue;
      reported.add(entry.content);
      if (isAwaited(ledger, entry.content as BlobId)) {
        awaited += 1;
        continue;
      }
      const message = `No stored file is known for this content (${entry.content.slice(0, 16)}).`;
      report(findings, 'unplaced', `${source}/${path}`, message);
    }
  }
  return awaited;
}

/** Whether a content was never here, and another vault was seen to hold it. */
function isAwaited({ blobs, replicas }: Vault['ledger'], blob: BlobId): boolean {
  return !blobs.has(blob) && replicas.receiptsOf(blob).length > 0;
}

/** The stored files that are there with the size they must have; the others are reported. */
function checkPresence(vault: Vault, inventory: Inventory, findings: Findings): StoredFile[] {
  const present: StoredFile[] = [];
  for (const file of storedFiles(vault.ledger)) {
    const found = inventory.get(placeKey(file.at));
    if (found?.sizeBytes === file.sizeBytes) {
      present.push(file);
      continue;
    }
    const what =
      found === undefined
        ? 'This file is not there any more.'
        : `This file has ${found.sizeBytes} bytes; it must have ${file.sizeBytes}.`;
    const message = file.isPart
      ? `${what} The RAW file that it was cut out of cannot be given back without it.`
      : what;
    report(findings, found === undefined ? 'missing' : 'damaged', file.at, message);
  }
  return present;
}

/** A form whose bytes are right is worth nothing where what it is decoded with is not here. */
function nameUnreadable({ ledger }: Vault, findings: Findings): void {
  for (const [blob, { places }] of ledger.blobs) {
    const place = places.find((one) => one.needs !== undefined && ledger.isWhole(one));
    if (place === undefined || ledger.holds(blob) || findings.damaged.has(place.at)) continue;
    const message =
      'This one is stored beside another that is not here in a form of its own: it cannot be given back from here. Sync with the vault that it came from, or back it up again.';
    report(findings, 'missing', place.at, message);
  }
}

/** What others are stored beside, and can be read nowhere any more, costs them too: that must be told. */
function nameDependents({ ledger }: Vault, findings: Findings): void {
  if (findings.damaged.size === 0) return;
  const dependents = new Map<BlobId, number>();
  for (const { places } of ledger.blobs.values()) {
    const needs = places.every((place) => place.needs !== undefined) ? places[0]?.needs : undefined;
    for (const blob of needs ?? []) dependents.set(blob, (dependents.get(blob) ?? 0) + 1);
  }
  for (const [blob, count] of dependents) {
    const stored = ledger.blobs.get(blob);
    const isBad = (place: Place): boolean =>
      stored !== undefined &&
      [...filesOfPlace(stored, place)].some(({ at }) => findings.damaged.has(at));
    const [first] = stored?.places ?? [];
    if (first === undefined || stored?.places.every(isBad) !== true) continue;
    const others = count === 1 ? 'one other original is' : `${count} other originals are`;
    const message = `Until this file is mended, ${others} lost with it: stored beside it, and not to be decoded without.`;
    findings.issues.add('BLOB_DAMAGED', first.at, message);
  }
}

/** The few files that are no blobs are always read: they are small. */
async function checkOwnFiles(
  world: World,
  vault: Vault,
  findings: Findings,
  readAll: boolean,
): Promise<void> {
  if (!vault.identity.isWhole) {
    const message = 'The identity file is damaged or missing; the journals told who this vault is.';
    report(findings, 'own', 'fieldvault.json', message);
  }
  for (const file of vault.ledger.files.values()) {
    const path = `${vault.root}/${file.at}`;
    const facts = await world.disk.stat(path).catch(() => null);
    let isRight = facts?.sizeBytes === file.size;
    if (isRight && readAll) {
      const [outcome] = await digestFiles(world, { paths: [path] });
      isRight = outcome?.state === 'read' && outcome.blob === file.sha256;
    }
    if (isRight || findings.damaged.has(file.at)) continue;
    const message = 'This file of the vault is damaged or missing; no picture is affected.';
    report(findings, 'own', file.at, message);
  }
}
