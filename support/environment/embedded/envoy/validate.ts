import { execFile } from 'node:child_process';
import { createAuthority } from '../sidecar/certificates.js';
import type { SidecarOptions } from '../sidecar/options.js';
import type { EnvoyBinary } from './binary.js';
import { bootstrapOf } from './bootstrap.js';

const SPIFFE = 'spiffe://cluster.local/ns/default/sa/trial';
const PORTS = [
  { port: 8080, protocol: 'auto' },
  { port: 8081, protocol: 'tcp' },
] as const;

/** Paths that a configuration has to name. Nothing is made there when it is only checked. */
const FILES = { bootstrap: '/nowhere', admin: '/nowhere/admin.sock', accessLog: '/dev/null' };

/** Has an Envoy check the configuration of a sidecar, without starting one; what it says against it, if anything. Takes about 0.1 s. */
export async function configurationProblem({ path }: EnvoyBinary): Promise<string | undefined> {
  // Not as a file: it could be left behind by a run that is killed.
  const bootstrap = JSON.stringify(bootstrapOf(await trialOptions(), FILES));
  return new Promise((done) => {
    const args = ['--mode', 'validate', '--config-yaml', bootstrap, '--disable-hot-restart', '--log-level', 'error'];
    execFile(path, args, { timeout: 20_000, killSignal: 'SIGKILL' }, (error, stdout, stderr) => {
      const said = `${stdout}${stderr}`.trim();
      // The error's own message would quote the whole configuration.
      done(error === null ? undefined : said || `it ended with ${error.signal ?? error.code}, and said nothing`);
    });
  });
}

async function trialOptions(): Promise<SidecarOptions> {
  const authority = await createAuthority('cluster.local');
  const { certificatePem, keyPem } = await authority.issue(SPIFFE);
  return {
    podAddress: '10.244.0.10',
    identity: { certificatePem, keyPem, rootPem: authority.rootPem, spiffe: SPIFFE, trustDomain: 'cluster.local' },
    policy: 'PERMISSIVE',
    inboundPorts: PORTS,
    services: PORTS.map(({ port, protocol }) => ({
      address: '10.96.0.10',
      port,
      name: 'trial.default.svc.cluster.local',
      endpoint: { address: '10.244.0.10', port },
      tls: 'ISTIO_MUTUAL',
      spiffe: [SPIFFE],
      protocol,
    })),
  };
}
