/** The part of recover.html that knows no page: taken out of the file that vaults get, and run here alone. */
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the page stands in the source tree. */
export const PAGE: string = fileURLToPath(
  new URL('../../src/vault/recover-page/generated/recover.html', import.meta.url),
);

/** One thing that the page can take out. */
export interface CoreItem {
  readonly source: string;
  readonly path: string;
  readonly kind: string;
  readonly size: number;
  readonly mtimeMs: number | null;
  readonly digits: string;
}

/** What the page says of a finished or stopped restore. */
export interface CoreReport {
  readonly files: number;
  readonly bytes: number;
  readonly there: number;
  readonly wanted: number;
  readonly problems: readonly { readonly path: string; readonly problem: string }[];
  readonly renamed: readonly { readonly path: string; readonly name: string }[];
  readonly links: readonly { readonly path: string; readonly target: string }[];
  readonly stopped: boolean;
  readonly failed: string | null;
}

/** A vault as the page has read it. */
export interface CoreVault {
  readonly label: string;
  readonly damage: readonly { readonly path: string; readonly problem: string }[];
  readonly notes: readonly string[];
  readonly latest: string | null;
  readonly runs: ReadonlyMap<string, { readonly finished: boolean; readonly forgotten: boolean }>;
}

/** A folder as the page sees one. */
export interface CoreFolder {
  list(path: string): Promise<readonly { readonly name: string; readonly kind: string }[]>;
  open(path: string): Promise<Blob | null>;
}

interface Options {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: { readonly bytes: number; readonly total: number }) => void;
}

type Line = Readonly<Record<string, unknown>>;

/** An entry of a ZIP file before it is written. */
export interface ZipEntry {
  readonly name: string;
  readonly size: number;
  readonly crc: number;
  readonly mtimeMs: number | null;
  readonly blob: Blob | null;
}

/** What the core script offers. */
export interface RecoverCore {
  readonly LIMITS: { wholeBytes: number; zipBytes: number; readonly lineBytes: number };
  readonly Sha256: new () => { update(bytes: Uint8Array): { hex(): string }; hex(): string };
  readonly UnknownFormat: new (format: unknown) => Error;
  crc32(bytes: Uint8Array, before?: number): number;
  parseLine(bytes: Uint8Array): Line | null;
  mendLine(bytes: Uint8Array): readonly Line[];
  readLines(
    blob: Blob,
    onLine: (line: { bytes: Uint8Array | null; start: number; whole: boolean }) => void,
  ): Promise<boolean>;
  readVault(folder: CoreFolder): Promise<CoreVault>;
  brokenTrees(vault: CoreVault, run: string): readonly string[];
  itemsOfRun(vault: CoreVault, run: string): readonly CoreItem[];
  itemsOfOriginals(folder: CoreFolder): Promise<readonly CoreItem[]>;
  checkVault(
    vault: CoreVault,
    options?: Options,
  ): Promise<{
    readonly files: number;
    readonly damaged: readonly { readonly path: string; readonly problem: string }[];
    readonly lost: readonly string[];
  }>;
  pour(
    blob: Blob,
    digits: string,
    options?: Options & { readonly sink?: (bytes: Uint8Array) => Promise<void> },
  ): Promise<'right' | 'wrong' | 'unreadable'>;
  refusalOf(path: string): string | null;
  cleanName(name: string): string;
  zipParts(entries: readonly ZipEntry[]): (Blob | Uint8Array<ArrayBuffer>)[];
  restoreInto(
    vault: CoreVault,
    items: readonly CoreItem[],
    root: object,
    options?: Options,
  ): Promise<CoreReport>;
  makeZips(
    vault: CoreVault,
    items: readonly CoreItem[],
    options: Options & { readonly onZip: (blob: Blob, files: number) => void },
  ): Promise<CoreReport>;
  folderOf(node: object): CoreFolder;
  nodeOfFiles(files: Iterable<readonly [string, Blob]>): object;
  nodeOfHandle(handle: object): object;
  findVault(folder: CoreFolder): Promise<CoreFolder | null>;
}

/** The core, evaluated anew from the page's own text. */
export async function loadCore(): Promise<RecoverCore> {
  const page = await readFile(PAGE, 'utf8');
  const textOf = (id: string): string => {
    const text = new RegExp(`<script id="${id}">([\\s\\S]*?)</script>`).exec(page)?.[1];
    if (text === undefined) throw new Error(`recover.html has no script with the id "${id}"`);
    return text;
  };
  return new Function(`${textOf('decoders')}\n${textOf('core')}\nreturn core;`)() as RecoverCore;
}

/** A vault folder of this disk as the page sees it after a person chose it. */
export async function openFolderForCore(core: RecoverCore, root: string): Promise<CoreFolder> {
  const found = await readdir(root, { recursive: true, withFileTypes: true });
  const files: [string, Blob][] = [];
  for (const entry of found.filter((item) => item.isFile())) {
    const path = join(entry.parentPath, entry.name);
    files.push([relative(root, path).replaceAll('\\', '/'), new Blob([await readFile(path)])]);
  }
  return core.folderOf(core.nodeOfFiles(files));
}
