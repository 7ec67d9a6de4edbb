import { OWN_RESET } from '../../model/call.js';
import { changed, tcpCall, without } from './testing/scripted-evidence.js';
import { answered, cases, copy } from './testing/verdict-cases.js';

const tcp = tcpCall('c1');
const reset = (code: string) => ({ halfClosed: false, messages: [], partial: { body: 'all of it' }, reset: { code } });

cases('a call over raw TCP', [
  { it: 'is mirrored when every byte and the half-close arrived', script: copy(tcp, {}), verdict: 'mirrored' },
  {
    it: 'is truncated without its last bytes, however clean the end',
    script: copy(tcp, { messages: ['mirrored by'] }),
    verdict: 'truncated',
    differences: ['sent-mirrored body: "mirrored by specification" (25 bytes) | "mirrored by" (11 bytes)'],
  },
  {
    it: 'is truncated without its half-close',
    script: copy(tcp, { halfClosed: false, messages: [], partial: { body: 'mirrored by specification' } }),
    verdict: 'truncated',
  },
  { it: 'is corrupted by other bytes', script: copy(tcp, { messages: ['MIRRORED'] }), verdict: 'corrupted' },
  { it: 'is corrupted by another line in front', script: copy(tcp, { path: 'unary length=2' }), verdict: 'corrupted' },
  {
    it: 'is harmed when the caller gets another answer than the workload gave',
    script: {
      caller: [answered(tcp, { messages: ['other'] })],
      workload: [tcp],
      localProcess: [without(tcp, 'answer')],
    },
    verdict: 'collateral',
  },
  {
    it: 'is harmed when it is reset by nobody who was told to',
    script: {
      caller: [changed(without(tcp, 'answer'), { reset: { code: 'ECONNRESET' } })],
      workload: [tcp],
      localProcess: [tcp],
    },
    verdict: 'collateral',
  },
  {
    it: 'is not harmed by a reset that the caller was told to make; the copy looks whole, though it never was',
    script: {
      caller: [changed(tcp, { ...reset(OWN_RESET), messages: [] })],
      workload: [changed(tcp, reset('ECONNRESET'))],
      localProcess: [changed(without(tcp, 'answer'), { messages: ['all of it'] })],
    },
    verdict: 'corrupted',
    differences: ['sent-mirrored half-close: no | yes'],
  },
]);
