import type { Diagnostic, SourcePlace } from '../diagnostic.js';
import { plainValue, type YamlMapping, type YamlNode } from '../yaml/node.js';

/** A value of an environment and who says so. */
export interface SettingValue {
  /** Dotted: `timeouts.delivery`. */
  readonly key: string;
  /** As it is written in YAML; `undefined` where a stronger layer takes a weaker one's value away. */
  readonly value: unknown;
  /** In words: `default`, `features/environments/ci.yaml:7`, `--set`. */
  readonly from: string;
  /** A diagnostic that points at the value. */
  mistake(message: string, more?: Pick<Diagnostic, 'help' | 'notes'>): Diagnostic;
}

/** Mappings of which each key can be set by itself; `workload: { run, port }` is one value. */
const SECTIONS = ['mesh', 'sidecar', 'mirror', 'timeouts', 'images'];

/** Versions are as they are written: 3.250 is no number, which would be 3.25. */
const VERSIONS = ['mirror.version'];

function writtenValue(key: string, node: YamlNode): unknown {
  return VERSIONS.includes(key) && node.kind === 'scalar' ? node.source : plainValue(node);
}

/**
 * The values of an environment's mapping, one for each key that can be set by itself. A mesh that is a word says all of it,
 * so that no policy of a weaker layer is left.
 */
export function valuesOf(root: YamlMapping, sayer: (node: YamlNode) => Sayer): SettingValue[] {
  return root.entries.flatMap(({ key, value: node }) => {
    const said = sayer(node);
    if (SECTIONS.includes(key) && node.kind === 'mapping') {
      return node.entries.map(({ key: inner, value }) =>
        settingValue(`${key}.${inner}`, writtenValue(`${key}.${inner}`, value), sayer(value)),
      );
    }
    const value = plainValue(node);
    if (key !== 'mesh') return [settingValue(key, value, said)];
    return [settingValue('mesh.kind', value, said), settingValue('mesh.mtls', undefined, said)];
  });
}

/** Who says a value: the words for a reader, and where a mistake in it is. */
export interface Sayer {
  readonly from: string;
  readonly at?: SourcePlace;
  /** Where there is no place: how messages begin. */
  readonly label?: string;
}

/** A value, and where a mistake in it is. */
export function settingValue(key: string, value: unknown, { from, at, label }: Sayer): SettingValue {
  return {
    key,
    value,
    from,
    mistake: (message, more = {}) => ({
      rule: 'settings',
      message: label === undefined ? message : `${label}: ${message}`,
      ...(at === undefined ? {} : { at }),
      ...more,
    }),
  };
}
