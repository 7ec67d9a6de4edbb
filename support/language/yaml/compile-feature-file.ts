import type { Diagnostic } from '../diagnostic.js';
import type { DeclaredParameterType } from '../parameter-type.js';
import type { DeclaredStep } from '../step.js';
import { actionCompilerOf } from './compile-action.js';
import { compileFeature } from './compile-feature.js';
import type { CompiledFeature } from './feature.js';
import { documentUri } from './feature-path.js';
import { LIMITS } from './limits.js';
import { readYaml } from './read.js';
import { yamlSource } from './read-source.js';

/** A YAML file of features, compiled. */
export interface CompiledFeatureFile {
  /** The file's text, lines ending with `\n`. */
  readonly text: string;
  /** One for each document; empty where the file has mistakes. */
  readonly documents: readonly CompiledDocument[];
  /** All that can be found at once, in the order of the file; at most `LIMITS.mistakes`. */
  readonly mistakes: readonly Diagnostic[];
}

export interface CompiledDocument {
  /** The file as cucumber-js is to call it; unique among the documents. */
  readonly uri: string;
  readonly feature: CompiledFeature;
}

export type FeatureFileCompiler = (bytes: Uint8Array, file: string) => CompiledFeatureFile;

/** The compiler for a vocabulary: everything between the bytes of a YAML file and its features. One serves all files. */
export function featureFileCompiler(
  steps: readonly DeclaredStep[],
  parameterTypes: readonly DeclaredParameterType[],
): FeatureFileCompiler {
  const compileAction = actionCompilerOf(steps, parameterTypes);
  return (bytes, file) => {
    const read = readYaml(bytes, file);
    const text = read.text.replaceAll('\r\n', '\n');
    const place = yamlSource(file, text).diagnosticPlace;
    const mistakes = [...read.mistakes];
    const documents: CompiledDocument[] = [];
    for (const [index, { root }] of read.documents.entries()) {
      const { feature, mistakes: found } = compileFeature(root, { compileAction, place });
      mistakes.push(...found);
      if (feature !== undefined) documents.push({ uri: documentUri(file, index), feature });
    }
    if (mistakes.length > 0) return { text, documents: [], mistakes: mistakes.slice(0, LIMITS.mistakes) };
    return { text, documents, mistakes: [] };
  };
}
