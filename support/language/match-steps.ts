/** What is read of a step definition; cucumber-js has it, but does not name it among its public types. */
export interface StepDefinition {
  readonly pattern: string | RegExp;
  readonly keyword: string;
  readonly uri: string;
  readonly line: number;
  readonly expression: {
    readonly regexp: RegExp;
    /** What the expression makes of a text; null where it does not match. */
    match(text: string): readonly StepParameterValue[] | null;
  };
  // biome-ignore lint/complexity/noBannedTypes: as cucumber-js types it.
  readonly unwrappedCode: Function;
}

/** A parameter of a step as `@cucumber/cucumber-expressions` hands it out. */
export interface StepParameterValue {
  /** What was matched, as written. */
  readonly group: { readonly value?: string | null };
  /** What the parameter's type makes of it; throws what its transform throws. */
  getValue(world: unknown): unknown;
}

/** Finds the definitions that match a step's text. Each distinct text is looked for once. */
export type StepMatcher = (text: string) => readonly StepDefinition[];

/**
 * The expression's own regular expression is asked: `matchesStepName` also gathers what the parameters matched, which takes
 * thirty times as long. An index of first words would cost more than it saves: a definition says no within 50 ns.
 */
export function stepMatcher(definitions: readonly StepDefinition[]): StepMatcher {
  const known = new Map<string, readonly StepDefinition[]>();
  return (text) => {
    const found = known.get(text) ?? definitions.filter(({ expression }) => text.search(expression.regexp) !== -1);
    known.set(text, found);
    return found;
  };
}
