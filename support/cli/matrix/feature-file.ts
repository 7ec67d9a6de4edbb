import { LIMITATION_TAG } from '../../model/limitation.js';
import { GENERATED_FEATURE } from '../../model/results.js';
import { DEFAULT_MTLS, type Mesh } from '../../model/situation.js';
import { cellName, type PlannedCell, placeText, rowText } from './plan.js';

/** Name of the feature that a matrix leaves in its report folder. */
export const MATRIX_FEATURE = 'matrix.yaml';

/**
 * Before it has agreed to the upgrade the local process cannot be given frames by an agent that redirects (L16). Cells are about what
 * is mirrored of an ordinary call, and not about that race: as features do, callers wait behind the handshake.
 */
const WEBSOCKET_PAUSE = '300 ms';

/** The cells as a feature in YAML: a scenario for each, a rule for each row and place. `shown` is its own path. */
export function featureFile(cells: readonly PlannedCell[], shown: string): string {
  const lines = [
    GENERATED_FEATURE,
    '# Each scenario is one cell of the matrix, and says what ought to be: that the call is mirrored.',
    '# A tag names the known limitation because of which it is not.',
    `# To run one again: mirrorspec run ${shown}:LINE, with the line of its "scenario"`,
    'feature: What is mirrored where',
    'rules:',
  ];
  let rule: string | undefined;
  for (const cell of cells) {
    const title = `${rowText(cell)}, ${placeText(cell.place)}`;
    if (title !== rule) lines.push(`  - rule: ${JSON.stringify(title)}`, '    scenarios:');
    rule = title;
    lines.push(...scenarioLines(cell));
  }
  return `${lines.join('\n')}\n`;
}

function scenarioLines(cell: PlannedCell): string[] {
  const { mesh, caller, place, protocol, interaction, limitations } = cell;
  const tags = limitations.map(({ id }) => `${LIMITATION_TAG.slice(1)}${id}`);
  return [
    `      - scenario: ${JSON.stringify(cellName(cell))}`,
    ...(tags.length === 0 ? [] : [`        tags: [${tags.map((tag) => JSON.stringify(tag)).join(', ')}]`]),
    '        given:',
    `          - mesh: ${meshValue(mesh)}`,
    `          - caller: ${caller}`,
    `          - mirror: ${place === 'redirect' ? '{ profile: redirect }' : `{ listen: ${place} }`}`,
    ...(protocol === 'WebSocket' ? [`          - message-interval: ${WEBSOCKET_PAUSE}`] : []),
    '        when:',
    `          - call: { protocol: ${protocol}, interaction: ${interaction} }`,
    '        then:',
    '          - mirrored: true',
  ];
}

/** As steps take it: what the model says of a mesh, and of its policy only what is not the default where an interception is said, too. */
function meshValue(mesh: Mesh): string {
  const said = 'interception' in mesh && mesh.mtls === DEFAULT_MTLS ? { ...mesh, mtls: undefined } : mesh;
  const entries = Object.entries(said).filter(([, value]) => value !== undefined);
  return entries.length === 1 ? mesh.kind : `{ ${entries.map(([key, value]) => `${key}: ${value}`).join(', ')} }`;
}
