/** Headers whose values are credentials. */
export const CREDENTIAL_HEADER_NAMES: readonly string[] = [
  'authorization',
  'cookie',
  'proxy-authorization',
  'set-cookie',
  'x-amz-security-token',
  'x-api-key',
  'x-auth-token',
  'x-csrf-token',
];

/** Fields whose values are credentials whatever stands before: `password`, `db_password`, `accessToken`. Ends at the end of a name. */
export const FIELD_NAMES =
  '(?:passw(?:or)?d|passphrase|api[_-]?key|apikey|(?:access|refresh|id|auth|bearer|session|security)[_-]?token|client[_-]?(?:secret|assertion)|secret[_-]?(?:access[_-]?)?key|private[_-]?key|access[_-]?key)(?![\\w-])';

/** Fields that are credentials only by this name: `token` is one, `max_token` is none. */
export const WORD_FIELDS = '(?:token|secret|pwd|credentials?|x-amz-(?:signature|credential))(?![\\w-])';

/** Finds nearly all texts that hold none in a single pass. */
export const MAY_HOLD_CREDENTIALS = [
  'bearer',
  'basic',
  'eyJ',
  'PRIVATE KEY',
  'pass(?:w|phrase)',
  'pwd',
  'token',
  'secret',
  'credential',
  '(?:api|access|private)[_-]?key',
  'auth',
  'cookie',
  'x-amz',
  'client[_-]?a',
  ':\\/\\/',
  '(?:AKIA|ASIA)[A-Z0-9]',
  'gh[oprsu]_|github_pat_|glpat-|npm_|xox[a-z]-|[prs]k[_-]|whsec_|AIza|ya29\\.|SG\\.',
].join('|');

/** A credential that shows by its form. */
export interface TokenForm {
  /** Two groups: what stands before, and the credential. */
  readonly form: RegExp;
  readonly isOne?: (value: string) => boolean;
}

export const TOKENS: readonly TokenForm[] = [
  // PEM (RFC 7468); one that is cut goes to the end.
  {
    form: /()(-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----(?:(?!-----END)[\s\S])*(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----|$)?)/g,
  },
  // JWS and JWE in compact form: a JSON object in base64url, then at least one more part.
  { form: /()(?<![A-Za-z0-9_-])(eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{2,}(?:\.[A-Za-z0-9_-]*){0,3})/g },
  { form: /(\bBearer(?:\s+|%20|\+))([A-Za-z0-9._~+/-]{6,}=*)/gi, isOne: isNoWord },
  { form: /(\bBasic(?:\s+|%20|\+))([A-Za-z0-9+/]{4,}={0,2})/gi, isOne: isUserAndPassword },
  // Prefixes that their issuers chose so that such keys can be found.
  { form: /()(?<![A-Za-z0-9])((?:AKIA|ASIA)[A-Z0-9]{16})(?![A-Za-z0-9])/g },
  { form: /()(?<![A-Za-z0-9_])(gh[oprsu]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|npm_[A-Za-z0-9]{30,})/g },
  { form: /()(?<![A-Za-z0-9])(xox[a-z]-[A-Za-z0-9-]{10,})/g },
  { form: /()(?<![A-Za-z0-9_])((?:[prs]k_(?:live|test)_|whsec_)[A-Za-z0-9]{8,})/g },
  { form: /()(?<![A-Za-z0-9_-])(sk-(?:ant-|proj-)?(?=[\w-]*\d)[\w-]{20,})/g },
  { form: /()(?<![A-Za-z0-9_-])(AIza[\w-]{35}|ya29\.[\w-]{20,}|SG\.[\w-]{16,}\.[\w-]{16,})/g },
  // user:password@ of a URL.
  { form: /(\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@"'<>]{0,200}:)(?!\[redacted\b)([^\s/@"'<>]{1,500})(?=@)/gi },
];

/** "Bearer authentication" is prose. */
function isNoWord(value: string): boolean {
  return value.length >= 24 || !/^(?:[A-Z]?[a-z]+|[A-Z]+)(?:[-./][a-z]*)*$/.test(value);
}

function isUserAndPassword(value: string): boolean {
  const text = Buffer.from(value, 'base64').toString('latin1');
  return /^[\x20-\x7e\x80-\xff]*:[\x20-\x7e\x80-\xff]*$/.test(text);
}
