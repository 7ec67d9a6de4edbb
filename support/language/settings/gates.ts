import { basename } from 'node:path';
import type { Gate, GateRequirement } from '../../model/gate.js';
import { type Diagnostic, sortDiagnostics } from '../diagnostic.js';
import { entryOf, plainValue } from '../yaml/node.js';
import { GATE_SCHEMA } from './gate-schema.js';
import { readSettings, type SettingsDocument } from './read-settings.js';
import { type ShownFile, wrongDay } from './settings-files.js';

/** Reads a gate's file. Never throws. */
export async function readGate({
  path,
  shown,
}: ShownFile): Promise<{ readonly gate?: Gate; readonly mistakes: readonly Diagnostic[] }> {
  const { documents, mistakes } = await readSettings(path, shown, GATE_SCHEMA, 'one');
  const [document] = documents;
  if (document === undefined) return { mistakes };
  const wrong = mistakesOf(document, basename(path).replace(/\.ya?ml$/, ''));
  return wrong.length === 0 ? { gate: gateOf(document), mistakes: [] } : { mistakes: sortDiagnostics(wrong) };
}

interface WrittenRequirement {
  readonly tags?: string;
  readonly 'at-least'?: number;
  readonly scenario?: string;
  readonly file?: string;
}

interface Written {
  readonly gate: string;
  readonly description?: string;
  readonly require?: readonly WrittenRequirement[];
  readonly 'allow-limitations'?: NonNullable<Gate['allowLimitations']>;
  readonly 'at-most'?: {
    readonly failed?: number;
    readonly flaky?: number;
    readonly 'not-tested'?: number;
    readonly 'known-limitations'?: number;
  };
  readonly cells?: readonly {
    readonly mesh: Gate['cells'][number]['meshes'];
    readonly mtls?: Gate['cells'][number]['mtls'];
    readonly protocol: Gate['cells'][number]['protocols'];
    readonly interaction?: Gate['cells'][number]['interactions'];
    readonly interface?: readonly string[];
    readonly profile?: Gate['cells'][number]['profiles'];
    readonly state?: Gate['cells'][number]['states'];
  }[];
  readonly baseline?: { readonly results: string; readonly 'slower-by'?: string };
}

function gateOf({ root }: SettingsDocument): Gate {
  const written = plainValue(root) as Written;
  const { 'at-most': atMost = {}, 'allow-limitations': allowLimitations, baseline } = written;
  const { failed, flaky, 'not-tested': notTested, 'known-limitations': knownLimitations } = atMost;
  const slowerBy = baseline?.['slower-by'];
  return {
    name: written.gate,
    ...(written.description === undefined ? {} : { description: written.description.trim() }),
    require: (written.require ?? []).map(requirementOf),
    ...(allowLimitations === undefined ? {} : { allowLimitations }),
    atMost: {
      ...(failed === undefined ? {} : { failed }),
      ...(flaky === undefined ? {} : { flaky }),
      ...(notTested === undefined ? {} : { notTested }),
      ...(knownLimitations === undefined ? {} : { knownLimitations }),
    },
    cells: (written.cells ?? []).map((cell) => ({
      meshes: cell.mesh,
      mtls: cell.mtls ?? [],
      protocols: cell.protocol,
      interactions: cell.interaction ?? ['unary'],
      interfaces: cell.interface ?? [],
      profiles: cell.profile ?? [],
      states: cell.state ?? ['pass'],
    })),
    ...(baseline === undefined
      ? {}
      : {
          baseline: {
            results: baseline.results,
            ...(slowerBy === undefined ? {} : { slowerByPercent: Number.parseFloat(slowerBy) }),
          },
        }),
  };
}

function requirementOf({ tags, scenario, file, 'at-least': atLeast = 1 }: WrittenRequirement): GateRequirement {
  if (tags !== undefined) return { kind: 'tags', expression: tags, atLeast };
  return { kind: 'scenario', name: scenario ?? '', ...(file === undefined ? {} : { file }) };
}

function mistakesOf({ root, place }: SettingsDocument, stem: string): Diagnostic[] {
  const mistakes: Diagnostic[] = [];
  const tell = (at: Parameters<typeof place>[0], message: string, help: string): void => {
    mistakes.push({ rule: 'settings', message, at: place(at), help: [help] });
  };
  const name = entryOf(root, 'gate')?.value;
  if (name !== undefined && plainValue(name) !== stem) {
    const written = String(plainValue(name));
    tell(
      name.at,
      `the gate is called "${written}", and its file "${stem}": --gate would not find it`,
      `write "gate: ${stem}", or call the file ${written}.yaml`,
    );
  }
  const requirements = entryOf(root, 'require')?.value;
  for (const item of requirements?.kind === 'sequence' ? requirements.items : []) {
    const has = (key: string): boolean => entryOf(item, key) !== undefined;
    if (has('tags') === has('scenario')) {
      tell(
        item.at,
        'a requirement is a tag expression or a scenario',
        'give "tags" or "scenario", one of them; several requirements are several items of the list',
      );
      continue;
    }
    for (const [key, needs] of [
      ['at-least', 'tags'],
      ['file', 'scenario'],
    ] as const) {
      const entry = entryOf(item, key);
      if (entry !== undefined && !has(needs)) tell(entry.keyAt, `"${key}" belongs to "${needs}"`, `remove "${key}"`);
    }
  }
  const allowed = entryOf(root, 'allow-limitations')?.value;
  for (const item of allowed?.kind === 'sequence' ? allowed.items : []) {
    mistakes.push(...wrongDay(entryOf(item, 'until'), place));
  }
  return mistakes;
}
