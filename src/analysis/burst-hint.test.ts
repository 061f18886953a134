import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type BurstHint, burstHintOf } from './burst-hint.ts';
import { MAKER_TABLES } from './maker-tables.ts';

type Tags = Readonly<Record<string, unknown>>;

/** What a hint says apart from where it stands. */
function said(tags: Tags): Partial<BurstHint> | null {
  const hint = burstHintOf(tags);
  if (hint === null) return null;
  const { id, kind, sequence, length, isContinuous } = hint;
  return { id, kind, sequence, length, isContinuous };
}

const NOTHING: Partial<BurstHint> = {
  id: null,
  kind: null,
  sequence: null,
  length: null,
  isContinuous: null,
};
const SINGLE: Partial<BurstHint> = { ...NOTHING, isContinuous: false };
const RUNNING: Partial<BurstHint> = { ...NOTHING, kind: 'burst', isContinuous: true };

const START = {
  'Nikon:BurstStartSlotNumber': 1,
  'Nikon:BurstStartFolderNumber': 100,
  'Nikon:BurstStartImageNumber': 1234,
};

test.each<[string, Tags, Partial<BurstHint> | null]>([
  ['nothing', { 'IFD0:Make': 'NIKON' }, null],
  [
    'Nikon burst start',
    { ...START, 'Nikon:ShootingMode': 1, 'Nikon:BurstShotNumber': 3 },
    { ...RUNNING, id: 'nikon:1/100/1234', sequence: 3 },
  ],
  ['Nikon without the image number', { ...START, 'Nikon:BurstStartImageNumber': undefined }, null],
  ['Nikon single, auto ISO', { 'Nikon:ShootingMode': 32 }, SINGLE],
  ['Nikon continuous', { 'Nikon:ShootingMode': 33 }, RUNNING],
  ['Nikon bracket', { 'Nikon:ShootingMode': 17 }, { ...RUNNING, kind: 'bracket' }],
  ['Nikon white balance bracket', { 'Nikon:ShootingMode': 80 }, { ...SINGLE, kind: 'bracket' }],
  ['Nikon D-Lighting bracket', { 'Nikon:ShootingMode': 256 }, { ...SINGLE, kind: 'bracket' }],
  ['Nikon pre-capture', { 'Nikon:ShootingMode': 2048 }, RUNNING],
  [
    'Nikon focus shift',
    { 'Nikon:FocusShiftShooting': 4, 'Nikon:FocusShiftNumberShots': 30 },
    { ...NOTHING, kind: 'focus-stack', sequence: 4, length: 30 },
  ],
  ['Nikon pixel shift', { 'Nikon:PixelShiftShooting': 1 }, { ...NOTHING, kind: 'pixel-shift' }],
  [
    'Canon burst',
    { 'Canon:ContinuousDrive': 5, 'Canon:SequenceNumber': 7 },
    { ...RUNNING, sequence: 7 },
  ],
  ['Canon without a number', { 'Canon:ContinuousDrive': 1, 'Canon:SequenceNumber': 0 }, RUNNING],
  ['Canon single', { 'Canon:ContinuousDrive': 0, 'Canon:SequenceNumber': 1 }, SINGLE],
  ['Canon film', { 'Canon:ContinuousDrive': 2 }, null],
  [
    'Canon exposure bracket',
    { 'Canon:ContinuousDrive': 5, 'Canon:BracketMode': 1, 'Canon:BracketShotNumber': 2 },
    { ...RUNNING, kind: 'bracket', sequence: 2 },
  ],
  [
    'Canon RAW burst',
    { 'Canon:RawBurstImageNum': 4, 'Canon:RawBurstImageCount': 30 },
    { ...RUNNING, sequence: 4, length: 30 },
  ],
  [
    'Canon focus bracket',
    { 'Canon:FocusBracketing': 1, 'Canon:FocusBracketingImageCount': 10 },
    { ...NOTHING, kind: 'focus-stack', length: 10 },
  ],
  [
    'Canon panorama',
    { 'Canon:PanoramaFrameNumber': 2 },
    { ...NOTHING, kind: 'panorama', sequence: 2 },
  ],
  [
    'Sony burst',
    { 'Sony:ReleaseMode': 2, 'Sony:SequenceNumber': 12 },
    { ...RUNNING, sequence: 12 },
  ],
  [
    'Sony burst in the enciphered tags',
    { 'Sony:ReleaseMode3': 5, 'Sony:SequenceImageNumber': 3, 'Sony:SequenceLength': 0 },
    { ...RUNNING, sequence: 3 },
  ],
  [
    'Sony single, which is number 1 of 1',
    { 'Sony:ReleaseMode3': 0, 'Sony:SequenceImageNumber': 1, 'Sony:SequenceLength': 1 },
    SINGLE,
  ],
  [
    'Sony bracket',
    { 'Sony:ReleaseMode2': 2, 'Sony:SequenceImageNumber': 2, 'Sony:SequenceLength': 3 },
    { ...NOTHING, kind: 'bracket', sequence: 2, length: 3 },
  ],
  ['Sony sweep panorama', { 'Sony:ReleaseMode2': 7 }, { ...NOTHING, kind: 'panorama' }],
  [
    'Sony pixel shift',
    { 'Sony:PixelShiftInfo': '11022233 2 4 0x1f' },
    { ...NOTHING, id: 'sony:11022233/0x1f', kind: 'pixel-shift', sequence: 2, length: 4 },
  ],
  ['Sony without pixel shift', { 'Sony:PixelShiftInfo': '00000000 0 0 0x0' }, null],
  [
    'Fuji burst',
    { 'FujiFilm:DriveMode': 2, 'FujiFilm:SequenceNumber': 5 },
    { ...RUNNING, sequence: 5 },
  ],
  ['Fuji single', { 'FujiFilm:DriveMode': 0, 'FujiFilm:SequenceNumber': 0 }, SINGLE],
  ['Fuji bracket', { 'FujiFilm:AutoBracketing': 1 }, { ...NOTHING, kind: 'bracket' }],
  [
    'Fuji pixel shift',
    { 'FujiFilm:AutoBracketing': 6, 'FujiFilm:PixelShiftShots': 16, 'FujiFilm:SequenceNumber': 2 },
    { ...NOTHING, kind: 'pixel-shift', sequence: 2, length: 16 },
  ],
  [
    'Panasonic burst',
    { 'Panasonic:BurstMode': 1, 'Panasonic:SequenceNumber': 2 },
    { ...RUNNING, sequence: 2 },
  ],
  ['Panasonic exposure bracket', { 'Panasonic:BurstMode': 2 }, { ...NOTHING, kind: 'bracket' }],
  ['Panasonic aperture bracket', { 'Panasonic:BurstMode': 18 }, { ...NOTHING, kind: 'bracket' }],
  ['Panasonic focus bracket', { 'Panasonic:BurstMode': 3 }, { ...NOTHING, kind: 'focus-stack' }],
  ['Panasonic off', { 'Panasonic:BurstMode': 0, 'Panasonic:SequenceNumber': 0 }, SINGLE],
  ['Olympus burst', { 'Olympus:DriveMode': '1 3' }, { ...RUNNING, sequence: 3 }],
  ['OM burst', { 'Olympus:DriveMode': '0 9 0 0 4 40' }, { ...RUNNING, sequence: 9 }],
  ['OM pre-capture', { 'Olympus:DriveMode': '0 2 0 0 4 65' }, { ...RUNNING, sequence: 2 }],
  [
    'OM high resolution',
    { 'Olympus:DriveMode': '0 0 0 0 4 48' },
    { ...SINGLE, kind: 'pixel-shift' },
  ],
  [
    'Olympus focus bracket',
    { 'Olympus:DriveMode': '5 8 64 0 4' },
    { ...NOTHING, kind: 'focus-stack', sequence: 8 },
  ],
  [
    'Olympus exposure bracket',
    { 'Olympus:DriveMode': [5, 2, 1] },
    { ...NOTHING, kind: 'bracket', sequence: 2 },
  ],
  [
    'Olympus panorama',
    { 'Olympus:SpecialMode': '3 2 1' },
    { ...NOTHING, kind: 'panorama', sequence: 2 },
  ],
  [
    'Olympus fast',
    { 'Olympus:SpecialMode': '2 2 0', 'Olympus:DriveMode': '1 2' },
    { ...RUNNING, sequence: 2 },
  ],
  ['Olympus single', { 'Olympus:SpecialMode': '0 0 0' }, SINGLE],
  ['Pentax burst', { 'Pentax:DriveMode': '3 0 0 0' }, RUNNING],
  ['Pentax single', { 'Pentax:DriveMode': '0 0 0 0' }, SINGLE],
  [
    'Pentax bracket, 2 of 3',
    { 'Pentax:BracketShotNumber': 0x13 },
    { ...NOTHING, kind: 'bracket', sequence: 2, length: 3 },
  ],
  ['Pentax pixel shift', { 'Pentax:PixelShiftResolution': 1 }, { ...NOTHING, kind: 'pixel-shift' }],
  ['Sigma burst', { 'Sigma:BurstShot': 2 }, { ...RUNNING, sequence: 2 }],
  ['Phase One', { 'PhaseOne:SequenceFrameNumber': 2 }, { ...RUNNING, sequence: 2 }],
  [
    'Apple',
    { 'Apple:BurstUUID': '8C1D9D0E-7B1C-4C4E-9F53-0A7D3F4B3A11' },
    { ...NOTHING, id: 'apple:8C1D9D0E-7B1C-4C4E-9F53-0A7D3F4B3A11', kind: 'burst' },
  ],
  [
    'Google',
    { 'XMP-GCamera:BurstID': 'f2c1', 'XMP-GCamera:BurstPrimary': 1 },
    { ...NOTHING, id: 'google:f2c1', kind: 'burst' },
  ],
  [
    'Google creations',
    { 'XMP-GCreations:CameraBurstID': 'a1' },
    { ...NOTHING, id: 'google:a1', kind: 'burst' },
  ],
])('burstHintOf() understands %s', (_name, tags, expected) => {
  expect(said(tags)).toEqual(expected);
});

test('burstHintOf() names the tags that said it', () => {
  const tags = { 'Canon:ContinuousDrive': 5, 'Canon:SequenceNumber': 7, 'Canon:BracketMode': 0 };
  expect(burstHintOf(tags)?.from).toBe('Canon:ContinuousDrive Canon:SequenceNumber');
});

const names = MAKER_TABLES.flatMap(({ identities, sayings, sequence, length }) =>
  [...identities.flat(), ...sayings, ...sequence, ...length].map(({ tag }) => tag),
);

test('burstHintOf() never throws and says only whole numbers from 1, whatever the values are', () => {
  const value = fc.oneof(fc.anything(), fc.integer(), fc.string(), fc.double());
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...names), value), (tags) => {
      const hint = burstHintOf(tags);
      for (const number of [hint?.sequence, hint?.length]) {
        if (number !== null && number !== undefined) {
          expect(Number.isInteger(number) && number >= 1).toBe(true);
        }
      }
      if (hint !== null) expect(hint.from).not.toBe('');
    }),
  );
});
