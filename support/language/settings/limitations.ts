import type { Limitation } from '../../model/limitation.js';
import { type Diagnostic, sortDiagnostics } from '../diagnostic.js';
import { entryOf, plainValue } from '../yaml/node.js';
import { LIMITATION_SCHEMA } from './limitation-schema.js';
import { readSettings, type SettingsDocument } from './read-settings.js';
import { type ShownFile, settingsFiles, wrongDay } from './settings-files.js';

export interface Limitations {
  /** By id. Empty where there are mistakes. */
  readonly limitations: ReadonlyMap<string, Limitation>;
  readonly mistakes: readonly Diagnostic[];
}

/** Reads the limitations of a project, whose features are in these folders. Never throws. */
export function projectLimitations(cwd: string, features: readonly string[]): Promise<Limitations> {
  return readLimitations(settingsFiles('limitations', features, cwd));
}

/** Reads files of limitations, each with one or several. Never throws. */
export async function readLimitations(files: readonly ShownFile[]): Promise<Limitations> {
  const limitations = new Map<string, Limitation>();
  const mistakes: Diagnostic[] = [];
  for (const { path, shown } of files) {
    const read = await readSettings(path, shown, LIMITATION_SCHEMA, 'several');
    mistakes.push(...read.mistakes);
    for (const document of read.documents) {
      const limitation = limitationOf(document, shown);
      mistakes.push(...mistakesOf(document, limitations));
      if (!limitations.has(limitation.id)) limitations.set(limitation.id, limitation);
    }
  }
  return mistakes.length === 0
    ? { limitations, mistakes }
    : { limitations: new Map(), mistakes: sortDiagnostics(mistakes) };
}

interface Written {
  readonly limitation: string;
  readonly title: string;
  readonly explanation: string;
  readonly symptom?: string;
  readonly certainty?: NonNullable<Limitation['certainty']>;
  readonly protocols?: Limitation['protocols'];
  readonly interactions?: Limitation['interactions'];
  readonly when: string;
  readonly 'applies-to'?: {
    readonly mirrord?: string;
    readonly profile?: Limitation['appliesTo']['profiles'];
    readonly mesh?: Limitation['appliesTo']['meshes'];
    readonly mtls?: Limitation['appliesTo']['mtls'];
    readonly interception?: Limitation['appliesTo']['interceptions'];
    readonly caller?: Limitation['appliesTo']['callers'];
    readonly environment?: Limitation['appliesTo']['environments'];
    readonly listen?: Limitation['appliesTo']['listen'];
  };
  readonly 'every-call'?: boolean;
  readonly expect?: NonNullable<Limitation['expect']>;
  readonly references?: Limitation['references'];
  readonly workaround?: string;
  readonly 'first-seen'?: string;
  readonly 'last-checked'?: string;
  readonly scenario?: string;
  readonly 'needs-cluster'?: string;
  readonly 'no-scenario'?: string;
}

function limitationOf({ root, place }: SettingsDocument, shown: string): Limitation {
  const written = plainValue(root) as Written;
  const { limitation: id, title, explanation, symptom, certainty, when, expect, workaround, scenario } = written;
  const {
    mirrord,
    profile = [],
    mesh = [],
    mtls = [],
    interception = [],
    caller = [],
    environment = [],
    listen = [],
  } = written['applies-to'] ?? {};
  const optional = {
    symptom,
    certainty,
    expect,
    workaround,
    scenario,
    firstSeen: written['first-seen'],
    lastChecked: written['last-checked'],
    needsCluster: written['needs-cluster'],
    noScenario: written['no-scenario'],
  };
  return {
    id,
    title,
    explanation: explanation.trim(),
    protocols: written.protocols ?? [],
    interactions: written.interactions ?? [],
    when,
    appliesTo: {
      profiles: profile,
      meshes: mesh,
      mtls,
      interceptions: interception,
      callers: caller,
      environments: environment,
      listen,
      ...(mirrord === undefined ? {} : { mirrord: mirrord.trim() }),
    },
    everyCall: written['every-call'] ?? false,
    references: written.references ?? [],
    source: `${shown}:${place(root.at).line}`,
    ...present(optional),
  };
}

/** Without the properties that are undefined. */
function present<Properties extends object>(
  properties: Properties,
): { readonly [Key in keyof Properties]?: NonNullable<Properties[Key]> } {
  return Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined)) as {
    readonly [Key in keyof Properties]?: NonNullable<Properties[Key]>;
  };
}

function mistakesOf({ root, place }: SettingsDocument, before: ReadonlyMap<string, Limitation>): Diagnostic[] {
  const entry = (key: string) => entryOf(root, key);
  const [id, scenario, expect] = ['limitation', 'scenario', 'expect'].map(entry);
  const [without, another] = ['needs-cluster', 'no-scenario'].flatMap((key) => entry(key) ?? []);
  const first = before.get(String(id === undefined ? '' : plainValue(id.value)));
  const mistakes: Diagnostic[] = [];
  if (id !== undefined && first !== undefined) {
    mistakes.push({
      rule: 'duplicate-limitation',
      message: `there are two limitations "${first.id}"`,
      at: place(id.value.at),
      notes: [`the other is in ${first.source}`],
      help: ['give one of them another id'],
    });
  }
  if (scenario !== undefined && without !== undefined) {
    mistakes.push({
      rule: 'settings',
      message: 'a scenario on this machine shows it, or there is a reason why none does: not both',
      at: place(without.keyAt),
      help: [`remove "scenario" or "${without.key}"`],
    });
  }
  if (another !== undefined) {
    mistakes.push({
      rule: 'settings',
      message: 'there are two reasons why no scenario shows it',
      at: place(another.keyAt),
      help: ['remove "needs-cluster" or "no-scenario"'],
    });
  }
  if (scenario !== undefined && expect === undefined) {
    mistakes.push({
      rule: 'settings',
      message: 'a scenario shows it, but nothing says which verdict is expected then',
      at: place(scenario.keyAt),
      help: ['add "expect", for example: expect: { verdict: not-mirrored }'],
    });
  }
  return [...mistakes, ...['first-seen', 'last-checked'].flatMap((key) => wrongDay(entry(key), place))];
}
