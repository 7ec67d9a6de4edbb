import { Command, InvalidArgumentError } from 'commander';
import type { ExitCode } from '../model/errors.js';
import { nearest } from '../model/nearest.js';
import { INTERACTIONS, type Interaction, PROTOCOLS, type Protocol } from '../model/protocol.js';
import { newRedactionKey } from '../model/redaction.js';
import {
  CALLER_KINDS,
  type CallerKind,
  MESH_KINDS,
  type Mesh,
  MTLS_POLICIES,
  type MtlsPolicy,
} from '../model/situation.js';
import { PLACES, type Place } from './matrix/plan.js';
import { count, gateOf, reportDirOf, workers } from './run.js';
import { type EnvironmentOptions, environmentOptionsOf, settingsFor, withEnvironmentOptions } from './settings.js';

interface MatrixOptions extends EnvironmentOptions {
  readonly mesh?: readonly Mesh['kind'][];
  readonly policy?: readonly MtlsPolicy[];
  readonly caller?: readonly CallerKind[];
  readonly protocol?: readonly Protocol[];
  readonly interaction?: readonly Interaction[];
  readonly mirror?: readonly Place[];
  readonly parallel?: number | 'auto';
  readonly retry?: number;
  readonly keep: boolean;
  readonly list: boolean;
  readonly reportDir?: string;
  readonly gate?: string;
  readonly baseline?: string;
}

/** Who calls unless it is said: from other pods. */
const USUAL_CALLERS: readonly CallerKind[] = ['meshed', 'unmeshed'];

const EXAMPLES = `
Every cell is a scenario that says "it is mirrored", tagged with the known limitations that every call shows there. They
are left as matrix.yaml in the report folder: mirrorspec run reports/matrix.yaml:LINE runs one again.

Examples:
  mirrorspec matrix                                          everything, several hundred cells
  mirrorspec matrix --mesh istio --policy STRICT --list      what that would run
  mirrorspec matrix --protocol gRPC-over-HTTP/2,TCP --mirror redirect
  mirrorspec matrix --report-dir new && mirrorspec report diff old new`;

export function matrixCommand(finish: (code: ExitCode) => void): Command {
  const command = new Command('matrix')
    .summary('find out what is mirrored where, for everything at once')
    .description(
      'Runs every combination of mesh, mTLS policy, caller, protocol, interaction and mirroring mechanism that makes sense, and shows which calls are mirrored, which are not, and why. Lists are written with commas.',
    )
    .option('--mesh <kinds>', `kinds of mesh: ${MESH_KINDS.join(', ')} (default: all)`, listOf(MESH_KINDS))
    .option('--policy <modes>', `mTLS policies: ${MTLS_POLICIES.join(', ')} (default: all)`, listOf(MTLS_POLICIES))
    .option(
      '--caller <kinds>',
      `callers: ${CALLER_KINDS.join(', ')} (default: ${USUAL_CALLERS.join(', ')})`,
      listOf(CALLER_KINDS),
    )
    .option('--protocol <names>', `protocols: ${PROTOCOLS.join(', ')} (default: all)`, listOf(PROTOCOLS))
    .option('--interaction <names>', `interactions: ${INTERACTIONS.join(', ')} (default: all)`, listOf(INTERACTIONS))
    .option(
      '--mirror <places>',
      'where the copy is taken: from packets on lo or eth0, or from connections (redirect) (default: all)',
      listOf(PLACES),
    );
  return withEnvironmentOptions(command)
    .option('-p, --parallel <n>', 'how many cells at once (default: auto, one for each core)', workers)
    .option('--retry <n>', 'how often a failed cell is tried again (default: 0)', count)
    .option('--keep', 'leave the lab of a failed cell running; `mirrorspec clean` ends it', false)
    .option('--list', 'say which cells there are, and run nothing', false)
    .option('--report-dir <folder>', 'where the reports go (default: "reports")')
    .option('--gate <name>', 'judge the run by a gate: its name, or the path of its file')
    .option('--baseline <results>', 'earlier results for the gate to compare with')
    .addHelpText('after', EXAMPLES)
    .action(async (options: MatrixOptions) => {
      const cwd = process.cwd();
      const { runMatrix } = await import('./matrix/run-matrix.js');
      const { project, environment } = await settingsFor(cwd, options);
      const { mesh, policy, caller, protocol, interaction, mirror, keep, list } = options;
      finish(
        await runMatrix({
          selection: {
            meshes: mesh ?? MESH_KINDS,
            ...(policy === undefined ? {} : { policies: policy }),
            callers: caller ?? USUAL_CALLERS,
            protocols: protocol ?? PROTOCOLS,
            interactions: interaction ?? INTERACTIONS,
            places: mirror ?? PLACES,
          },
          list,
          run: {
            cwd,
            parallel: options.parallel ?? project.parallel ?? 'auto',
            retry: options.retry ?? project.retry ?? 0,
            keep,
            reportDir: reportDirOf(options, project),
            featureFolders: project.features,
            protoPath: project.protoPath,
            redact: { ...project.redact, key: newRedactionKey() },
            environment,
            environmentOptions: await environmentOptionsOf(options),
            gate: await gateOf(cwd, options, project),
          },
        }),
      );
    });
}

/** Words with commas between them; the option may be repeated. Upper and lower case do not matter. */
function listOf<Word extends string>(words: readonly Word[]) {
  return (value: string, previous: readonly Word[] = []): readonly Word[] => {
    const found = value.split(',').map((part) => {
      const asked = part.trim();
      const word = words.find((each) => each.toLowerCase() === asked.toLowerCase());
      if (word !== undefined) return word;
      const meant = nearest(asked, words);
      const help = meant === undefined ? '' : ` Did you mean ${meant}?`;
      throw new InvalidArgumentError(`There is no "${asked}".${help} It can be: ${words.join(', ')}.`);
    });
    return [...new Set([...previous, ...found])];
  };
}
