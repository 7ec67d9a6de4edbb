import { nearest } from '../../model/nearest.js';
import { visibleExcerpt } from '../../model/visible-text.js';
import type { Diagnostic } from '../diagnostic.js';
import type { DeclaredParameterType } from '../parameter-type.js';
import { STEP_KEYWORDS, type StepKeyword } from '../step.js';
import type { ActionContext } from './action.js';
import { hasPlaceholder, unknownPlaceholder } from './compile-action-scalar.js';
import { propertiesOf, type Vocabulary } from './compile-action-value.js';
import { type Face, type Slot, STEP_KEY } from './face.js';
import { inFlow, wayToWrite } from './face-example.js';
import { isInteger, isNumeric, type Shape } from './face-shape.js';
import type { YamlEntry, YamlMapping, YamlNode, YamlPlace, YamlScalar } from './node.js';

/** So many ways to write a value are listed at most. */
const WAYS = 8;
const CATALOGUE = '`mirrorspec steps` lists all steps and how they are written in YAML';

export type ActionMistakes = ReturnType<typeof actionMistakes>;

/** Mistakes that can be made wherever values become steps. */
function commonMistakes(context: ActionContext) {
  const mistake = (
    rule: string,
    at: YamlPlace,
    message: string,
    { notes = [], help = [] }: { readonly notes?: readonly string[]; readonly help?: readonly string[] } = {},
  ): Diagnostic => ({
    rule,
    message,
    at: context.place(at),
    ...(notes.length === 0 ? {} : { notes }),
    ...(help.length === 0 ? {} : { help }),
  });
  return {
    mistake,

    unknownName({ key, keyAt }: YamlEntry, known: readonly string[]): Diagnostic {
      return mistake('unknown-key', keyAt, `there is no ${quoted(key)} here`, {
        help: [...didYouMean(key, known), `it can be: ${known.join(', ')}`],
      });
    },

    missing(node: YamlNode, name: string): Diagnostic {
      return mistake('action-value', node.at, `${quoted(name)} is missing here`);
    },

    noText(node: YamlNode): Diagnostic {
      return mistake('action-value', node.at, `text is needed here, and this is ${kindOf(node)}`, {
        help: quoteIt(node, ''),
      });
    },

    carriageReturn(node: YamlNode): Diagnostic {
      return mistake(
        'unwritable-text',
        node.at,
        'a text with a carriage return at the end of a line cannot be written in a step',
        {
          help: ['give it as bytes where the step takes bytes, or end its lines with a line feed only'],
        },
      );
    },

    noJson(node: YamlNode): Diagnostic {
      return mistake('action-value', node.at, 'JSON has no infinite number and no "not a number"');
    },

    /** `rows`: where the row is not as long as the first. */
    cell(node: YamlNode, rows?: readonly (readonly string[])[]): Diagnostic {
      if (rows !== undefined) {
        return mistake(
          'action-value',
          node.at,
          `the rows of a table are equally long; the first has ${rows[0]?.length ?? 0} cells`,
        );
      }
      if (node.kind === 'scalar' && typeof node.value === 'string') {
        return mistake('unwritable-text', node.at, 'a table cannot keep blanks at the beginning or the end of a cell', {
          help: ['take them away'],
        });
      }
      return mistake('action-value', node.at, `a cell of a table is text, and this is ${kindOf(node)}`, {
        help: quoteIt(node, ''),
      });
    },
  };
}

/** What can be wrong with `step: …`. */
export function escapeHatchMistakes(context: ActionContext) {
  const common = commonMistakes(context);
  const { mistake } = common;
  return {
    ...common,

    noStepText(node: YamlNode): Diagnostic {
      return mistake('action-value', node.at, `"${STEP_KEY}" takes the text of a step, on one line`, {
        help: [`for example: ${STEP_KEY}: the cat sleeps`],
      });
    },

    tableAndDoc({ keyAt }: YamlEntry): Diagnostic {
      return mistake('action-value', keyAt, 'a step has a table or a doc string, not both');
    },

    mediaTypeAlone({ keyAt }: YamlEntry): Diagnostic {
      return mistake('action-value', keyAt, '"mediaType" says what "doc" is, and there is no "doc"');
    },

    noMediaType({ value }: YamlEntry): Diagnostic {
      return mistake('action-value', value.at, '"mediaType" is one word, for example json');
    },
  };
}

/** What can be wrong with an action. */
export function actionMistakes(context: ActionContext, vocabulary: Vocabulary) {
  const common = commonMistakes(context);
  const { mistake } = common;
  const section = nameOf(context.section);
  const known = [...vocabulary.facesIn(context.section).keys()].sort();

  const ways = (faces: readonly Face[]): readonly string[] => {
    const all = [...new Set(faces.map((face) => wayToWrite(face, vocabulary)))];
    const more = all.length > WAYS ? [`  … and ${all.length - WAYS} more`] : [];
    return all.length === 0 ? [] : ['it can be written so:', ...all.slice(0, WAYS).map((way) => `  ${way}`), ...more];
  };

  const columns = (name: string): readonly string[] => {
    const all = [...context.placeholders];
    if (all.length === 0) return ['the scenario has neither examples nor a matrix'];
    return [...didYouMean(name, all, (column) => `<${column}>`), `columns of the scenario: ${all.join(', ')}`];
  };

  const noColumn = (node: YamlNode, name: string): Diagnostic =>
    mistake('unknown-placeholder', node.at, `there is no column ${quoted(name)}`, { help: columns(name) });

  return {
    ...common,

    noMapping(node: YamlNode): Diagnostic {
      const text = node.kind === 'scalar' && typeof node.value === 'string' ? node.value : undefined;
      const help =
        text === undefined
          ? []
          : vocabulary.facesIn(context.section).has(text)
            ? ways(vocabulary.facesIn(context.section).get(text) ?? []).slice(0, 2)
            : [`a step in Gherkin's words is written so: ${STEP_KEY}: ${inFlow(text)}`];
      return mistake('action-shape', node.at, `an action is a key with its value, and this is ${kindOf(node)}`, {
        help: [...help, CATALOGUE],
      });
    },

    empty(node: YamlNode): Diagnostic {
      return mistake('action-shape', node.at, 'an action is missing here', { help: [CATALOGUE] });
    },

    severalKeys({ entries }: YamlMapping): Diagnostic {
      const keys = entries.map(({ key }) => key);
      return mistake(
        'action-shape',
        (entries[1] ?? entries[0])?.keyAt ?? { line: 1, column: 1, length: 1 },
        `an action has one key, and this one has ${keys.length}: ${keys.join(', ')}`,
        {
          help: [`begin each action with a dash of its own: ${keys.map((key) => `"- ${key}: …"`).join(', ')}`],
        },
      );
    },

    unknownKey({ key, keyAt }: YamlEntry): Diagnostic {
      const elsewhere = STEP_KEYWORDS.filter((keyword) => vocabulary.facesIn(keyword).has(key));
      if (elsewhere.length > 0) {
        const names = elsewhere.map((keyword) => nameOf(keyword));
        return mistake('unknown-action', keyAt, `"${key}" is an action of ${names.join(' and ')}, not of ${section}`, {
          help: [`move it under ${names.map((name) => `"${name}:"`).join(' or ')}`, ...didYouMean(key, known)],
        });
      }
      return mistake('unknown-action', keyAt, `there is no action ${quoted(key)} under ${section}`, {
        help: [...didYouMean(key, known), `actions under ${section}: ${[...known, STEP_KEY].join(', ')}`, CATALOGUE],
      });
    },

    /** A value that has not the form of any of these shapes. `faces` are told as ways to write it. */
    value(entry: YamlEntry, shapes: readonly Shape[], faces: readonly Face[]): Diagnostic {
      const { key, value: node } = entry;
      const written = faces.some((face) => face.shape.kind !== 'mapping' || face.key === key) ? ways(faces) : [];
      const notes = faces.some((face) => face.key === key) ? written : [`it can be: ${formsOf(shapes)}`];
      const wrong = (message: string, help: readonly string[] = []): Diagnostic =>
        mistake('action-value', node.at, message, { notes, help });
      if (node.kind !== 'scalar') return wrong(`${kindOf(node)} is no value of "${key}"`);
      if (node.value === null) return wrong(`"${key}" has no value`);
      if (typeof node.value === 'string') {
        const name = unknownPlaceholder(node.value, context);
        if (name !== undefined && /^<[^<>]+>$/.test(node.value)) return noColumn(node, name);
        if (hasPlaceholder(node.value, context)) {
          return wrong(
            `${quoted(node.value)} cannot stand for the value of "${key}": each of its values is a step of its own`,
            [`give the column whole steps and write: ${STEP_KEY}: ${node.value}`],
          );
        }
        const words = shapes.flatMap((shape) => wordsOf(shape, vocabulary));
        if (shapes.length > 0 && shapes.every(takesNumbersOnly)) {
          const numeric = /^-?\d+$/.test(node.value);
          return wrong(`"${key}" is ${formsOf(shapes)}, and ${quoted(node.value)} is text`, [
            ...(numeric ? [`take the quotes away: ${key}: ${node.value}`] : []),
          ]);
        }
        return wrong(`${quoted(node.value)} is no value of "${key}"`, didYouMean(node.value, words));
      }
      if (node.value instanceof Uint8Array) return wrong(`bytes are no value of "${key}"`);
      if (!shapes.some(takesText)) return wrong(`${node.source} is no value of "${key}"`);
      return wrong(`"${key}" is text, and ${node.source} is ${kindOf(node)}`, [
        ...quoteIt(node, `${key}: `),
        ...asJson(entry, faces),
      ]);
    },

    unknownProperty(key: string, property: YamlEntry, faces: readonly Face[]): Diagnostic {
      const names = [...new Set(faces.flatMap(propertiesOf))];
      return mistake('unknown-key', property.keyAt, `"${key}" has no ${quoted(property.key)}`, {
        notes: ways(faces),
        help: didYouMean(property.key, names),
      });
    },

    properties(entry: YamlEntry, value: YamlMapping, faces: readonly Face[]): Diagnostic {
      const names = value.entries.map(({ key }) => key);
      const message =
        names.length === 0
          ? `"${entry.key}" says nothing`
          : names.length === 1
            ? `"${entry.key}" needs more than ${names.join('')}`
            : `"${entry.key}" cannot be written with ${names.slice(0, -1).join(', ')} and ${names.at(-1)} together`;
      return mistake('action-value', entry.keyAt, message, { notes: ways(faces) });
    },

    emptyList(node: YamlNode): Diagnostic {
      return mistake('action-value', node.at, 'the list is empty: nothing would be done');
    },

    item(node: YamlNode, shape: Shape): Diagnostic {
      return mistake('action-value', node.at, `${inWords(node)} is no value of this list`, {
        notes: [`each can be: ${formsOf([shape])}`],
        help: takesText(shape) ? quoteIt(node, '') : [],
      });
    },

    unquotable(node: YamlScalar, { name }: Slot): Diagnostic {
      const text = String(node.value);
      const what = /[\r\n]/.test(text)
        ? 'a line break'
        : /\\["']/.test(text)
          ? 'a backslash before a quotation mark'
          : 'a backslash at its end';
      return mistake(
        'unwritable-text',
        node.at,
        `"${name}" is a text on one line of a step, which cannot hold ${what}`,
        {
          help: ['write it differently, or give it as bytes or JSON where the step has a key for these'],
        },
      );
    },

    noWord(node: YamlScalar, { name }: Slot): Diagnostic {
      return mistake('action-value', node.at, `"${name}" is one word, and ${quoted(String(node.value))} is not`);
    },

    refused(node: YamlScalar, { name }: Slot, type: DeclaredParameterType): Diagnostic {
      const text = typeof node.value === 'string' ? node.value : node.source;
      const unknown = unknownPlaceholder(text, context);
      if (unknown !== undefined) return noColumn(node, unknown);
      const values = type.values.length === 0 ? [] : [`it can be: ${type.values.join(', ')}`];
      return mistake('action-value', node.at, `${quoted(text)} is no ${name}`, {
        notes: [type.description, ...values],
        help: didYouMean(text, type.values),
      });
    },

    unknownColumn(node: YamlScalar, text: string): Diagnostic {
      return noColumn(node, unknownPlaceholder(text, context) ?? text);
    },

    notTheNumber(node: YamlScalar, slot: Slot): Diagnostic {
      return mistake('action-value', node.at, `"${slot.name}" is ${numberWords(slot)}, and ${node.source} is none`);
    },

    misread(at: YamlPlace, text: string, { expression }: Face): Diagnostic {
      return mistake('unwritable-text', at, 'with this value the step would be read differently', {
        notes: [`the step would be: ${visibleExcerpt(text, 100)}`, `it is declared as: ${expression}`],
      });
    },
  };

  /** Another key by which the same step takes any value. */
  function asJson({ value }: YamlEntry, faces: readonly Face[]): readonly string[] {
    const steps = new Set(faces.map(({ step }) => step));
    for (const others of vocabulary.facesIn(context.section).values()) {
      const json = others.find(({ step, shape }) => shape.kind === 'json' && steps.has(step));
      if (json !== undefined && value.kind === 'scalar') return [`or write it as JSON: ${json.key}: ${value.source}`];
    }
    return [];
  }
}

function nameOf(section: StepKeyword | '*'): string {
  return section === '*' ? '"*"' : section.toLowerCase();
}

function quoted(text: string): string {
  return `"${visibleExcerpt(text, 60)}"`;
}

function didYouMean(word: string, valid: readonly string[], show = (text: string): string => text): readonly string[] {
  const meant = nearest(word, valid);
  return meant === undefined ? [] : [`did you mean "${show(meant)}"?`];
}

function quoteIt(node: YamlNode, prefix: string): readonly string[] {
  if (node.kind !== 'scalar' || (typeof node.value !== 'number' && typeof node.value !== 'boolean')) return [];
  return [`quote it: ${prefix}"${node.source}"`];
}

function kindOf(node: YamlNode): string {
  if (node.kind === 'mapping') return 'a mapping';
  if (node.kind === 'sequence') return 'a list';
  if (node.value === null) return 'no value';
  if (node.value instanceof Uint8Array) return 'bytes';
  return { string: 'text', number: 'a number', boolean: 'a boolean' }[
    typeof node.value as 'string' | 'number' | 'boolean'
  ];
}

function inWords(node: YamlNode): string {
  return node.kind === 'scalar' && !(node.value instanceof Uint8Array) && node.value !== null
    ? quoted(node.source)
    : kindOf(node);
}

function takesText(shape: Shape): boolean {
  if (shape.kind === 'several') return takesText(shape.of);
  return shape.kind === 'text' || (shape.kind === 'parameter' && !isNumeric(shape.slot));
}

function takesNumbersOnly(shape: Shape): boolean {
  if (shape.kind === 'several') return takesNumbersOnly(shape.of);
  return shape.kind === 'parameter' && isNumeric(shape.slot);
}

/** The words that a shape is known to take. */
function wordsOf(shape: Shape, vocabulary: Vocabulary): readonly string[] {
  if (shape.kind === 'literal') return [String(shape.value)];
  if (shape.kind === 'several') return wordsOf(shape.of, vocabulary);
  return shape.kind === 'parameter' ? (vocabulary.types.get(shape.slot.type)?.values ?? []) : [];
}

function formsOf(shapes: readonly Shape[]): string {
  return [...new Set(shapes.map(formOf))].join(', ');
}

function formOf(shape: Shape): string {
  switch (shape.kind) {
    case 'literal':
      return inFlow(shape.value);
    case 'parameter':
      return isNumeric(shape.slot)
        ? numberWords(shape.slot)
        : shape.slot.type === 'string'
          ? 'text'
          : `a ${shape.slot.name}`;
    case 'binary':
      return 'bytes (!!binary)';
    case 'text':
      return 'text';
    case 'json':
      return 'any value';
    case 'collection':
      return 'a mapping or a list';
    case 'table':
      return 'a mapping of names to values';
    case 'several':
      return `${formOf(shape.of)}, or a list of these`;
    case 'mapping':
      return `a mapping with ${[...shape.properties.keys()].join(', ')}`;
  }
}

function numberWords(slot: Slot): string {
  return isInteger(slot) ? 'a whole number' : 'a number';
}
