import type { SidecarSettings } from '../../../model/environment-settings.js';
import { EnvironmentError } from '../../../model/errors.js';
import type { EnvoyBinary, EnvoyProblem } from '../envoy/binary.js';
import type { SidecarEngine } from './engine.js';
import { NODE_ENGINE } from './node.js';

/** Which engine sidecars run on, and why it is not the other one. */
export type EngineChoice =
  | { readonly name: 'node'; readonly because: string }
  | { readonly name: 'envoy'; readonly envoy: EnvoyBinary; readonly because: string };

/**
 * Decides by the environment's settings: an Envoy that is named must work; one that merely is on the PATH is used by `auto` where it
 * works.
 */
export async function chooseEngine({ engine, envoy }: SidecarSettings): Promise<EngineChoice | EnvoyProblem> {
  if (engine === 'node') return { name: 'node', because: 'sidecar.engine is node' };
  const { envoyOnPath, examineEnvoy } = await import('../envoy/binary.js');
  if (envoy !== undefined) {
    const examined = await examineEnvoy(envoy);
    return 'problem' in examined ? examined : { name: 'envoy', envoy: examined, because: 'named by sidecar.envoy' };
  }
  const found = envoyOnPath();
  if (found === undefined) {
    const because = 'no envoy on the PATH';
    if (engine === 'auto') return { name: 'node', because };
    return {
      problem: `sidecar.engine is envoy, and there is ${because}`,
      remedy: 'name one with MIRRORSPEC_ENVOY=/path/to/envoy (or sidecar.envoy), or --set sidecar.engine=node',
    };
  }
  const examined = await examineEnvoy(found);
  if (!('problem' in examined)) return { name: 'envoy', envoy: examined, because: 'on the PATH' };
  return engine === 'auto' ? { name: 'node', because: examined.problem } : examined;
}

const chosen = new Map<string, Promise<SidecarEngine>>();

/**
 * The engine that the settings come to. An Envoy is asked for its version once in a process.
 * @throws {EnvironmentError} where an Envoy that must be used cannot be.
 */
export function engineFor(settings: SidecarSettings): Promise<SidecarEngine> {
  const key = JSON.stringify([settings.engine, settings.envoy]);
  let engine = chosen.get(key);
  if (engine === undefined) {
    engine = makeEngine(settings);
    chosen.set(key, engine);
  }
  return engine;
}

async function makeEngine(settings: SidecarSettings): Promise<SidecarEngine> {
  const choice = await chooseEngine(settings);
  if ('problem' in choice) throw new EnvironmentError(choice.problem, { remedy: choice.remedy });
  if (choice.name === 'node') return NODE_ENGINE;
  const { envoyEngine } = await import('../envoy/engine.js');
  return envoyEngine(choice.envoy);
}
