import type { Diagnostic } from '../diagnostic.js';
import type { ActionContext } from './action.js';
import { didYouMean, kindOf, quoted, quoteIt } from './compile-action-words.js';
import { STEP_KEY } from './face.js';
import type { YamlEntry, YamlNode, YamlPlace } from './node.js';

/** Mistakes that can be made wherever values become steps. */
export function commonMistakes(context: ActionContext) {
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
      return mistake('action-value', value.at, '"mediaType" is one line of text, for example json');
    },
  };
}
