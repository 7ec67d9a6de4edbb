import type { Diagnostic } from '../diagnostic.js';
import type { FeatureFileCompiler } from '../yaml/compile-feature-file.js';
import { readYaml } from '../yaml/read.js';
import { yamlSource } from '../yaml/read-source.js';
import type { LintedFeature } from './linted.js';

/**
 * The features of a YAML file, for the rules, and everything that reading and compiling finds wrong. Without a compiler, when
 * the project's steps cannot be loaded, the file is read and no more.
 */
export function lintedYamlFile(
  bytes: Uint8Array,
  file: string,
  compile: FeatureFileCompiler | undefined,
): { readonly features: readonly LintedFeature[]; readonly mistakes: readonly Diagnostic[] } {
  if (compile === undefined) return { features: [], mistakes: readYaml(bytes, file).mistakes };
  const { text, documents, mistakes } = compile(bytes, file);
  const place = yamlSource(file, text).diagnosticPlace;
  return { features: documents.map(({ feature }) => ({ file, feature, place, columnAt: ({ at }) => at })), mistakes };
}
