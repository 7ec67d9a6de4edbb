import { type Results, SCENARIO_STATES } from '../../model/results.js';
import type { LoggedScenario } from '../results/scenario-log.js';
import { mechanismWords, STATES } from '../wording.js';
import { shown } from './shown.js';

interface Choice {
  readonly value: string;
  readonly text: string;
}

/** Chooses scenarios, and what of the matrix is shown. Without JavaScript it is not there; the lists and cells lead everywhere. */
export function Filters({
  entries,
  counts,
}: {
  readonly entries: readonly LoggedScenario[];
  readonly counts: Results['counts'];
}) {
  const cells = entries.flatMap((entry) => entry.cells);
  const choices = (values: readonly (string | undefined)[], textOf = (value: string) => value): readonly Choice[] =>
    [...new Set(values)]
      .flatMap((value) => (value === undefined ? [] : [{ value, text: textOf(value) }]))
      .sort((a, b) => (a.text < b.text ? -1 : 1));
  return (
    <search class="filters js" aria-label="Filter scenarios">
      <label class="search">
        <span>Text</span>
        <input type="search" id="filter-text" placeholder="name, file, tag, step …" autocomplete="off" />
      </label>
      <Select name="env" label="Environment" choices={choices(cells.map(({ environment }) => environment))} />
      <Select
        name="mesh"
        label="Mesh"
        choices={choices(
          cells.map(({ mesh, mtls }) => (mtls === undefined ? mesh : `${mesh}/${mtls}`)),
          (value) => value.replace('/', ' '),
        )}
      />
      <Select
        name="mech"
        label="Copy taken by"
        choices={choices(
          cells.map(({ profile, listenInterface }) =>
            profile === undefined ? undefined : `${profile}/${listenInterface ?? ''}`,
          ),
          (value) => {
            const [profile, listenInterface = ''] = value.split('/');
            return mechanismWords({
              profile: profile === 'redirect' ? 'redirect' : 'sniffer',
              ...(listenInterface === '' ? {} : { listenInterface }),
            }).title.toLowerCase();
          },
        )}
      />
      <Select name="protocol" label="Protocol" choices={choices(cells.map(({ protocol }) => protocol))} />
      <Select name="interaction" label="Interaction" choices={choices(cells.map(({ interaction }) => interaction))} />
      <Select name="caller" label="Caller" choices={choices(cells.map(({ caller }) => caller))} />
      <Select name="version" label="mirrord" choices={choices(cells.map(({ mirrord }) => mirrord))} />
      <fieldset>
        <legend>State</legend>
        {SCENARIO_STATES.filter((state) => counts[state] > 0).map((state) => (
          <label class="check">
            <input type="checkbox" name="state" value={state} checked />{' '}
            <span aria-hidden="true">{STATES[state].sign}</span> {STATES[state].word}{' '}
            <span class="minor">{counts[state].toLocaleString('en')}</span>
          </label>
        ))}
      </fieldset>
      <p class="filter-result">
        <output id="filter-count" />{' '}
        <button type="button" id="filter-reset">
          Show all
        </button>
      </p>
    </search>
  );
}

function Select({
  name,
  label,
  choices,
}: {
  readonly name: string;
  readonly label: string;
  readonly choices: readonly Choice[];
}) {
  if (choices.length < 2) return null;
  return (
    <label>
      <span>{label}</span>
      <select data-filter={name}>
        <option value="">any</option>
        {choices.map(({ value, text }) => (
          <option value={value}>{shown(text)}</option>
        ))}
      </select>
    </label>
  );
}
