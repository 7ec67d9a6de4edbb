import type { StepKeyword } from './step.js';

/** A declaration that a step's text matches, to be copied into a file of steps and filled in. */
export function stepSnippet(text: string, keyword: StepKeyword): string {
  const { expression, parameters } = expressionOf(text);
  return [
    "import { declareStep } from 'mirrorspec';",
    '',
    'declareStep({',
    `  keyword: '${keyword}',`,
    `  expression: ${quoted(expression)},`,
    "  title: 'what the step is for, in one line',",
    "  description: 'What it does, and what it needs.',",
    `  example: ${quoted(`${keyword} ${text}`)},`,
    `  async run(${parameters.join(', ')}) {},`,
    '});',
  ].join('\n');
}

const PARAMETER = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|(?<![\w.-])-?\d+(?:\.\d+)?(?![\w.-])/g;

/** Quoted texts and numbers become parameters; everything else stays as it is. */
function expressionOf(text: string): { readonly expression: string; readonly parameters: readonly string[] } {
  const parts: string[] = [];
  const kinds: string[] = [];
  let end = 0;
  for (const { 0: found, index } of text.matchAll(PARAMETER)) {
    const kind = /^["']/.test(found) ? 'string' : found.includes('.') ? 'float' : 'int';
    parts.push(literally(text.slice(end, index)), `{${kind}}`);
    kinds.push(kind === 'string' ? 'text' : 'number');
    end = index + found.length;
  }
  parts.push(literally(text.slice(end)));
  const parameters = kinds.map((kind, i) =>
    kinds.indexOf(kind) === kinds.lastIndexOf(kind) ? kind : `${kind}${i + 1}`,
  );
  return { expression: parts.join(''), parameters };
}

/** What means something in a Cucumber expression, escaped. */
function literally(text: string): string {
  return text.replace(/[\\/(){}]/g, '\\$&');
}

function quoted(text: string): string {
  return `'${text.replace(/['\\]/g, '\\$&').replaceAll('\n', '\\n')}'`;
}
