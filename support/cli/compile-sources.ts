import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import type { Diagnostic } from '../language/diagnostic.js';
import { isYamlFeature, settingsIn, YAML_FILE } from '../language/yaml/feature-path.js';
import type { Language } from './compile.js';
import { DEFAULT_FEATURES, shown } from './project.js';

/** A feature file to convert. */
export interface Source {
  /** Absolute. */
  readonly path: string;
  /** As shown. */
  readonly name: string;
  /** Its path below the folder that was given, or its name where it was given itself. */
  readonly below: string;
}

const GHERKIN_FILE = /\.feature(\.md)?$/;

/** The files to convert to a language: those that were given, and those of the other language below folders. */
export function findSources(
  given: readonly string[],
  to: Language,
  cwd: string,
): { readonly sources: readonly Source[]; readonly mistakes: readonly Diagnostic[] } {
  const sources = new Map<string, Source>();
  const mistakes: Diagnostic[] = [];
  const isSource = to === 'yaml' ? (path: string) => GHERKIN_FILE.test(path) : isYamlFeature;
  for (const name of given.length === 0 ? [DEFAULT_FEATURES] : given) {
    const path = resolve(cwd, name);
    if (!existsSync(path)) {
      mistakes.push({ rule: 'missing-file', message: `there is no file or folder "${name}"` });
      continue;
    }
    const isFolder = statSync(path).isDirectory();
    const found = isFolder ? filesBelow(path).filter(isSource) : [path].filter(isSource);
    const base = isFolder ? path : dirname(path);
    for (const file of found) {
      if (!sources.has(file)) sources.set(file, { path: file, name: shown(file, cwd), below: relative(base, file) });
    }
    if (found.length === 0) mistakes.push(isFolder ? nothingIn(name, to) : refused(name, path, to));
  }
  return { sources: [...sources.values()], mistakes };
}

/** As cucumber-js looks: nothing whose name begins with a dot, no installed packages. */
function filesBelow(folder: string): readonly string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    if (entry.name.startsWith('.') || entry.name === 'node_modules') return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}

function nothingIn(name: string, to: Language): Diagnostic {
  return to === 'yaml'
    ? { rule: 'nothing-to-compile', message: `there is no Gherkin feature in "${name}"` }
    : {
        rule: 'nothing-to-compile',
        message: `there is no YAML feature in "${name}"`,
        help: ['Gherkin features are turned into YAML by: mirrorspec compile --to yaml'],
      };
}

function refused(name: string, path: string, to: Language): Diagnostic {
  const rule = 'not-a-feature';
  if (GHERKIN_FILE.test(path)) {
    return {
      rule,
      message: `"${name}" is Gherkin already`,
      help: [`it is turned into YAML by: mirrorspec compile --to yaml ${name}`],
    };
  }
  const settings = settingsIn(path);
  if (YAML_FILE.test(path) && settings !== undefined) {
    return { rule, message: `"${name}" holds ${settings}, not features: its place says so` };
  }
  if (YAML_FILE.test(path) && to === 'yaml') {
    return {
      rule,
      message: `"${name}" is YAML already`,
      help: [`it is shown as Gherkin by: mirrorspec compile ${name}`],
    };
  }
  const endings = to === 'yaml' ? '.feature or .feature.md' : '.yaml or .yml';
  return { rule, message: `"${name}" is not a feature`, help: [`the names of such features end in ${endings}`] };
}
