import type { Diagnostic } from '../diagnostic.js';
import type { ActionContext } from './action.js';
import { didYouMean, kindOf, quoted, quoteIt } from './compile-action-words.js';
import { STEP_KEY } from './face.js';
import type { YamlEntry, YamlNode, YamlPlace } from './node.js';
import type { Refusal } from './render-gherkin-text.js';

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

    /** What Gherkin cannot hold. */
    unwritable(node: YamlNode, what: string, { reason, help }: Refusal): Diagnostic {
      return mistake('unwritable-text', node.at, `${what} ${reason}`, { help: [help] });
    },

    noJson(node: YamlNode): Diagnostic {
      return mistake('action-value', node.at, 'JSON has no infinite number and no "not a number"');
    },

    cell(node: YamlNode): Diagnostic {
      return mistake('action-value', node.at, `a cell of a table is text, and this is ${kindOf(node)}`, {
        help: quoteIt(node, ''),
      });
    },

    unevenRow(node: YamlNode, rows: readonly (readonly string[])[]): Diagnostic {
      const width = rows[0]?.length ?? 0;
      return width === 0
        ? mistake('action-value', node.at, 'a row of a table has at least one cell')
        : mistake('action-value', node.at, `the rows of a table are equally long: the first has ${width} cells`);
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
