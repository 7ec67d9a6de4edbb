import type { Diagnostic } from '../diagnostic.js';
import type { YamlPlace } from './node.js';
import { describe } from './schema-check-description.js';
import type { Finding } from './schema-check-findings.js';
import { missingKey, tooFewKeys, tooManyKeys, unfitKey, unknownKey } from './schema-check-keys.js';
import {
  itemTwice,
  listLength,
  noSuchValue,
  outOfRange,
  unfitText,
  written,
  wrongType,
} from './schema-check-values.js';

/** What a finding means for the one who wrote the file. */
export interface Words extends Omit<Diagnostic, 'at'> {
  readonly rule: string;
  /** Default: the node of the finding. */
  readonly at?: YamlPlace;
}

/** A finding in words for a reader, at the place that is to be changed. */
export function mistakeOf(finding: Finding): Words & { readonly at: YamlPlace } {
  const { help = [], ...words } = wordsFor(finding);
  return { at: finding.node.at, ...words, ...(help.length === 0 ? {} : { help }) };
}

function wordsFor(finding: Finding): Words {
  const { node, keyword, params, schema } = finding;
  switch (keyword) {
    case 'additionalProperties':
      return unknownKey(finding, String(params.additionalProperty));
    case 'unevaluatedProperties':
      return unknownKey(finding, String(params.unevaluatedProperty));
    case 'propertyNames':
      return unfitKey(finding, String(params.propertyName));
    case 'required':
    case 'dependentRequired':
      return missingKey(finding, String(params.missingProperty));
    case 'minProperties':
      return tooFewKeys(finding);
    case 'maxProperties':
      return tooManyKeys(finding);
    case 'type':
      return wrongType(finding);
    case 'enum':
    case 'const':
    case 'anyOf':
    case 'oneOf':
      return noSuchValue(finding);
    case 'pattern':
      return unfitText(finding);
    case 'minItems':
    case 'maxItems':
      return listLength(finding);
    case 'uniqueItems':
      return itemTwice(finding);
    case 'minimum':
    case 'maximum':
    case 'exclusiveMinimum':
    case 'exclusiveMaximum':
    case 'multipleOf':
    case 'minLength':
    case 'maxLength':
      return outOfRange(finding);
    default:
      return { rule: 'value', message: `${written(node)} cannot stand here`, help: describe(schema) };
  }
}
