import { changed, grpcCall, httpCall, liveSession, without } from './testing/scripted-evidence.js';
import { answered, cases } from './testing/verdict-cases.js';

const http = httpCall('c1');
const stream = grpcCall('c1', ['alpha', 'beta', 'gamma', 'delta']);

cases('collateral', [
  {
    it: 'the call was broken off, although the workload answered it',
    script: {
      caller: [changed(without(http, 'answer'), { reset: { code: 'ECONNRESET', detail: 'read' } })],
      workload: [http],
    },
    verdict: 'collateral',
    differences: ['answered-received reset: none | ECONNRESET (read)', 'answered-received status: 200 | no answer'],
  },
  {
    it: 'the caller got a status that the workload did not send',
    script: { caller: [answered(http, { status: 503 })], workload: [http] },
    verdict: 'collateral',
    differences: ['answered-received status: 200 | 503'],
  },
  {
    it: 'the body of the answer was altered',
    script: { caller: [answered(http, { messages: ['other'] })], workload: [http] },
    verdict: 'collateral',
  },
  {
    it: 'a message of the answer is missing',
    script: { caller: [answered(stream, { messages: ['alpha', 'beta', 'gamma'] })], workload: [stream] },
    verdict: 'collateral',
    differences: [
      'answered-received response message count: 4 | 3',
      'answered-received response message 4 of 4: "delta" (5 bytes) | none',
    ],
  },
  {
    it: 'the gRPC status was altered',
    script: { caller: [answered(stream, { trailers: [['grpc-status', '14']] })], workload: [stream] },
    verdict: 'collateral',
    differences: [
      'answered-received response trailer grpc-status: "0" | "14"',
      'answered-received response trailer grpc-message: "" | none',
    ],
  },
  {
    it: 'the answer has no end',
    script: { caller: [answered(http, { complete: false })], workload: [http] },
    verdict: 'collateral',
    differences: ['answered-received response end: yes | no'],
  },
  {
    it: 'the answer ended cleanly, although the workload had not ended it',
    script: { caller: [http], workload: [answered(http, { complete: false })] },
    verdict: 'collateral',
  },
  {
    it: "a header of the workload's answer was overridden (mirrord b77def1ad: Cache-Control)",
    script: {
      caller: [
        answered(http, {
          headers: [
            ['content-type', 'text/plain'],
            ['cache-control', 'no-store'],
          ],
        }),
      ],
      workload: [
        answered(http, {
          headers: [
            ['content-type', 'text/plain'],
            ['cache-control', 'max-age=60'],
          ],
        }),
      ],
    },
    verdict: 'collateral',
    differences: ['answered-received response header cache-control: "max-age=60" | "no-store"'],
  },
  {
    it: 'the workload got the call twice',
    script: { caller: [http], workload: [http, http] },
    verdict: 'collateral',
    differences: ['sent-served exchange count: 1 | 2'],
  },
  {
    it: 'the workload got another body than was sent',
    script: { caller: [http], workload: [changed(http, { messages: ['other'] })] },
    verdict: 'collateral',
  },
  {
    it: "the mirror's own agent answered",
    script: {
      caller: [answered(http, { status: 502, messages: ['mirrord-agent v3.250.0: failed to pass the request'] })],
      workload: [],
      localProcess: [],
    },
    verdict: 'collateral',
  },
  {
    it: 'an inline agent mirrored the call, and the workload never got it',
    script: {
      caller: [answered(http, { status: 502 })],
      workload: [],
      localProcess: [http],
      session: liveSession({ profile: 'redirect' }),
    },
    verdict: 'collateral',
  },
  {
    it: 'a broken call of a workload without a journal, whose copy arrived',
    script: { caller: [changed(without(http, 'answer'), { reset: { code: 'deadline' } })], workload: 'none' },
    verdict: 'collateral',
  },
]);

cases('answers that are unharmed', [
  {
    it: 'a mesh adds headers to the answer and writes its own server and date',
    script: {
      caller: [
        answered(http, {
          headers: [
            ['content-type', 'text/plain'],
            ['server', 'istio-envoy'],
            ['x-envoy-upstream-service-time', '3'],
          ],
        }),
      ],
      workload: [
        answered(http, {
          headers: [
            ['content-type', 'text/plain'],
            ['server', 'node'],
            ['date', 'today'],
          ],
        }),
      ],
    },
    verdict: 'mirrored',
  },
  {
    it: 'grpc-message decoded by one side',
    script: {
      caller: [
        answered(stream, {
          trailers: [
            ['grpc-status', '5'],
            ['grpc-message', 'not found'],
          ],
        }),
      ],
      workload: [
        answered(stream, {
          trailers: [
            ['grpc-status', '5'],
            ['grpc-message', 'not%20found'],
          ],
        }),
      ],
    },
    verdict: 'mirrored',
  },
  {
    it: 'trailers only: one block of headers, told as head by one side and as trailers by the other',
    script: {
      caller: [
        answered(stream, {
          messages: [],
          headers: [],
          trailers: [
            ['content-type', 'application/grpc'],
            ['x-why', 'a'],
            ['grpc-status', '5'],
          ],
        }),
      ],
      workload: [
        answered(stream, {
          messages: [],
          headers: [
            ['content-type', 'application/grpc'],
            ['x-why', 'a'],
          ],
          trailers: [['grpc-status', '5']],
        }),
      ],
    },
    verdict: 'mirrored',
  },
  {
    it: 'a workload that answered before it had read everything: a copy of as much is whole',
    script: {
      caller: [stream],
      workload: [changed(stream, { messages: ['alpha'], halfClosed: false })],
      localProcess: [changed(stream, { messages: ['alpha', 'beta'], halfClosed: false })],
    },
    verdict: 'mirrored',
  },
  {
    it: 'a workload that answered early: a copy of less than it had read is cut off',
    script: {
      caller: [stream],
      workload: [changed(stream, { messages: ['alpha', 'beta'], halfClosed: false })],
      localProcess: [changed(stream, { messages: ['alpha'], halfClosed: false })],
    },
    verdict: 'truncated',
  },
  {
    it: 'a caller that stopped sending because the answer was there already',
    script: (() => {
      const cut = changed(stream, { messages: ['alpha'], partial: { body: 'be' }, halfClosed: false });
      return { caller: [cut], workload: [cut], localProcess: [changed(cut, { messages: ['alpha', 'beta'] })] };
    })(),
    verdict: 'mirrored',
  },
]);
