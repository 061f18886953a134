import { posix } from 'node:path';
import type { ModuleUse, ParsedFile } from './parse.ts';
import { DOOR_IMPORTS, ENTRIES, PURE_NODE_MODULES, ROOMS, type Room } from './rooms.ts';
import { isTestFile, roomOf } from './source.ts';

/** The file a relative specifier names, from the project's root; null for a package or a module of Node. */
function targetOf(path: string, specifier: string): string | null {
  return specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : null;
}

function roomNamed(name: string | null): Room | null {
  return name === null ? null : (ROOMS[name] ?? null);
}

function isSource(file: ParsedFile): boolean {
  return file.path.startsWith('src/') && !isTestFile(file.path);
}

/** Imports between rooms go only where the table allows, and only to a room's `index.ts`. */
export function checkRooms(files: readonly ParsedFile[]): string[] {
  const found: string[] = [];
  for (const file of files) {
    const room = roomOf(file.path);
    if (room !== null && room !== '.' && roomNamed(room) === null) {
      found.push(`${file.path}: the room ${room} is not in the table`);
    }
    for (const use of file.modules) {
      const target = targetOf(file.path, use.specifier);
      const why = target === null ? null : whyNotRoom(file.path, target);
      if (why !== null)
        found.push(`${file.path}:${use.line}: imports ${use.specifier}, but ${why}`);
    }
  }
  return found;
}

function whyNotRoom(path: string, target: string): string | null {
  const [from, to] = [roomOf(path), roomOf(target)];
  if (to === null) return from === null || isTestFile(path) ? null : 'it lies outside src';
  if (from === to) {
    const isOwnDoor = from !== '.' && target === `src/${from}/index.ts`;
    return isOwnDoor && !isTestFile(path)
      ? "a room's own files import each other, not its index"
      : null;
  }
  const door = to === '.' ? 'src/index.ts' : `src/${to}/index.ts`;
  if (target !== door) return `the way into that room is ${door}`;
  // Tests, benches and tools stand outside the house and may use every door.
  if (from === null || isTestFile(path)) return null;
  const allowed = from === '.' ? DOOR_IMPORTS : (roomNamed(from)?.imports ?? []);
  return allowed.includes(to) ? null : `${from === '.' ? path : from} may not import ${to}`;
}

/** Modules of Node and packages are used only in the rooms that the table names. */
export function checkOutsideModules(files: readonly ParsedFile[]): string[] {
  const found: string[] = [];
  for (const file of files.filter(isSource)) {
    const room = roomNamed(roomOf(file.path)) ?? { imports: [] };
    for (const { specifier, line } of file.modules) {
      if (specifier.startsWith('.')) continue;
      const isPackage = (room.packages ?? []).some((name) =>
        `${specifier}/`.startsWith(`${name}/`),
      );
      const isAllowed = isPackage || isNodeAllowed(room, specifier);
      const what = specifier || 'what a value names';
      if (!isAllowed) found.push(`${file.path}:${line}: may not import ${what}`);
    }
  }
  return found;
}

function isNodeAllowed({ node = [] }: Room, specifier: string): boolean {
  // A computed import can name anything, so only the room that may use everything has one.
  if (specifier === '') return node === 'all';
  if (node === 'all' || node === 'none') return node === 'all' && specifier.startsWith('node:');
  return PURE_NODE_MODULES.includes(specifier) || node.includes(specifier);
}

/** The public door only forwards names; what joins the rooms stands beside it. */
export function checkDoor(files: readonly ParsedFile[]): string[] {
  return files
    .filter((file) => file.path === 'src/index.ts')
    .flatMap((file) => [
      ...file.modules
        .filter((use) => use.kind !== 'export')
        .map((use) => `${file.path}:${use.line}: the door forwards, it does not import`),
      ...file.exports
        .filter((name) => !name.isForwarded || name.name === '*')
        .map((name) => `${file.path}:${name.line}: forward ${name.name} by name from its own file`),
    ]);
}

/** A decoder never imports an encoder: restore must not break because writing changed. */
export function checkDecoders(files: readonly ParsedFile[]): string[] {
  return files
    .filter((file) => isSource(file) && /(^|[/-])(decode|decoder)\b/.test(file.path))
    .flatMap((file) =>
      file.modules
        .filter((use) => /(^|[/-])(encode|encoder)\b/.test(use.specifier))
        .map((use) => `${file.path}:${use.line}: a decoder imports ${use.specifier}`),
    );
}

/** No file imports itself by way of others; type imports count, since a knot of types is a knot too. */
export function checkCycles(files: readonly ParsedFile[]): string[] {
  const edges = new Map(
    files.map((file) => [file.path, targetsOf(file, (use) => use.kind !== 'url')]),
  );
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const at = trail.indexOf(path);
    if (at !== -1) found.push(`import cycle: ${[...trail.slice(at), path].join(' -> ')}`);
    if (at !== -1 || done.has(path)) return;
    for (const target of edges.get(path) ?? []) visit(target, [...trail, path]);
    done.add(path);
  };
  for (const path of edges.keys()) visit(path, []);
  return found;
}

function targetsOf(file: ParsedFile, isWanted: (use: ModuleUse) => boolean): string[] {
  return file.modules
    .filter(isWanted)
    .map((use) => targetOf(file.path, use.specifier))
    .filter((target) => target !== null);
}

/** Every source is reached from an entry, by import or as a worker's file; a test does not keep a file alive. */
export function checkDeadFiles(files: readonly ParsedFile[]): string[] {
  const byPath = new Map(files.filter(isSource).map((file) => [file.path, file]));
  const waiting = [...ENTRIES];
  const reached = new Set<string>();
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const file = byPath.get(path);
    if (file === undefined || reached.has(path)) continue;
    reached.add(path);
    waiting.push(...targetsOf(file, () => true));
  }
  return [...byPath.keys()]
    .filter((path) => !path.endsWith('.d.ts') && !reached.has(path))
    .map((path) => `${path}: nothing that begins at ${ENTRIES.join(', ')} reaches it`);
}

/** A relative import names a file that is there. */
export function checkTargets(files: readonly ParsedFile[]): string[] {
  const paths = new Set(files.map((file) => file.path));
  return files.flatMap((file) =>
    targetsOf(file, (use) => use.specifier.endsWith('.ts'))
      .filter((target) => !paths.has(target) && !target.includes('/generated/'))
      .map((target) => `${file.path}: names ${target}, which is not there`),
  );
}
