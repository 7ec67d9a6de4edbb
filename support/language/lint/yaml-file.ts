import type { Diagnostic } from '../diagnostic.js';
import type { FeatureFileCompiler } from '../yaml/compile-feature-file.js';
import type { YamlFile } from '../yaml/read.js';
import { yamlSource } from '../yaml/read-source.js';
import type { LintedFeature } from './linted.js';

/**
 * The features of a YAML file, for the rules, and everything that reading and compiling finds wrong. Without a compiler, when
 * the project's steps cannot be loaded, nothing more than what reading has found.
 */
export function lintedYamlFile(
  read: YamlFile,
  file: string,
  compile: FeatureFileCompiler | undefined,
): { readonly features: readonly LintedFeature[]; readonly mistakes: readonly Diagnostic[] } {
  if (compile === undefined) return { features: [], mistakes: read.mistakes };
  const { text, documents, remains, mistakes } = compile(read, file);
  const place = yamlSource(file, text).diagnosticPlace;
  const found = documents.length > 0 ? documents.map(({ feature }) => ({ feature, complete: true })) : remains;
  return { features: found.map((each) => ({ ...each, file, place, columnAt: ({ at }) => at })), mistakes };
}
