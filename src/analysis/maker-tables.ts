/** What kind of series a camera says it was taking. */
export type SeriesKind = 'burst' | 'bracket' | 'focus-stack' | 'panorama' | 'pixel-shift';

/** One of the numbers or words of a tag's value. */
export interface TagPart {
  /** Name with its group, as ExifTool's `-G1` gives it. */
  readonly tag: string;
  /** Which of several, from 0; left out: the first. */
  readonly part?: number;
}

/** What holds where a tag's number passes its one test. */
export interface Saying extends TagPart {
  readonly is?: readonly number[];
  readonly bit?: number;
  readonly bitUnset?: number;
  readonly above?: number;
  readonly kind?: SeriesKind;
  readonly isContinuous?: boolean;
}

/** Where a count is found: a whole number above 0. */
export interface TagNumber extends TagPart {
  /** Pentax: the low four bits are the length, the bits above them the number of the shot, from 0. */
  readonly digits?: 'low' | 'high';
}

/** The tags of one maker. Of the sayings that hold, the first one that names a kind decides the kind, and so on. */
export interface MakerTable {
  readonly maker: string;
  /** Tags that together name one series; the first set that is there decides. */
  readonly identities: readonly (readonly TagPart[])[];
  readonly sayings: readonly Saying[];
  readonly sequence: readonly TagNumber[];
  readonly length: readonly TagNumber[];
}

/** Names and values of ExifTool 13.59 (Nikon.pm, Apple.pm, Google.pm and so on), numbers as `-n` gives them. */
export const MAKER_TABLES: readonly MakerTable[] = [
  {
    maker: 'nikon',
    // Z8 and Z9 only: the frame the burst began with.
    identities: [
      [
        { tag: 'Nikon:BurstStartSlotNumber' },
        { tag: 'Nikon:BurstStartFolderNumber' },
        { tag: 'Nikon:BurstStartImageNumber' },
      ],
    ],
    sayings: [
      { tag: 'Nikon:PixelShiftShooting', above: 0, kind: 'pixel-shift' },
      { tag: 'Nikon:FocusShiftShooting', above: 0, kind: 'focus-stack' },
      // ShootingMode: bits 4, 6 and 8 bracket exposure, white balance and D-Lighting; 11 is pre-capture.
      { tag: 'Nikon:ShootingMode', bit: 4, kind: 'bracket' },
      { tag: 'Nikon:ShootingMode', bit: 6, kind: 'bracket' },
      { tag: 'Nikon:ShootingMode', bit: 8, kind: 'bracket' },
      { tag: 'Nikon:ShootingMode', bit: 11, kind: 'burst', isContinuous: true },
      { tag: 'Nikon:ShootingMode', bit: 0, isContinuous: true },
      { tag: 'Nikon:ShootingMode', bitUnset: 0, isContinuous: false },
    ],
    sequence: [{ tag: 'Nikon:FocusShiftShooting' }, { tag: 'Nikon:BurstShotNumber' }],
    length: [{ tag: 'Nikon:FocusShiftNumberShots' }],
  },
  {
    maker: 'canon',
    identities: [],
    sayings: [
      { tag: 'Canon:FocusBracketing', is: [1], kind: 'focus-stack' },
      { tag: 'Canon:BracketMode', is: [1, 2, 3, 4], kind: 'bracket' },
      { tag: 'Canon:PanoramaFrameNumber', above: 0, kind: 'panorama' },
      { tag: 'Canon:RawBurstImageCount', above: 1, kind: 'burst', isContinuous: true },
      { tag: 'Canon:ContinuousDrive', is: [1, 3, 4, 5, 8, 10], isContinuous: true },
      { tag: 'Canon:ContinuousDrive', is: [0, 6, 9], isContinuous: false },
    ],
    sequence: [
      { tag: 'Canon:BracketShotNumber' },
      { tag: 'Canon:RawBurstImageNum' },
      { tag: 'Canon:PanoramaFrameNumber' },
      { tag: 'Canon:SequenceNumber' },
    ],
    length: [{ tag: 'Canon:FocusBracketingImageCount' }, { tag: 'Canon:RawBurstImageCount' }],
  },
  {
    maker: 'sony',
    // PixelShiftInfo: group, shot, length, more of the group; all zero in other frames, shot 0 is the combined picture.
    identities: [[{ tag: 'Sony:PixelShiftInfo' }, { tag: 'Sony:PixelShiftInfo', part: 3 }]],
    sayings: [
      { tag: 'Sony:PixelShiftInfo', part: 2, above: 0, kind: 'pixel-shift' },
      { tag: 'Sony:ReleaseMode2', is: [7, 13, 15], kind: 'panorama' },
      { tag: 'Sony:ReleaseMode', is: [5, 6, 8], kind: 'bracket' },
      { tag: 'Sony:ReleaseMode2', is: [2, 3, 23], kind: 'bracket' },
      { tag: 'Sony:ReleaseMode3', is: [2], kind: 'bracket' },
      { tag: 'Sony:DriveMode', is: [0x06, 0x07, 0x18, 0x28, 0x19, 0x29], kind: 'bracket' },
      { tag: 'Sony:ReleaseMode3', is: [1, 4, 5, 9], isContinuous: true },
      { tag: 'Sony:ReleaseMode2', is: [1, 5, 17, 19, 26, 27, 29, 33], isContinuous: true },
      { tag: 'Sony:ReleaseMode', is: [2], isContinuous: true },
      { tag: 'Sony:DriveMode', is: [0x02, 0x12], isContinuous: true },
      { tag: 'Sony:ReleaseMode3', is: [0, 6], isContinuous: false },
      { tag: 'Sony:ReleaseMode2', is: [0, 18], isContinuous: false },
      { tag: 'Sony:ReleaseMode', is: [0], isContinuous: false },
      { tag: 'Sony:DriveMode', is: [0x01], isContinuous: false },
    ],
    sequence: [
      { tag: 'Sony:PixelShiftInfo', part: 1 },
      { tag: 'Sony:SequenceNumber' },
      { tag: 'Sony:SequenceImageNumber' },
      { tag: 'Sony:BracketShotNumber' },
    ],
    length: [{ tag: 'Sony:PixelShiftInfo', part: 2 }, { tag: 'Sony:SequenceLength' }],
  },
  {
    maker: 'fuji',
    identities: [],
    sayings: [
      { tag: 'FujiFilm:AutoBracketing', is: [6], kind: 'pixel-shift' },
      { tag: 'FujiFilm:PixelShiftShots', above: 1, kind: 'pixel-shift' },
      { tag: 'FujiFilm:AutoBracketing', is: [1], kind: 'bracket' },
      { tag: 'FujiFilm:DriveMode', is: [1, 2], isContinuous: true },
      { tag: 'FujiFilm:DriveMode', is: [0], isContinuous: false },
    ],
    sequence: [{ tag: 'FujiFilm:SequenceNumber' }],
    length: [{ tag: 'FujiFilm:PixelShiftShots' }],
  },
  {
    maker: 'panasonic',
    identities: [],
    sayings: [
      { tag: 'Panasonic:BurstMode', is: [3], kind: 'focus-stack' },
      { tag: 'Panasonic:BurstMode', is: [2, 8, 18], kind: 'bracket' },
      { tag: 'Panasonic:BurstMode', is: [1, 4, 17], isContinuous: true },
      { tag: 'Panasonic:BurstMode', is: [0], isContinuous: false },
    ],
    sequence: [{ tag: 'Panasonic:SequenceNumber' }],
    length: [],
  },
  {
    maker: 'olympus',
    identities: [],
    sayings: [
      // DriveMode: mode, shot, bits of what is bracketed (6: focus), -, shutter, shooting mode of newer bodies.
      { tag: 'Olympus:DriveMode', part: 5, is: [0x30], kind: 'pixel-shift' },
      { tag: 'Olympus:DriveMode', part: 2, bit: 6, kind: 'focus-stack' },
      { tag: 'Olympus:DriveMode', part: 0, is: [2, 3, 4, 5], kind: 'bracket' },
      { tag: 'Olympus:SpecialMode', part: 0, is: [3], kind: 'panorama' },
      {
        tag: 'Olympus:DriveMode',
        part: 5,
        is: [2, 3, 7, 0x12, 0x13, 0x17, 0x22, 0x23, 0x27, 0x28, 0x29, 0x41, 0x42, 0x43, 0x48, 0x49],
        isContinuous: true,
      },
      { tag: 'Olympus:DriveMode', part: 0, is: [1], isContinuous: true },
      { tag: 'Olympus:SpecialMode', part: 0, is: [2], isContinuous: true },
      { tag: 'Olympus:DriveMode', part: 0, is: [0], isContinuous: false },
      { tag: 'Olympus:SpecialMode', part: 0, is: [0], isContinuous: false },
    ],
    sequence: [
      { tag: 'Olympus:DriveMode', part: 1 },
      { tag: 'Olympus:SpecialMode', part: 1 },
    ],
    length: [],
  },
  {
    maker: 'pentax',
    identities: [],
    sayings: [
      { tag: 'Pentax:PixelShiftResolution', is: [1], kind: 'pixel-shift' },
      { tag: 'Pentax:BracketShotNumber', above: 0, kind: 'bracket' },
      { tag: 'Pentax:DriveMode', is: [1, 2, 3, 4, 5], isContinuous: true },
      { tag: 'Pentax:DriveMode', is: [0], isContinuous: false },
    ],
    sequence: [{ tag: 'Pentax:BracketShotNumber', digits: 'high' }],
    length: [{ tag: 'Pentax:BracketShotNumber', digits: 'low' }],
  },
  {
    maker: 'sigma',
    identities: [],
    sayings: [{ tag: 'Sigma:BurstShot', above: 0, isContinuous: true }],
    sequence: [{ tag: 'Sigma:BurstShot' }],
    length: [],
  },
  {
    maker: 'phaseone',
    identities: [],
    sayings: [{ tag: 'PhaseOne:SequenceFrameNumber', above: 0, isContinuous: true }],
    sequence: [{ tag: 'PhaseOne:SequenceFrameNumber' }],
    length: [{ tag: 'PhaseOne:SequenceFrameCount' }],
  },
  {
    maker: 'apple',
    identities: [[{ tag: 'Apple:BurstUUID' }]],
    sayings: [],
    sequence: [],
    length: [],
  },
  {
    maker: 'google',
    identities: [[{ tag: 'XMP-GCamera:BurstID' }], [{ tag: 'XMP-GCreations:CameraBurstID' }]],
    sayings: [],
    sequence: [],
    length: [],
  },
];
