import type { Catalogue } from './catalogue.js';

const HEAD = `// The steps in the form that editors with Cucumber's language server read (setting "cucumber.glue"); nothing runs this file.
// To bring it up to date: npx mirrorspec steps --format editor > .vscode/steps.js
`;

/**
 * The catalogue as calls of cucumber's own verbs. Cucumber's language server looks for such calls in source text, and does not know
 * `declareStep`. It takes literals as they stand, so backslashes are not doubled.
 */
export function asEditorSteps({ themes, parameterTypes }: Catalogue): string {
  const types = parameterTypes.map(
    ({ name, regexps }) => `defineParameterType({ name: ${quoted(name)}, regexp: [${regexps.join(', ')}] });\n`,
  );
  const steps = themes.flatMap((theme) =>
    theme.steps.flatMap(({ keyword, expressions, title }) =>
      expressions.map((expression) => `${keyword}(${quoted(expression)}, () => {}); // ${title}\n`),
    ),
  );
  return [HEAD, ...types, ...steps].join('');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "\\'")}'`;
}
