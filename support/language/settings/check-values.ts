import { formatDuration, parseDuration } from '../../model/duration.js';
import { messageOf } from '../../model/errors.js';
import { mirrordVersion, profilesOf, versionText } from '../../model/mirrord-version.js';
import type { Profile } from '../../model/session.js';
import { type MeshKind, meshOf, mtlsOf } from '../../model/situation.js';
import type { Diagnostic } from '../diagnostic.js';
import { CLUSTER_KEYS, DURATION_BOUNDS } from './environment-schema.js';
import type { SettingValue } from './layer.js';

/** What is wrong with values that are right each by itself: durations out of bounds, and values that do not go together. */
export function valueMistakes(values: ReadonlyMap<string, SettingValue>): Diagnostic[] {
  const given = [...values.values()].filter(({ from, value }) => from !== 'default' && value !== undefined);
  const kind = values.get('kind')?.value;
  const meshKind = (values.get('mesh.kind')?.value ?? 'none') as MeshKind;
  return given.flatMap((setting) => {
    const [section = ''] = setting.key.split('.');
    if (setting.key in DURATION_BOUNDS) return durationMistakes(setting, values);
    if (setting.key === 'mesh.mtls' && mtlsOf(meshOf(meshKind)) === undefined) {
      const why = meshKind === 'none' ? 'there is none' : 'this one has no such policy';
      return [
        setting.mistake(`mesh.mtls says how a mesh encrypts, and ${why} (mesh.kind is ${meshKind})`, {
          help: ['say which mesh: mesh.kind is istio'],
        }),
      ];
    }
    if (setting.key === 'mirror.version') return versionMistakes(setting, values.get('mirror.profile')?.value);
    if (kind === 'embedded' && (CLUSTER_KEYS as readonly string[]).includes(section)) {
      return [
        setting.mistake(`${setting.key} describes a cluster, and this environment is none (kind is embedded)`, {
          help: [`remove it, or say that it is a cluster: kind is kubernetes`],
        }),
      ];
    }
    return [];
  });
}

function versionMistakes(setting: SettingValue, profile: unknown): Diagnostic[] {
  try {
    const version = mirrordVersion(String(setting.value));
    const profiles = profilesOf(version);
    if (profile === undefined || profiles.includes(profile as Profile)) return [];
    return [
      setting.mistake(`mirrord ${versionText(version)} has no profile ${profile} (mirror.profile)`, {
        help: [`say ${profiles.join(' or ')}, or another version; without mirror.profile it is what the version does`],
      }),
    ];
  } catch (error) {
    return [setting.mistake(`mirror.version: ${messageOf(error)}`)];
  }
}

function durationMistakes(setting: SettingValue, values: ReadonlyMap<string, SettingValue>): Diagnostic[] {
  const { key, value } = setting;
  const bounds = DURATION_BOUNDS[key as keyof typeof DURATION_BOUNDS];
  const milliseconds = parseDuration(String(value)) ?? 0;
  if (milliseconds < bounds.least || milliseconds > bounds.most) {
    const [than, bound] = milliseconds < bounds.least ? ['less', bounds.least] : ['more', bounds.most];
    return [
      setting.mistake(`${key} is ${value}, ${than} than it may be`, {
        help: [`give ${formatDuration(bound)} ${than === 'less' ? 'or more' : 'or less'}`],
      }),
    ];
  }
  const step = values.get('timeouts.step')?.value;
  const stepMs = parseDuration(String(step)) ?? Number.POSITIVE_INFINITY;
  if (key === 'timeouts.step' || milliseconds < stepMs) return [];
  return [
    setting.mistake(`${key} is ${value}, and a step that waits so long is ended after ${step} (timeouts.step)`, {
      help: [`give less, or a timeouts.step of more than ${value}`],
    }),
  ];
}
