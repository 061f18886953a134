import { describe, expect, it } from 'vitest';
import { isLitter } from './litter.ts';

describe('isLitter()', () => {
  it.each([
    '._DSC_0001.NEF',
    '.DS_Store',
    'Thumbs.db',
    'desktop.ini',
    'System Volume Information',
    '$RECYCLE.BIN',
    '.Spotlight-V100',
    '.Trashes',
    '.Trash-1000',
    '.fseventsd',
    '.7.fieldvault-part',
  ])('leaves %s out', (name) => {
    expect(isLitter(name)).toBe(true);
  });

  it.each([
    'FOUND.000',
    'DSC_0001.NEF',
    '.hidden',
    '_DSC.NEF',
    'Thumbs.db.xmp',
    'DCIM',
    'my._file',
    '.git',
  ])('keeps %s', (name) => {
    expect(isLitter(name)).toBe(false);
  });
});
