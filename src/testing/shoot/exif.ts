import { formatExifTime, formatOffset, subSeconds } from './capture-time.ts';
import type { Place, ShotFacts } from './shot-facts.ts';
import { field, type TiffField, type TiffFolder, textField } from './tiff-writer.ts';

/** The program name the simulated bodies write. */
export const FIRMWARE = 'FieldVault simulated camera 1.0';

/** Fields of the first folder that say who took the picture with what and when. */
export function cameraFields(facts: ShotFacts): TiffField[] {
  return [
    textField(0x010f, facts.make),
    textField(0x0110, facts.model),
    field(0x0112, 'short', 1),
    field(0x011a, 'rational', 300, 1),
    field(0x011b, 'rational', 300, 1),
    field(0x0128, 'short', 2),
    textField(0x0131, FIRMWARE),
    textField(0x0132, formatExifTime(facts.takenLocalMs)),
    textField(0x013b, 'Sim Photographer'),
    textField(0x8298, 'Public domain: simulated'),
  ];
}

/** The pointers from the first folder to the EXIF folder and, where there was a fix, the GPS folder. */
export function exifPointers(exif: TiffFolder, facts: ShotFacts): TiffField[] {
  const pointers: TiffField[] = [{ tag: 0x8769, kind: 'folders', folders: [exif] }];
  if (facts.place !== null) {
    pointers.push({ tag: 0x8825, kind: 'folders', folders: [gpsFolder(facts, facts.place)] });
  }
  return pointers;
}

/** The EXIF folder (EXIF 2.31, section 4.6): exposure, lens, times with fraction and offset, and a maker's note. */
export function exifFolder(
  facts: ShotFacts,
  size: { readonly width: number; readonly height: number },
  makerNote: Uint8Array | null,
): TiffFolder {
  const time = formatExifTime(facts.takenLocalMs);
  const offset = formatOffset(facts.offsetMinutes);
  const fraction = subSeconds(facts.takenLocalMs);
  const aperture = Math.round(facts.aperture * 10);
  const focal = facts.focalLength;
  return {
    fields: [
      field(0x829a, 'rational', 1, facts.shutterPerSecond),
      field(0x829d, 'rational', aperture, 10),
      field(0x8822, 'short', 1),
      field(0x8827, 'short', facts.iso),
      field(0x8830, 'short', 2),
      field(0x8832, 'long', facts.iso),
      field(0x9000, 'undefined', ...ascii('0231')),
      textField(0x9003, time),
      textField(0x9004, time),
      textField(0x9010, offset),
      textField(0x9011, offset),
      textField(0x9012, offset),
      field(0x9101, 'undefined', 1, 2, 3, 0),
      field(0x9204, 'signedRational', Math.round(facts.exposureStops * 6), 6),
      field(0x9205, 'rational', 10, 10),
      field(0x9207, 'short', 5),
      field(0x9208, 'short', 0),
      field(0x9209, 'short', 16),
      field(0x920a, 'rational', focal * 10, 10),
      ...(makerNote === null ? [] : [field(0x927c, 'undefined', ...makerNote)]),
      textField(0x9290, fraction),
      textField(0x9291, fraction),
      textField(0x9292, fraction),
      field(0xa000, 'undefined', ...ascii('0100')),
      field(0xa001, 'short', 1),
      field(0xa002, 'long', size.width),
      field(0xa003, 'long', size.height),
      field(0xa217, 'short', 2),
      field(0xa300, 'undefined', 3),
      field(0xa301, 'undefined', 1),
      field(0xa401, 'short', 0),
      field(0xa402, 'short', facts.drive === 'bracket' ? 2 : 0),
      field(0xa403, 'short', 0),
      field(0xa405, 'short', focal),
      field(0xa406, 'short', 0),
      textField(0xa420, imageId(facts)),
      textField(0xa431, facts.serial),
      field(0xa432, 'rational', 24, 1, 120, 1, 4, 1, 4, 1),
      textField(0xa434, facts.lens),
    ],
  };
}

function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** 32 hexadecimal digits, as ImageUniqueID asks: body, count and time. */
export function imageId(facts: ShotFacts): string {
  const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');
  const body = hex(Number(facts.serial), 12);
  return body + hex(facts.shutterCount, 8) + hex(facts.takenLocalMs, 12);
}

/** The GPS folder (EXIF 2.31, section 4.6.6); seconds in hundredths. */
function gpsFolder(facts: ShotFacts, place: Place): TiffFolder {
  const utc = facts.takenLocalMs - facts.offsetMinutes * 60_000;
  const [date = '', clock = ''] = formatExifTime(utc).split(' ');
  const time = clock.split(':').flatMap((part) => [Number(part), 1]);
  return {
    fields: [
      field(0x00, 'byte', 2, 3, 0, 0),
      textField(0x01, place.latitude < 0 ? 'S' : 'N'),
      field(0x02, 'rational', ...degrees(place.latitude)),
      textField(0x03, place.longitude < 0 ? 'W' : 'E'),
      field(0x04, 'rational', ...degrees(place.longitude)),
      field(0x05, 'byte', place.altitude < 0 ? 1 : 0),
      field(0x06, 'rational', Math.round(Math.abs(place.altitude) * 10), 10),
      field(0x07, 'rational', ...time),
      textField(0x12, 'WGS-84'),
      textField(0x1d, date),
    ],
  };
}

function degrees(value: number): number[] {
  const hundredths = Math.round(Math.abs(value) * 360_000);
  const whole = Math.floor(hundredths / 360_000);
  const minutes = Math.floor(hundredths / 6000) % 60;
  return [whole, 1, minutes, 1, hundredths % 6000, 100];
}
