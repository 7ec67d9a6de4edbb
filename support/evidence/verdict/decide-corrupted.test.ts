import { bytesOf } from '../../model/bytes.js';
import { changed, grpcCall, httpCall, liveSession } from './testing/scripted-evidence.js';
import { cases, copy, withHeaders } from './testing/verdict-cases.js';

const http = httpCall('c1');
const http2 = httpCall('c1', { protocol: 'HTTP/2' });
const stream = grpcCall('c1', ['alpha', 'beta', 'gamma', 'delta']);

cases('corrupted', [
  {
    it: 'a byte of a message differs',
    script: copy(stream, { messages: ['alpha', 'bexa', 'gamma', 'delta'] }),
    verdict: 'corrupted',
    differences: ['sent-mirrored message 2 of 4: "beta" (4 bytes) | "bexa" (4 bytes)'],
  },
  {
    it: 'a gRPC message is shorter, although it is complete',
    script: copy(stream, { messages: ['alpha', 'be', 'gamma', 'delta'] }),
    verdict: 'corrupted',
  },
  {
    it: 'a byte differs beyond what the journals keep',
    script: (() => {
      const body = bytesOf(Buffer.alloc(100_000, 'x'));
      return copy(changed(http, { messages: [body] }), {
        messages: [{ ...body, sha256: body.sha256.replace(/^./, '_') }],
      });
    })(),
    verdict: 'corrupted',
  },
  { it: 'the body is longer', script: copy(http, { messages: ['mirrored by specification!'] }), verdict: 'corrupted' },
  {
    it: 'a body where none was sent',
    script: copy(changed(http, { messages: [] }), { messages: ['x'] }),
    verdict: 'corrupted',
  },
  {
    it: 'a message that was never sent',
    script: copy(stream, { messages: ['alpha', 'beta', 'gamma', 'delta', 'omega'] }),
    verdict: 'corrupted',
    differences: ['sent-mirrored message count: 4 | 5', 'sent-mirrored message at place 5: none | "omega" (5 bytes)'],
  },
  {
    it: 'bytes of a further message that was never sent',
    script: copy(stream, { partial: { body: 'zz' } }),
    verdict: 'corrupted',
    differences: ['sent-mirrored further bytes: none | 2 bytes of an unknown length: "zz" (2 bytes)'],
  },
  {
    it: 'an unfinished message that does not begin like the one that was sent',
    script: copy(stream, { messages: ['alpha', 'beta', 'gamma'], partial: { body: 'xx', expectedLength: 5 } }),
    verdict: 'corrupted',
  },
  {
    it: 'the method',
    script: copy(http, { method: 'PUT' }),
    verdict: 'corrupted',
    differences: ['sent-mirrored method: POST | PUT'],
  },
  {
    it: 'the path',
    script: copy(http, { path: '/orders' }),
    verdict: 'corrupted',
    differences: ['sent-mirrored path: /orders?dry-run=1 | /orders'],
  },
  {
    it: 'the authority',
    script: copy(http, { authority: 'localhost:8080' }),
    verdict: 'corrupted',
    differences: ['sent-mirrored authority: echo.default:8080 | localhost:8080'],
  },
  {
    it: 'a header is missing',
    script: copy(http, { headers: http.headers.filter(([name]) => name !== 'x-tenant') }),
    verdict: 'corrupted',
    differences: ['sent-mirrored header x-tenant: "blue, red" | none'],
  },
  {
    it: 'the values of one header in another order',
    script: copy(
      changed(http, {
        headers: [
          ['x-tenant', 'blue'],
          ['x-tenant', 'red'],
        ],
      }),
      {
        headers: [
          ['x-tenant', 'red'],
          ['x-tenant', 'blue'],
        ],
      },
    ),
    verdict: 'corrupted',
    differences: ['sent-mirrored header x-tenant: "blue, red" | "red, blue"'],
  },
  {
    it: 'a header that only the local process got',
    script: copy(http, { headers: [...http.headers, ['x-extra', '1']] }),
    verdict: 'corrupted',
    differences: ['sent-mirrored header x-extra: none | "1"'],
  },
  {
    it: 'a content-length that both sides have, but not the same',
    script: copy(withHeaders(http, ['content-length', '24']), {
      headers: [...http.headers, ['content-length', '7']],
    }),
    verdict: 'corrupted',
  },
  {
    it: "a mesh's header that the workload received and the local process did not",
    script: {
      caller: [http],
      workload: [withHeaders(http, ['x-request-id', 'abc'])],
      localProcess: [http],
      meshHeaders: ['x-request-id'],
    },
    verdict: 'corrupted',
    differences: ['served-mirrored header x-request-id: "abc" | none'],
  },
  {
    it: 'a header of no mesh that the workload received and a copy taken on eth0 lacks',
    script: {
      caller: [http],
      workload: [withHeaders(http, ['x-extra', 'abc'])],
      localProcess: [http],
      meshHeaders: ['x-request-id'],
      session: liveSession({ listenInterface: 'eth0' }),
    },
    verdict: 'corrupted',
    differences: ['served-mirrored header x-extra: "abc" | none'],
  },
  {
    it: 'another protocol than the workload was spoken to with',
    script: copy(http2, { protocol: 'HTTP/1.1' }),
    verdict: 'corrupted',
    differences: ['served-mirrored protocol: HTTP/2 | HTTP/1.1'],
  },
  {
    it: 'a credential: compared, but not told',
    script: copy(withHeaders(http, ['authorization', 'Bearer one']), {
      headers: [...http.headers, ['authorization', 'Bearer two']],
    }),
    verdict: 'corrupted',
    differences: ['sent-mirrored header authorization: [redacted] | [redacted, differs]'],
  },
  {
    it: 'a trailer',
    script: copy(changed(http, { trailers: [['x-checksum', '7']] }), { trailers: [['x-checksum', '8']] }),
    verdict: 'corrupted',
    differences: ['sent-mirrored trailer x-checksum: "7" | "8"'],
  },
  {
    it: 'a half-close that was never sent',
    script: { ...copy(changed(stream, { halfClosed: false }), { halfClosed: true }), workload: 'none' },
    verdict: 'corrupted',
    differences: ['sent-mirrored half-close: no | yes'],
  },
]);
