import type { SensorFrame } from './camera.ts';
import type { ShotFacts } from './shot-facts.ts';
import { field, type TiffField, textField, writeTiff } from './tiff-writer.ts';

/** `Nikon`, version 2.10: the note is a TIFF file of its own from byte 10 on, whose offsets count from there. */
const HEAD = [0x4e, 0x69, 0x6b, 0x6f, 0x6e, 0, 2, 0x10, 0, 0];

/**
 * A maker's note in the structure of Nikon bodies since 2004, with the few tags that tell bursts apart: serial number,
 * shooting mode (bit 0 continuous, bit 4 exposure bracketing) and shutter count. Nothing in it is enciphered.
 * @param table what says how the samples are coded; left out: they are not
 */
export function nikonNote(
  facts: ShotFacts,
  frame: SensorFrame | null,
  table: Uint8Array | null = null,
): Uint8Array {
  const mode = { single: 0, continuous: 1, bracket: 16 }[facts.drive];
  const black: TiffField[] = frame === null ? [] : [field(0x003d, 'short', ...blackOf(frame))];
  const note = writeTiff('II', {
    fields: [
      field(0x0001, 'undefined', 0x30, 0x32, 0x31, 0x30),
      field(0x0002, 'short', 0, facts.iso),
      textField(0x0004, frame === null ? 'FINE   ' : 'RAW    '),
      textField(0x0005, 'AUTO        '),
      textField(0x0007, 'AF-C  '),
      textField(0x001d, facts.serial),
      ...black,
      field(0x0083, 'byte', 14),
      field(0x0084, 'rational', 240, 10, 1200, 10, 40, 10, 40, 10),
      field(0x0087, 'byte', 0),
      field(0x0089, 'short', mode),
      ...(table === null ? [] : [field(0x0096, 'undefined', ...table)]),
      field(0x00a7, 'long', facts.shutterCount),
    ],
  });
  return joined(new Uint8Array(HEAD), note);
}

/**
 * Private data of the simulated DNG bodies: the name with its zero that DNG asks for, then one TIFF folder with the
 * shutter count and the drive mode.
 */
export function privateData(facts: ShotFacts): Uint8Array {
  const note = writeTiff('MM', {
    fields: [field(1, 'long', facts.shutterCount), textField(2, facts.drive)],
  });
  return joined(new TextEncoder().encode('FieldVault simulated\0'), note);
}

function joined(head: Uint8Array, tail: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(head.length + tail.length);
  bytes.set(head);
  bytes.set(tail, head.length);
  return bytes;
}

/** The black level of the four colours, which such notes give for 14 bits whatever the samples have. */
function blackOf({ bits, blackLevel }: SensorFrame): number[] {
  return new Array<number>(4).fill(blackLevel * 2 ** (14 - bits));
}
