import type { SidecarSettings } from '../../../model/environment-settings.js';
import type { Requirement } from '../requirements.js';
import { chooseEngine } from './choose.js';

/** Name of the requirement that says what sidecars are made of. */
export const SIDECARS = 'sidecars';

/** Which engine sidecars run on, and whether it can. */
export async function checkSidecars(settings: SidecarSettings): Promise<Requirement> {
  const choice = await chooseEngine(settings);
  if ('problem' in choice) return { name: SIDECARS, ok: false, found: choice.problem, remedy: choice.remedy };
  if (choice.name === 'node') {
    return { name: SIDECARS, ok: true, found: `node, mirrorspec's own program (${choice.because})` };
  }
  const { path, version } = choice.envoy;
  const { configurationProblem } = await import('../envoy/validate.js');
  const problem = await configurationProblem(choice.envoy);
  if (problem === undefined)
    return { name: SIDECARS, ok: true, found: `envoy ${version} (${path}, ${choice.because})` };
  return {
    name: SIDECARS,
    ok: false,
    found: `envoy ${version} (${path}) refuses the configuration of a sidecar: ${problem}`,
    remedy: 'name another Envoy with MIRRORSPEC_ENVOY, or --set sidecar.engine=node',
  };
}
