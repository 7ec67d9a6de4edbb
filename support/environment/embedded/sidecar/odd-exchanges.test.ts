import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { describe, it } from 'node:test';
import type { PortProtocol } from '../../../model/port-protocol.js';
import { listening, silentExchanges } from '../../../wire/testing/odd-exchanges.js';
import { spokenOn } from './detection.js';
import { ISTIO_DIALECT } from './dialect.js';
import { forward } from './forward.js';
import { Http1Proxy } from './http1-proxy.js';
import { Telemetry } from './telemetry.js';
import { Upstream } from './upstream.js';

describe('rare and wrong HTTP/1.1 of callers and applications', () => {
  for (const protocol of ['auto', 'http'] satisfies PortProtocol[]) {
    it(`ends in an answer or in the end of a connection, on a port that is declared as ${protocol}`, async (context) => {
      const http1 = new Http1Proxy();
      const telemetry = new Telemetry(undefined);
      const silent = await silentExchanges(context, (port) => {
        const upstream = new Upstream({ name: 'application', address: '127.0.0.1', port, side: 'inbound' }, telemetry);
        const arrival = {
          dialect: ISTIO_DIALECT,
          side: 'inbound',
          own: '-',
          peer: undefined,
          upstream,
          telemetry,
          protocol,
        } as const;
        const server = createServer({ allowHalfOpen: true }, async (socket) => {
          socket.on('error', () => {});
          const spoken = await spokenOn(socket, protocol);
          if (spoken === undefined) socket.destroy();
          else forward(socket, spoken, arrival, http1);
        });
        return listening(context, server);
      });
      assert.deepEqual(silent, []);
    });
  }
});
