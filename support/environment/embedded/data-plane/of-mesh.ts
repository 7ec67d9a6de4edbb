import { UserError } from '../../../model/errors.js';
import { type Mesh, meshText } from '../../../model/situation.js';
import { istioAmbient } from './ambient.js';
import type { DataPlane } from './data-plane.js';
import { istioSidecars } from './istio-sidecar.js';
import { NO_DATA_PLANE } from './none.js';

/**
 * The data plane of a mesh.
 * @throws {UserError} for a mesh that the embedded environment does not build.
 */
export function dataPlaneOf(mesh: Mesh): DataPlane {
  switch (mesh.kind) {
    case 'none':
      return NO_DATA_PLANE;
    case 'istio':
      return istioSidecars(mesh);
    case 'istio-ambient':
      return istioAmbient(mesh);
    case 'linkerd':
      throw notBuilt(mesh);
  }
}

function notBuilt(mesh: Mesh): UserError {
  return new UserError(`the embedded environment does not build the mesh ${meshText(mesh)} in this version`);
}
