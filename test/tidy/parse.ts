import { parseAst } from 'vitest/node';
import { lineAt, type SourceFile } from './source.ts';

/** One mention of another module. */
export interface ModuleUse {
  readonly specifier: string;
  /** `url` is `new URL('./x.ts', import.meta.url)`, the way a worker's file is named. */
  readonly kind: 'import' | 'export' | 'url';
  readonly line: number;
}

/** A name and the module it comes from; the name is `*` for the whole module. */
export interface Origin {
  readonly specifier: string;
  readonly name: string;
}

/** One name that a file imports, as it is called there. */
export interface Binding extends Origin {
  readonly local: string;
}

/** One exported name. */
export interface ExportedName {
  readonly name: string;
  readonly isDefault: boolean;
  /** Declared elsewhere: its doc comment stands there. */
  readonly isForwarded: boolean;
  /** Where a forwarded name comes from; null where it is declared in this file. */
  readonly origin: Origin | null;
  readonly isFunction: boolean;
  readonly isType: boolean;
  readonly hasDoc: boolean;
  readonly line: number;
}

/** One function, method or arrow with its size. */
export interface FunctionSize {
  readonly name: string;
  readonly line: number;
  readonly lineCount: number;
  readonly parameterCount: number;
}

/** A word of the language or its globals that some rooms must not use, such as `Date.now` or `await`. */
export interface WordUse {
  readonly word: string;
  readonly line: number;
}

/** A source file and what the checks need to know of it. */
export interface ParsedFile extends SourceFile {
  readonly modules: readonly ModuleUse[];
  readonly bindings: readonly Binding[];
  readonly exports: readonly ExportedName[];
  readonly functions: readonly FunctionSize[];
  readonly words: readonly WordUse[];
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

/** Parses one TypeScript (or plain JavaScript) file. */
export function parseFile(file: SourceFile): ParsedFile {
  const lang = file.path.endsWith('.ts') ? 'ts' : 'js';
  const program = parseAst(file.text, { lang }, file.path) as unknown as Node;
  const found = { modules: [], exports: [], functions: [], words: [] } as {
    modules: ModuleUse[];
    exports: ExportedName[];
    functions: FunctionSize[];
    words: WordUse[];
  };
  const lineOf = (node: Node): number => lineAt(file.text, node.start);
  walk(program, [], (node, parents) => {
    const use = moduleUse(node);
    if (use !== null) found.modules.push({ ...use, line: lineOf(node) });
    const size = functionSize(node, parents);
    if (size !== null) {
      const lineCount = lineAt(file.text, node.end) - lineOf(node) + 1;
      found.functions.push({ ...size, line: lineOf(node), lineCount });
    }
    const word = wordOf(node, parents.at(-1));
    const line = lineOf(node);
    const isNew = !found.words.some((other) => other.word === word && other.line === line);
    if (word !== null && isNew) found.words.push({ word, line });
  });
  const bindings = childrenOf(program).flatMap(bindingsOf);
  for (const node of childrenOf(program)) {
    const hasDoc = hasDocBefore(file.text, node.start);
    for (const name of exportedNames(node, bindings)) {
      found.exports.push({ ...name, hasDoc, line: lineOf(node) });
    }
  }
  return { ...file, ...found, bindings };
}

function hasDocBefore(text: string, offset: number): boolean {
  const before = text.slice(0, offset).trimEnd();
  return before.endsWith('*/') && before.startsWith('/**', before.lastIndexOf('/*'));
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}

function childrenOf(node: Node): Node[] {
  return Object.values(node).flat().filter(isNode);
}

function walk(
  node: Node,
  parents: readonly Node[],
  visit: (node: Node, parents: readonly Node[]) => void,
): void {
  visit(node, parents);
  const path = [...parents, node];
  for (const child of childrenOf(node)) walk(child, path, visit);
}

function textOf(node: unknown): string {
  if (!isNode(node)) return '';
  if (node.type === 'Identifier') return String(node['name']);
  return node.type === 'Literal' ? String(node['value']) : '';
}

/** The text of a literal; '' where the value is computed. */
function literalOf(node: unknown): string {
  return isNode(node) && node.type === 'Literal' ? String(node['value']) : '';
}

function moduleUse(node: Node): Omit<ModuleUse, 'line'> | null {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ImportExpression':
    case 'TSImportType':
      return { specifier: literalOf(node['source']), kind: 'import' };
    case 'ExportAllDeclaration':
    case 'ExportNamedDeclaration':
      if (!isNode(node['source'])) return null;
      return { specifier: literalOf(node['source']), kind: 'export' };
    case 'NewExpression': {
      const specifier = literalOf(childrenOf(node).find((child) => child.type === 'Literal'));
      const isFile = textOf(node['callee']) === 'URL' && /^\.\.?\/.*\.ts$/.test(specifier);
      return isFile ? { specifier, kind: 'url' } : null;
    }
    default:
      return null;
  }
}

const FUNCTION_TYPES = new Set([
  'FunctionDeclaration',
  'FunctionExpression',
  'ArrowFunctionExpression',
  'TSDeclareFunction',
  'TSEmptyBodyFunctionExpression',
  'TSMethodSignature',
]);

function functionSize(
  node: Node,
  parents: readonly Node[],
): Omit<FunctionSize, 'line' | 'lineCount'> | null {
  if (!FUNCTION_TYPES.has(node.type)) return null;
  const parent = parents.at(-1);
  // A suite is a list of tests, not a function one reads from top to bottom.
  if (parent?.type === 'CallExpression' && /^(describe|suite)/.test(calleeName(parent)))
    return null;
  const params = node['params'];
  const named = [node['id'], node['key'], parent?.['key'], parent?.['id']].map(textOf);
  return {
    name: named.find((name) => name !== '') ?? 'a function',
    parameterCount: Array.isArray(params) ? params.length : 0,
  };
}

function calleeName(call: Node): string {
  const callee = call['callee'];
  if (!isNode(callee)) return '';
  if (callee.type === 'CallExpression') return calleeName(callee);
  return callee.type === 'MemberExpression' ? memberName(callee) : textOf(callee);
}

/** `a.b` of a member expression; of `a.b(c).d` it is `a.b.d`, of `a.b.c` too. */
function memberName(node: Node): string {
  const target = node['object'];
  if (!isNode(target)) return '';
  const base =
    target.type === 'MemberExpression'
      ? memberName(target)
      : target.type === 'CallExpression'
        ? calleeName(target)
        : textOf(target);
  return `${base}.${textOf(node['property'])}`;
}

const GLOBAL_WORDS = new Set([
  'fetch',
  'getRandomValues',
  'performance',
  'queueMicrotask',
  'randomBytes',
  'randomInt',
  'randomUUID',
  'setImmediate',
  'setInterval',
  'setTimeout',
]);
const MEMBER_WORDS =
  /^(Date\.now|Math\.random|crypto\.random\w+|process\.\w+|vi\.\w*[mM]ock|(it|test|describe|suite)\b.*\.(only|skip|skipIf|runIf|todo))$/;

/** The word a node uses, in one spelling; null where it is none that any room bans. */
function wordOf(node: Node, parent: Node | undefined): string | null {
  if (node.type === 'AwaitExpression') return 'await';
  if (node.type === 'NewExpression' || node.type === 'CallExpression') {
    const { arguments: given } = node;
    const isNow = node.type === 'CallExpression' || (Array.isArray(given) && given.length === 0);
    return textOf(node['callee']) === 'Date' && isNow ? 'new Date()' : null;
  }
  if (node.type === 'MemberExpression') {
    const name = memberName(node).replace(/^globalThis\./, '');
    return MEMBER_WORDS.test(name) ? name : null;
  }
  if (node.type !== 'Identifier' || !GLOBAL_WORDS.has(textOf(node))) return null;
  // `clock.setTimeout` and `{ setTimeout: ... }` are other things of the same name.
  const isMember = parent?.type === 'MemberExpression' && parent['property'] === node;
  const isGlobal = isMember && textOf(parent['object']) === 'globalThis';
  return (isMember && !isGlobal) || parent?.['key'] === node ? null : textOf(node);
}

function bindingsOf(node: Node): Binding[] {
  if (node.type !== 'ImportDeclaration') return [];
  const specifier = literalOf(node['source']);
  return childrenOf(node)
    .filter((child) => isNode(child['local']))
    .map((child) => {
      return { specifier, name: textOf(child['imported']) || '*', local: textOf(child['local']) };
    });
}

type BareName = Omit<ExportedName, 'hasDoc' | 'line'>;

const PLAIN = {
  isDefault: false,
  isForwarded: false,
  isFunction: false,
  isType: false,
  origin: null,
} as const;

function exportedNames(node: Node, bindings: readonly Binding[]): BareName[] {
  if (node.type === 'ExportDefaultDeclaration')
    return [{ ...PLAIN, name: 'default', isDefault: true }];
  if (node.type === 'ExportAllDeclaration') {
    const origin = { specifier: literalOf(node['source']), name: '*' };
    return [{ ...PLAIN, name: textOf(node['exported']) || '*', isForwarded: true, origin }];
  }
  if (node.type !== 'ExportNamedDeclaration') return [];
  const declaration = node['declaration'];
  if (!isNode(declaration)) return forwardedNames(node, bindings);
  const declarations = declaration['declarations'];
  const named = Array.isArray(declarations) ? declarations.filter(isNode) : [declaration];
  return named.map((one) => {
    const isFunction =
      declaration.type === 'FunctionDeclaration' ||
      (isNode(one['init']) && FUNCTION_TYPES.has(one['init'].type));
    const isType = /^TS(Interface|TypeAlias)/.test(declaration.type);
    return { ...PLAIN, name: textOf(one['id']), isFunction, isType };
  });
}

/** The names of `export { a, b as c }`, with or without `from`. */
function forwardedNames(node: Node, bindings: readonly Binding[]): BareName[] {
  const specifier = literalOf(node['source']);
  return childrenOf(node)
    .filter((child) => child.type === 'ExportSpecifier')
    .map((child) => {
      const [name, local] = [textOf(child['exported']), textOf(child['local'])];
      const imported = bindings.find((binding) => binding.local === local) ?? null;
      const origin = specifier === '' ? imported : { specifier, name: local };
      return { ...PLAIN, name, isDefault: name === 'default', isForwarded: true, origin };
    });
}
