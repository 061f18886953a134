/** Kind of facts that say which contents no form makes smaller. */
export const COMPACT_FACTS = 'compact';

/** Counts up where compacting again may give smaller forms of what could not be made smaller before. */
export const COMPACT_VERSION = 1;
