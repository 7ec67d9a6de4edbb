import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_SETTINGS } from '../model/environment-settings.js';
import { NotApplicableError, UserError } from '../model/errors.js';
import { mirrordVersion } from '../model/mirrord-version.js';
import type { Profile } from '../model/session.js';
import { SituationDraft } from './draft.js';
import type { MirrorDefaults } from './mirror-draft.js';

interface Said {
  readonly version?: string;
  readonly profile?: Profile;
  readonly listens?: boolean;
  readonly flush?: boolean;
}

function mirrorOf({ version, profile, listens = false, flush }: Said, defaults: MirrorDefaults = {}) {
  const draft = new SituationDraft({ ...DEFAULT_SETTINGS, mirror: { ...DEFAULT_SETTINGS.mirror, ...defaults } });
  const mirror = draft.describedMirror();
  if (version !== undefined) mirror.version = mirrordVersion(version);
  if (profile !== undefined) mirror.profile = profile;
  if (flush !== undefined) mirror.flushConnections = flush;
  mirror.listens = listens;
  return draft.situation().mirror;
}

for (const [said, profile, version] of [
  [{}, 'sniffer', '3.180.0'],
  [{ profile: 'redirect' }, 'redirect', '3.250.0'],
  [{ version: '3.120' }, 'sniffer', '3.120.0'],
  [{ version: '3.160' }, 'redirect', '3.160.0'],
  [{ version: '3.160', listens: true }, 'sniffer', '3.160.0'],
  [{ version: '3.160', profile: 'sniffer' }, 'sniffer', '3.160.0'],
  [{ version: '3.151', profile: 'redirect' }, 'redirect', '3.151.0'],
  [{ version: '3.250' }, 'redirect', '3.250.0'],
] as const satisfies readonly (readonly [Said, Profile, string])[]) {
  test(`${JSON.stringify(said)} is mirrored by ${profile}, as mirrord ${version}`, () => {
    const mirror = mirrorOf(said);
    assert.deepEqual([mirror?.profile, mirror?.version], [profile, version]);
  });
}

for (const [said, message] of [
  [
    { version: '3.250', listens: true },
    'mirrord 3.250.0 listens on no interface: since 3.181 it has no packet capture, and redirects connections instead',
  ],
  [
    { version: '3.250', profile: 'sniffer' },
    'mirrord 3.250.0 captures no packets: since 3.181 it redirects connections instead',
  ],
  [
    { version: '3.120', profile: 'redirect' },
    'mirrord 3.120.0 cannot redirect connections: it captures packets only; redirecting came with 3.151',
  ],
  [
    { profile: 'redirect', listens: true },
    'a mirror that redirects connections listens on no interface: leave "the mirror listens on" out, or let the mirror capture packets',
  ],
  [
    { flush: false },
    'a mirror that captures packets breaks no connections: "flushes no connections" says nothing there',
  ],
] as const satisfies readonly (readonly [Said, string])[]) {
  test(`${JSON.stringify(said)} is a contradiction`, () => {
    assert.throws(
      () => mirrorOf(said),
      (error: unknown) => error instanceof UserError && error.message === message,
    );
  });
}

test('a step wins over the environment, and what no step says is the environment’s', () => {
  for (const [defaults, said, profile, version] of [
    [{ version: '3.250.0' }, {}, 'redirect', '3.250.0'],
    [{ version: '3.180.0' }, {}, 'redirect', '3.180.0'],
    [{ version: '3.180.0' }, { listens: true }, 'sniffer', '3.180.0'],
    [{ version: '3.180.0', profile: 'sniffer' }, {}, 'sniffer', '3.180.0'],
    [{ version: '3.180.0', profile: 'sniffer' }, { profile: 'redirect' }, 'redirect', '3.180.0'],
    [{ version: '3.250.0' }, { version: '3.120' }, 'sniffer', '3.120.0'],
    [{ profile: 'redirect' }, {}, 'redirect', '3.250.0'],
    [{ profile: 'redirect' }, { listens: true }, 'sniffer', '3.180.0'],
    [{ profile: 'redirect' }, { version: '3.120' }, 'sniffer', '3.120.0'],
    [{ profile: 'redirect' }, { flush: false }, 'redirect', '3.250.0'],
  ] as const satisfies readonly (readonly [MirrorDefaults, Said, Profile, string])[]) {
    const mirror = mirrorOf(said, defaults);
    assert.deepEqual([mirror?.profile, mirror?.version], [profile, version], JSON.stringify({ defaults, said }));
  }
});

for (const [defaults, said, reason] of [
  [
    { version: '3.250.0' },
    { listens: true },
    'mirrord 3.250.0 listens on no interface: since 3.181 it has no packet capture, and redirects connections instead (the environment says mirror.version)',
  ],
  [
    { version: '3.250.0' },
    { profile: 'sniffer' },
    'mirrord 3.250.0 captures no packets: since 3.181 it redirects connections instead (the environment says mirror.version)',
  ],
  [
    { version: '3.120.0' },
    { profile: 'redirect' },
    'mirrord 3.120.0 cannot redirect connections: it captures packets only; redirecting came with 3.151 (the environment says mirror.version)',
  ],
  [
    { version: '3.120.0' },
    { flush: false },
    'a mirror that captures packets breaks no connections: "flushes no connections" says nothing there',
  ],
] as const satisfies readonly (readonly [MirrorDefaults, Said, string])[]) {
  test(`${JSON.stringify(said)} is not applicable where the environment says ${JSON.stringify(defaults)}`, () => {
    assert.throws(
      () => mirrorOf(said, defaults),
      (error: unknown) => error instanceof NotApplicableError && error.message === reason,
    );
  });
}

for (const [what, describe, words] of [
  [
    'the mTLS policy DISABLE',
    (draft) => {
      draft.mesh = { kind: 'istio-ambient', mtls: 'DISABLE' };
    },
    /ignores the mTLS policy DISABLE/,
  ],
  ['denied paths', (draft) => draft.deniedPaths.push({ kind: 'any' }), /ztunnel does not see the paths/],
  ['excluded ports', (draft) => draft.describePort(8080, { excluded: true }), /excluded from sidecars/],
] as const satisfies readonly (readonly [string, (draft: SituationDraft) => unknown, RegExp])[]) {
  test(`an ambient mesh has no use for ${what}`, () => {
    const draft = new SituationDraft(DEFAULT_SETTINGS);
    draft.mesh = { kind: 'istio-ambient', mtls: 'STRICT' };
    describe(draft);
    assert.throws(() => draft.situation(), words);
  });
}
