import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DEFAULT_REDACTION, Redactor } from './redaction.js';

const plain = new Redactor(DEFAULT_REDACTION);
const keyed = new Redactor({ ...DEFAULT_REDACTION, key: 'of this run' });
/** Written in parts, so that nobody takes this file for a leak. */
const JWT = ['eyJhbGciOiJIUzI1NiJ9', 'eyJzdWIiOiJhbGljZSJ9', 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'].join('.');
const PEM = ['-----BEGIN EC ', 'PRIVATE KEY-----\nMHcCAQEEIB\nabc=\n-----END EC ', 'PRIVATE KEY-----'].join('');

describe('a credential in a text is redacted', () => {
  const cases: readonly (readonly [what: string, text: string, expected: string])[] = [
    ['a bearer token', 'sent Bearer s3cret-token to it', 'sent Bearer [redacted] to it'],
    ['a bearer token of letters only', 'Bearer abcdefghijklmnopqrstuvwx', 'Bearer [redacted]'],
    ['user and password', 'Basic dXNlcjpwYXNz', 'Basic [redacted]'],
    ['a JWT', `got ${JWT}, and`, 'got [redacted], and'],
    ['a JWT that is cut', JWT.slice(0, 30), '[redacted]'],
    ['a JWT in a path', `GET /sso/${JWT}/x`, 'GET /sso/[redacted]/x'],
    ['a private key', `key:\n${PEM}\nend`, 'key:\n[redacted]\nend'],
    ['a private key in JSON', JSON.stringify({ pem: PEM, b: 1 }), '{"pem":"[redacted]","b":1}'],
    ['a private key that is cut', PEM.slice(0, 40), '[redacted]'],
    ['an AWS key', `id=${'AKIA'}IOSFODNN7EXAMPLE;`, 'id=[redacted];'],
    ['a GitHub token', `${'ghp_'}abcdefghijklmnopqrstuvwxyz0123456789`, '[redacted]'],
    ['a Slack token', `${'xoxb-'}123456789012-abcdef`, '[redacted]'],
    ['a Stripe key', `${'sk_live_'}abcdefgh12345678`, '[redacted]'],
    [
      'a query string',
      'GET /a?x=1&access_token=abc%20d&y=2 HTTP/1.1',
      'GET /a?x=1&access_token=[redacted]&y=2 HTTP/1.1',
    ],
    [
      'a form',
      'user=al&password=hunter2&token=t&client_secret=c',
      'user=al&password=[redacted]&token=[redacted]&client_secret=[redacted]',
    ],
    ['JSON', '{"user":"al","password":"hun\\"ter2","n":1}', '{"user":"al","password":"[redacted]","n":1}'],
    ['JSON with blanks', '{ "apiKey" : "k" }', '{ "apiKey" : "[redacted]" }'],
    ['a number in JSON', '{"token": 1234, "n": 5}', '{"token": "[redacted]", "n": 5}'],
    ['an object in JSON', '{"credentials":{"a":["x","}"]},"n":5}', '{"credentials":"[redacted]","n":5}'],
    ['JSON that is cut', '{"client_secret":"abcdef', '{"client_secret":"[redacted]"'],
    [
      'JSON within JSON',
      JSON.stringify({ body: '{"password":"a\\"b","n":1}' }),
      '{"body":"{\\"password\\":\\"[redacted]\\",\\"n\\":1}"}',
    ],
    [
      'XML',
      '<db><w:password type="t">hunter2</w:password></db>',
      '<db><w:password type="t">[redacted]</w:password></db>',
    ],
    ['a line of a log', 'connecting, db_password: hunter2, retry', 'connecting, db_password: [redacted], retry'],
    ['a header in a log', 'cookie: sid=1; theme=2\nx-tenant: blue', 'cookie: [redacted]\nx-tenant: blue'],
    [
      'options of a command',
      'x --token=t -pwd=p --db-password hunter2 --token t --max-token 9',
      'x --token=[redacted] -pwd=[redacted] --db-password [redacted] --token [redacted] --max-token 9',
    ],
    [
      'a header behind which something is redacted already',
      'POST /login Cookie: sid=s3cr3t body={"password":"x"}',
      'POST /login Cookie: [redacted]"password":"[redacted]"}',
    ],
    ['what Node prints of headers', "{ cookie: 'sid=1; a', n: 1 }", '{ cookie: [redacted], n: 1 }'],
    ['a cookie with a value in quotes', 'Cookie: a="x"; sid=s3cr3t', 'Cookie: [redacted]'],
    [
      'what Node and Python print of fields',
      "{ password: 'p', 'api_key': 'k' }",
      "{ password: [redacted], 'api_key': [redacted] }",
    ],
    ['YAML and settings', 'db_password: "p q"\npassword = hunter2', 'db_password: [redacted]\npassword = [redacted]'],
    ['an option in quotes', "x --password 'hunter2 3' y", 'x --password [redacted] y'],
    [
      'names in brackets',
      'user[password]=p&user%5Bpassword%5D=p',
      'user[password]=[redacted]&user%5Bpassword%5D=[redacted]',
    ],
    [
      'encoded twice',
      'next=%2F%3Faccess_token%3Dabc&data=%7B%22password%22%3A%22hunter2%22%7D',
      'next=%2F%3Faccess_token%3D[redacted]&data=%7B%22password%22%3A%22[redacted]',
    ],
    [
      'a part of a form',
      '--x\r\nContent-Disposition: form-data; name="password"\r\n\r\nhunter2\r\n--x--',
      '--x\r\nContent-Disposition: form-data; name="password"\r\n\r\n[redacted]\r\n--x--',
    ],
    ['a URL', 'amqp://user:p4ss@mq:5672/', 'amqp://user:[redacted]@mq:5672/'],
  ];
  for (const [what, text, expected] of cases) {
    it(what, () => {
      assert.equal(plain.text(text), expected);
      assert.equal(plain.text(expected), expected, 'what is redacted stays as it is');
    });
  }
});

describe('what is no credential stays', () => {
  const cases = [
    '{"id":"6f1c2f0e-9d0a-4b7e-8a41-3d2c5f1b7a90","digest":"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}',
    '{"card":4111111111111111,"n":123456789012345678901234567890}',
    `data:image/png;base64,${Buffer.alloc(3000, 'iVBORw0KGgo picture').toString('base64')}`,
    `eyJ${'A'.repeat(100)}`,
    'Bearer authentication is required',
    'Basic authentication, Basic usage',
    'unexpected token: foo; max_tokens=5&next_page_token_size=3&tokens=7',
    '{"tokens":[1,2],"max_tokens":100,"token":null,"secret":false}',
    'GET /passwords/reset?step=2 HTTP/1.1',
    'http://10.0.0.2:8080/a@b',
    'the password must not be empty',
    'AKIA is a prefix; task_sk-1 is none',
    '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----',
  ];
  for (const text of cases) it(text.slice(0, 60), () => assert.equal(plain.text(text), text));
});

describe('what a project says is redacted, too', () => {
  const own = new Redactor({
    ...DEFAULT_REDACTION,
    headers: ['X-Tenant-Key'],
    fields: ['iban', 'pin'],
    patterns: ['\\bemp-\\d+\\b'],
  });
  it('headers, fields and patterns', () => {
    assert.equal(own.header('x-tenant-key', 'k'), '[redacted]');
    assert.equal(own.header('x-tenant', 'blue'), 'blue');
    for (const name of ['x-goog-api-key', 'access-token', 'X-Auth-Token-bin', 'Token']) {
      assert.equal(plain.header(name, 'k'), '[redacted]', name);
    }
    assert.equal(
      own.text('a?iban=DE12&x=emp-77, {"PIN":1234,"spin":1}'),
      'a?iban=[redacted]&x=[redacted], {"PIN":"[redacted]","spin":1}',
    );
  });
});

describe('placeholders', () => {
  it('tell equal values from others, and nothing else', () => {
    const [a, again, b] = ['hunter2', 'hunter2', 'hunter3'].map((value) => keyed.text(`password=${value}`));
    assert.match(a ?? '', /^password=\[redacted #[0-9a-f]{4}\]$/);
    assert.equal(a, again);
    assert.notEqual(a, b);
    assert.equal(keyed.header('authorization', 'hunter2'), keyed.placeholder('hunter2'));
    assert.notEqual(new Redactor({ ...DEFAULT_REDACTION, key: 'of another' }).text('password=hunter2'), a);
  });
  it('stand in nested values, whose other parts stay', () => {
    assert.deepEqual(
      plain.deep({ a: ['password=x', 1, null], DB_PASSWORD: 'x', token: 7, n: { headers: 'Bearer a1b2c3' } }),
      {
        a: ['password=[redacted]', 1, null],
        DB_PASSWORD: '[redacted]',
        token: '[redacted]',
        n: { headers: 'Bearer [redacted]' },
      },
    );
  });
});

describe('a hostile text', () => {
  for (const part of [
    'a',
    'password',
    '-----BEGIN PRIVATE KEY-----',
    '"password":"',
    '\\"token\\":',
    'eyJaaaaaaa',
    '://a:',
    '<password ',
    'authorization: ',
    'authorization: x"',
    'cookie: a="',
    '\\',
    'name="token"\n',
    '"token":[',
    'Bearer ',
  ]) {
    it(`of many times ${part} costs time in proportion`, () => {
      const begin = performance.now();
      plain.text(part.repeat(Math.ceil(100_000 / part.length)));
      assert.ok(performance.now() - begin < 2000, `${performance.now() - begin} ms`);
    });
  }
});
