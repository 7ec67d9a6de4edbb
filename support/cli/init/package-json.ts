import { UserError } from '../../model/errors.js';
import type { StepLanguage } from './templates.js';

/** A project's package.json, and what was put into it. */
export interface MergedPackage {
  readonly text: string;
  /** For example `scripts.test`; empty: nothing was missing. */
  readonly added: readonly string[];
  readonly esModules: boolean;
}

/** What of mirrorspec's own package.json a project's needs. */
export interface OwnPackage {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

type Fields = Record<string, unknown>;

/** Brings up to date what editors know of the steps. */
const EDITOR = 'mirrorspec schema feature --out schemas && mirrorspec steps --format editor > .vscode/steps.js';

/** What `npm init` writes as the script `test`: it stands for none. */
const NO_TEST = /^echo "Error: no test specified"/;

/** The package.json of a new project. */
export function newPackage(folderName: string, own: OwnPackage, language: StepLanguage): MergedPackage {
  const fields: Fields = { name: packageName(folderName), private: true, type: 'module' };
  addMissing(fields, own, language);
  return { text: printed(fields, '  '), added: [], esModules: true };
}

/**
 * Adds to a package.json what is missing, and changes nothing else: not the order, not the indentation, not the kind of modules.
 * @throws {UserError} when it is not to be understood.
 */
export function mergedPackage(text: string, name: string, own: OwnPackage, language: StepLanguage): MergedPackage {
  const fields = parsed(text, name);
  const added = addMissing(fields, own, language);
  const indent = /^[\t ]+(?=")/m.exec(text)?.[0] ?? '  ';
  return { text: added.length === 0 ? text : printed(fields, indent), added, esModules: fields.type === 'module' };
}

function parsed(text: string, name: string): Fields {
  let fields: unknown;
  try {
    fields = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new UserError(`${name} is no JSON, so that nothing can be added to it: ${(error as Error).message}`);
  }
  if (!isObject(fields)) throw new UserError(`${name} is no JSON object, so that nothing can be added to it`);
  for (const section of ['scripts', 'dependencies', 'devDependencies']) {
    if (section in fields && !isObject(fields[section])) {
      throw new UserError(`"${section}" in ${name} is no JSON object, so that nothing can be added to it`);
    }
  }
  return fields;
}

function addMissing(fields: Fields, own: OwnPackage, language: StepLanguage): string[] {
  const scripts = {
    test: 'mirrorspec run',
    lint: 'mirrorspec lint',
    editor: EDITOR,
    ...(language === 'typescript' ? { typecheck: 'tsc --noEmit' } : {}),
  };
  const range = (name: string): string => own.dependencies[name] ?? own.devDependencies[name] ?? '*';
  const typescript = language === 'typescript';
  const packages = {
    // What the workload of the project imports.
    '@grpc/grpc-js': range('@grpc/grpc-js'),
    '@grpc/proto-loader': range('@grpc/proto-loader'),
    ...(typescript ? { '@types/node': range('@types/node') } : {}),
    mirrorspec: `^${own.version}`,
    ...(typescript ? { typescript: range('typescript') } : {}),
  };
  const present = { ...(fields.dependencies as Fields | undefined) };
  return [
    ...addTo(fields, 'scripts', scripts, (_, value) => typeof value === 'string' && !NO_TEST.test(value)),
    ...addTo(fields, 'devDependencies', packages, (name, value) => value !== undefined || name in present),
  ];
}

function addTo(
  fields: Fields,
  section: string,
  wanted: Readonly<Record<string, string>>,
  isThere: (name: string, value: unknown) => boolean,
): string[] {
  const before = (fields[section] ?? {}) as Fields;
  const missing = Object.entries(wanted).filter(([name]) => !isThere(name, before[name]));
  if (missing.length > 0) fields[section] = { ...before, ...Object.fromEntries(missing) };
  return missing.map(([name]) => `${section}.${name}`);
}

/** The folder's name as npm admits it. */
function packageName(folder: string): string {
  const name = folder
    .toLowerCase()
    .replace(/[^a-z0-9._~-]+/g, '-')
    .replace(/^[._-]+|-+$/g, '');
  // A package cannot depend on one of its own name.
  return name === '' || name === 'mirrorspec' || name === 'node_modules' ? 'scenarios' : name;
}

function printed(fields: Fields, indent: string): string {
  return `${JSON.stringify(fields, undefined, indent)}\n`;
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
