import { posix } from 'node:path';
import type { ExportedName, ParsedFile } from './parse.ts';

/** A name as one file exports it. */
export interface Place {
  readonly path: string;
  readonly name: string;
}

/** One name of a public door. */
export interface PublicName {
  readonly name: string;
  /** Every place that forwards it, the door first and its declaration last. */
  readonly places: readonly Place[];
  /** What stands at the declaration; null where the trail was lost. */
  readonly declaration: ExportedName | null;
}

/** Every name that the door exports, sorted, each followed to the file that declares it. */
export function listPublicNames(files: readonly ParsedFile[], door: string): PublicName[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  return namesOf(byPath, door)
    .map((name) => follow(byPath, { path: door, name }))
    .sort((left, right) => (left.name < right.name ? -1 : 1));
}

function namesOf(byPath: ReadonlyMap<string, ParsedFile>, path: string): string[] {
  const names = byPath.get(path)?.exports ?? [];
  return names.flatMap(({ name, origin }) =>
    name === '*' && origin !== null ? namesOf(byPath, pathFrom(path, origin.specifier)) : [name],
  );
}

function pathFrom(path: string, specifier: string): string {
  return posix.join(posix.dirname(path), specifier);
}

function follow(byPath: ReadonlyMap<string, ParsedFile>, start: Place): PublicName {
  const places: Place[] = [];
  for (let at: Place | null = start; at !== null; ) {
    places.push(at);
    const { path, name }: Place = at;
    const found = findExport(byPath, path, name);
    if (found === null) break;
    if (!found.isForwarded) return { name: start.name, places, declaration: found };
    const origin: ExportedName['origin'] = found.origin;
    at =
      origin === null
        ? null
        : {
            path: pathFrom(path, origin.specifier),
            name: origin.name === '*' ? name : origin.name,
          };
  }
  return { name: start.name, places, declaration: null };
}

function findExport(
  byPath: ReadonlyMap<string, ParsedFile>,
  path: string,
  name: string,
): ExportedName | null {
  const names = byPath.get(path)?.exports ?? [];
  const own = names.find((each) => each.name === name);
  if (own !== undefined) return own;
  const isThere = (each: ExportedName): boolean =>
    each.name === '*' &&
    each.origin !== null &&
    namesOf(byPath, pathFrom(path, each.origin.specifier)).includes(name);
  return names.find(isThere) ?? null;
}

/** The names that have no doc comment where they are declared. */
export function listUndocumented(names: readonly PublicName[]): string[] {
  return names.filter(({ declaration }) => declaration?.hasDoc !== true).map(({ name }) => name);
}

/** The functions that no test imports (from the door or from any place behind it) and calls. */
export function listUncalled(
  functions: readonly PublicName[],
  tests: readonly ParsedFile[],
): string[] {
  return functions
    .filter(({ places }) => !tests.some((file) => calls(file, places)))
    .map(({ name }) => name);
}

function calls(file: ParsedFile, places: readonly Place[]): boolean {
  return file.bindings.some((binding) => {
    const path = pathFrom(file.path, binding.specifier);
    return places.some((place) => {
      if (place.path !== path) return false;
      if (binding.name !== '*') {
        return binding.name === place.name && hasCall(file.text, binding.local);
      }
      return hasCall(file.text, `${binding.local}.${place.name}`);
    });
  });
}

function hasCall(text: string, callee: string): boolean {
  return new RegExp(`(^|[^\\w$.])${callee.replace('.', '\\.')}(<[^()]*>)?\\(`, 'm').test(text);
}
