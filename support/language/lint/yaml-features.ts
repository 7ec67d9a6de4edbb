import type { Diagnostic, SourcePlace } from '../diagnostic.js';
import type { ActionCompiler } from '../yaml/action.js';
import { compileFeature } from '../yaml/compile-feature.js';
import type { YamlPlace } from '../yaml/node.js';
import { readYaml } from '../yaml/read.js';
import type { LintedFeature } from './linted.js';

/**
 * The features of a YAML file, for the rules, and everything that reading and compiling finds wrong. Without a compiler, when
 * the project's steps cannot be loaded, the file is read and no more.
 */
export function lintedYaml(
  bytes: Uint8Array,
  file: string,
  compileAction: ActionCompiler | undefined,
): { readonly features: readonly LintedFeature[]; readonly mistakes: readonly Diagnostic[] } {
  const { documents, text, mistakes: unreadable } = readYaml(bytes, file);
  const lines = text.split('\n');
  const place = ({ line, column, length }: YamlPlace): SourcePlace => {
    const source = lines[line - 1]?.replace(/\r$/, '');
    return { file, line, column, length, ...(source === undefined ? {} : { source }) };
  };
  const features: LintedFeature[] = [];
  const mistakes: Diagnostic[] = [...unreadable];
  for (const { root } of documents) {
    if (compileAction === undefined) break;
    const compiled = compileFeature(root, { compileAction, place });
    mistakes.push(...compiled.mistakes);
    if (compiled.feature === undefined) continue;
    features.push({ file, feature: compiled.feature, place, columnAt: (block) => block.at });
  }
  return { features, mistakes };
}
