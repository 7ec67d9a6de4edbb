/**
 * Requests in HTTP/1.1 that are allowed but rare, or wrong in ways that Node's parser lets pass or has to refuse. Latin-1.
 */
export const ODD_REQUESTS: readonly string[] = [
  'CONNECT a:80 HTTP/1.1\r\nhost: w\r\n\r\n',
  'OPTIONS * HTTP/1.1\r\nhost: w\r\n\r\n',
  'GET http://a/b HTTP/1.1\r\nhost: w\r\n\r\n',
  'GET /\xff\xfe HTTP/1.1\r\nhost: w\r\n\r\n',
  'GET /a\x01b HTTP/1.1\r\nhost: w\r\n\r\n',
  'GET /a b HTTP/1.1\r\nhost: w\r\n\r\n',
  'GET /"<>^`{|} HTTP/1.1\r\nhost: w\r\n\r\n',
  'GET /#fragment HTTP/1.1\r\nhost: w\r\n\r\n',
  'GET /a HTTP/1.1\r\n\r\n',
  'GET /a HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n',
  'GET /a HTTP/1.1\r\nhost: \x80\xff\r\n\r\n',
  'GET /a HTTP/1.0\r\nconnection: keep-alive\r\n\r\n',
  'GET /a HTTP/1.1\r\nhost: w\r\ntrailer: x\r\n\r\n',
  'POST /a HTTP/1.1\r\nhost: w\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n',
  'POST /a HTTP/1.1\r\nhost: w\r\ntransfer-encoding: gzip\r\n\r\n2\r\nab\r\n0\r\n\r\n',
  'POST /a HTTP/1.1\r\nhost: w\r\ntransfer-encoding: gzip, chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n',
  'POST /a HTTP/1.1\r\nhost: w\r\ntransfer-encoding: identity\r\ncontent-length: 2\r\n\r\nab',
  'POST /a HTTP/1.1\r\nhost: w\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\nab',
  'GET /a HTTP/1.1\r\nhost: w\r\nexpect: something\r\n\r\n',
  'GET /a HTTP/1.1\r\nhost: w\r\ntransfer-encoding: chunked\r\ntrailer: x\r\n\r\n0\r\nx: \xff\x80\r\n\r\n',
  'GET /a HTTP/1.1\r\nhost: w\r\ntransfer-encoding: chunked\r\n\r\n0\r\nhost: b\r\ncontent-length: 7\r\ndate: a\r\ndate: b\r\n\r\n',
  'POST /a HTTP/1.1\r\nhost: w\r\ncontent-length: 02\r\n\r\nab',
  'PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n',
  'GET /a HTTP/1.1\r\nhost: w\r\nupgrade: h2c\r\nconnection: upgrade, http2-settings\r\nhttp2-settings: AAMAAABk\r\n\r\n',
  'GET /a HTTP/1.1\r\nhost: w\r\nupgrade: something\r\nconnection: upgrade\r\n\r\n',
  'GET /a HTTP/1.1\r\nhost: w\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n',
  'GET /a HTTP/1.1\r\nhost: w\r\nupgrade: websocket\r\nconnection: upgrade\r\ncontent-length: 2\r\n\r\nab',
  'POST /a HTTP/1.1\r\nhost: w\r\nupgrade: websocket\r\nconnection: upgrade\r\ntransfer-encoding: chunked\r\ntrailer: x\r\n\r\n2\r\nab\r\n0\r\nx: 1\r\n\r\n',
  'GET /a HTTP/1.1\r\nhost: w\r\nconnection: close\r\nconnection: keep-alive, x\r\nx: 1\r\ndate: x\r\nkeep-alive: timeout=1\r\n\r\n',
  'BREW /a HTTP/1.1\r\nhost: w\r\n\r\n',
  'SOURCE /a HTTP/1.1\r\nhost: w\r\n\r\n',
  `GET /a HTTP/1.1\r\nhost: w\r\n${'x: y\r\n'.repeat(3000)}\r\n`,
  `GET /${'a'.repeat(100_000)} HTTP/1.1\r\nhost: w\r\n\r\n`,
  'GET /a HTTP/1.1\r\nhost: w\r\n folded: x\r\n\r\n',
  'GET /a HTTP/1.1\nhost: w\n\n',
  '\r\n\r\nGET /a HTTP/1.1\r\nhost: w\r\n\r\n',
];

/** What an application may say to a request, in the same spirit; the connection ends after it. Latin-1. */
export const ODD_ANSWERS: readonly string[] = [
  'HTTP/1.1 000 Weird\r\ncontent-length: 2\r\n\r\nok',
  'HTTP/1.1 099 Weird\r\ncontent-length: 2\r\n\r\nok',
  'HTTP/1.1 999 Weird\r\ncontent-length: 2\r\n\r\nok',
  'HTTP/1.1 200 \x80\xff\r\ncontent-length: 2\r\n\r\nok',
  'HTTP/1.1 200 OK\r\nx y: 1\r\ncontent-length: 2\r\n\r\nok',
  'HTTP/1.1 200 OK\r\nx: \x01\r\ncontent-length: 2\r\n\r\nok',
  'HTTP/1.1 200 OK\r\ntrailer: x\r\ncontent-length: 2\r\n\r\nok',
  'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 2\r\n\r\nok',
  'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
  'HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n2\r\nok\r\n0\r\nx y: 1\r\n\r\n',
  'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nx: \xff\r\n\r\n',
  'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\ndate: a\r\ndate: b\r\nconnection: x\r\n\r\n',
  'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nok\r\n0\r\n\r\n',
  'HTTP/1.1 101 Switching\r\nupgrade: foo\r\nconnection: upgrade\r\n\r\nok',
  'HTTP/1.1 101 Switching\r\n\r\nok',
  'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nlink: a\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok',
  'HTTP/1.1 199 What\r\nx: \x80\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok',
  'HTTP/1.1 204 No\r\ncontent-length: 2\r\n\r\nok',
  'HTTP/1.1 204 No\r\ntransfer-encoding: chunked\r\ntrailer: x\r\n\r\n2\r\nok\r\n0\r\nx: 1\r\n\r\n',
  'HTTP/1.1 304 No\r\ntransfer-encoding: chunked\r\ntrailer: x\r\n\r\n',
  'HTTP/1.1 304 No\r\ncontent-length: 5\r\n\r\n',
  'HTTP/1.1 205 No\r\ncontent-length: 5\r\n\r\n',
  'HTTP/1.1 200 OK\r\nconnection: keep-alive\r\n\r\nok',
  'HTTP/1.0 200 OK\r\n\r\nok',
  'HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ncontent-length: 2\r\n\r\nok',
  'HTTP/2.0 200 OK\r\ncontent-length: 2\r\n\r\nok',
  'HTTP/1.1 200 OK\r\ncontent-length: 99999999999999999999\r\n\r\nok',
  'HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\nok',
  'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nok',
  'HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nokokok',
  'HTTP/1.1 200 OK\r\ndate: x\r\ndate: y\r\nage: 1\r\nage: 2\r\nset-cookie: a\r\nset-cookie: b\r\ncontent-length: 2\r\n\r\nok',
  'HTTP/1.1 200 OK\r\nhttp2-settings: x\r\nupgrade: h2c\r\nconnection: upgrade\r\ncontent-length: 2\r\n\r\nok',
  'HTTP/1.1 200 OK\r\nconnection: close, x-a\r\nx-a: 1\r\ncontent-length: 2\r\n\r\nok',
  `HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(5000)}content-length: 2\r\n\r\nok`,
  `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(300_000)}\r\ncontent-length: 2\r\n\r\nok`,
  '',
  'garbage',
  'HTTP/1.1 200',
];

/** What is asked of an application that answers oddly. */
const PLAIN_REQUESTS: readonly string[] = [
  'GET /a HTTP/1.1\r\nhost: w\r\n\r\n',
  'HEAD /a HTTP/1.1\r\nhost: w\r\n\r\n',
  'GET /a HTTP/1.1\r\nhost: w\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n',
  'POST /a HTTP/1.1\r\nhost: w\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n0\r\nx: 1\r\n\r\n',
];

const PLAIN_ANSWERS: readonly string[] = [
  'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok',
  'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
];

/** Requests, and what each is answered with. */
export const ODD_EXCHANGES: readonly (readonly [request: string, answer: string])[] = [
  ...ODD_ANSWERS.flatMap((answer) => PLAIN_REQUESTS.map((request) => [request, answer] as const)),
  ...ODD_REQUESTS.flatMap((request) => PLAIN_ANSWERS.map((answer) => [request, answer] as const)),
];
