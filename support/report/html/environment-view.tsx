import type { Run } from '../../model/results.js';
import { durationText, plural, shown, webAddress } from './shown.js';

/** What was real, what stood for it, the versions of everything, and how to run it again. */
export function Environments({ runs }: { readonly runs: readonly Run[] }) {
  return (
    <section id="environment" aria-labelledby="environment-title">
      <h2 id="environment-title">Environment</h2>
      {runs.map((run) => (
        <Environment run={run} />
      ))}
    </section>
  );
}

function Environment({ run }: { readonly run: Run }) {
  const { environment, tool, command, startedAt, durationMs, exitCode, commit, ci, selection } = run;
  const { name, kind, real, standIns, versions, facts } = environment;
  const rows: readonly (readonly [string, string])[] = [
    ['environment', name === kind ? name : `${name} (${kind})`],
    ['mirrorspec', tool.version],
    ...Object.entries(versions),
    ...Object.entries(facts)
      .filter(([fact]) => fact !== 'environment')
      .map(([fact, values]) => [fact, values.join(', ')] as const),
    ['started', startedAt],
    ['took', durationText(durationMs)],
    ['exit code', String(exitCode)],
    ...(commit === undefined
      ? []
      : [
          [
            'commit',
            `${commit.sha}${commit.branch === undefined ? '' : ` on ${commit.branch}`}${commit.modified === true ? ', with changes that are not committed' : ''}`,
          ] as const,
        ]),
    ...(selection.tags === undefined ? [] : [['tags', selection.tags] as const]),
    ...(selection.shard === undefined ? [] : [['shard', selection.shard] as const]),
    ...(selection.notSelected === 0 ? [] : [['not chosen', plural(selection.notSelected, 'scenario')] as const]),
  ];
  const address = webAddress(ci?.url);
  return (
    <article class="card">
      <div class="columns">
        <div>
          <h3>Real</h3>
          <ul>
            {real.map((each) => (
              <li>{shown(each)}</li>
            ))}
          </ul>
        </div>
        {standIns.length === 0 ? null : (
          <div>
            <h3>Stood for the real thing</h3>
            <ul>
              {standIns.map((each) => (
                <li>{shown(each)}</li>
              ))}
            </ul>
          </div>
        )}
      </div>
      <dl class="facts wide">
        {rows.map(([fact, value]) => (
          <div>
            <dt>{shown(fact)}</dt>
            <dd>{shown(value)}</dd>
          </div>
        ))}
        {ci === undefined ? null : (
          <div>
            <dt>pipeline</dt>
            <dd>{address === undefined ? shown(ci.name) : <a href={address}>{shown(ci.name)}</a>}</dd>
          </div>
        )}
      </dl>
      <h3>Run it again</h3>
      <div class="command">
        <pre>
          <code>{shown(command)}</code>
        </pre>
        <button type="button" class="copy-button js">
          Copy
        </button>
      </div>
    </article>
  );
}
