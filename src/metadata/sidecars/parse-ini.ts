/** Sections of an ini text by name, each with its values by key; the last one of a name counts. */
export type IniSections = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** More lines than this are no editor's settings. */
const LINES_MAX = 200_000;

/** Reads `[Section]` and `key=value` lines as GLib writes them; null where a line is neither, or there is no section. */
export function parseIni(text: string): IniSections | null {
  const sections = new Map<string, Map<string, string>>();
  const lines = text.replace(/^\ufeff/, '').split(/\r\n|\r|\n/);
  if (lines.length > LINES_MAX) return null;
  let section: Map<string, string> | null = null;
  for (const line of lines) {
    if (/^\s*([#;]|$)/.test(line)) continue;
    const name = /^\[([^\]]*)\]\s*$/.exec(line)?.[1];
    const equals = line.indexOf('=');
    if (name !== undefined) {
      section = sections.get(name) ?? new Map<string, string>();
      sections.set(name, section);
    } else if (section !== null && equals > 0) {
      section.set(line.slice(0, equals).trim(), line.slice(equals + 1).trim());
    } else return null;
  }
  return sections.size > 0 ? sections : null;
}
