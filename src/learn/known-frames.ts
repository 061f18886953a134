import type { BlobId } from '../base/index.ts';
import {
  type EditorFacts,
  type Frame,
  type FramePart,
  joinFrames,
  mergeFacts,
  type QuickFacts,
  roleOf,
} from '../metadata/index.ts';
import type { CatalogWords } from './catalog-words.ts';
import { type KnownFacts, type KnownFile, UNKNOWN_FILE } from './known-facts.ts';
import { localMsOf } from './local-time.ts';
import type { SourceState, StoredPart } from './states.ts';

/** One part of a frame with what is known of its content. */
export interface KnownPart extends StoredPart {
  readonly file: KnownFile;
}

/** A frame with all that is known of it. */
export interface KnownFrame {
  readonly frame: Frame;
  /** The primary first. */
  readonly parts: readonly KnownPart[];
  /** What the files themselves say, the primary's word first; null where none says anything. */
  readonly facts: QuickFacts | null;
  /** What editors say, the one that counts first. */
  readonly editors: readonly EditorFacts[];
}

/** What catalogs say, and which pictures a name alone tells. */
export interface Catalogs {
  readonly words: CatalogWords;
  readonly isUniqueName: (path: string) => boolean;
}

/** The frames of a state with what is known of them. */
export function knownFrames(
  state: SourceState,
  known: KnownFacts,
  catalogs: Catalogs,
): KnownFrame[] {
  const parts = new Map<string, KnownPart>();
  for (const part of state.parts) {
    parts.set(part.path, { ...part, file: known.files.get(part.blob) ?? UNKNOWN_FILE });
  }
  const frames: KnownFrame[] = [];
  for (const frame of joinFrames([...parts.values()].map(framePartOf))) {
    if (state.captures !== null && !state.captures.has(frame.primary)) continue;
    frames.push(knownFrame(frame, parts, catalogs));
  }
  return frames;
}

function knownFrame(
  frame: Frame,
  known: ReadonlyMap<string, KnownPart>,
  { words, isUniqueName }: Catalogs,
): KnownFrame {
  const parts: KnownPart[] = [];
  for (const { path } of frame.parts) {
    const part = known.get(path);
    if (part !== undefined) parts.push(part);
  }
  parts.sort((a, b) => Number(b.path === frame.primary) - Number(a.path === frame.primary));
  let facts: QuickFacts | null = null;
  for (const { file } of parts) facts = mergeFacts(facts, file.facts);
  // A catalog is where a photographer works; a sidecar may be older than it, and what stands in the file older still.
  const said = parts.filter(isPicture).flatMap(({ path }) => words.of(path, isUniqueName(path)));
  const sidecars = parts.flatMap(({ file }) => file.editor);
  return { frame, parts, facts, editors: [...said, ...sidecars] };
}

function isPicture({ path }: StoredPart): boolean {
  return roleOf(path) === 'capture';
}

/** The extension of the picture that an XMP names as its own (photoshop:SidecarForExtension). */
function sidecarForOf(said: EditorFacts | undefined): string | null {
  if (said?.origins['path'] !== 'photoshop:SidecarForExtension') return null;
  return said.path.slice(said.path.lastIndexOf('.') + 1);
}

function framePartOf(part: KnownPart): FramePart {
  const { facts, contentIdentifier, editor } = part.file;
  return {
    path: part.path,
    sizeBytes: part.sizeBytes,
    content: part.blob satisfies BlobId,
    mtimeMs: part.mtimeMs,
    make: facts?.make ?? null,
    model: facts?.model ?? null,
    serial: facts?.serial ?? null,
    takenMs: localMsOf(facts?.time ?? null),
    contentIdentifier,
    sidecarFor: sidecarForOf(editor[0]),
  };
}
