import { groupFrames } from '../analysis/index.ts';
import type { BlobId } from '../base/index.ts';
import type { QuickFacts } from '../metadata/index.ts';
import type { World } from '../platform/index.ts';
import { type FrameFacts, matches } from '../query/index.ts';
import type { MarkRecord, Vault } from '../vault/index.ts';
import { CatalogWords } from './catalog-words.ts';
import { type CullRule, type ReadyRule, readyRules } from './cull-rules.ts';
import { type FrameLook, judgeLooks } from './cull-verdict.ts';
import { frameFactsOf } from './frame-facts.ts';
import { groupFrameOf } from './group-frame.ts';
import type { LookFacts } from './kept.ts';
import { type KnownFile, UNKNOWN_FILE } from './known-facts.ts';
import { type KnownFrame, knownFrames } from './known-frames.ts';
import { groupIdsOf, type Library } from './library.ts';
import { LOOK_TASK } from './look-task.ts';
import type { StoredPart } from './states.ts';
import { knownTiersOf, momentOf, policyOf, type Tiers } from './tiering.ts';

/** One file of a session that is safe. */
export interface SessionPart extends Omit<StoredPart, 'blob'> {
  readonly blob: string;
  /** What its first bytes say. */
  readonly facts: QuickFacts | null;
}

/** What is said of a frame while the session goes on; it may be said again, otherwise. */
export interface CulledFrame extends FrameLook {
  readonly id: string;
  /** `<source>/<path>` of every part, the picture that stands for it first. */
  readonly paths: readonly string[];
  /** Stars that the camera gave. */
  readonly rating: number | null;
  /** Tier by the policy and the rules; null where the policy is not understood. */
  readonly tier: string | null;
  /** Whether a rule of this session gave the tier. */
  readonly isTierByRule: boolean;
  readonly label: string | null;
}

/** Frames that are judged together: a burst and what is around it. */
const WINDOW_MAX = 400;
/** Files that one worker looks at before it is asked again: the next frame may come at any moment. */
const FILES_PER_LOOK = 4;

/**
 * Looks at the frames of a session behind their protection: one worker at a time, a few files each, and only marks. What
 * it has seen is told to whoever asks; nothing is ever dropped.
 */
export class SessionCuller {
  readonly #world: World;
  readonly #vault: Vault;
  readonly #rules: readonly ReadyRule[];
  readonly #tiers: Tiers | null;
  readonly #waiting: SessionPart[] = [];
  #parts: SessionPart[] = [];
  readonly #files: Map<BlobId, KnownFile> = new Map();
  /** What was said last of each frame of the window. */
  readonly #said: Map<string, string> = new Map();

  /** @throws FieldVaultError BAD_USAGE where a rule is not understood */
  constructor(world: World, vault: Vault, rules: readonly CullRule[]) {
    this.#world = world;
    this.#vault = vault;
    const { timeMs, offsetMinutes } = momentOf(world);
    const names = policyOf(vault).policy.tiers.map(({ name }) => name);
    this.#rules = readyRules(rules, names, { localMs: timeMs + offsetMinutes * 60_000 });
    this.#tiers = knownTiersOf(world, vault);
  }

  /** How many files nobody looked at yet. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Takes note of a file that is safe, to look at it later. */
  add(part: SessionPart): void {
    this.#waiting.push(part);
  }

  /** The tier of a file as far as its first bytes tell; null where the policy is not understood. */
  firstTier(part: SessionPart): string | null {
    const frame = this.#framesOf([part])[0];
    if (frame === undefined || this.#tiers === null) return null;
    return this.#tiers.of(frameFactsOf(frame, { burst: null, isBest: false }, {})).name;
  }

  /** Looks at the next few files and returns the frames of which there is something new to say. */
  async look(): Promise<CulledFrame[]> {
    const batch = this.#waiting.splice(0, FILES_PER_LOOK);
    const requests = batch.flatMap((part) => this.#requestOf(part));
    const looks = await this.#world.workers.run(
      LOOK_TASK,
      requests.map(({ request }) => request),
    );
    for (const [index, { part }] of requests.entries()) {
      const look = looks[index];
      if (look !== undefined) this.#files.set(part.blob as BlobId, knownFileOf(look));
    }
    this.#parts = [...this.#parts, ...batch];
    const old = this.#parts.splice(0, this.#parts.length - WINDOW_MAX);
    for (const { blob } of old) this.#files.delete(blob as BlobId);
    return this.#news();
  }

  /** The journal line that keeps a tier which a rule of the session gave. */
  markOf({ id, paths, tier }: CulledFrame): MarkRecord {
    const frames = [{ id, path: paths[0] ?? '' }];
    const who = `${this.#world.host.name} (rule of a session)`;
    const time = new Date(this.#world.clock.nowMs()).toISOString();
    return { type: 'mark', frames, tier, who, time };
  }

  #requestOf(part: SessionPart): {
    readonly part: SessionPart;
    readonly request: { readonly path: string; readonly name: string };
  }[] {
    const { root, ledger } = this.#vault;
    const stored = ledger.blobs.get(part.blob as BlobId)?.places ?? [];
    const place = stored.find(({ form }) => form === 'verbatim');
    if (place === undefined) return [];
    const name = part.path.slice(part.path.lastIndexOf('/') + 1);
    return [{ part, request: { path: `${root}/${place.at}`, name } }];
  }

  #news(): CulledFrame[] {
    const frames = this.#framesOf(this.#parts);
    const library: Library = { frames, groups: groupFrames(frames.map(groupFrameOf)) };
    const looks = judgeLooks(library);
    const groups = groupIdsOf(library);
    const news: CulledFrame[] = [];
    const there = new Set<string>();
    for (const frame of frames) {
      const { id } = frame.frame;
      there.add(id);
      const look = looks.get(id);
      if (look === undefined) continue;
      const culled = this.#judge(frame, look, groups.get(id) ?? null);
      const text = JSON.stringify(culled);
      if (this.#said.get(id) === text) continue;
      this.#said.set(id, text);
      news.push(culled);
    }
    for (const id of this.#said.keys()) if (!there.has(id)) this.#said.delete(id);
    return news;
  }

  #judge(frame: KnownFrame, look: FrameLook, burst: string | null): CulledFrame {
    const isBest = look.words.includes('best');
    const facts = frameFactsOf(frame, { burst, isBest }, tagsOf(look));
    const own = this.#tiers?.of(facts).name ?? null;
    const asked: FrameFacts = { ...facts, tier: own };
    const fitting = this.#rules.filter(({ query }) => matches(query, asked));
    const byRule = fitting.find(({ tier }) => tier !== null)?.tier ?? null;
    return {
      ...look,
      id: facts.id,
      paths: facts.paths,
      rating: facts.rating,
      tier: byRule ?? own,
      isTierByRule: byRule !== null,
      label: fitting.find(({ label }) => label !== null)?.label ?? facts.label,
    };
  }

  #framesOf(parts: readonly SessionPart[]): KnownFrame[] {
    const files = new Map(
      parts.map(({ blob, facts }) => {
        const known = this.#files.get(blob as BlobId) ?? { ...UNKNOWN_FILE, facts };
        return [blob as BlobId, known] as const;
      }),
    );
    const state = {
      parts: parts.map((part) => ({ ...part, blob: part.blob as BlobId })),
      captures: null,
    };
    return knownFrames(state, { files, catalogs: new Map() }, NO_CATALOGS);
  }
}

const NO_CATALOGS = { words: new CatalogWords([]), isUniqueName: () => false };

function knownFileOf({ quick, look, editor, trouble }: LookFacts): KnownFile {
  return { ...UNKNOWN_FILE, facts: quick, look, editor, hasTrouble: trouble !== null };
}

/** What culling saw, as tags that the filter language asks for. */
function tagsOf(look: FrameLook): Readonly<Record<string, string>> {
  const { words, clippedDark, clippedBright, exposureOffset, burst } = look;
  return {
    CullWords: words.join(' '),
    ...(clippedDark !== null && { ClippedDark: String(clippedDark) }),
    ...(clippedBright !== null && { ClippedBright: String(clippedBright) }),
    ...(exposureOffset !== null && { ExposureOffset: String(exposureOffset) }),
    ...(burst !== null && {
      BurstPosition: String(burst.position),
      BurstCount: String(burst.count),
    }),
  };
}
