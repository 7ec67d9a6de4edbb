import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../project.js';

/** The language of a project's own steps. */
export type StepLanguage = 'typescript' | 'javascript';

/** What a new project can be. */
export interface ProjectKind {
  readonly language: StepLanguage;
  /** Whether package.json says that its modules are ES modules; where it does not, their names have to say it. */
  readonly esModules: boolean;
}

/** A file of a new project. */
export interface ProjectFile {
  /** Relative to the project. */
  readonly path: string;
  readonly content: string;
  /** Files that would do the same: where one of them exists, this one must not be made. */
  readonly sameAs: readonly string[];
}

/** The files of a new project, but for its package.json. npm does not pack names that begin with a dot: theirs have none. */
export function projectFiles(kind: ProjectKind): readonly ProjectFile[] {
  const typescript = kind.language === 'typescript';
  const steps = `steps/orders.${kind.esModules ? '' : 'm'}${typescript ? 'ts' : 'js'}`;
  const files: readonly (readonly [template: string, path: string])[] = [
    ['mirrorspec.yaml', 'mirrorspec.yaml'],
    ['features/orders.feature', 'features/orders.feature'],
    ['features/order-service.yaml', 'features/order-service.yaml'],
    ['features/environments/embedded.yaml', 'features/environments/embedded.yaml'],
    [`steps/orders.${typescript ? 'ts' : 'js'}`, steps],
    ['workload/orders.proto', 'workload/orders.proto'],
    ['workload/server.mjs', 'workload/server.mjs'],
    ...(typescript ? ([['tsconfig.json', 'tsconfig.json']] as const) : []),
    ['vscode/settings.json', '.vscode/settings.json'],
    ['vscode/extensions.json', '.vscode/extensions.json'],
    ['github/workflows/mirrorspec.yml', '.github/workflows/mirrorspec.yml'],
    ['gitignore', '.gitignore'],
    ['README.md', 'README.md'],
  ];
  return files.map(([template, path]) => ({
    path,
    content: templateText(template).replaceAll('{{steps}}', steps),
    sameAs: path === steps ? siblingsOf(path) : [],
  }));
}

function siblingsOf(path: string): readonly string[] {
  const name = path.replace(/\.[cm]?[jt]s$/, '');
  return ['ts', 'mts', 'cts', 'js', 'mjs', 'cjs'].map((ending) => `${name}.${ending}`).filter((each) => each !== path);
}

function templateText(name: string): string {
  return readFileSync(join(PACKAGE_ROOT, 'support/cli/templates', name), 'utf8');
}
