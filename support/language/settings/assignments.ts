import type { Diagnostic } from '../diagnostic.js';
import type { YamlMapping, YamlNode, YamlPlace } from '../yaml/node.js';
import { OVERRIDES_SCHEMA } from './environment-schema.js';
import { type SettingValue, valuesOf } from './layer.js';

/** `key=value` texts of one origin. */
export interface Assignments {
  /** `--set` or `MIRRORSPEC_SET`. */
  readonly from: string;
  readonly texts: readonly string[];
}

/** Several `key=value` in an environment variable: each on a line of its own, or separated by semicolons. */
export function assignmentsIn(variable: string): readonly string[] {
  return variable
    .split(/[\n;]/)
    .map((text) => text.trim())
    .filter((text) => text !== '');
}

/** The values that `key=value` texts set. A value is YAML, checked as in an environment's file. */
export async function readAssignments({ from, texts }: Assignments): Promise<{
  readonly values: readonly SettingValue[];
  readonly mistakes: readonly Diagnostic[];
}> {
  if (texts.length === 0) return { values: [], mistakes: [] };
  const [{ readYaml }, { checkAgainstSchema }] = await Promise.all([
    import('../yaml/read.js'),
    import('../yaml/schema-check.js'),
  ]);
  const values: SettingValue[] = [];
  const mistakes: Diagnostic[] = [];
  for (const text of texts) {
    const label = `${from} ${text}`;
    const tell = (found: readonly Diagnostic[]): void => {
      // The text itself is the place; a line and column of it would only confuse.
      for (const { at: _, message, ...rest } of found) mistakes.push({ ...rest, message: `${label}: ${message}` });
    };
    const [, key, written] = /^\s*([^=\s]+)\s*=\s*(.*?)\s*$/s.exec(text) ?? [];
    if (key === undefined || written === undefined || written === '') {
      tell([
        {
          rule: 'settings',
          message: 'this sets nothing',
          help: [`write key=value, for example ${from} timeouts.delivery='5 s'`],
        },
      ]);
      continue;
    }
    if (key === 'environment') {
      tell([
        {
          rule: 'settings',
          message: 'this is no value of an environment',
          help: [`choose one with --environment ${written}`],
        },
      ]);
      continue;
    }
    const { documents, mistakes: unreadable } = readYaml(Buffer.from(written), label);
    const [document] = documents;
    if (unreadable.length > 0 || document === undefined || documents.length > 1) {
      const unclear = { rule: 'settings', message: 'the value is several YAML documents', help: ['give one value'] };
      tell(unreadable.length > 0 ? unreadable : [unclear]);
      continue;
    }
    const root = nested(key.split('.'), document.root);
    const wrong = checkAgainstSchema(OVERRIDES_SCHEMA, root, (at) => ({ file: label, ...at }));
    tell(wrong);
    if (wrong.length === 0) values.push(...valuesOf(root, () => ({ from, label })));
  }
  return { values, mistakes };
}

/** `timeouts.delivery` and a value as the mapping that they stand for. */
function nested([key, ...rest]: readonly string[], value: YamlNode): YamlMapping {
  const keyAt: YamlPlace = { line: 1, column: 1, length: 1 };
  const inner = rest.length === 0 ? value : nested(rest, value);
  return { kind: 'mapping', entries: [{ key: key ?? '', keyAt, value: inner }], at: keyAt };
}
