import { visibleExcerpt } from '../../model/visible-text.js';
import type { Diagnostic } from '../diagnostic.js';
import { type DeclaredParameterType, takesOnlyItsValues } from '../parameter-type.js';
import type { ActionContext } from './action.js';
import { commonMistakes } from './compile-action-argument-mistakes.js';
import { hasPlaceholder, unknownPlaceholder } from './compile-action-scalar.js';
import type { Vocabulary } from './compile-action-value.js';
import {
  didYouMean,
  formsOf,
  kindOf,
  numberWords,
  quoted,
  quoteIt,
  takesNumbersOnly,
  takesText,
  wordsOf,
} from './compile-action-words.js';
import { type Face, type Slot, STEP_KEY } from './face.js';
import { waysToWrite } from './face-example.js';
import type { Shape } from './face-shape.js';
import type { YamlEntry, YamlNode, YamlScalar } from './node.js';

/** What can be wrong with the value of an action or of one of its properties. */
export function valueMistakes(context: ActionContext, vocabulary: Vocabulary) {
  const { mistake } = commonMistakes(context);

  const columns = (name: string): readonly string[] => {
    const all = [...context.placeholders];
    if (all.length === 0) return ['the scenario has neither examples nor a matrix'];
    return [...didYouMean(name, all, (column) => `<${column}>`), `columns of the scenario: ${all.join(', ')}`];
  };

  const noColumn = (node: YamlNode, name: string): Diagnostic =>
    mistake('unknown-placeholder', node.at, `there is no column ${quoted(name)}`, { help: columns(name) });

  return {
    /** A value that has not the form of any of these shapes. `faces` are told as ways to write an action. */
    value(entry: YamlEntry, shapes: readonly Shape[], faces: readonly Face[]): Diagnostic {
      const { key, value: node } = entry;
      const forms = faces.length > 0 ? waysToWrite(faces, vocabulary) : [`it can be: ${formsOf(shapes)}`];
      const wrong = (message: string, help: readonly string[] = [], notes = forms): Diagnostic =>
        mistake('action-value', node.at, message, { notes, help });
      if (node.kind === 'mapping' && node.entries.length > 0) {
        const names = visibleExcerpt(node.entries.map((inner) => inner.key).join(', '), 60);
        return wrong(`a mapping with ${names} is no value of "${key}"`);
      }
      if (node.kind !== 'scalar') return wrong(`${kindOf(node)} is no value of "${key}"`);
      const { value } = node;
      if (value === null) return wrong(`"${key}" has no value`);
      if (value instanceof Uint8Array) return wrong(`bytes are no value of "${key}"`);
      if (typeof value !== 'string') {
        if (!shapes.some(takesText)) return wrong(`${node.source} is no value of "${key}"`);
        const help = [...quoteIt(node, `${key}: `), ...asJson(entry, faces)];
        return wrong(`"${key}" is text, and ${node.source} is ${kindOf(node)}`, help, []);
      }
      const name = unknownPlaceholder(value, context);
      if (name !== undefined && /^<[^<>]+>$/.test(value)) return noColumn(node, name);
      if (hasPlaceholder(value, context)) {
        return wrong(`${quoted(value)} cannot stand for "${key}": each of its values is a step of its own`, [
          `let the column hold whole steps, and write: ${STEP_KEY}: ${value}`,
        ]);
      }
      if (shapes.every(takesNumbersOnly)) {
        const help = /^-?\d+$/.test(value) ? [`take the quotes away: ${key}: ${value}`] : [];
        return wrong(`"${key}" is ${formsOf(shapes)}, and ${quoted(value)} is text`, help, []);
      }
      const words = wordsOf(shapes, vocabulary);
      // What is the same word in quotes was meant as a number or a boolean.
      const help = words.includes(value) ? [`take the quotes away: ${key}: ${value}`] : didYouMean(value, words);
      return wrong(`${quoted(value)} is no value of "${key}"`, help);
    },

    /** A text that does not match its parameter's type. */
    refused(node: YamlScalar, key: string, type: DeclaredParameterType): Diagnostic {
      const text = typeof node.value === 'string' ? node.value : node.source;
      const unknown = unknownPlaceholder(text, context);
      if (unknown !== undefined) return noColumn(node, unknown);
      const values = takesOnlyItsValues(type) ? 'it can be' : 'for example';
      const listed = type.values.length === 0 ? [] : [`${values}: ${type.values.join(', ')}`];
      return mistake('action-value', node.at, `${quoted(text)} is no value of "${key}"`, {
        notes: [type.description, ...listed],
        help: didYouMean(text, type.values),
      });
    },

    /** A value that its parameter's schema excludes. */
    excluded(node: YamlScalar, key: string, { description, schema = {} }: Slot): Diagnostic {
      const { minimum, maximum, enum: values, examples } = schema;
      const bounds = [
        ...(minimum === undefined ? [] : [`${minimum} or more`]),
        ...(maximum === undefined ? [] : [`${maximum} or less`]),
      ];
      const listed = values === undefined ? examples : values;
      const shown = typeof node.value === 'string' ? quoted(node.value) : node.source;
      return mistake('action-value', node.at, `${shown} is no value of "${key}"`, {
        notes: [
          ...(description === '' ? [] : [`${key}: ${description}`]),
          ...(bounds.length === 0 ? [] : [`it is ${bounds.join(' and ')}`]),
          ...(listed === undefined
            ? []
            : [`${values === undefined ? 'for example' : 'it can be'}: ${listed.join(', ')}`]),
        ],
        help: typeof node.value === 'string' ? didYouMean(node.value, (listed ?? []).map(String)) : [],
      });
    },

    unquotable(node: YamlScalar, key: string): Diagnostic {
      const text = String(node.value);
      const what = /[\r\n]/.test(text)
        ? 'a line break'
        : /\\["']/.test(text)
          ? 'a backslash before a quotation mark'
          : 'a backslash at its end';
      return mistake(
        'unwritable-text',
        node.at,
        `"${key}" is a text on one line of a step, which cannot hold ${what}`,
        {
          help: ['write it differently, or give it as bytes or JSON where the step has a key for these'],
        },
      );
    },

    noWord(node: YamlScalar, key: string): Diagnostic {
      return mistake('action-value', node.at, `"${key}" is one word, and ${quoted(String(node.value))} is not`);
    },

    unknownColumn(node: YamlScalar, text: string): Diagnostic {
      return noColumn(node, unknownPlaceholder(text, context) ?? text);
    },

    notTheNumber(node: YamlScalar, key: string, slot: Slot): Diagnostic {
      return mistake('action-value', node.at, `"${key}" is ${numberWords(slot)}, and ${node.source} is none`);
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
