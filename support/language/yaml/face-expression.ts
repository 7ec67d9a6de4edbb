import type { DeclaredParameterType } from '../parameter-type.js';
import { type ExpressionNode, expressionLibrary } from './face-expression-library.js';

/** What a parameter matched: its text as it stands in the step, and where. */
export interface MatchedParameter {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** An expression that can be read and written. */
export interface WritableExpression {
  readonly source: string;
  /** The step's text with these texts for its parameters, in order. */
  write(parameters: readonly string[]): string;
  /** Undefined where the text does not match. */
  match(text: string): readonly MatchedParameter[] | undefined;
}

/** Reads expressions with cucumber's own parser. A parameter type that nobody declared takes anything. */
export function expressionReader(
  parameterTypes: readonly DeclaredParameterType[],
): (expression: string) => WritableExpression {
  const { CucumberExpression, ParameterType, ParameterTypeRegistry } = expressionLibrary();
  const registry = new ParameterTypeRegistry();
  const define = (name: string, regexps: readonly RegExp[]): void =>
    registry.defineParameterType(new ParameterType(name, regexps, null, (text) => text, false, false));
  for (const { name, regexps } of parameterTypes) define(name, regexps);
  const known = new Map<string, WritableExpression>();
  return (source) => {
    const found = known.get(source) ?? read(source);
    known.set(source, found);
    return found;
  };

  function read(source: string): WritableExpression {
    for (const [, name] of source.matchAll(/(?<!\\)\{([^{}]+)\}/g)) {
      if (name !== undefined && registry.lookupByTypeName(name) === undefined) define(name, [/.+/]);
    }
    const expression = new CucumberExpression(source, registry);
    const pieces = piecesOf(expression.ast);
    const types = parametersOf(expression.ast).map((name) => registry.lookupByTypeName(name)?.regexpStrings ?? []);
    // Cucumber's own match builds a tree of groups by way of a polyfill, which takes ten times as long.
    const regexp = new RegExp(expression.regexp.source, 'd');
    return {
      source,
      write: (parameters) => writePieces(pieces, parameters),
      match: (text) => matchedIn(regexp.exec(text), types),
    };
  }
}

/** What the parameters have matched: each is a group, in which the groups of its type's own expressions are counted, too. */
function matchedIn(
  found: RegExpExecArray | null,
  types: readonly (readonly string[])[],
): readonly MatchedParameter[] | undefined {
  if (found === null) return undefined;
  let group = 1;
  return types.map((regexps) => {
    const [start, end] = found.indices?.[group] ?? [0, 0];
    const text = found[group] ?? '';
    group += 1 + regexps.reduce((sum, regexp) => sum + groupsIn(regexp), 0);
    return { text, start, end };
  });
}

const groupCounts = new Map<string, number>();

function groupsIn(regexp: string): number {
  let count = groupCounts.get(regexp);
  if (count === undefined) {
    // The empty alternative always matches, and the match has a place for each group.
    count = (new RegExp(`${regexp}|`).exec('')?.length ?? 1) - 1;
    groupCounts.set(regexp, count);
  }
  return count;
}

function parametersOf(node: ExpressionNode): string[] {
  return node.type === 'PARAMETER_NODE' ? [node.text()] : (node.nodes ?? []).flatMap(parametersOf);
}

type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'parameter'; readonly numeric: boolean }
  /** `a(n)`: the article depends on the word that follows. */
  | { readonly kind: 'article' }
  /** `(s)`: the plural depends on the number that was last given. */
  | { readonly kind: 'plural'; readonly text: string };

const NUMERIC = new Set(['int', 'float', 'double', 'byte', 'short', 'long', 'biginteger', 'bigdecimal']);

function piecesOf(root: ExpressionNode): readonly Piece[] {
  const pieces: Piece[] = [];
  for (const node of root.nodes ?? []) add(node);
  return pieces;

  function add(node: ExpressionNode): void {
    const last = pieces.at(-1);
    switch (node.type) {
      case 'PARAMETER_NODE':
        pieces.push({ kind: 'parameter', numeric: NUMERIC.has(node.text()) });
        return;
      case 'OPTIONAL_NODE':
        // Other optional text is left out.
        if (node.text() === 'n' && last?.kind === 'text' && /(^|\s)a$/i.test(last.text))
          pieces.push({ kind: 'article' });
        if (/^e?s$/.test(node.text())) pieces.push({ kind: 'plural', text: node.text() });
        return;
      case 'ALTERNATION_NODE':
        for (const inner of node.nodes?.[0]?.nodes ?? []) add(inner);
        return;
      default:
        if (last?.kind === 'text') pieces[pieces.length - 1] = { kind: 'text', text: last.text + node.text() };
        else pieces.push({ kind: 'text', text: node.text() });
    }
  }
}

function writePieces(pieces: readonly Piece[], parameters: readonly string[]): string {
  const remaining = [...parameters];
  const words: (string | Piece)[] = [];
  let count: string | undefined;
  for (const piece of pieces) {
    if (piece.kind === 'text') words.push(piece.text);
    else if (piece.kind === 'article') words.push(piece);
    else if (piece.kind === 'plural') words.push(count === undefined || count === '1' ? '' : piece.text);
    else {
      const text = remaining.shift() ?? '';
      if (piece.numeric) count = text;
      words.push(text);
    }
  }
  // From the end, so that what follows an article is known.
  return words.reduceRight<string>(
    (rest, word) => (typeof word === 'string' ? word : takesAn(rest.trimStart()) ? 'n' : '') + rest,
    '',
  );
}

const LETTERS_SPOKEN_WITH_A_VOWEL_FIRST = /^[AEFHILMNORSX]/i;

/**
 * Whether English puts "an" before these words, as they are spoken: an HTTP call, an unusual call, an 8 KiB message; a
 * gRPC call, a unary call. A placeholder takes "a".
 */
export function takesAn(words: string): boolean {
  const [word = ''] = words.split(/\s/);
  if (/^(8|11(?!\d)|18(?!\d))/.test(word)) return true;
  if (/^[A-Z]{2}|^[a-z][A-Z]{2}/.test(word)) return LETTERS_SPOKEN_WITH_A_VOWEL_FIRST.test(word);
  if (/^(uni|una(?=r)|us[aeu]|uti|ur[aei]|eu|one|once)/i.test(word)) return false;
  return /^[aeiou]/i.test(word);
}
