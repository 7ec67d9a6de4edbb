/** What must not be in anything that people read, whatever shows it: it acts, or hides what stands there. */
export const ACTING = /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Cn}\p{Zl}\p{Zp}]/u;

/** What GitHub Actions and Azure Pipelines take for a command. */
export const PIPELINE_COMMAND = /^\s*::[a-z][\w-]*(?:\s.*)?::|##(?:vso)?\[/m;

/** What a payload may hold that harms whatever shows it unescaped, by what it would act on. */
export const HOSTILE_PAYLOADS: Readonly<Record<string, string>> = {
  'an element with a script': '<img src=x onerror="document.title=`harmed`"><svg onload=document.title=`harmed`>',
  'the end of a script': '</script></template></style></title><script>document.title="harmed"</script>',
  'the end of an attribute': `' " onmouseover="document.title='harmed'" x='`,
  'a script as an address': '[x](javascript:document.title=1) javascript:document.title="harmed"',
  'the end of CDATA and a comment': ']]> --> <![CDATA[ <!-- &bogus; &#0; <?x ?>',
  'controls and NUL': '\u0000\u0001\u0007\b\u000b\u000c\u007f\u0085\u009b31m a\rb',
  'escapes of a terminal': '\u001b[2J\u001b[31mred\u001b]0;title\u0007\u001b]8;;http://x\u001b\\link',
  'marks that turn text around': '\u202eevil\u202c \u2066a\u2069 \u200b\ufeff\u2028\u2029\u00ad',
  'what is no character': '\ufffe\uffff\ufdd0 \u{1fffe}\u{10ffff}',
  'halves of characters': 'a\ud800b \udc00c \udfff\ud800',
  'bytes that are no UTF-8': Buffer.from([0xc3, 0x28, 0xff, 0xfe, 0xed, 0xa0, 0x80]).toString('utf8'),
  'bytes read as Latin-1': Buffer.from([0xc3, 0x28, 0xff, 0xfe, 0x80, 0x9b]).toString('latin1'),
  Markdown: '# x\n| a | b |\n|--|--|\n![x](http://x/y.png) <b>*b*</b> `c` ~~~\n```\n@team #1 www.example.com',
  'commands of GitHub': 'x\n::error file=a::b\n  ::set-output name=a::b\n::stop-commands::t\n##[group]g\n##vso[task.x]',
  YAML: '\n---\n!!js/function x: &a *a\n{[%@`\n\t- "',
  'a percent-encoded status': 'grpc-message: %3Cscript%3E%00%ff%0A%E2%80%AE',
};

/** One line of 10 MiB. */
export function longLine(): string {
  return 'x'.repeat(10 * 1024 * 1024);
}
