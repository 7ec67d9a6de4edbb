import type { Diagnostic } from '../diagnostic.js';
import type { DeclaredParameterType } from '../parameter-type.js';
import type { DeclaredStep } from '../step.js';
import { actionCompilerOf } from './compile-action.js';
import { compileFeature } from './compile-feature.js';
import type { CompiledFeature } from './feature.js';
import { documentUri } from './feature-path.js';
import { featureStructure } from './feature-schema.js';
import { LIMITS } from './limits.js';
import { readYaml, type YamlFile } from './read.js';
import { yamlSource } from './read-source.js';
import { checkAgainstSchema } from './schema-check.js';

/** A YAML file of features, compiled. */
export interface CompiledFeatureFile {
  /** The file's text, lines ending with `\n`. */
  readonly text: string;
  /** One for each document; empty where the file has mistakes. */
  readonly documents: readonly CompiledDocument[];
  /** What there is of features where the file has mistakes, to look for more in it. */
  readonly remains: readonly Remains[];
  /** All that can be found at once, in the order of the file; at most `LIMITS.mistakes`. */
  readonly mistakes: readonly Diagnostic[];
}

export interface CompiledDocument {
  /** The file as cucumber-js is to call it; unique among the documents. */
  readonly uri: string;
  readonly feature: CompiledFeature;
}

export interface Remains {
  readonly feature: CompiledFeature;
  /** Whether the mistakes are elsewhere. */
  readonly complete: boolean;
}

/** Takes the bytes of a file, or what was read from them. */
export type FeatureFileCompiler = (source: Uint8Array | YamlFile, file: string) => CompiledFeatureFile;

/** The compiler for a vocabulary: everything between the bytes of a YAML file and its features. One serves all files. */
export function featureFileCompiler(
  steps: readonly DeclaredStep[],
  parameterTypes: readonly DeclaredParameterType[],
): FeatureFileCompiler {
  const compileAction = actionCompilerOf(steps, parameterTypes);
  const structure = featureStructure();
  return (source, file) => {
    const read = source instanceof Uint8Array ? readYaml(source, file) : source;
    const text = read.text.replaceAll('\r\n', '\n');
    const place = yamlSource(file, text).diagnosticPlace;
    const mistakes = [...read.mistakes];
    const documents: CompiledDocument[] = [];
    const remains: Remains[] = [];
    for (const [index, { root }] of read.documents.entries()) {
      const {
        feature,
        incomplete,
        mistakes: found,
      } = compileFeature(root, {
        compileAction,
        place,
        schemaMistakes: checkAgainstSchema(structure, root, place),
      });
      mistakes.push(...found);
      if (feature !== undefined) documents.push({ uri: documentUri(file, index), feature });
      if (feature !== undefined) remains.push({ feature, complete: true });
      if (incomplete !== undefined) remains.push({ feature: incomplete, complete: false });
    }
    if (mistakes.length > 0) return { text, documents: [], remains, mistakes: mistakes.slice(0, LIMITS.mistakes) };
    return { text, documents, remains: [], mistakes: [] };
  };
}
