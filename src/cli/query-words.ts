import { FieldVaultError, parseQuery, type Query, QueryError } from '../index.ts';
import type { Session } from './session.ts';

/**
 * Understands a query that a person typed; date words count from now, in local time.
 * @throws FieldVaultError BAD_USAGE that points at the column
 */
export function parseWhere({ world }: Session, text: string): Query {
  const nowMs = world.clock.nowMs();
  const localMs = nowMs + world.clock.offsetMinutes(nowMs) * 60_000;
  try {
    return parseQuery(text, { localMs });
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    throw new FieldVaultError(
      'BAD_USAGE',
      `The query is not understood: ${error.message}. "find --help" shows what can be asked.`,
      { details: { column: error.column }, cause: error },
    );
  }
}
