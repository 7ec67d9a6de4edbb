import type { EnvironmentKind } from '../../model/environment-settings.js';
import type { Coordinates } from '../../model/scenario-record.js';
import { hasPassed, isRed, type ScenarioSummary, summariesOf } from '../results/scenario-summary.js';
import type { ResultsSource } from '../results/write-results.js';

/** What is supported where: in the manner of the conformance reports of the Gateway API. */
export interface ConformanceReport {
  readonly conformance: 1;
  readonly tool: { readonly name: 'mirrorspec'; readonly version: string };
  /** ISO 8601, of the last run. */
  readonly date: string;
  /** Of the features' repository; absent where it is not known, or several. */
  readonly commit?: string;
  readonly environments: readonly ConformanceEnvironment[];
}

export interface ConformanceEnvironment {
  readonly name: string;
  readonly kind: EnvironmentKind;
  /** What its statements are about. */
  readonly meaning: string;
  readonly standIns: readonly string[];
  readonly versions: Readonly<Record<string, string>>;
  /** Commands that its statements follow from. */
  readonly reproduce: readonly string[];
  readonly profiles: readonly ConformanceProfile[];
}

/** One mechanism of one version on one mesh under one policy. */
export interface ConformanceProfile {
  readonly mesh: Coordinates['mesh'];
  readonly mtls?: NonNullable<Coordinates['mtls']>;
  readonly mirror: NonNullable<Coordinates['profile']>;
  readonly mirrord?: string;
  readonly listen?: string;
  /** Kinds of calls, `HTTP/2 unary`, of which every scenario passed, but for those in `limited`. */
  readonly supported: readonly string[];
  /** Kinds of calls of which scenarios fell short as known limitations say. Those in `supported` as well pass otherwise. */
  readonly limited: readonly { readonly call: string; readonly limitations: readonly string[] }[];
  /** Kinds of calls of which a scenario failed. */
  readonly unsupported: readonly string[];
  /** Kinds of calls that scenarios found not to be possible there. */
  readonly notApplicable: readonly string[];
  readonly scenarios: {
    readonly passed: number;
    readonly limited: number;
    readonly failed: number;
    readonly other: number;
  };
}

interface Place {
  readonly at: Coordinates;
  readonly call: string;
  readonly scenario: ScenarioSummary;
}

/** What is not named was not tested: nothing is said of it. */
export function conformanceOf(source: ResultsSource): ConformanceReport {
  const { runs } = source.head;
  const scenarios = summariesOf(source);
  const commits = [...new Set(runs.map(({ commit }) => commit?.sha))];
  const names = [...new Set(runs.map(({ environment }) => environment.name))];
  const last = [...runs].sort((a, b) => (a.finishedAt < b.finishedAt ? -1 : 1)).at(-1);
  const [commit] = commits;
  return {
    conformance: 1,
    tool: { name: 'mirrorspec', version: last?.tool.version ?? '' },
    date: last?.finishedAt ?? '',
    ...(commit === undefined || commits.length > 1 ? {} : { commit }),
    environments: names.flatMap((name): ConformanceEnvironment[] => {
      const there = runs.filter(({ environment }) => environment.name === name);
      const environment = there.at(-1)?.environment;
      if (environment === undefined) return [];
      const { kind, meaning, standIns, versions } = environment;
      return [
        {
          name,
          kind,
          meaning,
          standIns,
          versions,
          reproduce: [...new Set(there.map(({ command }) => command))],
          profiles: profilesOf(scenarios.filter((scenario) => scenario.environment === name)),
        },
      ];
    }),
  };
}

function profilesOf(scenarios: readonly ScenarioSummary[]): ConformanceProfile[] {
  const groups = new Map<string, Place[]>();
  for (const scenario of scenarios) {
    for (const at of scenario.cells) {
      const { mesh, mtls, profile, mirrord, listenInterface, protocol, interaction } = at;
      if (profile === undefined || protocol === undefined || interaction === undefined) continue;
      const key = JSON.stringify([mesh, mtls ?? '', profile, mirrord ?? '', listenInterface ?? '']);
      const group = groups.get(key) ?? [];
      group.push({ at, call: `${protocol} ${interaction}`, scenario });
      groups.set(key, group);
    }
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, places]) => profileOf(places));
}

function profileOf(places: readonly Place[]): ConformanceProfile[] {
  const [first] = places;
  if (first?.at.profile === undefined) return [];
  const { mesh, mtls, profile, mirrord, listenInterface } = first.at;
  const calls = [...new Set(places.map(({ call }) => call))].sort();
  const where = (isSo: (scenario: ScenarioSummary) => boolean) => (call: string) =>
    places.some((place) => place.call === call && isSo(place.scenario));
  const failed = where(isRed);
  const passed = where(hasPassed);
  const limited = where(({ known }) => known.length > 0);
  const inapplicable = where(({ state }) => state === 'not-applicable');
  const distinct = [...new Map(places.map(({ scenario }) => [scenario.id, scenario])).values()];
  const count = (isSo: (scenario: ScenarioSummary) => boolean): number => distinct.filter(isSo).length;
  const isLimited = ({ state }: ScenarioSummary): boolean => state === 'known-limitation';
  return [
    {
      mesh,
      ...(mtls === undefined ? {} : { mtls }),
      mirror: profile,
      ...(mirrord === undefined ? {} : { mirrord }),
      ...(listenInterface === undefined ? {} : { listen: listenInterface }),
      supported: calls.filter((call) => passed(call) && !failed(call)),
      limited: calls.filter(limited).map((call) => ({ call, limitations: limitationsOf(places, call) })),
      unsupported: calls.filter(failed),
      notApplicable: calls.filter((call) => inapplicable(call) && !passed(call) && !failed(call) && !limited(call)),
      scenarios: {
        passed: count(hasPassed),
        limited: count(isLimited),
        failed: count(isRed),
        other: count((scenario) => !hasPassed(scenario) && !isRed(scenario) && !isLimited(scenario)),
      },
    },
  ];
}

function limitationsOf(places: readonly Place[], call: string): string[] {
  const ids = places.flatMap((place) => (place.call === call ? place.scenario.known.map(({ id }) => id) : []));
  return [...new Set(ids)].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}
