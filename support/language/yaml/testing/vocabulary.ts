import { Chalk } from 'chalk';
import type { DeclaredParameterType } from '../../parameter-type.js';
import { renderDiagnostics } from '../../render-diagnostics.js';
import type { DeclaredStep, StepKeyword, StepParameter } from '../../step.js';
import type { CompiledStep } from '../action.js';
import { actionCompilerOf } from '../compile-action.js';
import type { YamlFace } from '../face.js';
import type { YamlNode } from '../node.js';
import { readYaml } from '../read.js';
import { yamlSource } from '../read-source.js';

/** A step as it is declared, for tests of what follows from declarations. */
export function stepOf(
  keyword: StepKeyword,
  expression: string | readonly string[],
  yaml: YamlFace | readonly YamlFace[],
  more: Partial<Pick<DeclaredStep, 'example' | 'attachment'>> & { readonly parameters?: readonly StepParameter[] } = {},
): DeclaredStep {
  const expressions = typeof expression === 'string' ? [expression] : expression;
  return {
    keyword,
    expressions,
    title: `title of ${expressions[0]}`,
    description: `Description of ${expressions[0]}.`,
    example: `${keyword} nothing of it`,
    parameters: [],
    yaml: 'key' in yaml ? [yaml] : yaml,
    site: { file: 'steps/cats.ts', line: 7, column: 1 },
    ...more,
  };
}

export function typeOf(name: string, values: readonly string[], regexp?: RegExp): DeclaredParameterType {
  return {
    name,
    values,
    description: `A ${name}.`,
    regexps: [regexp ?? new RegExp([...values].sort((a, b) => b.length - a.length).join('|'))],
    site: { file: 'steps/cats.ts', line: 1, column: 1 },
  };
}

const named = (...names: readonly string[]) => ({
  parameters: names.map((name) => ({ name, description: `the ${name}` })),
});

export const TYPES: readonly DeclaredParameterType[] = [
  typeOf('protocol', ['HTTP/2', 'gRPC', 'unary']),
  typeOf('size', ['1 byte', '64 KiB'], /(\d+) (bytes?|KiB)/),
  typeOf('room', [], /\d{3}|cellar/),
];

/** One step for each kind of face. */
export const STEPS: readonly DeclaredStep[] = [
  stepOf('Given', 'a quiet house', { key: 'house', value: 'quiet' }),
  stepOf('Given', 'a loud house', { key: 'house', value: 'loud' }),
  stepOf('Given', 'a {protocol} house', { key: 'house', value: { speaks: '{protocol}' } }, named('protocol')),
  stepOf('Given', 'the cat listens on {string}', { key: 'cat', value: { listens: '{name}' } }, named('name')),
  stepOf(
    'Given',
    'the cat waits at door {int}',
    { key: 'cat', value: { doors: ['{door}'] } },
    {
      parameters: [{ name: 'door', description: 'number of a door', schema: { minimum: 1, maximum: 9 } }],
      example: 'Given the cat waits at door 3',
    },
  ),
  stepOf(
    'Given',
    'the cat likes milk of {int} degrees',
    { key: 'cat', value: { likes: { milk: '{degrees}' } } },
    named('degrees'),
  ),
  stepOf('Given', 'the cat likes fish from {word}', { key: 'cat', value: { likes: { fish: '{sea}' } } }, named('sea')),
  stepOf('Given', 'the cat says {string}', { key: 'says' }, { ...named('text'), example: 'Given the cat says "miau"' }),
  stepOf('Given', 'the cat says:', { key: 'says' }, { attachment: { kind: 'text', description: 'the words' } }),
  stepOf(
    'Given',
    'the cat tells:',
    [
      { key: 'says', value: '{collection}' },
      { key: 'says-json', value: '{json}' },
    ],
    { attachment: { kind: 'text', description: 'the data' } },
  ),
  stepOf('Given', 'the cat scratches {string}', [{ key: 'scratches' }, { key: 'says', value: '!!binary {bytes}' }], {
    parameters: [{ name: 'bytes', description: 'pairs of digits', schema: { pattern: '^[0-9a-f ]*$' } }],
    example: 'Given the cat scratches "00 ff"',
  }),
  stepOf('Given', 'the cat has a weight of {size}', { key: 'weight' }, named('size')),
  stepOf('Given', 'the cat sleeps in {room}', { key: 'room' }, named('room')),
  stepOf('Given', 'the cat is called {word}', { key: 'called' }, named('name')),
  stepOf('Given', 'the cat runs {float} m', { key: 'runs' }, named('metres')),
  stepOf(
    'Given',
    ['the names:', 'the surnames:'],
    [{ key: 'names' }, { key: 'surnames', expression: 'the surnames:' }],
    {
      attachment: { kind: 'table', description: 'names' },
    },
  ),
  stepOf('When', 'a(n) {protocol} call is made', { key: 'call', value: { protocol: '{protocol}' } }, named('protocol')),
  stepOf('When', '{int} {protocol} call(s) are made', { key: 'call' }, named('count', 'protocol')),
  stepOf('Then', 'it is heard/seen', { key: 'heard' }),
  stepOf('Then', 'it is not heard', { key: 'heard', value: false }),
];

const SECTIONS: ReadonlyMap<string, StepKeyword | '*'> = new Map([
  ['given', 'Given'],
  ['when', 'When'],
  ['then', 'Then'],
  ['*', '*'],
]);

export interface CompiledText {
  readonly steps: readonly CompiledStep[];
  /** As the reader sees them. */
  readonly told: string;
}

/** Compiles YAML such as `given: [house: quiet]`: one section with its actions. */
export function compileActions(
  text: string,
  columns: readonly string[] = [],
  steps: readonly DeclaredStep[] = STEPS,
  types: readonly DeclaredParameterType[] = TYPES,
): CompiledText {
  const compile = actionCompilerOf(steps, types);
  const file = 'features/a.yaml';
  const [document] = readYaml(Buffer.from(text), file).documents;
  const [entry] = document?.root.kind === 'mapping' ? document.root.entries : [];
  const section = SECTIONS.get(entry?.key ?? '');
  if (entry?.value.kind !== 'sequence' || section === undefined) throw new Error(`not a section: ${text}`);
  const place = yamlSource(file, text).diagnosticPlace;
  const found = entry.value.items.map((action: YamlNode) =>
    compile(action, { section, placeholders: new Set(columns), place }),
  );
  const mistakes = found.flatMap((one) => one.mistakes);
  return {
    steps: found.flatMap((one) => one.steps),
    told: mistakes.length === 0 ? '' : renderDiagnostics(mistakes, new Chalk({ level: 0 }), ''),
  };
}
