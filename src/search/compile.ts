import {
  fold,
  isWild,
  type Query,
  type Span,
  TEXT_SEPARATOR,
  tagAsked,
  WORD_FIELDS,
} from '../query/index.ts';

/** What is asked of one tag: a text in it, or the number it is. */
export type TagTest =
  | {
      readonly type: 'text';
      readonly tag: string;
      readonly isPart: boolean;
      readonly value: string;
    }
  | { readonly type: 'span'; readonly tag: string; readonly span: Span };

/** A value for a `?` of the statement; a tag's test stands for the rows that pass it, as a JSON list. */
export type Parameter = string | number | TagTest;

/** A condition in SQL over the tables `frame` and `text`, and its parameters by their numbers. Never NULL. */
export interface Condition {
  readonly sql: string;
  readonly parameters: readonly Parameter[];
  /** Whether the table `text` is asked. */
  readonly usesTexts: boolean;
}

/** The columns of `frame` that hold the numbers of the language. */
export const NUMBER_COLUMNS: Readonly<Record<string, string>> = {
  iso: 'iso',
  aperture: 'aperture',
  shutter: 'shutter',
  focal: 'focal',
  date: 'taken',
  rating: 'rating',
  pick: 'pick',
  size: 'size',
  sharpness: 'sharpness',
};

/** The columns of `text`, each with the texts of the field of that name. */
export const TEXT_COLUMNS = [
  'path',
  'name',
  'camera',
  'lens',
  'serial',
  'label',
  'keyword',
  'collection',
  'tier',
  'burst',
  'kind',
] as const;

/** The condition that holds for exactly those frames that fit the query. */
export function compile(query: Query): Condition {
  const compiler = new Compiler();
  const sql = compiler.condition(query);
  return { sql, parameters: compiler.parameters, usesTexts: compiler.usesTexts };
}

class Compiler {
  readonly parameters: Parameter[] = [];
  usesTexts = false;

  condition(query: Query): string {
    switch (query.type) {
      case 'all':
        return '1';
      case 'and':
      case 'or':
        return joined(
          query.parts.map((part) => this.condition(part)),
          query.type,
        );
      case 'not':
        return `(NOT ${this.condition(query.part)})`;
      case 'text':
        return this.#text(query);
      case 'span':
        return this.#span(query);
      case 'has':
        return this.#has(query.value);
      case 'near':
        return this.#near(query.circle);
      case 'word':
        return joined(this.#textTests(WORD_FIELDS, true, query.value), 'or');
      default:
        return query satisfies never;
    }
  }

  #text(query: Extract<Query, { type: 'text' }>): string {
    const isPart = query.comparison === ':';
    const tag = tagAsked(query.field);
    const test =
      tag === null
        ? joined(this.#textTests([query.field], isPart, query.value), 'or')
        : this.#rows({ type: 'text', tag, isPart, value: query.value });
    return query.comparison === '!=' ? `(NOT ${test})` : test;
  }

  #span({ field, span, isNot }: Extract<Query, { type: 'span' }>): string {
    const tag = tagAsked(field);
    const test =
      tag === null ? this.#numberTest(field, span) : this.#rows({ type: 'span', tag, span });
    return isNot ? `(NOT ${test})` : test;
  }

  #numberTest(field: string, { low, high }: Span): string {
    const column = NUMBER_COLUMNS[field];
    // SQLite has no NaN; nothing lies within it.
    if (column === undefined || Number.isNaN(low) || Number.isNaN(high)) return '0';
    const tests = [`frame.${column} IS NOT NULL`];
    if (low !== null) tests.push(`frame.${column} >= ${this.#parameter(low)}`);
    if (high !== null) tests.push(`frame.${column} <= ${this.#parameter(high)}`);
    return `(${tests.join(' AND ')})`;
  }

  #has(thing: string): string {
    if (thing === 'gps') return '(frame.latitude IS NOT NULL)';
    if (thing === 'issue') return 'frame.has_issue';
    if (thing === 'protected') return 'frame.is_protected';
    if (thing === 'best') return 'frame.is_best';
    this.usesTexts = true;
    if (thing === 'burst') return "(text.burst <> '')";
    return `(instr(text.kind, ${this.#parameter(whole(thing))}) > 0)`;
  }

  #near(circle: Extract<Query, { type: 'near' }>['circle']): string {
    const [latitude, longitude, radius] = [
      circle.latitude,
      circle.longitude,
      circle.radiusMetres,
    ].map((number) => this.#parameter(number));
    const metres = `metres(${latitude}, ${longitude}, frame.latitude, frame.longitude)`;
    return `(frame.latitude IS NOT NULL AND ${metres} <= ${radius})`;
  }

  #textTests(fields: readonly string[], isPart: boolean, value: string): string[] {
    const columns = TEXT_COLUMNS.filter((column) => fields.includes(column));
    this.usesTexts ||= columns.length > 0;
    const wanted = fold(value);
    if (wanted === '' && isPart) return columns.map((column) => `(text.${column} <> '')`);
    if (isWild(wanted)) {
      const pattern = this.#parameter(isPart ? `*${wanted}*` : wanted);
      return columns.map((column) => `fits(${pattern}, text.${column})`);
    }
    const part = this.#parameter(isPart ? wanted : whole(wanted));
    return columns.map((column) => `(instr(text.${column}, ${part}) > 0)`);
  }

  #rows(test: TagTest): string {
    return `(frame.row IN (SELECT value FROM json_each(${this.#parameter(test)})))`;
  }

  #parameter(value: Parameter): string {
    return `?${this.parameters.push(value)}`;
  }
}

function whole(text: string): string {
  return `${TEXT_SEPARATOR}${fold(text)}${TEXT_SEPARATOR}`;
}

/** Joined as a balanced tree: SQLite refuses expressions deeper than 1000 (SQLITE_MAX_EXPR_DEPTH). */
function joined(conditions: readonly string[], word: 'and' | 'or'): string {
  const [first] = conditions;
  if (first === undefined) return word === 'and' ? '1' : '0';
  if (conditions.length === 1) return first;
  const half = conditions.length >> 1;
  const [left, right] = [conditions.slice(0, half), conditions.slice(half)];
  return `(${joined(left, word)} ${word.toUpperCase()} ${joined(right, word)})`;
}
