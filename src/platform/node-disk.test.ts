import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'vitest';
import { type DiskUnderTest, diskContract } from '../testing/index.ts';
import { openNodeDisk } from './node-disk.ts';

const isWindows = process.platform === 'win32';
const isMac = process.platform === 'darwin';

async function makeTested(isBlocking: boolean): Promise<DiskUnderTest> {
  const made = await realpath(await mkdtemp(join(tmpdir(), 'fieldvault-disk-')));
  return {
    disk: openNodeDisk({ blocking: isBlocking }),
    folder: made.replaceAll('\\', '/'),
    isCaseSensitive: !isWindows && !isMac,
    takesAnyBytes: !isWindows && !isMac,
    findsAnyNormalForm: isMac,
    // Links on Windows need a right that test runners may not have.
    hasLinks: !isWindows,
    keepsMode: !isWindows,
    // biome-ignore lint/suspicious/noControlCharactersInRegex: Windows takes none
    forbidden: isWindows ? /[\u0000-\u001f"*:<>?|\\]/ : null,
    mtimeGranularityMs: 0,
    close: () => rm(made, { recursive: true, force: true }),
  };
}

diskContract({ describe, it }, 'this machine, blocking', () => makeTested(true));
diskContract({ describe, it }, 'this machine, patient', () => makeTested(false));
