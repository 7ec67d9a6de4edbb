import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../model/errors.js';
import { printSteps } from '../print-steps.js';
import { schemasOf } from '../write-schemas.js';
import { type MadeProject, type ProjectRequest, writeProjectFile } from './make-project.js';

/** Files for editors that follow from the steps of a project. The script `editor` of its package.json brings them up to date. */
const FILES = [
  { path: 'schemas/feature.schema.json', contentFor: featureSchemaText },
  { path: '.vscode/steps.js', contentFor: (root: string) => printSteps(root, [], 'editor') },
] as const;

/** The project with what editors should know of its steps; as it was where these cannot be loaded, as nothing is installed yet. */
export async function addEditorFiles(project: MadeProject, { cwd, force }: ProjectRequest): Promise<MadeProject> {
  const { root } = project;
  const wanted = FILES.filter(({ path }) => force || !existsSync(join(root, path)));
  try {
    const files: { readonly path: string; readonly content: string }[] = [];
    for (const { path, contentFor } of wanted) files.push({ path, content: await contentFor(root) });
    for (const { path, content } of files) writeProjectFile(root, path, content, cwd);
    const leftAlone = FILES.filter((file) => !wanted.includes(file)).map(({ path }) => path);
    return {
      ...project,
      made: [...project.made, ...files.map(({ path }) => path)],
      leftAlone: [...project.leftAlone, ...leftAlone],
      editorKnowsSteps: true,
    };
  } catch (error) {
    if (error instanceof UserError) return project;
    throw error;
  }
}

async function featureSchemaText(root: string): Promise<string> {
  const schemas = await schemasOf(root, ['feature']);
  return schemas.map(({ text }) => text).join('');
}
