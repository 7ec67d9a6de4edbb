import { Given, type IWorld, Then, When } from '@cucumber/cucumber';
import { UserError } from '../model/errors.js';
import { type DeclarationSite, declarationSite, registerAt } from './declaration-site.js';
import { interruption, unlessInterrupted } from './interruption.js';
import { checkFaces, type ParameterSchema, type YamlFace } from './yaml/face.js';

export const STEP_KEYWORDS = ['Given', 'When', 'Then'] as const;
export type StepKeyword = (typeof STEP_KEYWORDS)[number];

/** What stands below a step: a data table (cucumber's `DataTable`) or a doc string (`string`). */
export interface StepAttachment {
  readonly kind: 'table' | 'text';
  readonly description: string;
  /** Default true. An attachment that was left out reaches `run` as `undefined`. */
  readonly required?: boolean;
}

/**
 * A step, declared once. The Cucumber step, the catalogue entry and the YAML action all follow from it.
 *
 * `run` gets the expression's parameters in order, and after them the attachment if there is one. All expressions of
 * one declaration may differ in their number of parameters; `run` then sees fewer arguments.
 */
export interface StepDeclaration<World, Args extends readonly unknown[]> {
  readonly keyword: StepKeyword;
  /** A Cucumber expression; several are synonyms. */
  readonly expression: string | readonly [string, ...string[]];
  /** One line, for lists. */
  readonly title: string;
  /** Plain Markdown: what the step does, what it leaves as it is, what it needs. */
  readonly description: string;
  /** A Gherkin snippet that matches the expression; a check proves that it does. */
  readonly example: string;
  /** What each parameter means, by order. */
  readonly parameters?: readonly StepParameter[];
  readonly attachment?: StepAttachment;
  /** Milliseconds after which the step fails; cucumber's default timeout otherwise. `-1` means never. */
  readonly timeoutMs?: number;
  /** How the step is written in YAML; several faces are synonyms. Without one it can still be written as `step: …`. */
  readonly yaml?: YamlFace | readonly YamlFace[];
  run(this: World, ...args: Args): void | Promise<void>;
}

export interface StepParameter {
  /** Also its name in YAML. */
  readonly name: string;
  readonly description: string;
  /** What is known of its values beyond the parameter's type, for example a port's bounds. */
  readonly schema?: ParameterSchema;
}

/** A declaration as the catalogue, the checks and the YAML front end read it. */
export interface DeclaredStep {
  readonly keyword: StepKeyword;
  readonly expressions: readonly string[];
  readonly title: string;
  readonly description: string;
  readonly example: string;
  readonly parameters: readonly StepParameter[];
  readonly attachment?: StepAttachment;
  readonly yaml: readonly YamlFace[];
  readonly site: DeclarationSite;
}

/**
 * Is asked about every error of a declared step. Throws what the step is to fail with; answers `skipped` where the failure is
 * known and expected, which ends the scenario's steps.
 */
export type FailureJudge = (world: unknown, error: unknown) => Promise<'skipped'>;
let judgeFailure: FailureJudge | undefined;

/** Lets errors of steps be judged; there is one judge. */
export function judgeFailuresOfSteps(judge: FailureJudge): void {
  judgeFailure = judge;
}

const registrars = { Given, When, Then } as const;
const declared: DeclaredStep[] = [];
// biome-ignore lint/complexity/noBannedTypes: cucumber-js hands out step code as Function.
const declarationOfCode = new WeakMap<Function, DeclaredStep>();

/** Declares a step: registers it with cucumber-js and enters it into the registry. */
export function declareStep<World, Args extends readonly unknown[]>(declaration: StepDeclaration<World, Args>): void {
  const site = declarationSite(declareStep);
  const { keyword, title, description, example, parameters = [], attachment, yaml = [] } = declaration;
  const expressions = typeof declaration.expression === 'string' ? [declaration.expression] : declaration.expression;
  const step: DeclaredStep = {
    keyword,
    expressions,
    title,
    description,
    example,
    parameters,
    site,
    yaml: 'key' in yaml ? [yaml] : yaml,
    ...(attachment === undefined ? {} : { attachment }),
  };
  checkFaces(step, declared);
  declared.push(step);
  const options = declaration.timeoutMs === undefined ? {} : { timeout: declaration.timeoutMs };
  for (const expression of expressions) {
    const code = stepFunction(declaration, countParameters(expression));
    declarationOfCode.set(code, step);
    registerAt(site, () => registrars[keyword](expression, options, code));
  }
}

/** Every step declared so far in this process, in order of declaration. */
export function declaredSteps(): readonly DeclaredStep[] {
  return declared;
}

/** The declaration behind a function that was registered with cucumber-js; undefined for a plain cucumber step. */
// biome-ignore lint/complexity/noBannedTypes: cucumber-js hands out step code as Function.
export function declaredStepOf(code: Function): DeclaredStep | undefined {
  return declarationOfCode.get(code);
}

/**
 * Cucumber-js reads from a function's `length` whether it wants a callback: exactly one more than the arguments at hand
 * means yes. A step with an attachment has that length both when it is used rightly and when the attachment is missing;
 * in the latter case cucumber passes a callback, by which the absence is recognised.
 */
function stepFunction<World, Args extends readonly unknown[]>(
  declaration: StepDeclaration<World, Args>,
  parameterCount: number,
): (this: IWorld, ...args: unknown[]) => unknown {
  const { attachment, title } = declaration;
  const run = (world: IWorld, args: readonly unknown[]): unknown => {
    if (interruption.aborted) return 'skipped';
    try {
      const result: unknown = declaration.run.call(world as World, ...(args as unknown as Args));
      return result instanceof Promise ? unlessInterrupted(result.catch((error) => judged(world, error))) : result;
    } catch (error) {
      return judged(world, error);
    }
  };

  function step(this: IWorld, ...args: unknown[]): unknown {
    const callback = args.length === parameterCount + 1 ? args.at(-1) : undefined;
    if (attachment === undefined || typeof callback !== 'function') {
      return run(this, args.slice(0, parameterCount + (attachment === undefined ? 0 : 1)));
    }
    if (attachment.required !== false) {
      const wanted = attachment.kind === 'table' ? 'a data table' : 'a doc string';
      throw new UserError(`"${title}" needs ${wanted} below the step: ${attachment.description}`);
    }
    Promise.resolve(run(this, [...args.slice(0, parameterCount), undefined])).then(
      (result) => callback(undefined, result),
      (error: unknown) => callback(error),
    );
    return undefined;
  }

  const length = parameterCount + (attachment === undefined ? 0 : 1);
  Object.defineProperty(step, 'length', { value: length });
  return step;
}

function judged(world: IWorld, error: unknown): Promise<'skipped'> {
  if (judgeFailure === undefined) throw error;
  return judgeFailure(world, error);
}

/** Counts `{…}` of a Cucumber expression; a backslash makes the next character literal. */
export function countParameters(expression: string): number {
  return expression.replace(/\\./g, '').split('{').length - 1;
}
