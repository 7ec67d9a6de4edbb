import { shown } from '../project.js';
import type { MadeProject } from './make-project.js';

/** Tells the user what `mirrorspec init` did, and what comes next. */
export function projectText(project: MadeProject, cwd: string): string {
  const { root, made, leftAlone, added } = project;
  const listed = (paths: readonly string[]): string => paths.map((path) => `  ${path}\n`).join('');
  const sections = [
    made.length === 0 ? '' : `made in ${shown(root, cwd)}:\n${listed(made)}`,
    added.length === 0 ? '' : `added to package.json:\n${listed(added)}`,
    leftAlone.length === 0 ? '' : `left alone, as they were there already:\n${listed(leftAlone)}`,
    `next:\n${listed(nextCommands(project, cwd))}`,
  ];
  return sections.filter((section) => section !== '').join('\n');
}

function nextCommands({ root, needsInstall, editorKnowsSteps }: MadeProject, cwd: string): readonly string[] {
  return [
    ...(root === cwd ? [] : [`cd ${quoted(shown(root, cwd))}`]),
    ...(needsInstall ? ['npm install'] : []),
    ...(editorKnowsSteps ? [] : ['npm run editor']),
    'npx mirrorspec run',
  ];
}

function quoted(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
