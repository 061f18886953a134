import { FieldVaultError } from '../base/index.ts';
import type { CameraInfo } from './connection.ts';
import type { CapturedFile } from './sink.ts';

/** What beside the file itself a name may be made of. */
export interface NamingContext {
  readonly camera: CameraInfo;
  /** Name of the session; '' for none. */
  readonly session: string;
}

/** The path a file of a camera gets; the same file always gets the same. */
export type Naming = (file: CapturedFile, context: NamingContext) => string;

/** Makes one word of a template. */
type Word = (file: CapturedFile, context: NamingContext) => string;

const WORDS: Readonly<Record<string, Word>> = {
  folder: ({ folder }) => folder,
  name: ({ name }) => name,
  stem: ({ name }) => stemOf(name),
  extension: ({ name }) => name.slice(stemOf(name).length + 1),
  number: ({ name }) => /(\d+)\D*$/.exec(stemOf(name))?.[1] ?? stemOf(name),
  date: ({ capturedLocal }) => capturedLocal?.slice(0, 10) ?? 'undated',
  time: ({ capturedLocal }) => capturedLocal?.slice(11, 19).replaceAll(':', '-') ?? 'untimed',
  camera: (_, { camera }) => oneName(camera.model),
  serial: (_, { camera }) => oneName(camera.serial),
  session: (_, { session }) => session,
};

/** As the camera has it. */
const AS_SHOT = '{folder}/{name}';
/** All frames of a session in one folder. */
const IN_SESSION = '{session}/{name}';

/**
 * Understands a template such as `{session}/{date}/{camera}_{number}.{extension}`. There is no counter: a name is made
 * of what the camera says alone, so that a frame is known again after a broken link and in the next session.
 * @param template null: as the camera names it, or below a folder of the session where that has a name
 * @throws FieldVaultError BAD_USAGE
 */
export function parseNaming(template: string | null, session: string): Naming {
  const text = template ?? (session === '' ? AS_SHOT : IN_SESSION);
  const pieces = text.split(/(\{[^{}]*\})/);
  const words = pieces.map((piece): string | Word => {
    const word = /^\{(.*)\}$/s.exec(piece)?.[1];
    if (word === undefined) return refuseBraces(piece, text);
    const make = Object.hasOwn(WORDS, word) ? WORDS[word] : undefined;
    if (make === undefined) throw badTemplate(text, `there is no {${word}}`);
    return make;
  });
  const last = text.slice(text.lastIndexOf('/') + 1);
  if (!/\{(name|stem|number)\}/.test(last)) {
    throw badTemplate(text, 'its last part has none of {name}, {stem}, {number}');
  }
  const isOpenEnded = !/\{(name|extension)\}$/.test(last);
  return (file, context) => {
    const path = words
      .map((word) => (typeof word === 'string' ? word : word(file, context)))
      .join('');
    const extension = file.name.slice(stemOf(file.name).length);
    return isOpenEnded ? `${path}${extension}` : path;
  };
}

function refuseBraces(piece: string, text: string): string {
  if (/[{}]/.test(piece)) throw badTemplate(text, 'a brace stands alone');
  return piece;
}

function badTemplate(template: string, why: string): FieldVaultError {
  const words = Object.keys(WORDS)
    .map((word) => `{${word}}`)
    .join(' ');
  return new FieldVaultError(
    'BAD_USAGE',
    `The name template "${template}" is not understood: ${why}. It may have ${words}. Nothing was changed.`,
    { details: { template } },
  );
}

function stemOf(name: string): string {
  const dot = name.lastIndexOf('.');
  return dot <= 0 ? name : name.slice(0, dot);
}

/** A camera's word is one part of a path, never two. */
function oneName(text: string): string {
  return text.replaceAll('/', '-').trim();
}
