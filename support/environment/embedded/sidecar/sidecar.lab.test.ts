/**
 * Two sidecars between real pods with Istio's interception rules. Run as a test it builds the lab and runs itself again in
 * the caller's pod, where every connection of a test is intercepted.
 */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http';
import { type ClientHttp2Session, type ClientHttp2Stream, connect as connectHttp2, constants } from 'node:http2';
import { connect as connectTcp, type Socket } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { fileURLToPath } from 'node:url';
import * as grpc from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { isOlder, versionIn } from '../envoy/binary.js';
import { type Authority, createAuthority } from './certificates.js';
import {
  CALLER,
  cannotRunLab,
  type Engine,
  inPod,
  labCommand,
  type Program,
  startApplication,
  startSidecar,
  WORKLOAD,
} from './lab-test/pods.js';
import { ECHO_PROTO, PORTS } from './lab-test/ports.js';
import type { Identity, ServiceRoute, SidecarOptions } from './options.js';

const IN_LAB = 'MIRRORSPEC_SIDECAR_LAB';
const TRUST_DOMAIN = 'cluster.local';
const WORKLOAD_ID = `spiffe://${TRUST_DOMAIN}/ns/default/sa/echo`;
const CALLER_ID = `spiffe://${TRUST_DOMAIN}/ns/default/sa/caller`;

/** Service addresses: all lead to the workload, each with rules of its own. */
const SERVICE = { good: '10.96.0.10', wrongIdentity: '10.96.0.11', plaintext: '10.96.0.12' } as const;

const engine = process.env[IN_LAB] as Engine | undefined;
if (engine === undefined) {
  inALab('node', cannotRunLab());
  inALab('envoy', cannotRunLab() || noEnvoy());
} else {
  insideTheLab(engine);
}

/** Why the test does not run on Envoy. Its words and codes of resets are those of 1.40; older ones have others. */
function noEnvoy(): string | false {
  const path = process.env.MIRRORSPEC_ENVOY;
  if (path === undefined) return 'MIRRORSPEC_ENVOY names no Envoy';
  const version = versionIn(spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout ?? '');
  return version === undefined || isOlder(version, '1.40') ? `Envoy ${version} is older than 1.40` : false;
}

function inALab(engine: Engine, skip: string | false): void {
  test(`two sidecars in a lab, engine ${engine}`, { skip, timeout: 60_000 }, async ({ signal }) => {
    const [file, args] = labCommand(fileURLToPath(import.meta.url));
    // Without this variable the inner run reports in words instead of to the outer one.
    const { NODE_TEST_CONTEXT: _, ...environment } = process.env;
    const child = spawn(file, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...environment, [IN_LAB]: engine },
      signal,
      killSignal: 'SIGKILL',
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk;
    });
    child.stderr.on('data', (chunk: Buffer) => {
      output += chunk;
    });
    const [code] = (await once(child, 'close')) as [number];
    assert.equal(code, 0, output);
    assert.match(output, /^# pass [1-9]\d+$/m, output);
  });
}

function insideTheLab(engine: Engine): void {
  let authority: Authority;
  let application: Program;
  let workloadSidecar: Program;
  let callerSidecar: Program;

  const identityOf = async (spiffe: string, by = authority): Promise<Identity> => {
    const { certificatePem, keyPem } = await by.issue(spiffe);
    return { certificatePem, keyPem, rootPem: authority.rootPem, spiffe, trustDomain: TRUST_DOMAIN };
  };
  const services = Object.entries(SERVICE).flatMap(([name, address]) =>
    Object.values(PORTS).map(
      (port): ServiceRoute => ({
        address,
        port,
        name: `${name.toLowerCase()}.default.svc.cluster.local`,
        endpoint: { address: WORKLOAD, port },
        tls: name === 'plaintext' ? 'DISABLE' : 'ISTIO_MUTUAL',
        spiffe: [name === 'wrongIdentity' ? `${WORKLOAD_ID}-other` : WORKLOAD_ID],
        protocol: port >= 7000 && port < 8000 ? 'tcp' : 'auto',
      }),
    ),
  );
  const workloadOptions = async (policy: SidecarOptions['policy']): Promise<SidecarOptions> => ({
    podAddress: WORKLOAD,
    identity: await identityOf(WORKLOAD_ID),
    policy,
    services: [],
    accessLog: true,
    inboundPorts: [PORTS.echo, PORTS.serverFirst, PORTS.reset].map((port) => ({ port, protocol: 'tcp' })),
  });
  const callerOptions = async (): Promise<SidecarOptions> => ({
    podAddress: CALLER,
    identity: await identityOf(CALLER_ID),
    policy: 'PERMISSIVE',
    services,
  });

  before(async () => {
    authority = await createAuthority(TRUST_DOMAIN);
    [application, workloadSidecar, callerSidecar] = await Promise.all([
      startApplication(),
      workloadOptions('STRICT').then((options) => startSidecar(engine, 'workload', options)),
      callerOptions().then((options) => startSidecar(engine, 'caller', options)),
    ]);
  });
  after(async () => {
    await Promise.all([application.end(), workloadSidecar.end(), callerSidecar.end()]);
  });

  describe('HTTP/1.1', () => {
    const agent = new Agent({ keepAlive: true });
    after(() => agent.destroy());
    const ask = (
      path: string,
      options: { method?: string; headers?: Record<string, string>; host?: string; port?: number } = {},
    ): ClientRequest => request({ agent, host: SERVICE.good, port: PORTS.http1, path, ...options });

    it('a request and its response arrive, with what Istio adds', async () => {
      const sent = ask('/echo', {
        method: 'POST',
        headers: { 'X-Upper': 'Kept', 'x-empty': '', 'X-Forwarded-Client-Cert': 'By=forged' },
      });
      sent.end('body');
      const answer = await responseTo(sent);
      assert.equal(answer.status, 200);
      assert.equal(answer.body.toString(), 'body');
      assert.deepEqual(answer.message.headers['set-cookie'], ['a=1', 'b=2']);
      assert.equal(answer.message.headers['x-empty'], '');
      assert.equal(answer.message.headers.server, 'envoy');
      assert.match(String(answer.message.headers['x-envoy-upstream-service-time']), /^\d+$/);
      const seen = (await application.ask('seen')).requests.at(-1);
      const headers = new Map<string, string>();
      for (let index = 0; index < (seen?.headers.length ?? 0); index += 2) {
        headers.set(seen?.headers[index] ?? '', seen?.headers[index + 1] ?? '');
      }
      assert.equal(headers.get('x-upper'), 'Kept');
      assert.equal(headers.get('x-empty'), '');
      assert.equal(headers.get('host'), `${SERVICE.good}:${PORTS.http1}`);
      assert.equal(headers.get('x-forwarded-proto'), 'http');
      assert.equal(headers.get('x-envoy-attempt-count'), '1');
      assert.match(headers.get('x-request-id') ?? '', /^[0-9a-f-]{36}$/);
      assert.match(
        headers.get('x-forwarded-client-cert') ?? '',
        new RegExp(`^By=${WORKLOAD_ID};Hash=[0-9a-f]{64};Subject="";URI=${CALLER_ID}$`),
      );
      const known = ['host', 'x-upper', 'x-empty', 'content-length', 'x-forwarded-client-cert'];
      known.push('x-forwarded-proto', 'x-request-id', 'x-envoy-attempt-count');
      assert.deepEqual([...headers.keys()].sort(), known.sort(), 'and nothing else');
    });

    it('the application sees 127.0.0.6, and one connection for many clients', async () => {
      const before = (await application.ask('seen')).connections[PORTS.http1]?.length;
      const others = new Agent({ keepAlive: false });
      for (let count = 0; count < 3; count++) {
        const sent = request({ agent: others, host: SERVICE.good, port: PORTS.http1, path: '/' });
        sent.end();
        assert.equal((await responseTo(sent)).body.toString(), 'hello');
      }
      const connections = (await application.ask('seen')).connections[PORTS.http1];
      assert.equal(connections?.length, before);
      assert.deepEqual(new Set(connections), new Set([`127.0.0.6 ${WORKLOAD}`]));
    });

    it('chunked trailers travel both ways', async () => {
      const sent = ask('/trailers', { method: 'POST', headers: { trailer: 'x-sum' } });
      sent.write('part');
      sent.addTrailers({ 'X-Sum': '42' });
      sent.end();
      const answer = await responseTo(sent);
      assert.equal(answer.body.toString(), 'done');
      assert.deepEqual(answer.message.trailers, { 'x-sum': '42' });
    });

    it('trailers that are announced and cannot come harm nobody', async () => {
      const socket = connectTcp(PORTS.http1, SERVICE.good);
      socket.write('GET /vain-trailer HTTP/1.1\r\nHost: a\r\nTrailer: x-sum\r\nConnection: close\r\n\r\n');
      assert.match((await readAll(socket)).toString(), /^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\nok$/);
    });

    it('the head goes ahead of a slow body, and pieces one by one', async () => {
      const sent = ask('/echo', { method: 'POST' });
      sent.flushHeaders();
      const [answer] = (await once(sent, 'response')) as [IncomingMessage];
      for (const piece of ['one', 'two']) {
        sent.write(piece);
        const [chunk] = (await once(answer, 'data')) as [Buffer];
        assert.equal(chunk.toString(), piece);
      }
      sent.end();
      answer.resume();
      await once(answer, 'end');
    });

    it('100 comes from the application, and only if it wants the body', async () => {
      const accepted = ask('/echo', { method: 'POST', headers: { expect: '100-continue' } });
      const answered = responseTo(accepted);
      accepted.flushHeaders();
      await once(accepted, 'continue');
      accepted.end('now');
      assert.equal((await answered).body.toString(), 'now');

      const refused = ask('/refuse', { method: 'POST', headers: { expect: '100-continue' } });
      refused.on('continue', () => assert.fail('it was not to go on'));
      refused.on('error', () => {});
      refused.flushHeaders();
      const [answer] = (await once(refused, 'response')) as [IncomingMessage];
      assert.equal(answer.statusCode, 417);
      refused.destroy();
    });

    it('early hints, events, empty answers and HEAD pass', async () => {
      const hinted = ask('/hints');
      const hints = once(hinted, 'information');
      hinted.end();
      assert.equal((await responseTo(hinted)).body.toString(), 'after hints');
      const [information] = (await hints) as [{ statusCode: number; headers: Record<string, string> }];
      assert.equal(information.statusCode, 103);
      assert.equal(information.headers.link, '</style.css>; rel=preload');

      const events = ask('/events');
      events.end();
      const [stream] = (await once(events, 'response')) as [IncomingMessage];
      const chunks: string[] = [];
      for await (const chunk of stream) chunks.push(String(chunk));
      assert.deepEqual(chunks, ['data: 0\n\n', 'data: 1\n\n', 'data: 2\n\n']);

      const empty = ask('/204');
      empty.end();
      assert.equal((await responseTo(empty)).status, 204);
      const head = ask('/', { method: 'HEAD' });
      head.end();
      assert.equal((await responseTo(head)).body.length, 0);
    });

    it('an answer before the end of the request arrives', async () => {
      const sent = ask('/early', { method: 'POST' });
      sent.on('error', () => {});
      sent.write('x'.repeat(1000));
      const [answer] = (await once(sent, 'response')) as [IncomingMessage];
      assert.equal(answer.statusCode, 413);
      sent.destroy();
    });

    it('pipelined requests are answered in order', async () => {
      const socket = connectTcp(PORTS.http1, SERVICE.good);
      socket.write('GET /events HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
      const text = (await readAll(socket)).toString();
      assert.ok(text.indexOf('data: 2') > 0 && text.indexOf('hello') > text.indexOf('data: 2'), text);
    });

    it('an offer of h2c is ignored, HTTP/1.0 is refused', async () => {
      const offer = 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n';
      const offering = connectTcp(PORTS.http1, SERVICE.good);
      offering.write(`POST /echo HTTP/1.1\r\nHost: a\r\n${offer}Content-Length: 4\r\n\r\nbody`);
      offering.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
      const text = (await readAll(offering)).toString();
      assert.match(text, /^HTTP\/1\.1 200 OK[\s\S]*body[\s\S]*HTTP\/1\.1 200 OK[\s\S]*hello/);
      const old = connectTcp(PORTS.http1, SERVICE.good);
      old.write('GET / HTTP/1.0\r\n\r\n');
      assert.match((await readAll(old)).toString(), /^HTTP\/1\.1 426 /);
    });

    it('4 MiB come back as they were', async () => {
      const body = randomBytes(4 * 1024 * 1024);
      const sent = ask('/echo', { method: 'PUT' });
      sent.end(body);
      assert.equal(digest((await responseTo(sent)).body), digest(body));
    });

    it('an application that cannot be reached, hangs up or speaks no HTTP is told in the words of Envoy', async () => {
      const answerTo = async (path: string, options?: Parameters<typeof ask>[1]) => {
        const sent = ask(path, options);
        sent.end();
        const { status, body } = await responseTo(sent);
        return `${status} ${body}`;
      };
      const words = 'upstream connect error or disconnect/reset before headers. reset reason:';
      // Newer Envoys tell the reason in their access log only.
      const reason = { node: ', transport failure reason: delayed connect error: Connection refused', envoy: '' };
      assert.equal(
        await answerTo('/', { port: PORTS.loopbackOnly }),
        `503 ${words} remote connection failure${reason[engine]}`,
      );
      assert.equal(await answerTo('/hang-up'), `503 ${words} connection termination`);
      assert.equal(await answerTo('/no-http'), `502 ${words} protocol error`);
      assert.match(
        await answerTo('/', { host: SERVICE.wrongIdentity }),
        {
          node: /^503 .* remote connection failure, transport failure reason: TLS_error: /,
          envoy: /^503 .* remote connection failure$/,
        }[engine],
      );
      assert.equal(await answerTo('/', { host: SERVICE.plaintext }), `503 ${words} connection termination`);
    });

    it('a response that breaks off breaks off at the client', async () => {
      const sent = ask('/hang-up-in-body');
      sent.end();
      const [answer] = (await once(sent, 'response')) as [IncomingMessage];
      await assert.rejects(async () => {
        for await (const _ of answer);
      });
    });

    it('a client that goes away takes its request along', async () => {
      const before = (await application.ask('seen')).ends.length;
      const requests = (await application.ask('seen')).requests.length;
      const sent = ask('/silent');
      sent.on('error', () => {});
      sent.end();
      await until(async () => (await application.ask('seen')).requests.length > requests);
      sent.destroy();
      await until(async () => (await application.ask('seen')).ends.length > before);
      assert.equal((await application.ask('seen')).ends.at(-1), 'aborted');
    });

    it('a WebSocket carries bytes both ways; a refusal is heard', async () => {
      const handshake = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-key': 'key' };
      const sent = ask('/', { headers: handshake });
      sent.end();
      const [answer, socket, head] = (await once(sent, 'upgrade')) as [IncomingMessage, Socket, Buffer];
      assert.equal(answer.headers['sec-websocket-accept'], 'accepted');
      assert.equal(answer.headers.upgrade, 'websocket');
      let text = head.toString();
      socket.on('data', (chunk: Buffer) => {
        text += chunk;
      });
      socket.write('and echo');
      await until(async () => text === 'first and echo');
      socket.end();
      await once(socket, 'close');

      const refused = ask('/no', { headers: handshake });
      refused.end();
      const { status, body } = await responseTo(refused);
      assert.equal(`${status} ${body}`, '401 no');
    });
  });

  describe('HTTP/2', () => {
    let session: ClientHttp2Session;
    before(() => {
      session = connectHttp2(`http://${SERVICE.good}:${PORTS.http2}`);
    });
    after(() => session.destroy());
    const open = (path: string, end: boolean, headers: Record<string, string> = {}): ClientHttp2Stream => {
      const stream = session.request(
        { ':path': path, ':method': end ? 'GET' : 'POST', ...headers },
        { endStream: end, waitForTrailers: !end },
      );
      stream.on('wantTrailers', () => stream.sendTrailers(end ? {} : { 'x-sum': '42' }));
      return stream;
    };

    it('a request and its response arrive, message by message', async () => {
      const stream = open('/echo', false, { 'x-note': 'grüße'.normalize('NFC') });
      const [headers] = (await once(stream, 'response')) as [Record<string, string>];
      assert.equal(headers[':status'], 200);
      assert.equal(headers['x-note'], 'grüße');
      assert.equal(headers.server, 'envoy');
      for (const piece of ['one', 'two']) {
        stream.write(piece);
        const [chunk] = (await once(stream, 'data')) as [Buffer];
        assert.equal(chunk.toString(), piece);
      }
      stream.end();
      stream.resume();
      await once(stream, 'close');
      assert.equal(stream.rstCode, constants.NGHTTP2_NO_ERROR);
    });

    it('trailers travel both ways, informational responses to the client', async () => {
      const stream = open('/trailers', false);
      const trailers = once(stream, 'trailers');
      stream.end('part');
      assert.equal((await readAll(stream)).toString(), 'done');
      assert.equal(((await trailers) as [Record<string, string>])[0]['x-sum'], '42');

      const hinted = open('/hints', true);
      const response = once(hinted, 'response');
      const [information] = (await once(hinted, 'headers')) as [Record<string, string>];
      assert.equal(information[':status'], 103);
      const [, flags] = (await response) as [object, number];
      assert.ok(flags & constants.NGHTTP2_FLAG_END_STREAM, 'the response ends with its head');
    });

    it('two clients share one connection to the application', async () => {
      const other = connectHttp2(`http://${SERVICE.good}:${PORTS.http2}`);
      const [one, two] = [open('/echo', false), other.request({ ':path': '/echo', ':method': 'POST' })];
      one.end('one');
      two.end('two');
      // At the same time: a stream that has closed before it is read counts as broken off.
      assert.deepEqual((await Promise.all([readAll(one), readAll(two)])).map(String), ['one', 'two']);
      other.destroy();
      const connections = (await application.ask('seen')).connections[PORTS.http2];
      assert.deepEqual(connections, [`127.0.0.6 ${WORKLOAD}`]);
      assert.equal((await workloadSidecar.ask('statistics')).outbound.connections, 0);
    });

    it('equal header blocks shrink on the shared connection: they need its history to be read', async () => {
      const headers = { 'x-constant': 'a value that is worth a place in the dynamic table' };
      for (let count = 0; count < 2; count++) {
        const client = connectHttp2(`http://${SERVICE.good}:${PORTS.headerBlocks}`);
        const stream = client.request({ ':path': '/', ...headers });
        assert.equal((await readAll(stream)).toString(), 'hello');
        client.destroy();
      }
      const { headerBlocks } = await application.ask('seen');
      const [first = 0, second = 0] = headerBlocks;
      assert.ok(second > 0 && second < first / 2, `${headerBlocks}`);
    });

    it('resets keep their codes once the response has begun, and are told as 503 before', async () => {
      const early = open('/reset-at-once', true);
      const [headers] = (await once(early, 'response')) as [Record<string, string>];
      assert.equal(headers[':status'], 503);
      assert.match((await readAll(early)).toString(), /reset reason: remote reset$/);

      const late = open('/reset-later', true);
      late.on('error', () => {});
      late.resume();
      await closed(late);
      // Envoy has two codes for all that happens behind it.
      const code = { node: constants.NGHTTP2_ENHANCE_YOUR_CALM, envoy: constants.NGHTTP2_INTERNAL_ERROR };
      assert.equal(late.rstCode, code[engine]);

      for (const code of [constants.NGHTTP2_CANCEL, constants.NGHTTP2_INTERNAL_ERROR]) {
        const told = { node: code, envoy: constants.NGHTTP2_INTERNAL_ERROR }[engine];
        const before = (await application.ask('seen')).ends.length;
        const requests = (await application.ask('seen')).requests.length;
        const abandoned = open('/silent', false);
        abandoned.on('error', () => {});
        abandoned.write('some');
        await until(async () => (await application.ask('seen')).requests.length > requests);
        abandoned.close(code);
        await until(async () => (await application.ask('seen')).ends.length > before);
        assert.equal((await application.ask('seen')).ends.at(-1), told);
      }
    });

    it('an answer before the end of the request arrives whole', async () => {
      const stream = open('/early', false);
      stream.on('error', () => {});
      stream.write('x'.repeat(1000));
      let text = '';
      stream.on('data', (chunk: Buffer) => {
        text += chunk;
      });
      const [headers] = (await once(stream, 'response')) as [Record<string, string>];
      assert.equal(headers[':status'], 413);
      await once(stream, 'close');
      assert.equal(`${text} ${stream.rstCode}`, 'too large 0');
    });

    it('after GOAWAY or the loss of a connection the next request gets a new one', async () => {
      const leaving = open('/goaway', true);
      assert.equal((await readAll(leaving)).toString(), 'last on this connection');
      assert.equal((await readAll(open('/', true))).toString(), 'hello');
      const lost = open('/crash', true);
      assert.match((await readAll(lost)).toString(), /reset reason: connection termination$/);
      const torn = open('/crash-later', true);
      torn.on('error', () => {});
      torn.resume();
      await closed(torn);
      assert.equal(torn.rstCode, constants.NGHTTP2_INTERNAL_ERROR);
      assert.equal((await readAll(open('/', true))).toString(), 'hello');
    });

    it('64 MiB come back as they were, while nobody holds all of it', async () => {
      const part = randomBytes(1024 * 1024);
      const stream = open('/echo', false);
      const received = createHash('sha256');
      const sent = createHash('sha256');
      stream.on('data', (chunk: Buffer) => received.update(chunk));
      for (let count = 0; count < 64; count++) {
        sent.update(part);
        if (!stream.write(part)) await once(stream, 'drain');
      }
      stream.end();
      await once(stream, 'end');
      assert.equal(received.digest('hex'), sent.digest('hex'));
    });

    // Envoy offers windows of 256 MiB on each of its connections: nobody stops who sends less.
    const stops = engine === 'node' ? it : test.skip;
    stops('a reader that pauses stops the sender', async () => {
      const stream = open('/echo', false);
      await once(stream, 'response');
      const part = Buffer.alloc(256 * 1024);
      let written = 0;
      let stalled = false;
      while (!stalled && written < 64 * 1024 * 1024) {
        written += part.length;
        if (!stream.write(part)) {
          const timer = new AbortController();
          const waited = setTimeout(() => timer.abort(), 300);
          stalled = await once(stream, 'drain', { signal: timer.signal }).then(
            () => false,
            () => true,
          );
          clearTimeout(waited);
        }
      }
      assert.ok(stalled, 'the windows between both ends are finite');
      assert.ok(written < 32 * 1024 * 1024, `${written}`);
      stream.close(constants.NGHTTP2_CANCEL);
    });
  });

  describe('gRPC', () => {
    const definition = loadSync(ECHO_PROTO, { keepCase: true, defaults: true });
    const service = definition['mirrorspec.echo.v1.Echo'] as unknown as grpc.ServiceDefinition;
    const Client = grpc.makeGenericClientConstructor(service, 'Echo');
    interface Reply {
      readonly payload: Buffer;
      readonly index: number;
    }
    const connect = (address: string = SERVICE.good, port: number = PORTS.grpc) =>
      new Client(`${address}:${port}`, grpc.credentials.createInsecure());
    const unary = (client: grpc.Client, message: object, metadata = new grpc.Metadata()) => {
      let initial = new grpc.Metadata();
      let status: grpc.StatusObject | undefined;
      return new Promise<{
        error: grpc.ServiceError | null;
        reply: Reply | undefined;
        initial: grpc.Metadata;
        status: grpc.StatusObject | undefined;
      }>((resolve) => {
        let outcome: { error: grpc.ServiceError | null; reply: Reply | undefined } | undefined;
        const done = () => outcome && status && resolve({ ...outcome, initial, status });
        const method = service.Unary as grpc.MethodDefinition<object, Reply>;
        const call = client.makeUnaryRequest(
          method.path,
          method.requestSerialize,
          method.responseDeserialize,
          message,
          metadata,
          (error, reply) => {
            outcome = { error, reply };
            done();
          },
        );
        call.on('metadata', (metadata) => {
          initial = metadata;
        });
        call.on('status', (final) => {
          status = final;
          done();
        });
      });
    };

    it('a unary call carries metadata and trailers, binary ones too', async () => {
      const client = connect();
      const metadata = new grpc.Metadata();
      metadata.set('x-sent-bin', Buffer.from([0, 200, 255]));
      const { error, reply, initial, status } = await unary(client, { payload: Buffer.from('hi') }, metadata);
      assert.equal(error, null);
      assert.equal(reply?.payload.toString(), 'hi');
      assert.deepEqual(initial.get('x-initial-bin'), [Buffer.from([0, 200, 255])]);
      assert.deepEqual(status?.metadata.get('x-trailer'), ['kept']);
      assert.deepEqual(status?.metadata.get('x-trailer-bin'), [Buffer.from([0, 1, 255])]);
      client.close();
    });

    it('an error comes as trailers only, with its message', async () => {
      const client = connect();
      const { error, status } = await unary(client, {
        payload: Buffer.alloc(0),
        control: { status: 7, status_message: 'nö: 100 %', fail_at_once: true },
      });
      assert.equal(error?.code, 7);
      assert.equal(error?.details, 'nö: 100 %');
      assert.deepEqual(status?.metadata.get('x-trailer'), ['kept']);
      client.close();
    });

    it('streams of every kind', async () => {
      const client = connect();
      const { ClientStream, ServerStream, BidiStream } = service as unknown as Record<
        string,
        grpc.MethodDefinition<object, Reply>
      >;
      assert.ok(ClientStream && ServerStream && BidiStream);
      const joined = await new Promise<Reply | undefined>((resolve, reject) => {
        const call = client.makeClientStreamRequest(
          ClientStream.path,
          ClientStream.requestSerialize,
          ClientStream.responseDeserialize,
          (error, reply) => (error === null ? resolve(reply) : reject(error)),
        );
        for (const text of ['a', 'b', 'c']) call.write({ payload: Buffer.from(text) });
        call.end();
      });
      assert.equal(joined?.payload.toString(), 'abc');

      const stream = client.makeServerStreamRequest(
        ServerStream.path,
        ServerStream.requestSerialize,
        ServerStream.responseDeserialize,
        { payload: Buffer.from('x') },
      );
      const indexes: number[] = [];
      for await (const reply of stream) indexes.push((reply as Reply).index);
      assert.deepEqual(indexes, [0, 1, 2]);

      const bidi = client.makeBidiStreamRequest(
        BidiStream.path,
        BidiStream.requestSerialize,
        BidiStream.responseDeserialize,
      );
      for (let index = 0; index < 20; index++) {
        bidi.write({ payload: Buffer.from(`message ${index}`) });
        const [reply] = (await once(bidi, 'data')) as [Reply];
        assert.equal(reply.payload.toString(), `message ${index}`);
      }
      bidi.end();
      const [status] = (await once(bidi, 'status')) as [grpc.StatusObject];
      assert.equal(status.code, grpc.status.OK);
      client.close();
    });

    it('a call that the client cancels is cancelled at the application', async () => {
      const client = connect();
      const { BidiStream } = service as unknown as Record<string, grpc.MethodDefinition<object, Reply>>;
      assert.ok(BidiStream);
      const call = client.makeBidiStreamRequest(
        BidiStream.path,
        BidiStream.requestSerialize,
        BidiStream.responseDeserialize,
      );
      call.on('error', () => {});
      call.write({ payload: Buffer.from('x') });
      await once(call, 'data');
      call.cancel();
      await until(async () => (await application.ask('seen')).ends.includes('grpc cancelled'));
      client.close();
    });

    it('an upstream failure is UNAVAILABLE', async () => {
      for (const [address, port] of [
        [SERVICE.good, PORTS.loopbackOnly],
        [SERVICE.wrongIdentity, PORTS.grpc],
        [SERVICE.plaintext, PORTS.grpc],
      ] as const) {
        const client = connect(address, port);
        const { error } = await unary(client, { payload: Buffer.alloc(0) });
        assert.equal(error?.code, grpc.status.UNAVAILABLE);
        assert.match(error?.details ?? '', /^upstream connect error or disconnect\/reset before headers/);
        client.close();
      }
    });
  });

  describe('TCP', () => {
    it('bytes pass both ways, each side ends for itself', async () => {
      const socket = connectTcp({ port: PORTS.serverFirst, host: SERVICE.good, allowHalfOpen: true });
      const [greeting] = (await once(socket, 'data')) as [Buffer];
      assert.equal(greeting.toString(), '220 ready\r\n');
      socket.end('x'.repeat(100_000));
      assert.equal((await readAll(socket)).toString(), 'got 100000');
    });

    it('16 MiB come back as they were', async () => {
      const body = randomBytes(16 * 1024 * 1024);
      const socket = connectTcp({ port: PORTS.echo, host: SERVICE.good, allowHalfOpen: true });
      socket.end(body);
      assert.equal(digest(await readAll(socket)), digest(body));
    });

    it('a reset passes through, either way', async () => {
      for (let round = 0; round < 20; round++) {
        const byServer = connectTcp(PORTS.reset, SERVICE.good);
        byServer.write('x');
        assert.equal(await endOf(byServer), 'ECONNRESET', `round ${round}`);

        const byClient = connectTcp(PORTS.echo, SERVICE.good);
        byClient.write('x');
        await once(byClient, 'data');
        const before = (await application.ask('seen')).ends.length;
        byClient.resetAndDestroy();
        await until(async () => (await application.ask('seen')).ends.length > before);
        assert.equal((await application.ask('seen')).ends.at(-1), 'ECONNRESET', `round ${round}`);
      }
    });

    it('bytes on an undeclared port are no HTTP, and pass', async () => {
      const socket = connectTcp(PORTS.http1, SERVICE.good);
      socket.write('hello\r\n\r\n');
      assert.match((await readAll(socket)).toString(), /^HTTP\/1\.1 400/, 'the application itself answers');
    });

    it('a server with the wrong identity gets nothing', async () => {
      const before = (await application.ask('seen')).connections[PORTS.echo]?.length;
      const socket = connectTcp(PORTS.echo, SERVICE.wrongIdentity);
      let received = 0;
      socket.on('data', (chunk: Buffer) => {
        received += chunk.length;
      });
      socket.write('secret');
      const how = await endOf(socket);
      // Envoy closes, which is a reset where it has not read everything yet.
      assert.match(how, { node: /^ECONNRESET$/, envoy: /^(ECONNRESET|fin)$/ }[engine]);
      assert.equal(received, 0);
      // Envoy's inbound side opens a connection to the application before the handshake is over, and sends nothing on it.
      const opened = { node: 0, envoy: 1 }[engine];
      assert.equal((await application.ask('seen')).connections[PORTS.echo]?.length, (before ?? 0) + opened);
    });
  });

  describe('who is let in', () => {
    const curl = (...args: string[]) => inPod('stranger', ['curl', '-sS', '--max-time', '5', ...args]);
    const url = `http://${WORKLOAD}:${PORTS.http1}/`;

    it('STRICT resets plaintext', async () => {
      const before = (await workloadSidecar.ask('statistics')).inbound.refusedPlaintext;
      assert.match(await curl(url), /reset by peer/i);
      assert.equal((await workloadSidecar.ask('statistics')).inbound.refusedPlaintext, before + 1);
    });

    it('only a certificate of this mesh opens the door', async () => {
      const stranger = await createAuthority(TRUST_DOMAIN);
      const ask = async (
        own: { certificatePem: string; keyPem: string } | undefined,
        alpn: string[] = ['istio-http/1.1', 'istio', 'http/1.1'],
      ): Promise<string> => {
        // Straight to the workload: the caller's sidecar passes unknown destinations on as they are.
        const socket = connectTls({
          host: WORKLOAD,
          port: PORTS.http1,
          ca: authority.rootPem,
          checkServerIdentity: () => undefined,
          ALPNProtocols: alpn,
          ...(own === undefined ? {} : { cert: own.certificatePem, key: own.keyPem }),
        });
        socket.on('error', () => {});
        socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
        // A refusal after the handshake is an alert.
        const alert = (error: NodeJS.ErrnoException) => {
          if (!/^ERR_SSL_.*ALERT/.test(error.code ?? '')) throw error;
          return '';
        };
        return (await readAll(socket).catch(alert)).toString();
      };
      assert.match(await ask(await authority.issue(CALLER_ID)), /^HTTP\/1\.1 200/);
      assert.match(await ask(await authority.issue(CALLER_ID), []), /^HTTP\/1\.1 200/, 'without ALPN');
      assert.equal(await ask(undefined), '');
      assert.equal(await ask(await stranger.issue(CALLER_ID)), '');
      assert.equal(await ask(await authority.issue('spiffe://foreign/ns/default/sa/caller')), '');
      const { tlsFailures } = (await workloadSidecar.ask('statistics')).inbound;
      const [without, foreign, uncertified] = {
        node: [/^no client certificate$/, /^foreign trust domain: spiffe:\/\/foreign\//, /SELF_SIGNED|VERIFY|ISSUER/],
        envoy: [/^fail_verify_no_cert$/, /^fail_verify_san$/, /^fail_verify_error$/],
      }[engine] as [RegExp, RegExp, RegExp];
      for (const reason of [without, foreign, uncertified]) {
        const counted = Object.entries(tlsFailures).filter(([told]) => reason.test(told));
        assert.deepEqual(
          counted.map(([, count]) => count),
          [1],
          `${reason} of ${JSON.stringify(tlsFailures)}`,
        );
      }
    });

    it('PERMISSIVE takes plaintext and mutual TLS, and believes no claimed certificate', async () => {
      await workloadSidecar.end();
      workloadSidecar = await startSidecar(engine, 'workload', await workloadOptions('PERMISSIVE'));
      assert.equal(await curl('-H', 'X-Forwarded-Client-Cert: By=forged', url), 'hello');
      const seen = (await application.ask('seen')).requests.at(-1);
      assert.ok(!seen?.headers.includes('x-forwarded-client-cert'));
      assert.ok(!seen?.headers.includes('x-envoy-attempt-count'));
      assert.ok(seen?.headers.includes('x-request-id'));
      const meshed = request({ host: SERVICE.good, port: PORTS.http1, path: '/' });
      meshed.end();
      assert.equal((await responseTo(meshed)).status, 200);
      const { inbound } = await workloadSidecar.ask('statistics');
      assert.equal(inbound.mutualTlsHandshakes, 1);
      assert.equal(inbound.connections, 2);
      // TLS that is not the mesh's own belongs to the application.
      await curl('-k', url.replace('http:', 'https:'));
      const { inbound: then } = await workloadSidecar.ask('statistics');
      assert.deepEqual([then.mutualTlsHandshakes, then.spoken.tcp, then.tlsFailures], [1, 1, {}]);
    });

    it('DISABLE takes plaintext only; TLS is passed on unopened', async () => {
      await workloadSidecar.end();
      workloadSidecar = await startSidecar(engine, 'workload', await workloadOptions('DISABLE'));
      assert.equal(await curl(url), 'hello');
      const plain = request({ host: SERVICE.plaintext, port: PORTS.http1, path: '/' });
      plain.end();
      assert.equal((await responseTo(plain)).body.toString(), 'hello');
      assert.equal((await workloadSidecar.ask('statistics')).inbound.mutualTlsHandshakes, 0);
      if (engine === 'node')
        assert.ok(workloadSidecar.log.some((line) => line.startsWith('inbound "GET / HTTP/1.1" 200 ')));
    });

    it('dialling a sidecar itself leads nowhere', async () => {
      assert.match(await curl(`http://${WORKLOAD}:15006/`), /reset by peer|Failed to connect/i);
    });
  });
}

/** A test that hangs is told by its name. */
function it(name: string, body: () => Promise<void>): void {
  void test(name, { timeout: 10_000 }, body);
}

interface Answer {
  readonly status: number | undefined;
  readonly body: Buffer;
  readonly message: IncomingMessage;
}

async function responseTo(sent: ClientRequest): Promise<Answer> {
  const [message] = (await once(sent, 'response')) as [IncomingMessage];
  return { status: message.statusCode, body: await readAll(message), message };
}

async function readAll(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  try {
    for await (const part of stream) parts.push(part);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ECONNRESET') throw error;
  }
  return Buffer.concat(parts);
}

/** How a connection ended: the code of its error, or `fin`. */
function endOf(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let how = 'fin';
    socket.on('error', (error: NodeJS.ErrnoException) => {
      how = String(error.code);
    });
    socket.once('close', () => resolve(how));
    socket.resume();
  });
}

/** Waits until a stream has closed, for whatever reason. */
function closed(stream: ClientHttp2Stream): Promise<void> {
  return new Promise((resolve) => stream.once('close', resolve));
}

function digest(data: Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

/** Asks until it holds; the test's own deadline ends it otherwise. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 5000; !(await holds()); ) {
    assert.ok(Date.now() < end, `never held: ${holds}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
