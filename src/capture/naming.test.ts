import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCameraAddress } from './camera-address.ts';
import { parseNaming } from './naming.ts';

const CAMERA = { maker: 'Canon', model: 'EOS R5/II', serial: '0123', firmware: '1.0' };
const FILE = {
  name: 'IMG_0042.CR3',
  folder: 'DCIM/100CANON',
  sizeBytes: 1,
  capturedLocal: '2026-11-22T10:11:12',
};

function named(template: string | null, session = ''): string {
  return parseNaming(template, session)(FILE, { camera: CAMERA, session });
}

describe('a file of a camera is named', () => {
  it.each([
    [null, '', 'DCIM/100CANON/IMG_0042.CR3'],
    [null, 'Smith', 'Smith/IMG_0042.CR3'],
    ['{session}/{date}/{time}_{name}', 'Smith', 'Smith/2026-11-22/10-11-12_IMG_0042.CR3'],
    ['{camera}_{serial}_{number}', '', 'EOS R5-II_0123_0042.CR3'],
    ['{stem}.{extension}', '', 'IMG_0042.CR3'],
  ])('%s in session "%s": %s', (template, session, path) => {
    expect(named(template, session)).toBe(path);
  });

  it('where the camera says little too', () => {
    const bare = { name: 'CAPT', folder: '', sizeBytes: null, capturedLocal: null };
    const naming = parseNaming('{date}_{time}_{number}', '');
    expect(naming(bare, { camera: CAMERA, session: '' })).toBe('undated_untimed_CAPT');
  });

  it.each(['{counter}', '{date}/', '{name', 'all the same', '{name}/{date}'])(
    'but not by %s',
    (template) => {
      expect(() => parseNaming(template, '')).toThrow(/not understood/);
    },
  );

  it('always the same: what it is called depends on the file alone', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (name, folder) => {
        const file = { ...FILE, name, folder };
        const context = { camera: CAMERA, session: 'S' };
        const [one, other] = [
          parseNaming('{folder}_{number}', 'S'),
          parseNaming('{folder}_{number}', 'S'),
        ];
        expect(one(file, context)).toBe(other(file, context));
      }),
    );
  });
});

describe('a camera is named by', () => {
  it.each([
    ['ptpip://192.168.1.1', { kind: 'ptpip', host: '192.168.1.1', port: null }],
    ['ptpip://camera.local:15741', { kind: 'ptpip', host: 'camera.local', port: 15741 }],
    ['ptpip://[fe80::1]:15740', { kind: 'ptpip', host: 'fe80::1', port: 15740 }],
    ['fuji://192.168.0.1/', { kind: 'fuji', host: '192.168.0.1', port: null }],
    ['usb:', { kind: 'usb', id: '' }],
    ['usb:04a9-1234', { kind: 'usb', id: '04a9-1234' }],
    ['folder:/pictures/Capture', { kind: 'folder', path: '/pictures/Capture' }],
    ['folder:///pictures', { kind: 'folder', path: '/pictures' }],
  ])('%s', (text, address) => {
    expect(parseCameraAddress(text)).toEqual(address);
  });

  it.each([
    '',
    'ptpip://',
    'ptpip://host:0',
    'ptpip://host:99999',
    'http://host',
    'folder:',
    '/pictures',
  ])('and not by "%s"', (text) => {
    expect(() => parseCameraAddress(text)).toThrow(/names no camera/);
  });
});
