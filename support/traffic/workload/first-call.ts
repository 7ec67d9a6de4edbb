import { get } from 'node:http';
import { now } from '../../model/journal.js';
import type { FirstCall } from '../../model/startup.js';

const TIMEOUT_MS = 5000;

/** The call that an application makes as soon as it runs: GET over HTTP/1.1, once. Never rejects. */
export function makeFirstCall({ host, port }: { readonly host: string; readonly port: number }): Promise<FirstCall> {
  const at = now();
  const to = `${host}:${port}`;
  return new Promise((resolve) => {
    const end = (outcome: FirstCall['outcome'], text: string): void => resolve({ at, outcome, text });
    const request = get({ host, port, path: '/', agent: false, timeout: TIMEOUT_MS }, (response) => {
      response.resume();
      const { statusCode } = response;
      end(statusCode === 200 ? 'answered' : 'failed', `answered with HTTP status ${statusCode} by ${to}`);
    });
    request.on('timeout', () => request.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)));
    request.on('error', (error: NodeJS.ErrnoException) => {
      const refused = error.code === 'ECONNREFUSED';
      end(refused ? 'refused' : 'failed', refused ? `connection refused by ${to}` : `${error.message} (${to})`);
    });
  });
}
