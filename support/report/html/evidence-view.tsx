import { effectOf } from '../../model/interception-rules.js';
import type { ScenarioResult } from '../../model/results.js';
import type { EvidenceFile } from '../../model/scenario-record.js';
import type { SessionReport } from '../../model/session.js';
import { Scroll } from './scroll.js';
import { bytesText, evidenceHref, plural, shown } from './shown.js';

const FILES: readonly (readonly [pattern: RegExp, words: string])[] = [
  [/^caller\.ndjson$/, 'what the caller saw'],
  [/^workload\.ndjson$/, 'what the workload saw'],
  [/^local-process\.ndjson$/, 'what the local process saw'],
  [/\.pcapng$/, 'packets; opens in Wireshark'],
  [/^agent\.log$/, 'what the mirror agent said'],
  [/\.log$/, 'a log'],
  [/^scenario\.json$/, 'verdicts, session, outcome of every call'],
  [/^ip6?tables/, "the pod's interception rules, with counters"],
];

/** Files, the session and the interfaces: where to look further. */
export function EvidenceView({ scenario }: { readonly scenario: ScenarioResult }) {
  const { evidence, situation } = scenario;
  if (evidence === undefined && situation === undefined) return null;
  const { session, interfaces = [], rules, facts = {}, problems = [] } = situation ?? {};
  return (
    <details class="evidence">
      <summary>
        Evidence{evidence === undefined ? '' : `: ${plural(evidence.files.length, 'file')}`}
        {session === undefined ? '' : ', the mirror session'}
        {interfaces.length === 0 ? '' : ', the interfaces'}
        {rules === undefined ? '' : ', the iptables rules'}
      </summary>
      {evidence === undefined ? null : <Files folder={evidence.folder} files={evidence.files} />}
      {session === undefined ? null : <Session session={session} />}
      {interfaces.length === 0 ? null : <Interfaces interfaces={interfaces} />}
      {rules === undefined ? null : <Rules rules={rules} />}
      {Object.keys(facts).length === 0 ? null : (
        <p class="minor">
          Built of:{' '}
          {Object.entries(facts).map(
            ([fact, value], index) => `${index === 0 ? '' : ', '}${shown(fact)} ${shown(value)}`,
          )}
        </p>
      )}
      {problems.map((problem) => (
        <p class="minor">Could not be had: {shown(problem)}</p>
      ))}
    </details>
  );
}

function Files({ folder, files }: { readonly folder: string; readonly files: readonly EvidenceFile[] }) {
  return (
    <ul class="files">
      {files.map(({ name, bytes }) => (
        <li>
          <a href={evidenceHref(folder, name)}>{shown(name)}</a>{' '}
          <span class="minor">
            {bytesText(bytes)}
            {words(name)}
          </span>
        </li>
      ))}
    </ul>
  );
}

function words(name: string): string {
  const found = FILES.find(([pattern]) => pattern.test(name));
  return found === undefined ? '' : `: ${found[1]}`;
}

function Session({ session }: { readonly session: Omit<SessionReport, 'log'> }) {
  const { profile, version, requestedInterface, listenInterface, detectedMesh, ports, counters, proofOfLife } = session;
  const alive =
    proofOfLife === undefined
      ? 'was not asked for'
      : proofOfLife.captureSawProbe && proofOfLife.relayAnswered && proofOfLife.localProcessListens
        ? 'yes: a probe went through agent and local process'
        : 'no: a probe did not come through';
  const facts: readonly (readonly [string, string])[] = [
    ['behaves as', `mirrord ${version}, ${profile}`],
    ...(listenInterface === undefined
      ? []
      : [
          [
            'listens on',
            `${listenInterface}${requestedInterface === listenInterface ? '' : ` (asked for: ${requestedInterface})`}`,
          ] as const,
        ]),
    ...(detectedMesh === undefined ? [] : [['service mesh detected', detectedMesh] as const]),
    ['ports', ports.join(', ')],
    ['alive', alive],
    [
      'took in',
      `${plural(counters.frames, 'packet')}, ${plural(counters.connections, 'connection')}, ${plural(counters.requests, 'request')}`,
    ],
    ['handed on', bytesText(counters.forwardedBytes)],
    ['lost', `${counters.drops} dropped by the kernel, ${counters.lagged} given up`],
  ];
  return (
    <>
      <h5>The mirror session</h5>
      <dl class="facts">
        {facts.map(([name, value]) => (
          <div>
            <dt>{name}</dt>
            <dd>{shown(value)}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}

function Interfaces({ interfaces }: { readonly interfaces: NonNullable<ScenarioResult['situation']>['interfaces'] }) {
  return (
    <Scroll label="Interfaces">
      <table>
        <caption>What the interfaces of the workload's pod carried</caption>
        <thead>
          <tr>
            <th scope="col">interface</th>
            <th scope="col">packets</th>
            <th scope="col">payload</th>
            <th scope="col">TLS records</th>
            <th scope="col">plaintext requests</th>
          </tr>
        </thead>
        <tbody>
          {interfaces.map((each) => (
            <tr>
              <th scope="row">{shown(each.interface)}</th>
              <td>{each.packets}</td>
              <td>{bytesText(each.payloadBytes)}</td>
              <td>{each.tlsRecords}</td>
              <td>{each.plaintextRequests}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

/** Rules in the order in which the kernel lists them: who made each, and what came to it. */
function Rules({ rules }: { readonly rules: NonNullable<NonNullable<ScenarioResult['situation']>['rules']> }) {
  const { listed, idle } = rules;
  return (
    <>
      <Scroll label="iptables rules">
        <table>
          <caption>What came to the iptables rules of the workload's pod</caption>
          <thead>
            <tr>
              <th scope="col">whose</th>
              <th scope="col">chain</th>
              <th scope="col">rule</th>
              <th scope="col">what it does</th>
              <th scope="col">came to it</th>
            </tr>
          </thead>
          <tbody>
            {listed.map((each) => (
              <tr>
                <th scope="row">{each.maker}</th>
                <td>
                  {shown(each.chain)}
                  <span class="minor block">
                    {each.table}
                    {each.family === 'IPv6' ? ', IPv6' : ''}
                  </span>
                </td>
                <td>
                  <code>{shown(each.rule)}</code>
                </td>
                <td>{shown(effectOf(each))}</td>
                <td>{plural(each.packets, each.table === 'nat' ? 'connection' : 'packet')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      {idle === 0 ? null : <p class="minor">Nothing came to {plural(idle, 'more rule')}.</p>}
    </>
  );
}
