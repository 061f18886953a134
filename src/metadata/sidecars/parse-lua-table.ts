/** A value of a Lua-like text: tables keep their named and their listed values apart. */
export type LuaValue = string | number | boolean | null | LuaTable;

/** `{ name = value, value, ... }` */
export interface LuaTable {
  readonly named: ReadonlyMap<string, LuaValue>;
  readonly listed: readonly LuaValue[];
}

const DEPTH_MAX = 64;
const TOKENS_MAX = 1_000_000;

/** White space and comments, then a mark, a text, a key in brackets, a number or a name. */
const TOKEN = [
  String.raw`\s*(?:--[^\n]*(?:\n\s*|$))*(?:([{}=,;])`,
  String.raw`"([^"\\]*(?:\\.[^"\\]*)*)"`,
  String.raw`\["([^"\\]*)"\]`,
  String.raw`(-?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)(?![\w.])`,
  String.raw`([A-Za-z_]\w*))`,
].join('|');

type Token =
  | { readonly kind: 'mark' | 'key' | 'name'; readonly text: string }
  | { readonly kind: 'value'; readonly value: string | number };

/** Tokens and how far they are read. */
interface Cursor {
  readonly tokens: readonly Token[];
  index: number;
}

/** Reads `Name = { ... }` as DxO and Lightroom write settings; null where it is not that, or too deep or large. */
export function parseLuaTable(
  text: string,
): { readonly name: string; readonly table: LuaTable } | null {
  try {
    const cursor = { tokens: readTokens(text.replace(/^\ufeff/, '')), index: 2 };
    const [name] = cursor.tokens;
    if (name?.kind !== 'name' || !isMark(cursor.tokens[1], '=')) return null;
    const table = readValue(cursor, 0);
    return typeof table === 'object' && table !== null ? { name: name.text, table } : null;
  } catch {
    return null;
  }
}

/** What follows the last token that is one is not read. */
function readTokens(text: string): Token[] {
  const pattern = new RegExp(TOKEN, 'sy');
  const tokens: Token[] = [];
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    if (tokens.length === TOKENS_MAX) throw new RangeError('too many values');
    const [, mark, quoted, key, number, name = ''] = match;
    if (mark !== undefined) tokens.push({ kind: 'mark', text: mark });
    else if (quoted !== undefined) tokens.push({ kind: 'value', value: unescapeText(quoted) });
    else if (key !== undefined) tokens.push({ kind: 'key', text: key });
    else if (number !== undefined) tokens.push({ kind: 'value', value: Number(number) });
    else tokens.push({ kind: 'name', text: name });
  }
  return tokens;
}

function unescapeText(text: string): string {
  const known: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };
  return text.replace(/\\(.)/gs, (_, one: string) => known[one] ?? one);
}

function isMark(token: Token | undefined, text: string): boolean {
  return token?.kind === 'mark' && token.text === text;
}

function readValue(cursor: Cursor, depth: number): LuaValue {
  const token = cursor.tokens[cursor.index];
  cursor.index += 1;
  if (isMark(token, '{')) return readTable(cursor, depth + 1);
  if (token?.kind === 'value') return token.value;
  if (token?.kind !== 'name') throw new SyntaxError('no value');
  return token.text === 'true' || (token.text === 'false' ? false : null);
}

function readTable(cursor: Cursor, depth: number): LuaTable {
  if (depth > DEPTH_MAX) throw new RangeError('too deep');
  const named = new Map<string, LuaValue>();
  const listed: LuaValue[] = [];
  while (!isMark(cursor.tokens[cursor.index], '}')) {
    const token = cursor.tokens[cursor.index];
    const isNamed = token?.kind === 'name' || token?.kind === 'key';
    if (isNamed && isMark(cursor.tokens[cursor.index + 1], '=')) {
      cursor.index += 2;
      named.set(token.text, readValue(cursor, depth));
    } else listed.push(readValue(cursor, depth));
    const after = cursor.tokens[cursor.index];
    if (isMark(after, ',') || isMark(after, ';')) cursor.index += 1;
  }
  cursor.index += 1;
  return { named, listed };
}
