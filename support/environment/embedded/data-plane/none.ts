import type { DataPlane } from './data-plane.js';

/** No mesh: connections go where they are meant to go. */
export const NO_DATA_PLANE: DataPlane = {
  headers: [],
  tunnelPorts: [],
  interception: () => undefined,
  prepare: async () => ({ facts: { mesh: 'none' }, proxies: [] }),
};
