import { createRequire } from 'node:module';

/** A node of an expression's syntax tree. */
export interface ExpressionNode {
  readonly type: string;
  readonly nodes?: readonly ExpressionNode[] | undefined;
  text(): string;
}

interface Registry {
  lookupByTypeName(name: string): { readonly regexpStrings: readonly string[] } | undefined;
  defineParameterType(type: unknown): void;
}

interface Expression {
  readonly ast: ExpressionNode;
  /** One group for each parameter, in order; groups of the parameters' own expressions are inside of it. */
  readonly regexp: RegExp;
}

/** The part of `@cucumber/cucumber-expressions` that is used here; the same in the majors 19 and 20. */
export interface ExpressionLibrary {
  readonly CucumberExpression: new (source: string, registry: Registry) => Expression;
  readonly ParameterType: new (
    name: string,
    regexps: readonly RegExp[],
    type: null,
    transform: (text: string) => unknown,
    useForSnippets: boolean,
    preferForRegexpMatch: boolean,
  ) => unknown;
  readonly ParameterTypeRegistry: new () => Registry;
}

let library: ExpressionLibrary | undefined;

/** The very library that the installed cucumber-js reads expressions with; another version could read them differently. */
export function expressionLibrary(): ExpressionLibrary {
  library ??= createRequire(createRequire(import.meta.url).resolve('@cucumber/cucumber'))(
    '@cucumber/cucumber-expressions',
  );
  return library as ExpressionLibrary;
}
