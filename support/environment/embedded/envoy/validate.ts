import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAuthority } from '../sidecar/certificates.js';
import type { SidecarOptions } from '../sidecar/options.js';
import type { EnvoyBinary } from './binary.js';
import { bootstrapOf } from './bootstrap.js';

const SPIFFE = 'spiffe://cluster.local/ns/default/sa/trial';
const PORTS = [
  { port: 8080, protocol: 'auto' },
  { port: 8081, protocol: 'tcp' },
] as const;

/** Has an Envoy check the configuration of a sidecar, without starting one; what it says against it, if anything. Takes about 0.1 s. */
export async function configurationProblem({ path }: EnvoyBinary): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'mirrorspec-envoy-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  // A signal may end the process meanwhile.
  process.once('exit', remove);
  const bootstrap = join(folder, 'bootstrap.json');
  try {
    const files = { bootstrap, admin: join(folder, 'admin.sock'), accessLog: join(folder, 'access.log') };
    await writeFile(bootstrap, JSON.stringify(bootstrapOf(await trialOptions(), files)), { mode: 0o600 });
    return await new Promise((done) => {
      const args = ['--mode', 'validate', '--config-path', bootstrap, '--disable-hot-restart', '--log-level', 'error'];
      execFile(path, args, { timeout: 20_000, killSignal: 'SIGKILL' }, (error, stdout, stderr) => {
        done(error === null ? undefined : `${stdout}${stderr}`.trim() || error.message);
      });
    });
  } finally {
    process.off('exit', remove);
    remove();
  }
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
