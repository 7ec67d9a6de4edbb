import type { ActionCompiler, CompiledStep } from '../action.js';
import { type CompilationOfFeature, compileFeature } from '../compile-feature.js';
import { featureStructure } from '../feature-schema.js';
import { entryOf, type YamlNode } from '../node.js';
import { readYaml } from '../read.js';
import { yamlSource } from '../read-source.js';
import { checkAgainstSchema } from '../schema-check.js';

/** A vocabulary that takes every text: what is tested is the compiler of features, not that of actions. */
export const anyStep: ActionCompiler = (action, context) => {
  const entry = action.kind === 'mapping' ? action.entries[0] : undefined;
  if (entry === undefined) throw new Error('the test has an action that is no mapping');
  if (entry.key === 'wrong') {
    return {
      steps: [],
      mistakes: [{ rule: 'wrong', message: `wrong under ${context.section}`, at: context.place(entry.keyAt) }],
    };
  }
  const values = entry.value.kind === 'sequence' ? entry.value.items : [entry.value];
  return { steps: values.map((value) => ({ ...stepOf(value), at: entry.keyAt })), mistakes: [] };
};

function stepOf(value: YamlNode): Omit<CompiledStep, 'at'> {
  if (value.kind === 'scalar') return { text: String(value.value) };
  const table = entryOf(value, 'table')?.value;
  const doc = textIn(value, 'doc');
  const mediaType = textIn(value, 'mediaType');
  return {
    text: textIn(value, 'text') ?? '',
    ...(doc === undefined
      ? {}
      : { argument: { kind: 'text', content: doc, ...(mediaType === undefined ? {} : { mediaType }) } }),
    ...(table?.kind !== 'sequence'
      ? {}
      : {
          argument: {
            kind: 'table',
            rows: table.items.map((row) =>
              row.kind === 'sequence'
                ? row.items.map((cell) => (cell.kind === 'scalar' ? String(cell.value) : ''))
                : [],
            ),
          },
        }),
  };
}

function textIn(node: YamlNode, key: string): string | undefined {
  const value = entryOf(node, key)?.value;
  return value?.kind === 'scalar' ? String(value.value) : undefined;
}

const structure = featureStructure();

/** Compiles the first document of a text that is proper YAML. */
export function compileText(text: string, compileAction: ActionCompiler = anyStep): CompilationOfFeature {
  const { documents, mistakes } = readYaml(Buffer.from(text), 'features/a.yaml');
  const [document] = documents;
  if (document === undefined || mistakes.length > 0) throw new Error(`no YAML: ${JSON.stringify(mistakes)}\n${text}`);
  const place = yamlSource('features/a.yaml', text).diagnosticPlace;
  const schemaMistakes = checkAgainstSchema(structure, document.root, place);
  return compileFeature(document.root, { compileAction, place, schemaMistakes });
}
