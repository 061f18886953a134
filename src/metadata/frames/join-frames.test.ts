import { describe, expect, it } from 'vitest';
import { joinFrames } from './join-frames.ts';
import { captureRole, type FramePart } from './part.ts';
import { SIDECAR_KINDS, sidecarKindOf } from './sidecar-kinds.ts';

const NOTHING = {
  sizeBytes: 1,
  mtimeMs: 0,
  make: null,
  model: null,
  serial: null,
  takenMs: null,
  contentIdentifier: null,
  sidecarFor: null,
};
const part = (path: string, known: Partial<FramePart> = {}): FramePart => ({
  path: `card/${path}`,
  content: `content of ${path}`,
  ...NOTHING,
  ...known,
});
/** Frames as lists of file names, the primary first. */
const joined = (...parts: readonly (FramePart | string)[]): string[][] =>
  joinFrames(parts.map((one) => (typeof one === 'string' ? part(one) : one))).map((frame) =>
    frame.parts.map(({ path }) => path.slice('card/'.length)),
  );
const ambiguities = (...parts: readonly (FramePart | string)[]): string[] =>
  joinFrames(parts.map((one) => (typeof one === 'string' ? part(one) : one))).flatMap(
    (frame) => frame.ambiguities,
  );

describe('joinFrames() with pictures', () => {
  it('joins RAW, HEIC and JPEG of one name in one folder, the RAW first', () => {
    expect(joined('a/S.JPG', 'a/s.HIF', 'a/S.cr3', 'b/S.CR3')).toEqual([
      ['a/S.cr3', 'a/s.HIF', 'a/S.JPG'],
      ['b/S.CR3'],
    ]);
  });

  it('joins names that differ in Unicode form only', () => {
    expect(joined('Caf\u00e9.NEF', 'Cafe\u0301.JPG')).toHaveLength(1);
    expect(joined('Cafe.NEF', 'Caf\u00e9.JPG')).toHaveLength(2);
  });

  it.each([
    ['taken 30 s apart', { takenMs: 30_000 }, { takenMs: 0 }, 1],
    ['taken more than 30 s apart', { takenMs: 30_001 }, { takenMs: 0 }, 2],
    ['taken at a time that only one knows', { takenMs: 30_001 }, {}, 1],
    ['of one serial number', { serial: '12' }, { serial: '12 ' }, 1],
    ['of two serial numbers', { serial: '12' }, { serial: '13' }, 2],
    ['of two models', { model: 'Z 9' }, { model: 'Z 8' }, 2],
    ['of two makers', { make: 'NIKON' }, { make: 'Canon' }, 2],
    ['of a model written in two ways', { model: 'NIKON Z 9' }, { model: 'Nikon Z 9' }, 1],
  ])('makes of pictures %s as many frames as they are shots', (_, left, right, count) => {
    expect(joined(part('S.NEF', left), part('S.JPG', right))).toHaveLength(count);
  });

  it('leaves a picture alone that could belong to two, and says so in all of them', () => {
    const parts = [
      part('S.NEF', { takenMs: 0 }),
      part('S.ARW', { takenMs: 1e6 }),
      'S.JPG',
    ] as const;
    expect(joined(...parts)).toEqual([['S.ARW'], ['S.JPG'], ['S.NEF']]);
    expect(ambiguities(...parts)).toHaveLength(3);
    expect(ambiguities(...parts)[0]).toBe(
      'card/S.JPG may belong to card/S.ARW, card/S.NEF, card/S.JPG; it stays alone.',
    );
  });

  it('takes the camera’s RAW before a DNG made from it', () => {
    expect(joined('S.DNG', 'S.NEF')).toEqual([['S.NEF', 'S.DNG']]);
  });

  it('knows what phones call the files of one press', () => {
    expect(
      joined(
        'PXL_20240101_120000000.RAW-01.COVER.jpg',
        'PXL_20240101_120000000.RAW-02.ORIGINAL.dng',
        'PXL_20240101_120001000.RAW-01.MP.COVER.jpg',
        'PXL_20240101_120001000.RAW-02.ORIGINAL.dng',
        'PXL_20240101_120001000.dng.xmp',
      ),
    ).toEqual([
      ['PXL_20240101_120000000.RAW-02.ORIGINAL.dng', 'PXL_20240101_120000000.RAW-01.COVER.jpg'],
      [
        'PXL_20240101_120001000.RAW-02.ORIGINAL.dng',
        'PXL_20240101_120001000.RAW-01.MP.COVER.jpg',
        'PXL_20240101_120001000.dng.xmp',
      ],
    ]);
    expect(
      joined('IMG_0001.HEIC', 'IMG_E0001.HEIC', 'IMG_0001.AAE', 'IMG_O0001.AAE', 'IMG_0001_O.AAE'),
    ).toEqual([
      ['IMG_0001.HEIC', 'IMG_E0001.HEIC', 'IMG_0001.AAE', 'IMG_0001_O.AAE', 'IMG_O0001.AAE'],
    ]);
  });

  it('takes a suffix that may be chance for one of a phone only where the times agree', () => {
    expect(joined('Rome.jpg', 'Rome_E.jpg')).toHaveLength(2);
    const taken = { takenMs: 0 };
    expect(joined(part('Rome.jpg', taken), part('Rome_E.jpg', taken))).toHaveLength(1);
    expect(joined('Rome.jpg', 'Rome_E.jpg', 'Rome_E.xmp', 'Rome.xmp')).toEqual([
      ['Rome.jpg', 'Rome.xmp'],
      ['Rome_E.jpg', 'Rome_E.xmp'],
    ]);
  });

  it('leaves the pictures of a burst apart', () => {
    expect(
      joined('IMG_20240101_120000_BURST000_COVER.jpg', 'IMG_20240101_120000_BURST001.jpg'),
    ).toHaveLength(2);
  });
});

describe('joinFrames() with movies', () => {
  it('joins a still and a movie of one name only where times or identifiers agree', () => {
    expect(joined('IMG_1.HEIC', 'IMG_1.MOV')).toHaveLength(2);
    expect(joined(part('IMG_1.HEIC', { takenMs: 0 }), 'IMG_1.MOV')).toHaveLength(2);
    expect(
      joined(part('IMG_1.HEIC', { takenMs: 0 }), part('IMG_1.MOV', { takenMs: 2000 })),
    ).toEqual([['IMG_1.HEIC', 'IMG_1.MOV']]);
    const mark = { contentIdentifier: 'A-1' };
    expect(joined(part('IMG_1.HEIC', mark), part('IMG_1.MOV', mark))).toHaveLength(1);
  });

  it('keeps a still and a movie apart whose identifiers differ', () => {
    const taken = { takenMs: 0 };
    expect(
      joined(
        part('IMG_1.HEIC', { ...taken, contentIdentifier: 'A' }),
        part('IMG_1.MOV', { ...taken, contentIdentifier: 'B' }),
      ),
    ).toHaveLength(2);
  });

  it('finds the movie of a Live Photo by its identifier whatever its name, in its own folder only', () => {
    const mark = { contentIdentifier: 'A' };
    expect(joined(part('a/One.HEIC', mark), part('a/Two.MOV', mark))).toHaveLength(1);
    expect(joined(part('a/One.HEIC', mark), part('b/Two.MOV', mark))).toHaveLength(2);
  });

  it('records that a movie could be of several pictures', () => {
    const mark = { contentIdentifier: 'A' };
    const parts = [part('1.HEIC', mark), part('1 2.HEIC', mark), part('3.MOV', mark)];
    expect(joined(...parts)).toHaveLength(3);
    expect(ambiguities(...parts)).toHaveLength(3);
  });
});

describe('joinFrames() on a card', () => {
  const body = { make: 'SONY', model: 'A1', serial: '7', takenMs: 5000 };

  it('joins RAW and JPEG in sibling folders where time and body are known and agree', () => {
    const raw = part('DCIM/100MSDCF/D1.ARW', body);
    expect(joined(raw, part('DCIM/101MSDCF/D1.JPG', body))).toHaveLength(1);
    expect(joined(raw, part('DCIM/101MSDCF/D1.JPG', { ...body, takenMs: 90_000 }))).toHaveLength(2);
    expect(joined(raw, part('DCIM/101MSDCF/D1.JPG', { ...body, takenMs: null }))).toHaveLength(2);
    expect(joined(raw, part('DCIM/101MSDCF/D1.JPG', { takenMs: 5000 }))).toHaveLength(2);
    expect(joined(raw, part('DCIM/101MSDCF/D1.ARW', body))).toHaveLength(2);
    expect(joined(raw, part('Export/D1.JPG', body))).toHaveLength(2);
  });

  it('leaves apart what could belong to two siblings', () => {
    const parts = ['100/D1.ARW', '101/D1.JPG', '102/D1.HIF'].map((name) =>
      part(`DCIM/${name}`, body),
    );
    expect(joined(...parts)).toHaveLength(3);
    expect(ambiguities(...parts)).toHaveLength(3);
  });
});

/** What may lie beside S.NEF and S.JPG. */
const SIDECARS = [
  'S.xmp',
  'S.NEF.xmp',
  'S_01.NEF.xmp',
  'CaptureOne/Settings153/S.NEF.cos',
  'CaptureOne/Settings153/S.NEF.comask',
  'CaptureOne/Settings153/S.icm',
  'S.NEF.dop',
  'S.NEF.pp3',
  'S.JPG.out.pp3',
  'S.NEF.arp',
  'S.on1',
  'S.VRD',
  'S.dr4',
  'NKSC_PARAM/S.NEF.nksc',
  'S.acr',
  'S.AAE',
  'S.THM',
  'S.WAV',
  'S.mp3',
  'S.LOG',
  'S.xml',
  '._S.NEF',
  '._S.xmp',
];

describe('joinFrames() with sidecars', () => {
  it('brings together everything that editors and cameras put beside a picture', () => {
    const frames = joined('S.NEF', 'S.JPG', ...SIDECARS, 'other/S.xmp');
    expect(frames).toHaveLength(2);
    expect(frames[0]?.slice(0, 2)).toEqual(['S.NEF', 'S.JPG']);
    expect(frames[0]?.toSorted()).toEqual(['S.NEF', 'S.JPG', ...SIDECARS].toSorted());
    expect(ambiguities('S.NEF', 'S.JPG', ...SIDECARS)).toEqual([]);
  });

  it('has a case for every kind in the table', () => {
    const names = SIDECARS.map((path) => path.slice(path.lastIndexOf('/') + 1).toLowerCase());
    const unused = SIDECAR_KINDS.filter(
      (kind) => !names.some((name) => sidecarKindOf(name)?.kind === kind),
    );
    expect(unused).toEqual([]);
  });

  it('joins what Sony writes beside a clip', () => {
    expect(joined('CLIP/C0001.MP4', 'CLIP/C0001M01.XML')).toEqual([
      ['CLIP/C0001.MP4', 'CLIP/C0001M01.XML'],
    ]);
    expect(joined('dam01.jpg', 'dam01.xml')).toHaveLength(1);
  });

  it('keeps a sidecar that several frames claim with all of them, and says so', () => {
    const parts = [
      part('S.NEF', { takenMs: 0 }),
      part('S.JPG', { takenMs: 1e6 }),
      'S.xmp',
    ] as const;
    expect(joined(...parts)).toEqual([
      ['S.JPG', 'S.xmp'],
      ['S.NEF', 'S.xmp'],
    ]);
    expect(ambiguities(...parts)).toEqual([
      'card/S.xmp may belong to card/S.NEF, card/S.JPG; it stays with all of them.',
      'card/S.xmp may belong to card/S.NEF, card/S.JPG; it stays with all of them.',
    ]);
  });

  it('follows what a sidecar itself says it is for', () => {
    const parts = [
      part('S.NEF', { takenMs: 0 }),
      part('S.JPG', { takenMs: 1e6 }),
      part('S.xmp', { sidecarFor: 'NEF' }),
    ];
    expect(joined(...parts)).toEqual([['S.JPG'], ['S.NEF', 'S.xmp']]);
    expect(ambiguities(...parts)).toEqual([]);
  });

  it('keeps the sidecar of a picture that is gone with what has its name', () => {
    expect(joined('S.JPG', 'S.NEF.xmp')).toEqual([['S.JPG', 'S.NEF.xmp']]);
    expect(ambiguities('S.JPG', 'S.NEF.xmp')[0]).toContain('not beside it');
    expect(ambiguities('S.JPG', part('S.xmp', { sidecarFor: 'CR3' }))[0]).toContain('.cr3 picture');
  });

  it('takes the picture whose name is written alike where names differ in case only', () => {
    expect(
      joined(part('S.NEF', { serial: '1' }), part('s.nef', { serial: '2' }), 's.nef.xmp'),
    ).toEqual([['S.NEF'], ['s.nef', 's.nef.xmp']]);
  });

  it('makes a frame of every sidecar that belongs to nothing', () => {
    expect(joined('S.xmp', 'T.NEF.dop', 'CaptureOne/Settings1/U.NEF.cos')).toHaveLength(3);
    expect(joined('V.wav', 'V.xmp')).toEqual([['V.wav', 'V.xmp']]);
  });

  it('leaves out catalogs, other files, and logs and AppleDouble files without a picture', () => {
    expect(joined('X.lrcat', 'notes.txt', 'S.log', '._S.NEF', 'library.db')).toEqual([]);
  });

  it('knows a role for each kind of picture', () => {
    expect(['cr3', 'jpg', 'heic', 'png', 'mov', 'wav', 'thm', 'txt'].map(captureRole)).toEqual([
      'raw',
      'jpeg',
      'heic',
      'image',
      'video',
      'audio',
      'thumbnail',
      null,
    ]);
  });
});

describe('the id of a frame', () => {
  const ids = (...parts: readonly FramePart[]): string[] => joinFrames(parts).map(({ id }) => id);

  it('stays when a sidecar comes, goes or is edited', () => {
    const raw = part('S.NEF');
    const [id] = ids(raw);
    expect(id).toMatch(/^[0-9a-f]{32}$/);
    expect(ids(raw, part('S.xmp'))).toEqual([id]);
    expect(ids(raw, part('S.xmp', { content: 'edited' }), part('S.JPG'))).toEqual([id]);
  });

  it('is another for another content or path', () => {
    const [id] = ids(part('S.NEF'));
    expect(ids(part('S.NEF', { content: 'another' }))).not.toEqual([id]);
    expect(ids(part('T.NEF', { content: 'content of S.NEF' }))).not.toEqual([id]);
  });
});
