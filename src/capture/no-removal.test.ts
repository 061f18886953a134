import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { OPERATION } from './ptp/codes.ts';
import { CANON, FUJI, NIKON, SONY } from './vendors/codes.ts';

/** ISO 15740 and vendors, by what libgphoto2 calls them: DeleteObject, FormatStore, MoveObject, CopyObject, and the like. */
const REMOVING: Readonly<Record<number, string>> = {
  4107: 'DeleteObject',
  4111: 'FormatStore',
  4121: 'MoveObject',
  4112: 'ResetDevice',
  37125: 'Canon EOS DeleteObject',
  37126: 'Canon EOS FormatStore',
};

describe('the client of cameras', () => {
  it('knows no operation that removes, moves or formats', () => {
    const known = [OPERATION, CANON, NIKON, SONY, FUJI].flatMap((table) => Object.values(table));
    expect(known.filter((code) => code in REMOVING)).toEqual([]);
  });

  it('sends only operations of these tables: nothing else looks like one', () => {
    const files = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' }).filter(
      (path) => path.endsWith('.ts') && !path.endsWith('.test.ts') && !path.endsWith('codes.ts'),
    );
    expect(files.length).toBeGreaterThan(20);
    const planted = "await link.attempt(0x100b, [raw], { act: 'x' })";
    const asked = /\b(?:run|attempt|#ask)\((?:[^()]|\([^()]*\))*?\b(0x[0-9a-f]+|\d{4,})\b/gi;
    expect(planted).toMatch(asked);
    for (const path of files) {
      const text = readFileSync(join(import.meta.dirname, path), 'utf8');
      expect(text.match(asked), path).toBeNull();
      expect(/0x(100b|100f|1019|9105|9106)\b/i.test(text), path).toBe(false);
    }
  });
});
