import { isMap, isNode, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { nearestName } from '../query/index.ts';
import { POLICY_LIMITS } from './policy.ts';
import { PolicyError, type PolicyProblem } from './policy-error.ts';

/** A value of a YAML text and where it stands. */
export interface Place {
  /** Null where there is nothing. */
  readonly node: Node | null;
  readonly path: string;
  /** Where it begins, or where it would: characters from the start. */
  readonly offset: number;
}

/**
 * Reads YAML node by node and collects what is wrong. Texts are never guessed to be something else (YAML 1.2.2 failsafe
 * schema, section 10.1): `no` is a text. Aliases and tags are refused, so nothing is ever expanded.
 */
export class PolicyReader {
  readonly problems: PolicyProblem[] = [];
  readonly root: Place;
  readonly #lines = new LineCounter();

  constructor(text: string) {
    const { textMax } = POLICY_LIMITS;
    if (text.length > textMax) {
      this.root = { node: null, path: '', offset: 0 };
      this.#add(0, '', `a policy has at most ${textMax} characters, this has ${text.length}`);
      return;
    }
    const document = parseDocument(text, {
      schema: 'failsafe',
      lineCounter: this.#lines,
      prettyErrors: false,
      logLevel: 'silent',
    });
    this.root = { node: document.contents, path: '', offset: 0 };
    for (const { code, message, pos } of [...document.errors, ...document.warnings]) {
      const isDeep = code === 'RESOURCE_EXHAUSTION';
      this.#add(pos[0], '', isDeep ? 'it is nested too deep' : `this is no YAML: ${message}`);
    }
  }

  /** Ends with all problems, in the order of the text, where there are any. */
  throwProblems(): void {
    if (this.problems.length === 0) return;
    const sorted = this.problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
    throw new PolicyError(sorted.slice(0, POLICY_LIMITS.problemsMax));
  }

  /** Says that something else was expected at a place. */
  expected(place: Place, what: string): null {
    return this.problem(place, `expected ${what}, found ${foundText(place.node)}`);
  }

  /** Says what is wrong at a place, or so many characters after its first. */
  problem({ path, offset }: Place, message: string, skip = 0): null {
    this.#add(offset + skip, path, message);
    return null;
  }

  /** The values of a map by key; null where it is none. Keys that are not known are problems. */
  fields(place: Place, known: readonly string[]): ReadonlyMap<string, Place> | null {
    if (!isMap(place.node)) return this.expected(place, `a map with ${known.join(', ')}`);
    const fields = new Map<string, Place>();
    for (const { key, value } of place.node.items) {
      const keyPlace = placeOf(key, place, '');
      const name = isScalar(key) ? String(key.value) : null;
      if (name === null) this.expected(keyPlace, `one of ${known.join(', ')}`);
      else if (known.includes(name)) fields.set(name, placeOf(value, keyPlace, name));
      else {
        const nearest = nearestName(name, known);
        const advice = nearest === null ? `there are ${known.join(', ')}` : didYouMean(nearest);
        this.problem(keyPlace, `there is no key "${shorten(name)}"; ${advice}`);
      }
    }
    return fields;
  }

  /** The values of a list, as far as the limit goes; null where it is none. */
  items(place: Place, what: string, max: number): readonly Place[] | null {
    if (!isSeq(place.node)) return this.expected(place, what);
    const { items } = place.node;
    if (items.length > max) this.problem(place, `at most ${max} are allowed, not ${items.length}`);
    return items.slice(0, max).map((item, index) => {
      const at = placeOf(item, place, '');
      return { ...at, path: `${place.path}[${index}]` };
    });
  }

  /** The text of a single value; null where it is none or empty. */
  text(place: Place, what: string): string | null {
    const text = scalarText(place.node);
    return text === null || text === '' ? this.expected(place, what) : text;
  }

  #add(offset: number, path: string, message: string): void {
    const { line, col } = this.#lines.linePos(offset);
    // Where no line begins before the offset there is no text: its first character is meant.
    this.problems.push({ line: Math.max(line, 1), column: Math.max(col, 1), path, message });
  }
}

/** What a mistyped word was probably meant to be. */
export function didYouMean(nearest: string): string {
  return `did you mean "${nearest}"?`;
}

function placeOf(value: unknown, parent: Place, name: string): Place {
  const node = isNode(value) ? value : null;
  const path = name === '' || parent.path === '' ? parent.path + name : `${parent.path}.${name}`;
  return { node, path, offset: node?.range?.[0] ?? parent.offset };
}

function scalarText(node: Node | null): string | null {
  return isScalar(node) && typeof node.value === 'string' ? node.value : null;
}

function foundText(node: Node | null): string {
  if (isMap(node)) return 'a map';
  if (isSeq(node)) return 'a list';
  const text = scalarText(node);
  if (text !== null) return text === '' ? 'nothing' : `"${shorten(text)}"`;
  return node === null || isScalar(node) ? 'nothing' : 'an alias, which is not understood here';
}

function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}...` : text;
}
