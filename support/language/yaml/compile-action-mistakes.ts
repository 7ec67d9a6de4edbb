import { visibleExcerpt } from '../../model/visible-text.js';
import type { Diagnostic } from '../diagnostic.js';
import { STEP_KEYWORDS } from '../step.js';
import type { ActionContext } from './action.js';
import { commonMistakes } from './compile-action-argument-mistakes.js';
import { propertiesOf, type Vocabulary } from './compile-action-value.js';
import { valueMistakes } from './compile-action-value-mistakes.js';
import { didYouMean, formsOf, inWords, kindOf, nameOf, quoted, quoteIt, takesText } from './compile-action-words.js';
import { type Face, STEP_KEY } from './face.js';
import { inFlow, likelyAction, waysToWrite } from './face-example.js';
import type { Shape } from './face-shape.js';
import type { YamlEntry, YamlMapping, YamlNode, YamlPlace } from './node.js';

const CATALOGUE = '`mirrorspec steps` lists all steps and how they are written in YAML';

export type ActionMistakes = ReturnType<typeof actionMistakes>;

/** What can be wrong with an action. */
export function actionMistakes(context: ActionContext, vocabulary: Vocabulary) {
  const common = commonMistakes(context);
  const { mistake } = common;
  const section = nameOf(context.section);

  return {
    ...common,
    ...valueMistakes(context, vocabulary),

    noMapping(node: YamlNode): Diagnostic {
      const text = node.kind === 'scalar' && typeof node.value === 'string' ? node.value : undefined;
      const faces = text === undefined ? undefined : vocabulary.facesIn(context.section).get(text);
      const all = [...vocabulary.facesIn(context.section).values()].flat();
      const meant = text === undefined ? undefined : likelyAction({ text }, all, vocabulary);
      const inGherkin =
        text === undefined || faces !== undefined
          ? []
          : meant === undefined
            ? [`a step in Gherkin's words is written so: ${STEP_KEY}: ${inFlow(text)}`]
            : [`in YAML this step is: ${meant}`];
      return mistake('action-shape', node.at, `an action is a key with its value, and this is ${kindOf(node)}`, {
        notes: waysToWrite(faces ?? [], vocabulary),
        help: [...inGherkin, CATALOGUE],
      });
    },

    empty(node: YamlNode): Diagnostic {
      return mistake('action-shape', node.at, 'an action is missing here', { help: [CATALOGUE] });
    },

    severalKeys({ entries }: YamlMapping, second: YamlEntry): Diagnostic {
      const keys = entries.map(({ key }) => key);
      return mistake(
        'action-shape',
        second.keyAt,
        `an action has one key, and this one has ${keys.length}: ${keys.join(', ')}`,
        { help: [`begin each action with a dash of its own: ${keys.map((key) => `"- ${key}: …"`).join(', ')}`] },
      );
    },

    unknownKey({ key, keyAt }: YamlEntry): Diagnostic {
      const elsewhere = STEP_KEYWORDS.filter((keyword) => vocabulary.facesIn(keyword).has(key)).map(nameOf);
      if (elsewhere.length > 0) {
        return mistake(
          'unknown-action',
          keyAt,
          `"${key}" is an action of ${elsewhere.join(' and ')}, not of ${section}`,
          {
            help: [`move it under ${elsewhere.map((name) => `"${name}:"`).join(' or ')}`],
          },
        );
      }
      const known = [...vocabulary.facesIn(context.section).keys()].sort();
      return mistake('unknown-action', keyAt, `there is no action ${quoted(key)} under ${section}`, {
        help: [...didYouMean(key, known), `actions under ${section}: ${[...known, STEP_KEY].join(', ')}`, CATALOGUE],
      });
    },

    unknownProperty(key: string, property: YamlEntry, faces: readonly Face[]): Diagnostic {
      const names = [...new Set(faces.flatMap(propertiesOf))];
      return mistake('unknown-key', property.keyAt, `"${key}" has no ${quoted(property.key)}`, {
        notes: waysToWrite(faces, vocabulary),
        help: didYouMean(property.key, names),
      });
    },

    /** Properties that exist, but not so together. */
    properties(entry: YamlEntry, value: YamlMapping, faces: readonly Face[]): Diagnostic {
      const names = value.entries.map(({ key }) => key);
      const message =
        names.length === 0
          ? `"${entry.key}" says nothing`
          : names.length === 1
            ? `"${entry.key}" needs more than ${names.join('')}`
            : `"${entry.key}" cannot be written with just ${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
      return mistake('action-value', entry.keyAt, message, { notes: waysToWrite(faces, vocabulary) });
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

    misread(at: YamlPlace, text: string, { expression }: Face): Diagnostic {
      return mistake('unwritable-text', at, 'with this value the step would be read differently', {
        notes: [`the step would be: ${visibleExcerpt(text, 100)}`, `it is declared as: ${expression}`],
      });
    },
  };
}
