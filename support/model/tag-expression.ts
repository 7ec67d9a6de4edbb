import { createRequire } from 'node:module';
import { messageOf } from './errors.js';

/** Which scenarios a tag expression means, by their tags. */
export interface TagExpression {
  evaluate(tags: readonly string[]): boolean;
}

interface TagExpressionLibrary {
  readonly default: (expression: string) => TagExpression;
}

let library: TagExpressionLibrary | undefined;

/**
 * Reads a tag expression with the very parser that the installed cucumber-js uses, so that it selects what `--tags` would.
 * Returns the mistake in words where it cannot be understood.
 */
export function readTagExpression(expression: string): { readonly tags: TagExpression } | { readonly mistake: string } {
  const require = createRequire(createRequire(import.meta.url).resolve('@cucumber/cucumber'));
  library ??= require('@cucumber/tag-expressions') as TagExpressionLibrary;
  try {
    return { tags: library.default(expression) };
  } catch (error) {
    return { mistake: tagSyntaxMistake(messageOf(error))?.reason ?? messageOf(error) };
  }
}

/** What the parser's message says, taken apart; undefined where it is another message. */
export function tagSyntaxMistake(
  message: string,
): { readonly expression: string; readonly reason: string } | undefined {
  const [, expression = '', reason] =
    /^Tag expression "(.*)" could not be parsed because of syntax error: (.*?)\.?$/s.exec(message) ?? [];
  if (reason === undefined) return undefined;
  return { expression, reason: `${reason.charAt(0).toLowerCase()}${reason.slice(1)}` };
}
