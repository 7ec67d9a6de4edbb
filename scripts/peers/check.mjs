#!/usr/bin/env node
// Checks the workload programs against clients that share no code with them: curl, grpcurl and grpc-go. Needs Go and curl
// and, at the first run, the Go module proxy; not part of `npm test`.
//
//   node scripts/peers/check.mjs
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startWorkload } from './workload-process.mjs';

const run = promisify(execFile);
const GRPCURL = 'github.com/fullstorydev/grpcurl/cmd/grpcurl@v1.9.3';
const GO_PEER = fileURLToPath(new URL('./go', import.meta.url));

let passed = 0;
let failed = 0;

async function check(name, body) {
  try {
    await body();
    passed += 1;
    console.log(`ok ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`not ok ${name}: ${error.stderr || error.message}`);
  }
}

function expect(actual, expected) {
  const matches = expected instanceof RegExp ? expected.test(actual) : actual === expected;
  if (!matches) throw new Error(`expected ${expected}, got ${JSON.stringify(actual)}`);
}

async function curl(...args) {
  const { stdout } = await run('curl', ['--silent', '--show-error', '--max-time', '20', ...args], {
    encoding: 'latin1',
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout;
}

/** Standard output and standard error of grpcurl, whatever its exit code. */
async function grpcurl(...args) {
  const options = { timeout: 300_000 };
  const result = await run('go', ['run', GRPCURL, '-plaintext', ...args], options).catch((error) => error);
  return `${result.stdout}${result.stderr}`;
}

async function checkCurl(base, folder) {
  const large = join(folder, 'large');
  const bytes = Buffer.alloc(8_000_003, 'mirrorspec');
  await writeFile(large, bytes);
  for (const { flag, version } of [
    { flag: '--http1.1', version: 'HTTP/1.1' },
    { flag: '--http2-prior-knowledge', version: 'HTTP/2' },
  ]) {
    const on = version.replace('HTTP/', '');
    await check(`curl ${version} describes a GET`, async () => {
      const answer = await curl(flag, `${base}/a?b=1`, '--write-out', ' %{http_version}');
      const [json, used] = answer.split('\n');
      expect(used.trim(), on);
      const { method, path, protocol } = JSON.parse(json);
      expect(`${method} ${path} ${protocol}`, `GET /a?b=1 ${version}`);
    });
    await check(`curl ${version} HEAD`, async () => {
      expect(await curl(flag, '--head', `${base}/`), /^HTTP\/\S+ 200[\s\S]*content-length: \d\d/);
    });
    await check(`curl ${version} echoes with status and headers`, async () => {
      const control = ['-H', 'x-echo-status: 418', '-H', 'x-echo-header-a: b', '-H', 'content-type: text/x-own'];
      const answer = await curl(flag, '--include', '--data-binary', 'words', ...control, `${base}/`);
      expect(answer, /^HTTP\/\S+ 418[\s\S]*content-type: text\/x-own\r\n[\s\S]*a: b\r\n[\s\S]*\r\n\r\nwords$/);
    });
    await check(`curl ${version} gets trailers`, async () => {
      const args = ['--dump-header', '-', '--output', '/dev/null', '-H', 'x-echo-trailer-sum: 7'];
      expect(await curl(flag, ...args, '--data-binary', 'words', `${base}/`), /\r\n\r\nsum: 7\r\n/);
    });
    await check(`curl ${version} uploads and gets back 8 MB`, async () => {
      const answer = join(folder, 'answer');
      await curl(flag, '--upload-file', large, '--output', answer, `${base}/`);
      if (!(await readFile(answer)).equals(bytes)) throw new Error('the answer is not what was sent');
    });
    await check(`curl ${version} gets 204`, async () => {
      expect(await curl(flag, '--include', '-H', 'x-echo-status: 204', '-X', 'DELETE', `${base}/`), /^HTTP\/\S+ 204/);
    });
    await check(`curl ${version} gets gRPC-Web, message by message`, async () => {
      const request = join(folder, 'request');
      // { text: "a", control: { messages: 2 } }
      await writeFile(request, Buffer.from([0, 0, 0, 0, 7, 0x12, 2, 0x28, 2, 0x1a, 1, 97]));
      const answer = await curl(
        flag,
        '--data-binary',
        `@${request}`,
        '-H',
        'content-type: application/grpc-web+proto',
        `${base}/mirrorspec.echo.v1.Echo/ServerStream`,
      );
      expect(answer, '\0\0\0\0\x03\x1a\x01a\0\0\0\0\x05\x10\x01\x1a\x01a\x80\0\0\0\x10grpc-status: 0\r\n');
    });
  }
  await check('curl that offers an upgrade to h2c is served as HTTP/1.1', async () => {
    expect(await curl('--http2', '--write-out', ' %{http_version}', `${base}/`), /HTTP\/1\.1.* 1\.1$/s);
  });
}

async function checkGrpcurl(yages, echo) {
  await check('grpcurl lists yages', async () => {
    expect(await grpcurl(yages, 'list'), /yages\.Echo/);
  });
  await check('grpcurl describes every service', async () => {
    expect(await grpcurl(yages, 'describe'), /rpc Reverse \( \.yages\.Content \) returns \( \.yages\.Content \);/);
    expect(await grpcurl(echo, 'describe', '.mirrorspec.echo.v1.Control'), /bool fail_at_once = 7/);
  });
  await check('grpcurl ping', async () => {
    expect(await grpcurl(yages, 'yages.Echo.Ping'), /^\{\s+"text": "pong"\s+\}\s*$/);
  });
  await check('grpcurl reverse', async () => {
    expect(await grpcurl('-d', '{"text":"aé😀z"}', yages, 'yages.Echo.Reverse'), /"text": "z😀éa"/);
  });
  await check('grpcurl server-streaming with an error and trailers', async () => {
    const control = { status: 5, status_message: 'gone', messages: 2, trailers: [{ name: 'x-why', value: 'because' }] };
    const request = JSON.stringify({ text: 'a', control });
    const answer = await grpcurl('-v', '-d', request, echo, 'mirrorspec.echo.v1.Echo.ServerStream');
    expect(answer, /"index": 1[\s\S]*x-why: because[\s\S]*Code: NotFound[\s\S]*Message: gone/);
  });
  await check('grpcurl bidi-streaming', async () => {
    const answer = await grpcurl('-d', '{"text":"a"} {"text":"b"}', echo, 'mirrorspec.echo.v1.Echo.BidiStream');
    expect(answer, /"text": "a"[\s\S]*"text": "b"/);
  });
}

async function checkGo(yages, echo) {
  const { stdout } = await run('go', ['run', '.', yages, echo], { cwd: GO_PEER, timeout: 300_000 });
  for (const line of stdout.trim().split('\n')) {
    console.log(line.replace(/^(not )?ok /, '$&grpc-go '));
    if (line.startsWith('ok ')) passed += 1;
    else failed += 1;
  }
}

async function checkJournal({ journal }) {
  await check('the journal has the cancelled call as reset', () => {
    const request = journal.find(({ kind, call }) => kind === 'request' && call === 'cancelled');
    const reset = journal.find(({ kind, exchange }) => kind === 'reset' && exchange === request?.exchange);
    expect(reset?.code, 'CANCEL');
  });
  await check('the journal has no other reset', () => {
    expect(journal.filter(({ kind }) => kind === 'reset').length, 1);
  });
  await check('the journal has every connection closed', async () => {
    const open = () =>
      journal.filter(({ kind }) => kind === 'connection-opened').length -
      journal.filter(({ kind }) => kind === 'connection-closed').length;
    for (let wait = 0; wait < 100 && open() > 0; wait++) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(open(), 0);
  });
}

const folder = await mkdtemp(join(tmpdir(), 'mirrorspec-peers-'));
const workloads = [];
try {
  const any = { listenHost: '127.0.0.1', httpPort: 0, grpcPort: 0, tcpPort: 0, port: 0 };
  for (const name of ['yages', 'echo']) workloads.push(await startWorkload(name, any));
  const [yages, echo] = workloads;
  const [yagesAddress, echoAddress] = workloads.map(({ ports }) => `127.0.0.1:${ports.grpc}`);
  await checkCurl(`http://127.0.0.1:${echo.ports.http}`, folder);
  await check('grpc-go runs', () => checkGo(yagesAddress, echoAddress));
  await checkGrpcurl(yagesAddress, echoAddress);
  await checkJournal(echo);
  await check('the journal of yages has no reset', () => {
    expect(yages.journal.filter(({ kind }) => kind === 'reset').length, 0);
  });
} finally {
  for (const workload of workloads) workload.stop();
  await rm(folder, { recursive: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
