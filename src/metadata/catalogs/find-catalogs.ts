import { type CatalogKind, type CatalogUnit, DATABASE_COMPANIONS } from './catalog-unit.ts';

/** One file of a listing. */
interface ListedFile {
  /** Absolute, with '/' between names. */
  readonly path: string;
  readonly sizeBytes: number;
}

/** A unit while its members are gathered. */
interface Draft {
  readonly kind: CatalogKind;
  readonly main: string;
  readonly root: string;
  readonly members: string[];
  readonly databases: string[];
  isOpen: boolean;
}

/** Takes a file below a folder, told by its path below that folder, or leaves it. */
interface FolderClaim {
  readonly draft: Draft;
  takes(below: string): boolean;
}

/** Exact paths and folders that belong to drafts. */
interface Claims {
  readonly files: Map<string, Draft>;
  readonly folders: Map<string, FolderClaim[]>;
}

/**
 * Finds the catalogs in one listing of absolute paths. Pure, and linear in the listing.
 * Files of one catalog: Lightroom Classic `X.lrcat`, `X.lrcat-data/`, `X Helper.lrdata/`; Capture One `*.cocatalogdb`
 * with its package or `Adjustments/`, `*.cosessiondb` with every `CaptureOne/` folder below; darktable `library.db` and
 * `data.db` with their snapshots; digiKam `digikam4.db`, `recognition.db`, `similarity.db`; of each database its `-wal`,
 * `-shm`, `-journal` and `.lock`.
 */
export function findCatalogs(files: readonly ListedFile[]): CatalogUnit[] {
  const drafts = draftsIn(files);
  if (drafts.length === 0) return [];
  const claims: Claims = { files: new Map(), folders: new Map() };
  for (const draft of drafts) CLAIM[draft.kind](draft, claims);
  for (const file of files) gather(file, claims);
  return drafts.map(({ main, members, databases, ...rest }) => ({
    ...rest,
    main,
    members: [main, ...members.filter((path) => path !== main)],
    databases: [main, ...databases.filter((path) => path !== main)],
    isBackup: /\/Backups\//i.test(main),
  }));
}

function draftsIn(files: readonly ListedFile[]): Draft[] {
  const drafts: Draft[] = [];
  /** darktable's two databases have names of no meaning: only together are they a catalog. */
  const libraries: string[] = [];
  const data = new Set<string>();
  for (const { path } of files) {
    const name = nameOf(path).toLowerCase();
    if (name === 'library.db') libraries.push(path);
    else if (name === 'data.db') data.add(folderOf(path));
    else {
      const kind = kindOf(name);
      if (kind !== null) drafts.push(draftOf(kind, path));
    }
  }
  for (const path of libraries) {
    if (data.has(folderOf(path))) drafts.push(draftOf('darktable', path));
  }
  return drafts;
}

function kindOf(name: string): CatalogKind | null {
  if (name.endsWith('.lrcat')) return 'lightroom';
  if (/\.co(catalog|session)db$/.test(name)) return 'capture-one';
  return name === 'digikam4.db' ? 'digikam' : null;
}

function draftOf(kind: CatalogKind, main: string): Draft {
  return { kind, main, root: folderOf(main), members: [], databases: [], isOpen: false };
}

const CLAIM: Readonly<Record<CatalogKind, (draft: Draft, claims: Claims) => void>> = {
  lightroom: (draft, claims) => {
    claimDatabase(draft, claims, draft.main);
    const stem = draft.main.slice(0, -'.lrcat'.length);
    claimFolder(draft, claims, `${draft.main}-data`);
    claimFolder(draft, claims, `${stem} Helper.lrdata`);
  },
  'capture-one': (draft, claims) => {
    claimDatabase(draft, claims, draft.main);
    if (/\.cosessiondb$/i.test(draft.main)) {
      claimFolder(draft, claims, draft.root, isSessionSettings);
    } else if (/\.cocatalog$/i.test(draft.root)) {
      claimFolder(draft, claims, draft.root, (below) => !/^(Cache|Originals)\//i.test(below));
    } else {
      claimFolder(draft, claims, `${draft.root}/Adjustments`);
    }
  },
  darktable: (draft, claims) => {
    claimDatabase(draft, claims, draft.main);
    claimDatabase(draft, claims, `${draft.root}/data.db`);
    const isSnapshot = (below: string): boolean =>
      /^(library|data)\.db-(snp|pre)-[^/]+$/.test(below);
    claimFolder(draft, claims, draft.root, isSnapshot);
  },
  digikam: (draft, claims) => {
    for (const name of [nameOf(draft.main), 'recognition.db', 'similarity.db']) {
      claimDatabase(draft, claims, `${draft.root}/${name}`);
    }
  },
};

/** What lies outside of Cache in a session's `CaptureOne` folders is nowhere else. */
function isSessionSettings(below: string): boolean {
  return /(^|\/)CaptureOne\/(?!Cache\/)/.test(below);
}

function claimDatabase(draft: Draft, { files }: Claims, path: string): void {
  files.set(path, draft);
  for (const ending of DATABASE_COMPANIONS) files.set(path + ending, draft);
}

function claimFolder(
  draft: Draft,
  { folders }: Claims,
  path: string,
  takes: FolderClaim['takes'] = () => true,
): void {
  const known = folders.get(path);
  if (known === undefined) folders.set(path, [{ draft, takes }]);
  else known.push({ draft, takes });
}

function gather({ path, sizeBytes }: ListedFile, claims: Claims): void {
  const owner = claims.files.get(path);
  if (owner !== undefined) {
    owner.members.push(path);
    const isCompanion = DATABASE_COMPANIONS.some((ending) => path.endsWith(ending));
    if (!isCompanion) owner.databases.push(path);
    else if (path.endsWith('.lock') || (/-(wal|journal)$/.test(path) && sizeBytes > 0)) {
      owner.isOpen = true;
    }
    return;
  }
  // The nearest folder that takes the file has it; sessions that share a folder share what is in it.
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
    const below = path.slice(end + 1);
    const takers = claims.folders.get(path.slice(0, end))?.filter((one) => one.takes(below)) ?? [];
    for (const { draft } of takers) draft.members.push(path);
    if (takers.length > 0) return;
  }
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}
