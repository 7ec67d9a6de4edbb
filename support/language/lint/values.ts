import { UserError } from '../../model/errors.js';
import type { UsedStep } from '../check-steps.js';
import type { Diagnostic, SourcePlace } from '../diagnostic.js';
import type { StepDefinition, StepMatcher } from '../match-steps.js';
import type { DeclaredParameterType } from '../parameter-type.js';
import { declaredStepOf, type StepParameter } from '../step.js';
import { isExcluded, unquote } from '../yaml/compile-action-scalar.js';
import { expressionReader, type MatchedParameter, type WritableExpression } from '../yaml/face-expression.js';

/** Finds values that a step would refuse when it is run, as far as its declaration tells. */
export type ValueCheck = (steps: readonly UsedStep[]) => Diagnostic[];

/** A parameter whose values may be refused. */
interface Refusing {
  readonly index: number;
  /** Undefined: its type has no transform that could refuse. */
  readonly type: string | undefined;
  readonly described: StepParameter | undefined;
}

interface ReadDefinition {
  readonly expression: WritableExpression;
  readonly refusing: readonly Refusing[];
}

/**
 * A check for these parameter types. Transforms are pure, so that they can be asked without running the step; errors other
 * than `UserError` are left to the run. Each text of a type is asked for once: matching in cucumber's own way takes long.
 */
export function valueCheck(matching: StepMatcher, types: readonly DeclaredParameterType[]): ValueCheck {
  const declared = new Set(types.map(({ name }) => name));
  let read: ReturnType<typeof expressionReader> | undefined;
  const definitions = new Map<StepDefinition, ReadDefinition | undefined>();
  const refusals = new Map<string, string | undefined>();

  function readDefinition(definition: StepDefinition): ReadDefinition | undefined {
    const { pattern, unwrappedCode } = definition;
    const step = declaredStepOf(unwrappedCode);
    if (step === undefined || typeof pattern !== 'string') return undefined;
    read ??= expressionReader(types);
    const names = [...pattern.matchAll(/(?<!\\)\{([^{}]*)\}/g)].map(([, name = '']) => name);
    const refusing = names.flatMap((name, index): Refusing[] => {
      const described = step.parameters[index];
      const type = declared.has(name) ? name : undefined;
      return type === undefined && described?.schema === undefined ? [] : [{ index, type, described }];
    });
    return refusing.length === 0 ? undefined : { expression: read(pattern), refusing };
  }

  function refusalOf(
    definition: StepDefinition,
    text: string,
    type: string,
    { index, value }: Value,
  ): string | undefined {
    const key = `${type} ${value.text}`;
    if (!refusals.has(key)) {
      const parameter = definition.expression.match(text)?.[index];
      refusals.set(
        key,
        refusal(() => parameter?.getValue({})),
      );
    }
    return refusals.get(key);
  }

  return (steps) => {
    const known = new Set<string>();
    return steps.flatMap((step): Diagnostic[] => {
      if (known.has(step.text)) return [];
      known.add(step.text);
      const [definition, another] = matching(step.text);
      if (definition === undefined || another !== undefined) return [];
      if (!definitions.has(definition)) definitions.set(definition, readDefinition(definition));
      const found = definitions.get(definition);
      const matched = found?.expression.match(step.text) ?? [];
      return (found?.refusing ?? []).flatMap(({ index, type, described }) => {
        const value = matched[index];
        if (value === undefined) return [];
        const reason = type === undefined ? undefined : refusalOf(definition, step.text, type, { index, value });
        return told(step, value, described, reason);
      });
    });
  };
}

interface Value {
  readonly index: number;
  readonly value: MatchedParameter;
}

function told(
  step: UsedStep,
  value: MatchedParameter,
  described: StepParameter | undefined,
  reason: string | undefined,
): Diagnostic[] {
  const schema = described?.schema;
  const excluded = schema !== undefined && isExcluded(unquote(value.text) ?? value.text, { schema });
  if (reason === undefined && !excluded) return [];
  const { minimum, maximum, enum: values, examples } = schema ?? {};
  const bounds = [
    ...(minimum === undefined ? [] : [`${minimum} or more`]),
    ...(maximum === undefined ? [] : [`${maximum} or less`]),
  ];
  return [
    {
      rule: 'refused-value',
      message: reason ?? `${value.text} is no value of "${described?.name}"`,
      at: placeOf(step, value),
      notes: described === undefined ? [] : [`it is ${described.description}`],
      help: [
        ...(bounds.length === 0 ? [] : [`give ${bounds.join(' and ')}`]),
        ...(values === undefined ? [] : [`it can be: ${values.join(', ')}`]),
        ...(examples === undefined ? [] : [`for example: ${examples.join(', ')}`]),
      ],
    },
  ];
}

/** The value itself, where the step stands in the file as it is run. */
function placeOf({ text, place }: UsedStep, { start, end }: MatchedParameter): SourcePlace {
  const at = place();
  const { column, source } = at;
  if (column === undefined || source?.slice(column - 1, column - 1 + text.length) !== text) return at;
  return { ...at, column: column + start, length: Math.max(1, end - start) };
}

function refusal(transform: () => unknown): string | undefined {
  try {
    transform();
    return undefined;
  } catch (error) {
    return error instanceof UserError ? error.message : undefined;
  }
}
