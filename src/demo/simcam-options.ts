import { parseArgs } from 'node:util';
import { FieldVaultError } from '../index.ts';
import {
  type ProfileName,
  parseCameraFaults,
  type RunningCameraOptions,
} from '../testing/index.ts';

/** What `npm run simcam` is told. */
export interface SimcamOptions {
  readonly camera: RunningCameraOptions;
  /** Seconds between shots that nobody asked for; null: none. */
  readonly everySeconds: number | null;
  /** Shots that are on the card from the start. */
  readonly shots: number;
  readonly showsDigests: boolean;
}

/** How `npm run simcam` is called. */
export const SIMCAM_USAGE = `npm run --silent simcam -- [options]: a simulated camera on 127.0.0.1, until Ctrl-C
  --port N           15740, Fuji 55740
  --profile NAME     generic, nikon, canon, sony or fuji
  --pairs            a JPEG beside every RAW
  --megapixels N     0.005 to 200
  --fault SCRIPT     such as drop:15000000,lose-event:3
  --speed N          what its link carries, in megabytes a second
  --shots N          frames that are on the card already: 0
  --every SECONDS    presses its own shutter
  --seed N           other frames
  --digests          at the end, the SHA-256 of every frame, as sha256sum writes them
`;

const PROFILE_NAMES: readonly ProfileName[] = ['generic', 'nikon', 'canon', 'sony', 'fuji'];

/**
 * Reads the words of a command line.
 * @throws FieldVaultError `BAD_USAGE`
 */
export function parseSimcam(words: readonly string[]): SimcamOptions {
  const values = parseWords(words);
  const profile = PROFILE_NAMES.find((name) => name === (values.profile ?? 'generic'));
  if (profile === undefined) throw wrong(`${values.profile} is no profile`);
  const read = (name: 'megapixels' | 'speed' | 'every', least: number, most: number): Given => {
    const text = values[name];
    return text === undefined ? undefined : numberIn(text, `--${name}`, [least, most]);
  };
  const whole = (name: 'port' | 'seed' | 'shots', most: number): Given => {
    const text = values[name];
    const value = text === undefined ? undefined : numberIn(text, `--${name}`, [0, most]);
    if (value !== undefined && !Number.isInteger(value)) throw wrong(`--${name} is whole`);
    return value;
  };
  const speed = read('speed', 0.001, 100_000);
  return {
    camera: {
      profile,
      port: whole('port', 65_535) ?? (profile === 'fuji' ? 55_740 : 15_740),
      seed: whole('seed', 2 ** 31) ?? 1,
      pairs: values.pairs ?? false,
      megapixels: read('megapixels', 0.005, 200) ?? 1,
      faults: parseCameraFaults(values.fault ?? ''),
      ...(speed === undefined ? {} : { bytesPerSecond: speed * 1e6 }),
    },
    everySeconds: read('every', 0.01, 86_400) ?? null,
    shots: whole('shots', 10_000) ?? 0,
    showsDigests: values.digests ?? false,
  };
}

type Given = number | undefined;

function parseWords(words: readonly string[]): {
  readonly [Name in
    | 'port'
    | 'profile'
    | 'megapixels'
    | 'fault'
    | 'speed'
    | 'shots'
    | 'every'
    | 'seed']?: string | undefined;
} & { readonly pairs?: boolean | undefined; readonly digests?: boolean | undefined } {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args: [...words],
      options: {
        ...{ port: text, profile: text, megapixels: text, fault: text, speed: text },
        ...{ shots: text, every: text, seed: text },
        pairs: { type: 'boolean' },
        digests: { type: 'boolean' },
      },
    }).values;
  } catch (cause) {
    throw wrong(cause instanceof Error ? cause.message : 'what is that?');
  }
}

function numberIn(text: string, name: string, [least, most]: readonly [number, number]): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= least && value <= most)) {
    throw wrong(`${name} is a number from ${least} to ${most}, not ${text}`);
  }
  return value;
}

function wrong(message: string): FieldVaultError {
  return new FieldVaultError('BAD_USAGE', message);
}
