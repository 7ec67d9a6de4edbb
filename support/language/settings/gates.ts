import { basename } from 'node:path';
import type { Gate, GateCount, GateRequirement } from '../../model/gate.js';
import { readTagExpression } from '../../model/tag-expression.js';
import { type Diagnostic, sortDiagnostics } from '../diagnostic.js';
import { entryOf, plainValue, type YamlNode } from '../yaml/node.js';
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
  return wrong.length === 0 ? { gate: gateOf(document, shown), mistakes: [] } : { mistakes: sortDiagnostics(wrong) };
}

interface WrittenRequirement {
  readonly tags?: string;
  readonly 'at-least'?: number;
  readonly scenario?: string;
  readonly file?: string;
}

interface WrittenCells {
  readonly environment?: Gate['cells'][number]['environments'];
  readonly mesh: Gate['cells'][number]['meshes'];
  readonly mtls?: Gate['cells'][number]['mtls'];
  readonly protocol: Gate['cells'][number]['protocols'];
  readonly interaction?: Gate['cells'][number]['interactions'];
  readonly interface?: readonly string[];
  readonly profile?: Gate['cells'][number]['profiles'];
  readonly state?: Gate['cells'][number]['states'];
}

interface WrittenAllowance {
  readonly id: string;
  readonly until: string;
  readonly reason: string;
}

function gateOf({ root }: SettingsDocument, file: string): Gate {
  const description = entryOf(root, 'description')?.value;
  const allowed = entryOf(root, 'allow-limitations');
  const limits = entryOf(root, 'at-most')?.value;
  const baseline = entryOf(root, 'baseline');
  const passed = entryOf(entryOf(root, 'at-least')?.value, 'passed');
  return {
    name: String(plainValue(entryOf(root, 'gate')?.value ?? root)),
    file,
    ...(description === undefined ? {} : { description: String(plainValue(description)).trim() }),
    require: itemsOf(entryOf(root, 'require')?.value).map(requirementOf),
    ...(allowed === undefined
      ? {}
      : {
          allowLimitations: {
            line: allowed.keyAt.line,
            allowed: itemsOf(allowed.value).map((item) => ({
              ...(plainValue(item) as WrittenAllowance),
              line: item.at.line,
            })),
          },
        }),
    ...(passed === undefined ? {} : { atLeast: { passed: Number(plainValue(passed.value)), line: passed.keyAt.line } }),
    atMost: (limits?.kind === 'mapping' ? limits.entries : []).map(({ key, keyAt, value }) => ({
      count: key as GateCount,
      most: Number(plainValue(value)),
      line: keyAt.line,
    })),
    cells: itemsOf(entryOf(root, 'cells')?.value).map(cellsOf),
    ...(baseline === undefined ? {} : { baseline: { ...baselineOf(baseline.value), line: baseline.keyAt.line } }),
  };
}

function itemsOf(node: YamlNode | undefined): readonly YamlNode[] {
  return node?.kind === 'sequence' ? node.items : [];
}

function requirementOf(item: YamlNode): GateRequirement {
  const { tags, scenario, file, 'at-least': atLeast = 1 } = plainValue(item) as WrittenRequirement;
  const { line } = item.at;
  if (tags !== undefined) return { kind: 'tags', expression: tags, atLeast, line };
  return { kind: 'scenario', name: scenario ?? '', ...(file === undefined ? {} : { file }), line };
}

function cellsOf(item: YamlNode): Gate['cells'][number] {
  const cell = plainValue(item) as WrittenCells;
  return {
    environments: cell.environment ?? [],
    meshes: cell.mesh,
    mtls: cell.mtls ?? [],
    protocols: cell.protocol,
    interactions: cell.interaction ?? ['unary'],
    interfaces: cell.interface ?? [],
    profiles: cell.profile ?? [],
    states: cell.state ?? ['pass'],
    line: item.at.line,
  };
}

function baselineOf(node: YamlNode): { readonly results: string; readonly slowerByPercent?: number } {
  const { results, 'slower-by': slowerBy } = plainValue(node) as {
    readonly results: string;
    readonly 'slower-by'?: string;
  };
  return { results, ...(slowerBy === undefined ? {} : { slowerByPercent: Number.parseFloat(slowerBy) }) };
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
  for (const item of itemsOf(entryOf(root, 'require')?.value)) {
    const has = (key: string): boolean => entryOf(item, key) !== undefined;
    if (has('tags') === has('scenario')) {
      tell(
        item.at,
        'a requirement is a tag expression or a scenario',
        'give "tags" or "scenario", one of them; several requirements are several items of the list',
      );
      continue;
    }
    const expression = entryOf(item, 'tags')?.value;
    const read = expression === undefined ? undefined : readTagExpression(String(plainValue(expression)));
    if (expression !== undefined && read !== undefined && 'mistake' in read) {
      tell(
        expression.at,
        `the tag expression cannot be understood: ${read.mistake}`,
        'for example: "@smoke and not (@slow or @wip)"',
      );
    }
    for (const [key, needs] of [
      ['at-least', 'tags'],
      ['file', 'scenario'],
    ] as const) {
      const entry = entryOf(item, key);
      if (entry !== undefined && !has(needs)) tell(entry.keyAt, `"${key}" belongs to "${needs}"`, `remove "${key}"`);
    }
  }
  const known = new Map<string, number>();
  for (const item of itemsOf(entryOf(root, 'allow-limitations')?.value)) {
    mistakes.push(...wrongDay(entryOf(item, 'until'), place));
    const id = entryOf(item, 'id')?.value;
    const name = id === undefined ? '' : String(plainValue(id));
    const before = known.get(name);
    if (id !== undefined && before !== undefined) {
      tell(id.at, `${name} is allowed twice`, `the first time is in line ${before}; remove one of them`);
    }
    known.set(name, before ?? item.at.line);
  }
  return mistakes;
}
