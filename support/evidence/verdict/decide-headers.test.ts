import type { Header } from '../../model/journal.js';
import { changed, grpcCall, httpCall, liveSession, type Script, without } from './testing/scripted-evidence.js';
import { cases, withHeaders } from './testing/verdict-cases.js';

const http = httpCall('c1');
const http2 = httpCall('c1', { protocol: 'HTTP/2' });
const stream = grpcCall('c1', ['alpha', 'beta', 'gamma', 'delta']);
/** Sent with these headers; this is what arrived both at the workload and at the local process. */
const through = (sent: readonly Header[], arrived: readonly Header[], meshHeaders: readonly string[] = []): Script => ({
  caller: [withHeaders(http, ...sent)],
  workload: [withHeaders(http, ...arrived)],
  localProcess: [withHeaders(http, ...arrived)],
  meshHeaders,
});

cases('headers that do not matter', [
  {
    it: 'hop-by-hop headers differ',
    script: through(
      [
        ['connection', 'keep-alive, x-hop'],
        ['keep-alive', 'timeout=5'],
        ['te', 'trailers'],
        ['proxy-connection', 'keep-alive'],
        ['x-hop', '1'],
      ],
      [['transfer-encoding', 'chunked']],
    ),
    verdict: 'mirrored',
  },
  {
    it: "names in another case (HTTP/1.1 keeps the sender's)",
    script: through([['X-Mixed', 'a']], [['x-mixed', 'a']]),
    verdict: 'mirrored',
  },
  {
    it: 'another order among different names',
    script: through(
      [
        ['x-a', '1'],
        ['x-b', '2'],
      ],
      [
        ['x-b', '2'],
        ['x-a', '1'],
      ],
    ),
    verdict: 'mirrored',
  },
  {
    it: 'lines of one name joined into one',
    script: through(
      [
        ['x-list', 'a'],
        ['x-list', 'b'],
      ],
      [['x-list', 'a,b']],
    ),
    verdict: 'mirrored',
  },
  {
    it: 'cookies split by HTTP/2',
    script: through(
      [['cookie', 'a=1; b=2']],
      [
        ['cookie', 'a=1'],
        ['cookie', 'b=2'],
      ],
    ),
    verdict: 'mirrored',
  },
  {
    it: 'headers that the mesh adds and changes',
    script: through(
      [['x-request-id', 'mine']],
      [
        ['x-request-id', 'theirs'],
        ['x-forwarded-proto', 'http'],
      ],
      ['X-Request-Id', 'x-forwarded-proto'],
    ),
    verdict: 'mirrored',
  },
  {
    it: 'an unlisted header that was added before the workload and the mirror',
    script: through([], [['x-team', 'blue']]),
    verdict: 'mirrored',
  },
  {
    it: "headers that the caller's library writes below its journal",
    script: {
      caller: [http],
      workload: 'none',
      localProcess: [withHeaders(http, ['user-agent', 'node'], ['accept', '*/*'])],
    },
    verdict: 'mirrored',
  },
  {
    it: "a mesh's header that the sidecar added behind eth0, where the copy was taken",
    script: {
      caller: [http],
      workload: [withHeaders(http, ['x-request-id', 'abc'])],
      localProcess: [http],
      meshHeaders: ['x-request-id'],
      session: liveSession({ listenInterface: 'eth0' }),
    },
    verdict: 'mirrored',
  },
  { it: 'chunked instead of content-length', script: through([['content-length', '24']], []), verdict: 'mirrored' },
  {
    it: 'HTTP/2 turned into HTTP/1.1 by the mesh',
    script: {
      caller: [http2],
      workload: [changed(without(http2, 'authority'), { protocol: 'HTTP/1.1', headers: http.headers })],
      localProcess: [changed(without(http2, 'authority'), { protocol: 'HTTP/1.1', headers: http.headers })],
    },
    verdict: 'mirrored',
  },
  {
    it: 'gRPC-Web turned into gRPC by the mesh',
    script: (() => {
      const web = changed(stream, {
        protocol: 'gRPC-over-HTTP/1.1',
        headers: [
          ['content-type', 'application/grpc-web+proto'],
          ['x-grpc-web', '1'],
        ],
      });
      const translated = changed(stream, { headers: [['content-type', 'application/grpc']] });
      return { caller: [web], workload: [translated], localProcess: [translated] };
    })(),
    verdict: 'mirrored',
  },
]);
