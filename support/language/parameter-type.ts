import { defineParameterType } from '@cucumber/cucumber';
import { type DeclarationSite, declarationSite, registerAt } from './declaration-site.js';

/** A kind of value that steps take, written `{name}` in their expressions. */
export interface ParameterTypeDeclaration<Value> {
  /** As written between braces in an expression, for example `protocol`. */
  readonly name: string;
  /** What matches. May be left out where `values` lists all that can be written. */
  readonly regexp?: RegExp | readonly RegExp[];
  /** Plain Markdown, one or two sentences: what can be written, with an example. */
  readonly description: string;
  /** All words that can be written, or the usual ones where `regexp` admits more. */
  readonly values?: readonly string[];
  /** Makes the value from what the expression's groups matched. Throw a `UserError` for what cannot be understood. */
  transform(...groups: string[]): Value;
}

export interface DeclaredParameterType {
  readonly name: string;
  readonly description: string;
  readonly values: readonly string[];
  readonly regexps: readonly RegExp[];
  readonly site: DeclarationSite;
}

const declared = new Map<string, DeclaredParameterType>();

/** Declares a parameter type: cucumber-js knows it from then on, and the catalogue lists it. */
export function declareParameterType<Value>(declaration: ParameterTypeDeclaration<Value>): void {
  const site = declarationSite(declareParameterType);
  const regexps = regexpsOf(declaration);
  registerAt(site, () => {
    defineParameterType({
      name: declaration.name,
      regexp: regexps,
      transformer: (...groups: string[]) => declaration.transform(...groups),
      // A type such as {interface} would otherwise take over cucumber's snippets for every quoted text.
      useForSnippets: false,
    });
  });
  const { name, description, values = [] } = declaration;
  declared.set(name, { name, description, values, regexps, site });
}

export function declaredParameterTypes(): readonly DeclaredParameterType[] {
  return [...declared.values()];
}

function regexpsOf(declaration: ParameterTypeDeclaration<unknown>): readonly RegExp[] {
  const { name, regexp, values } = declaration;
  if (regexp !== undefined) return regexp instanceof RegExp ? [regexp] : regexp;
  if (values === undefined || values.length === 0) {
    throw new Error(`parameter type {${name}}: give "regexp", "values" or both`);
  }
  return [regexpOf(values)];
}

/** Whether a text can be written where a parameter of this type stands. */
export function takes({ regexps }: DeclaredParameterType, text: string): boolean {
  return regexps.some(({ source, flags }) => new RegExp(`^(?:${source})$`, flags.replace(/[gy]/g, '')).test(text));
}

/** Whether `values` are all that can be written, and not just the usual ones. */
export function takesOnlyItsValues({ values, regexps }: DeclaredParameterType): boolean {
  return values.length > 0 && regexps.length === 1 && regexps[0]?.source === regexpOf(values).source;
}

/** Longest first: of two words that begin alike the longer one must win. */
function regexpOf(values: readonly string[]): RegExp {
  const words = [...values].sort((a, b) => b.length - a.length);
  return new RegExp(words.map(escapeForRegExp).join('|'));
}

function escapeForRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
