/** A piece of a query with where it stands; columns count from 1. */
export interface Token {
  readonly type: 'word' | 'text' | 'operator' | 'minus' | 'open' | 'close' | 'end';
  readonly text: string;
  readonly column: number;
}

/** A query that cannot be understood: what is wrong and where. */
export class QueryError extends Error {
  /** Where the trouble starts, from 1. */
  readonly column: number;

  constructor(message: string, column: number) {
    super(`${message} (column ${column})`);
    this.name = 'QueryError';
    this.column = column;
  }
}

/** Longer queries are refused: nobody types them. */
export const QUERY_LENGTH_MAX = 10_000;

const OPERATORS = ['!=', '<=', '>=', '=', '<', '>', ':'] as const;
const BLANK = /\s/;
const WORD_END = /[\s()"=<>:!]/;
/** `-lion`, `-"a b"`, `-(...)`: a minus right before what must not hold. A number keeps its sign. */
const MINUS = /-(?=[\p{L}"(*?])/uy;
/** A tag with its group: the second colon, or another operator, is the comparison. */
const TAG_IN_GROUP = /tag\.[a-z0-9_-]+:[a-z][a-z0-9_-]*(?=!=|[=<>:])/iy;

/**
 * Cuts a query into words, quoted texts, operators and brackets.
 * @throws QueryError for an open quote or an over-long query
 */
export function readTokens(query: string): Token[] {
  if (query.length > QUERY_LENGTH_MAX) {
    throw new QueryError(`the query is longer than ${QUERY_LENGTH_MAX} characters`, 1);
  }
  const tokens: Token[] = [];
  let at = 0;
  while (at < query.length) {
    const column = at + 1;
    const character = query[at] ?? '';
    const operator = OPERATORS.find((one) => query.startsWith(one, at));
    if (BLANK.test(character)) at += 1;
    else if (character === '(' || character === ')') {
      tokens.push({ type: character === '(' ? 'open' : 'close', text: character, column });
      at += 1;
    } else if (character === '"') {
      const { text, end } = readQuoted(query, at);
      tokens.push({ type: 'text', text, column });
      at = end;
    } else if (operator !== undefined) {
      tokens.push({ type: 'operator', text: operator, column });
      at += operator.length;
    } else if (!isValueNext(tokens) && matchesAt(MINUS, query, at)) {
      tokens.push({ type: 'minus', text: '-', column });
      at += 1;
    } else {
      const end = wordEnd(query, at, isValueNext(tokens));
      tokens.push({ type: 'word', text: query.slice(at, end), column });
      at = end;
    }
  }
  tokens.push({ type: 'end', text: '', column: query.length + 1 });
  return tokens;
}

function isValueNext(tokens: readonly Token[]): boolean {
  return tokens.at(-1)?.type === 'operator';
}

function matchesAt(pattern: RegExp, query: string, at: number): boolean {
  pattern.lastIndex = at;
  return pattern.test(query);
}

/** A value may hold colons (10:30:00, gps:...); a field name ends at one. */
function wordEnd(query: string, start: number, isValue: boolean): number {
  if (!isValue && matchesAt(TAG_IN_GROUP, query, start)) return TAG_IN_GROUP.lastIndex;
  let end = start + 1;
  while (end < query.length) {
    const character = query[end] ?? '';
    const isInside = isValue ? !/[\s()"]/.test(character) : !WORD_END.test(character);
    if (!isInside) break;
    end += 1;
  }
  return end;
}

function readQuoted(query: string, start: number): { readonly text: string; readonly end: number } {
  let text = '';
  let at = start + 1;
  while (at < query.length) {
    const character = query[at] ?? '';
    if (character === '"') return { text, end: at + 1 };
    if (character === '\\' && at + 1 < query.length) at += 1;
    text += query[at] ?? '';
    at += 1;
  }
  throw new QueryError('this quote is never closed', start + 1);
}
