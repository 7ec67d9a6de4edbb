import { startProxyProgram } from '../data-plane/proxy-program.js';
import { type SidecarEngine, sidecarUser } from './engine.js';

/** mirrorspec's own sidecar program. */
export const NODE_ENGINE: SidecarEngine = {
  name: 'node',
  title: 'node',
  start(place, options, signal) {
    const module = new URL('../sidecar/program.js', import.meta.url);
    return startProxyProgram(place, { module, options, user: sidecarUser(options) }, signal);
  },
};
