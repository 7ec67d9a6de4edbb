import { type Alias, type Document, isAlias, isMap, isScalar, isSeq, type ParsedNode } from 'yaml';
import { nearest } from '../../model/nearest.js';
import { visibleExcerpt } from '../../model/visible-text.js';
import type { Diagnostic } from '../diagnostic.js';
import { LIMITS } from './limits.js';
import type { YamlEntry, YamlNode, YamlPlace } from './node.js';
import { keyOf, nothing, scalarOf, type Tell } from './read-scalar.js';
import type { YamlSource } from './read-source.js';

export interface Tree {
  /** Undefined where there is too much of it. */
  readonly root: YamlNode | undefined;
  /** How many nodes it has, aliases followed. */
  readonly size: number;
  readonly mistakes: readonly Diagnostic[];
}

/** A node, and what it costs to walk through it with its aliases followed. */
interface Measured {
  readonly node: YamlNode;
  readonly size: number;
  /** Mappings and lists inside each other; 0 for a scalar. */
  readonly depth: number;
}

/**
 * The parser's document as plain data with places. Nodes that an alias names are shared, so that the tree takes no more
 * memory than the file; what it takes to walk through it is bounded by `budget` nodes.
 *
 * What YAML allows and this language does not is told: keys that are no text or stand twice, merge keys, aliases
 * without end.
 */
export function treeOf(document: Document.Parsed, source: YamlSource, budget: number): Tree {
  const mistakes: Diagnostic[] = [];
  const tell: Tell = (rule, message, at, more = {}) => {
    if (mistakes.length < LIMITS.mistakes) mistakes.push({ rule, message, at: source.diagnosticPlace(at), ...more });
  };
  const anchors = new Map<string, Measured | 'open'>();
  let exhausted = false;

  function measured(parsed: ParsedNode | null, emptyAt: YamlPlace): Measured {
    if (parsed === null) return leaf(nothing(emptyAt));
    if (isAlias(parsed)) return aliased(parsed);
    const { anchor } = parsed;
    if (anchor !== undefined) anchors.set(anchor, 'open');
    const result = written(parsed);
    if (anchor !== undefined) anchors.set(anchor, result);
    return result;
  }

  function written(parsed: Exclude<ParsedNode, Alias.Parsed>): Measured {
    const at = source.place(parsed.range[0], parsed.range[1]);
    if (isScalar(parsed)) {
      if (parsed.type === 'PLAIN' && parsed.range[1] - parsed.range[0] > at.length) checkFurtherLines(parsed.range);
      return leaf(scalarOf(parsed, at, tell));
    }
    if (isSeq(parsed)) {
      const items = parsed.items.map((item) => measured(item as ParsedNode, at));
      return bounded({ kind: 'sequence', items: items.map(({ node }) => node), at }, items);
    }
    if (!isMap(parsed)) throw new TypeError('the parser made a node that is neither scalar nor list nor mapping');
    const entries = new Map<string, YamlEntry>();
    const children: Measured[] = [];
    for (const pair of parsed.items) {
      const keyAt = source.place(pair.key.range[0], pair.key.range[1]);
      const key = keyOf(pair.key, keyAt, tell);
      const child = measured(pair.value, keyAt);
      children.push(child);
      if (key === undefined) continue;
      const first = entries.get(key);
      if (first === undefined) entries.set(key, { key, keyAt, value: child.node });
      else tellDuplicate(key, keyAt, first.keyAt);
    }
    return bounded({ kind: 'mapping', entries: [...entries.values()], at }, children);
  }

  function aliased(alias: Alias.Parsed): Measured {
    const at = source.place(alias.range[0], alias.range[1]);
    const target = anchors.get(alias.source);
    // What is wrong with its kind is to be told where it is used; what is wrong inside, where it is written.
    if (target !== undefined && target !== 'open') return { ...target, node: { ...target.node, at } };
    if (target === 'open') tellCircular(alias.source, at);
    else tellUndefined(alias.source, at);
    return leaf(nothing(at));
  }

  /** A collection, or nothing in its place where it is more than anybody may walk through. */
  function bounded(node: YamlNode, children: readonly Measured[]): Measured {
    let size = 1;
    let depth = 1;
    for (const child of children) {
      size += child.size;
      depth = Math.max(depth, child.depth + 1);
    }
    if (size <= budget && depth <= LIMITS.depth) return { node, size, depth };
    if (!exhausted) tellExhausted(depth > LIMITS.depth, node.at);
    exhausted = true;
    return leaf(nothing(node.at));
  }

  /** To YAML, a "-" that is indented deeper than the item above goes on with its text. Nobody means that. */
  function checkFurtherLines([start, end]: readonly [number, number, number]): void {
    const found = /\n *(?=- )/.exec(source.text.slice(start, end));
    if (found === null) return;
    const dash = start + found.index + found[0].length;
    tell('indentation', 'this "-" is indented so deep that it goes on with the text above', source.place(dash, end), {
      help: ['start it in the column of the "-" above, or quote the whole text if it is one'],
    });
  }

  function tellDuplicate(key: string, at: YamlPlace, first: YamlPlace): void {
    tell('duplicate-key', `the key "${visibleExcerpt(key, 40)}" stands twice in the same mapping`, at, {
      notes: [`it first stands in line ${first.line}, column ${first.column}`],
      help: ['remove or rename one of the two'],
    });
  }

  function tellCircular(name: string, at: YamlPlace): void {
    const shown = visibleExcerpt(name, 40);
    tell('circular-alias', `*${shown} stands inside of what &${shown} names, which would never end`, at, {
      help: ['write out what is meant here'],
    });
  }

  function tellUndefined(name: string, at: YamlPlace): void {
    if (mistakes.length >= LIMITS.mistakes) return;
    // Comparing words takes time in proportion to their lengths, and a file may hold a hundred thousand names.
    const near = name.length > 50 ? undefined : nearest(name, [...anchors.keys()].slice(-200));
    const shown = visibleExcerpt(name, 40);
    const wanted = name.endsWith(':') ? `"*${visibleExcerpt(name.slice(0, -1), 40)}":` : `"*${shown}"`;
    tell('undefined-alias', `*${shown} repeats what &${shown} names, and there is no &${shown} above`, at, {
      help: [
        ...(near === undefined ? [] : [`did you mean *${near}?`]),
        `if text is meant that begins with a star, quote it: ${wanted}`,
      ],
    });
  }

  function tellExhausted(deep: boolean, at: YamlPlace): void {
    const more = { help: ['split the file, or use fewer aliases of aliases'] };
    const values = LIMITS.nodes.toLocaleString('en');
    if (deep) tell('nested-too-deep', `this is nested more than ${LIMITS.depth} levels deep`, at, more);
    else
      tell('too-many-values', `this holds more than ${values} values, counting each alias as what it names`, at, more);
  }

  const { node, size } = measured(document.contents, { line: 1, column: 1, length: 1 });
  return { root: exhausted ? undefined : node, size, mistakes };
}

function leaf(node: YamlNode): Measured {
  return { node, size: 1, depth: 0 };
}
