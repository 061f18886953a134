import { parseQuery, type Query, WORD_FIELDS } from '../query/index.ts';
import type { Policy } from './policy.ts';

/** The fields of the filter language that a policy asks for; of `has:` the word `has`, of `near:` the word `near`. */
export function askedFields({ tiers }: Policy): ReadonlySet<string> {
  const asked = new Set<string>();
  // Words of dates mean something else each day, but the fields are the same on all days.
  for (const { where } of tiers)
    if (where !== null) addAsked(parseQuery(where, { localMs: 0 }), asked);
  return asked;
}

function addAsked(query: Query, asked: Set<string>): void {
  switch (query.type) {
    case 'all':
      return;
    case 'and':
    case 'or':
      for (const part of query.parts) addAsked(part, asked);
      return;
    case 'not':
      addAsked(query.part, asked);
      return;
    case 'text':
    case 'span':
      asked.add(query.field);
      return;
    case 'word':
      for (const field of WORD_FIELDS) asked.add(field);
      return;
    case 'has':
    case 'near':
      asked.add(query.type);
      return;
    default:
      query satisfies never;
  }
}
