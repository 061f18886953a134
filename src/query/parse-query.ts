import type { Comparison, Query } from './ast.ts';
import { type Now, parseDateSpan } from './dates.ts';
import { FIELDS, type Field, findField, nearestField } from './fields.ts';
import { fold } from './fold.ts';
import { THINGS } from './frame-facts.ts';
import { QueryError, readTokens, type Token } from './lexer.ts';
import { isNumberSpan, parseCircle, parseNumberSpan, parseSizeSpan } from './values.ts';

/** Brackets and `not` nested deeper than this are refused. */
const DEPTH_MAX = 100;

/**
 * Reads a query such as `rating>=4 (lens:600 or camera:Z9) not keyword:test date:2026-11`.
 * Terms side by side must all hold; `or` binds weaker; `not`, or `-` right before a term, strongest.
 * @param now what date words are told from
 * @throws QueryError that names the column
 */
export function parseQuery(text: string, now: Now): Query {
  const parser = new Parser(readTokens(text), now);
  return parser.parse();
}

class Parser {
  readonly #tokens: readonly Token[];
  readonly #now: Now;
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[], now: Now) {
    this.#tokens = tokens;
    this.#now = now;
  }

  parse(): Query {
    if (this.#peek().type === 'end') return { type: 'all' };
    const query = this.#or();
    const rest = this.#peek();
    if (rest.type === 'end') return query;
    throw new QueryError(
      rest.type === 'close'
        ? 'this bracket was never opened'
        : `"${rest.text}" is not expected here`,
      rest.column,
    );
  }

  #or(): Query {
    const parts = [this.#and()];
    while (this.#takeWord('or')) parts.push(this.#and());
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : { type: 'or', parts };
  }

  #and(): Query {
    const parts = [this.#not()];
    for (;;) {
      const hasAnd = this.#takeWord('and');
      const next = this.#peek();
      const isOver = next.type === 'end' || next.type === 'close' || isWord(next, 'or');
      if (isOver && !hasAnd) break;
      parts.push(this.#not());
    }
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : { type: 'and', parts };
  }

  #not(): Query {
    const { column } = this.#peek();
    if (!this.#takeMinus() && !this.#takeWord('not')) return this.#term();
    this.#enter(column);
    const part = this.#not();
    this.#depth -= 1;
    return { type: 'not', part };
  }

  #term(): Query {
    const token = this.#next();
    if (token.type === 'open') {
      this.#enter(token.column);
      const inside = this.#or();
      this.#depth -= 1;
      const close = this.#next();
      if (close.type === 'close') return inside;
      throw new QueryError('this bracket is never closed', token.column);
    }
    if (token.type === 'text') return { type: 'word', value: fold(token.text) };
    if (token.type !== 'word' || isWord(token, 'and') || isWord(token, 'or')) {
      const what = token.type === 'end' ? 'the query ends' : `"${token.text}" stands`;
      throw new QueryError(`${what} where a condition is expected`, token.column);
    }
    if (this.#peek().type !== 'operator') return { type: 'word', value: fold(token.text) };
    return this.#comparison(token);
  }

  #comparison(name: Token): Query {
    const field = findField(name.text);
    if (field === null) throw unknownField(name);
    const operator = this.#next();
    const value = this.#next();
    if (value.type !== 'word' && value.type !== 'text') {
      throw new QueryError(`"${name.text}${operator.text}" lacks a value`, value.column);
    }
    return conditionOf(field, operator, value, this.#now);
  }

  #enter(column: number): void {
    this.#depth += 1;
    if (this.#depth > DEPTH_MAX) {
      throw new QueryError(`brackets and "not" are nested deeper than ${DEPTH_MAX}`, column);
    }
  }

  #takeWord(word: string): boolean {
    if (!isWord(this.#peek(), word)) return false;
    this.#at += 1;
    return true;
  }

  #takeMinus(): boolean {
    if (this.#peek().type !== 'minus') return false;
    this.#at += 1;
    return true;
  }

  #peek(): Token {
    return this.#tokens[this.#at] ?? END;
  }

  #next(): Token {
    const token = this.#peek();
    this.#at += 1;
    return token;
  }
}

const END: Token = { type: 'end', text: '', column: 1 };

function isWord(token: Token, word: string): boolean {
  return token.type === 'word' && token.text.toLowerCase() === word;
}

function unknownField(name: Token): QueryError {
  const nearest = nearestField(name.text);
  const known = FIELDS.map((field) => field.name).join(', ');
  const advice =
    nearest === null
      ? `there are ${known}, and tag.Name for any ExifTool tag`
      : `did you mean "${nearest}"? A tag of ExifTool is asked for as tag.${name.text}`;
  return new QueryError(`there is no field "${name.text}"; ${advice}`, name.column);
}

function conditionOf(field: Field, operator: Token, value: Token, now: Now): Query {
  const comparison = operator.text as Comparison;
  const isNot = comparison === '!=';
  switch (field.kind) {
    case 'text':
      return textCondition(field, operator, value);
    case 'tag':
      return tagCondition(field, operator, value);
    case 'number': {
      const span = parseNumberSpan(value.text, comparison, value.column);
      return { type: 'span', field: field.name, span, isNot };
    }
    case 'size': {
      const span = parseSizeSpan(value.text, comparison, value.column);
      return { type: 'span', field: field.name, span, isNot };
    }
    case 'date': {
      const span = parseDateSpan(value.text, comparison, value.column, now);
      return { type: 'span', field: field.name, span, isNot };
    }
    case 'flag':
      return flagCondition(operator, value);
    case 'place':
      refuseOrder(field, operator);
      return { type: 'near', circle: parseCircle(value.text, value.column) };
    default:
      return field.kind satisfies never;
  }
}

/** Tags are texts; an order or a span asks for those that are numbers. */
function tagCondition(field: Field, operator: Token, value: Token): Query {
  const comparison = operator.text as Comparison;
  const isOrder = comparison.startsWith('<') || comparison.startsWith('>');
  const isSpan = value.type === 'word' && isNumberSpan(value.text);
  if (!isOrder && !isSpan) return textCondition(field, operator, value);
  const span = parseNumberSpan(value.text, comparison, value.column);
  return { type: 'span', field: field.name, span, isNot: comparison === '!=' };
}

function textCondition(field: Field, operator: Token, value: Token): Query {
  const comparison = operator.text;
  if (comparison !== '=' && comparison !== '!=' && comparison !== ':') {
    throw new QueryError(`${field.name} is a text and has no order`, operator.column);
  }
  return { type: 'text', field: field.name, comparison, value: fold(value.text) };
}

function flagCondition(operator: Token, value: Token): Query {
  const thing = value.text.toLowerCase();
  if (!THINGS.some((known) => known === thing)) {
    throw new QueryError(`has: knows ${THINGS.join(', ')}`, value.column);
  }
  const has: Query = { type: 'has', value: thing };
  if (operator.text === '!=') return { type: 'not', part: has };
  if (operator.text === ':' || operator.text === '=') return has;
  throw new QueryError('has: cannot be compared by order', operator.column);
}

function refuseOrder(field: Field, operator: Token): void {
  if (operator.text === ':' || operator.text === '=') return;
  throw new QueryError(`${field.name} takes : only`, operator.column);
}
