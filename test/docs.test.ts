import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { EXIT } from '../src/cli/index.ts';
import { ENTRIES, ROOMS } from './tidy/rooms.ts';
import { isTestFile, readProject, roomOf } from './tidy/source.ts';

const root = join(import.meta.dirname, '..');

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

describe('README.md', () => {
  it('is one screen', () => {
    expect(read('README.md').split('\n').length).toBeLessThan(60);
  });

  it('has a library example that runs', () => {
    const example = /```ts\n([\s\S]*?)```/.exec(read('README.md'))?.[1] ?? '';
    expect(example).toContain("from 'fieldvault'");
    const door = pathToFileURL(join(root, 'src', 'index.ts')).href;
    const scratch = mkdtempSync(join(tmpdir(), 'fieldvault-readme-'));
    try {
      mkdirSync(join(scratch, 'card'));
      writeFileSync(join(scratch, 'card', 'A.NEF'), 'pixels');
      writeFileSync(join(scratch, 'example.ts'), example.replace("'fieldvault'", `'${door}'`));
      const { status, stdout, stderr } = spawnSync(process.execPath, ['example.ts'], {
        cwd: scratch,
        encoding: 'utf8',
      });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(stdout).toBe('1 files protected, 0 issues, 0 damaged\n');
      expect(readFileSync(join(scratch, 'back', 'card', 'A.NEF'), 'utf8')).toBe('pixels');
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  });
});

describe('docs/architecture.md', () => {
  const rows = [...read('docs/architecture.md').matchAll(/^\| `(\w+)`(\*?) \| .* \| (.*) \|$/gm)];

  it('shows the table of rooms that the code is held to', () => {
    const shown = rows.map(([, room, , imports]) => [room, imports]);
    const held = Object.entries(ROOMS).map(([room, { imports }]) => [room, importsText(imports)]);
    expect(shown).toEqual(held);
  });

  it('marks the rooms that nothing uses yet, and no others', () => {
    const sources = readProject(root).filter(
      ({ path }) => path.startsWith('src/') && path.endsWith('.ts') && !isTestFile(path),
    );
    const isUsed = (room: string): boolean =>
      ENTRIES.some((path) => roomOf(path) === room) ||
      sources.some(
        ({ path, text }) => roomOf(path) !== room && text.includes(`/${room}/index.ts'`),
      );
    const marked = rows.filter(([, , mark]) => mark === '*').map(([, room]) => room);
    expect(marked).toEqual(Object.keys(ROOMS).filter((room) => !isUsed(room)));
  });

  it('is short enough to stay true', () => {
    expect(read('docs/architecture.md').split('\n').length).toBeLessThanOrEqual(250);
  });
});

/** How the page says it. */
function importsText(imports: readonly string[]): string {
  const names = imports.map((name) => (name === '.' ? 'the public door' : name));
  if (names.length === 0) return 'nothing';
  // The one row that would be longer than the page.
  return names.length > 10 ? 'the public door, every room above cli' : names.join(', ');
}

describe('docs/errors.md', () => {
  it('shows every exit code, and no other', () => {
    const shown = [...read('docs/errors.md').matchAll(/^\| (\d+) \|/gm)].map(([, code]) =>
      Number(code),
    );
    expect(shown).toEqual(Object.values(EXIT));
  });
});
