import { parseDuration } from '../../model/duration.js';
import type { EnvironmentSettings } from '../../model/environment-settings.js';
import { mirrordVersion, versionText } from '../../model/mirrord-version.js';
import type { Profile } from '../../model/session.js';
import { type MeshKind, type MtlsPolicy, meshOf } from '../../model/situation.js';

type Values = ReadonlyMap<string, { readonly value: unknown }>;

/** The settings that checked values stand for. */
export function settingsOf(name: string, description: string | undefined, values: Values): EnvironmentSettings {
  const get = (key: string): unknown => values.get(key)?.value;
  const text = (key: string): string => String(get(key));
  const milliseconds = (key: string): number => parseDuration(text(key)) ?? 0;
  const context = get('context');
  const agent = get('images.agent');
  const profile = get('mirror.profile');
  const version = get('mirror.version');
  const envoy = get('sidecar.envoy');
  return {
    name,
    ...(description === undefined ? {} : { description }),
    kind: get('kind') as EnvironmentSettings['kind'],
    mesh: meshOf(get('mesh.kind') as MeshKind, get('mesh.mtls') as MtlsPolicy | undefined),
    sidecar: {
      engine: get('sidecar.engine') as EnvironmentSettings['sidecar']['engine'],
      ...(envoy === undefined ? {} : { envoy: String(envoy) }),
    },
    mirror: {
      listen: text('mirror.listen'),
      localProcess: localProcessOf(get('mirror.local-process')),
      ...(profile === undefined ? {} : { profile: profile as Profile }),
      ...(version === undefined ? {} : { version: versionText(mirrordVersion(String(version))) }),
    },
    workload: workloadOf(get('workload')),
    timeouts: {
      buildMs: milliseconds('timeouts.build'),
      deliveryMs: milliseconds('timeouts.delivery'),
      callMs: milliseconds('timeouts.call'),
      stepMs: milliseconds('timeouts.step'),
    },
    settleMs: milliseconds('settle'),
    cluster: {
      ...(context === undefined ? {} : { context: String(context) }),
      namespace: text('namespace'),
      images: {
        workload: text('images.workload'),
        caller: text('images.caller'),
        ...(agent === undefined ? {} : { agent: String(agent) }),
      },
    },
  };
}

function localProcessOf(value: unknown): EnvironmentSettings['mirror']['localProcess'] {
  return value === 'receiver' ? { kind: value } : { kind: 'command', commandLine: (value as { run: string }).run };
}

function workloadOf(value: unknown): EnvironmentSettings['workload'] {
  if (value === 'echo' || value === 'yages') return { kind: value };
  const { run, port } = value as { readonly run: string; readonly port: number };
  return { kind: 'command', commandLine: run, port };
}
