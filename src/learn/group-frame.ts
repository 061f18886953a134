import type { GroupFrame } from '../analysis/index.ts';
import type { KnownFrame, KnownPart } from './known-frames.ts';
import { localMsOf } from './local-time.ts';

/** What grouping has to know of a frame. */
export function groupFrameOf({ frame, parts, facts }: KnownFrame): GroupFrame {
  const time = facts?.time ?? null;
  const look = firstOf(parts, ({ file }) => file.look);
  const body = [facts?.make, facts?.model, facts?.serial].map((part) => part ?? '').join('|');
  return {
    id: frame.id,
    body: body === '||' ? null : body,
    lens: facts?.lens ?? null,
    width: facts?.width ?? look?.width ?? null,
    height: facts?.height ?? look?.height ?? null,
    orientation: facts?.orientation ?? null,
    takenMs: localMsOf(time),
    hasSubSeconds: time?.local.includes('.') ?? false,
    fileNumber: fileNumberOf(frame.primary),
    folder: frame.primary.slice(0, frame.primary.lastIndexOf('/')),
    fingerprint: look?.fingerprint ?? null,
    quality: look?.quality ?? null,
    tone: look?.tone ?? null,
    colour: look?.colour ?? null,
    exposureBias: facts?.exposureBias ?? null,
    shutterSeconds: facts?.shutterSeconds ?? null,
    aperture: facts?.aperture ?? null,
    iso: facts?.iso ?? null,
    focusDistance: firstOf(parts, ({ file }) => file.focusDistance),
    hint: firstOf(parts, ({ file }) => file.hint),
    userGroup: null,
  };
}

/** The first part that has it: the primary where it does. */
function firstOf<T>(parts: readonly KnownPart[], read: (part: KnownPart) => T | null): T | null {
  for (const part of parts) {
    const value = read(part);
    if (value !== null) return value;
  }
  return null;
}

/** The last number in a file's name: cameras count there (DCF 2.0 section 3.2). */
function fileNumberOf(path: string): number | null {
  const stem = path.slice(path.lastIndexOf('/') + 1).replace(/\.[^.]*$/, '');
  const digits = /(\d{1,9})\D*$/.exec(stem)?.[1];
  return digits === undefined ? null : Number(digits);
}
