import { changed, grpcCall, httpCall } from './testing/scripted-evidence.js';
import { answered, cases, copy } from './testing/verdict-cases.js';

const http = httpCall('c1');
const stream = grpcCall('c1', ['alpha', 'beta', 'gamma', 'delta']);

cases('mirrored', [
  { it: 'a plain call, copied faithfully', script: { caller: [http] }, verdict: 'mirrored', differences: [] },
  { it: 'a stream, copied faithfully', script: { caller: [stream] }, verdict: 'mirrored', differences: [] },
  { it: 'a call without a body', script: { caller: [changed(http, { messages: [] })] }, verdict: 'mirrored' },
  { it: 'a stream of equal messages', script: { caller: [grpcCall('c1', ['a', 'a', 'a'])] }, verdict: 'mirrored' },
  { it: 'empty gRPC messages', script: { caller: [grpcCall('c1', ['', ''])] }, verdict: 'mirrored' },
  {
    it: 'a workload that keeps no journal',
    script: { caller: [http], workload: 'none' },
    verdict: 'mirrored',
  },
  {
    it: 'request trailers',
    script: { caller: [changed(http, { trailers: [['x-checksum', '7']] })] },
    verdict: 'mirrored',
  },
  {
    it: 'an error that the workload itself answered with',
    script: { caller: [answered(http, { status: 503 })] },
    verdict: 'mirrored',
  },
  {
    it: 'the same call made twice under one id, and mirrored twice',
    script: { caller: [http, http] },
    verdict: 'mirrored',
  },
  {
    it: 'a local process that broke off after the whole request had arrived',
    script: copy(http, { reset: { code: 'ECONNRESET' } }),
    verdict: 'mirrored',
  },
]);

cases('duplicated', [
  {
    it: 'the exchange arrived twice',
    script: { caller: [http], localProcess: [http, http] },
    verdict: 'duplicated',
    differences: ['sent-mirrored exchange count: 1 | 2'],
  },
  {
    it: 'the second arrival is only a part: the whole one counts as the copy',
    script: { caller: [http], localProcess: [changed(http, { messages: [], halfClosed: false }), http] },
    verdict: 'duplicated',
    differences: ['sent-mirrored exchange count: 1 | 2'],
  },
  {
    it: 'a message arrived twice',
    script: copy(stream, { messages: ['alpha', 'beta', 'beta', 'gamma', 'delta'] }),
    verdict: 'duplicated',
    differences: ['sent-mirrored message count: 4 | 5', 'sent-mirrored message 2 of 4: once: "beta" (4 bytes) | twice'],
  },
  {
    it: 'a message arrived twice in the place of another',
    script: copy(stream, { messages: ['alpha', 'alpha', 'gamma', 'delta'] }),
    verdict: 'duplicated',
    differences: [
      'sent-mirrored message 1 of 4: once: "alpha" (5 bytes) | twice',
      'sent-mirrored message 2 of 4: "beta" (4 bytes) | none',
    ],
  },
  {
    it: 'a message that was sent twice arrived three times',
    script: copy(grpcCall('c1', ['a', 'a']), { messages: ['a', 'a', 'a'] }),
    verdict: 'duplicated',
    differences: ['sent-mirrored message count: 2 | 3', 'sent-mirrored message 1 of 2: twice: "a" (1 byte) | 3 times'],
  },
]);

cases('truncated', [
  {
    it: 'the last message is missing',
    script: copy(stream, { messages: ['alpha', 'beta', 'gamma'] }),
    verdict: 'truncated',
    differences: ['sent-mirrored message count: 4 | 3', 'sent-mirrored message 4 of 4: "delta" (5 bytes) | none'],
  },
  {
    it: 'a message in the middle is missing, the rest is in order',
    script: copy(stream, { messages: ['alpha', 'gamma', 'delta'] }),
    verdict: 'truncated',
  },
  { it: 'all messages are missing', script: copy(stream, { messages: [] }), verdict: 'truncated' },
  {
    it: 'one of two equal messages is missing',
    script: copy(grpcCall('c1', ['a', 'b', 'a']), { messages: ['b', 'a'] }),
    verdict: 'truncated',
  },
  {
    it: 'the body is missing',
    script: copy(http, { messages: [] }),
    verdict: 'truncated',
    differences: ['sent-mirrored body: "mirrored by specification" (25 bytes) | none'],
  },
  {
    it: 'no half-close',
    script: copy(stream, { halfClosed: false }),
    verdict: 'truncated',
    differences: ['sent-mirrored half-close: yes | no'],
  },
  {
    it: 'a message began but never completed',
    script: copy(stream, {
      messages: ['alpha', 'beta', 'gamma'],
      partial: { body: 'de', expectedLength: 5 },
      halfClosed: false,
    }),
    verdict: 'truncated',
    differences: [
      'sent-mirrored message count: 4 | 3',
      'sent-mirrored message 4 of 4: "delta" (5 bytes) | 2 of 5 bytes: "de" (2 bytes)',
      'sent-mirrored half-close: yes | no',
    ],
  },
  {
    it: 'a body that ends early with a clean end (mirrord 3.250 streaming_body.rs)',
    script: copy(http, { messages: ['mirrored by'] }),
    verdict: 'truncated',
  },
  {
    it: 'a large body that ends early, beyond what the journals keep',
    script: copy(changed(http, { messages: [Buffer.alloc(100_000, 'x')] }), { messages: [Buffer.alloc(70_000, 'x')] }),
    verdict: 'truncated',
  },
  {
    it: 'the trailers are missing',
    script: {
      caller: [changed(http, { trailers: [['x-checksum', '7']] })],
      localProcess: [http],
    },
    verdict: 'truncated',
    differences: ['sent-mirrored trailer x-checksum: "7" | none'],
  },
  {
    it: 'of two exchanges under one id only one arrived',
    script: { caller: [http, http], localProcess: [http] },
    verdict: 'truncated',
    differences: ['sent-mirrored exchange count: 2 | 1'],
  },
]);

cases('reordered', [
  {
    it: 'two messages changed places',
    script: copy(stream, { messages: ['alpha', 'gamma', 'beta', 'delta'] }),
    verdict: 'reordered',
    differences: ['sent-mirrored message order: 1, 2, 3, 4 | 1, 3, 2, 4'],
  },
  {
    it: 'equal messages among them',
    script: copy(grpcCall('c1', ['a', 'a', 'b']), { messages: ['a', 'b', 'a'] }),
    verdict: 'reordered',
  },
]);
