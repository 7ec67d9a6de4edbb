import type { Mesh } from '../../../model/situation.js';
import { istioAmbient } from './ambient.js';
import type { DataPlane } from './data-plane.js';
import { istioSidecars } from './istio-sidecar.js';
import { LINKERD } from './linkerd.js';
import { NO_DATA_PLANE } from './none.js';

/** The data plane of a mesh. */
export function dataPlaneOf(mesh: Mesh): DataPlane {
  switch (mesh.kind) {
    case 'none':
      return NO_DATA_PLANE;
    case 'istio':
      return istioSidecars(mesh);
    case 'istio-ambient':
      return istioAmbient(mesh);
    case 'linkerd':
      return LINKERD;
  }
}
