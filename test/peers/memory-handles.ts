/**
 * Folder handles as browsers give them (File System Access API), backed by memory: what recover.html writes into.
 * Names are refused as Chrome refuses them, and a folder can be full or hold names without regard to case.
 */

/** How a folder of handles behaves. */
export interface MemoryRules {
  /** Bytes that all files together may have. */
  spaceBytes: number;
  readonly ignoresCase: boolean;
}

/** A folder of handles and what is in it. */
export interface MemoryFolder {
  readonly kind: 'directory';
  readonly name: string;
  readonly children: Map<string, MemoryFolder | MemoryFile>;
}

interface MemoryFile {
  readonly kind: 'file';
  readonly name: string;
  bytes: Blob;
}

class NamedError extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

function fileHandle(file: MemoryFile, rules: MemoryRules): object {
  return {
    kind: 'file',
    name: file.name,
    getFile: async () => file.bytes,
    createWritable: async () => {
      const parts: Uint8Array<ArrayBuffer>[] = [];
      return {
        write: async (bytes: Uint8Array<ArrayBuffer>) => {
          rules.spaceBytes -= bytes.length;
          if (rules.spaceBytes < 0) throw new NamedError('QuotaExceededError', 'disk full');
          parts.push(bytes.slice());
        },
        close: async () => {
          file.bytes = new Blob(parts);
        },
        abort: async () => {},
      };
    },
  };
}

/** The handle of a folder: what `showDirectoryPicker` would give. */
export function folderHandle(folder: MemoryFolder, rules: MemoryRules): object {
  const keyOf = (name: string) => (rules.ignoresCase ? name.toLowerCase() : name);
  const get = (name: string, kind: 'file' | 'directory', create: boolean | undefined): object => {
    const isLegal = name !== '' && !/[<>:"/\\|?*]|\p{Cc}|^\.|[. ]$|\.lnk$/u.test(name);
    if (!isLegal) throw new TypeError('Name is not allowed.');
    const found = folder.children.get(keyOf(name));
    if (found === undefined && !create) throw new NamedError('NotFoundError', 'nothing there');
    if (found !== undefined && found.kind !== kind) {
      throw new NamedError('TypeMismatchError', 'something else is there');
    }
    const child: MemoryFolder | MemoryFile =
      found ??
      (kind === 'file'
        ? { kind, name, bytes: new Blob([]) }
        : { kind, name, children: new Map<string, MemoryFolder | MemoryFile>() });
    folder.children.set(keyOf(name), child);
    return child.kind === 'file' ? fileHandle(child, rules) : folderHandle(child, rules);
  };
  return {
    kind: 'directory',
    name: folder.name,
    getFileHandle: async (name: string, options?: { create?: boolean }) =>
      get(name, 'file', options?.create),
    getDirectoryHandle: async (name: string, options?: { create?: boolean }) =>
      get(name, 'directory', options?.create),
    removeEntry: async (name: string) => void folder.children.delete(keyOf(name)),
    values: async function* () {
      for (const child of folder.children.values()) {
        yield child.kind === 'file' ? fileHandle(child, rules) : folderHandle(child, rules);
      }
    },
  };
}

/** An empty folder. */
export function newMemoryFolder(name = 'target'): MemoryFolder {
  return { kind: 'directory', name, children: new Map() };
}

/** Path -> bytes of every file below the folder. */
export async function filesOf(folder: MemoryFolder, above = ''): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  for (const child of folder.children.values()) {
    const path = `${above}${child.name}`;
    if (child.kind === 'file') files.set(path, Buffer.from(await child.bytes.arrayBuffer()));
    else for (const [below, bytes] of await filesOf(child, `${path}/`)) files.set(below, bytes);
  }
  return files;
}
