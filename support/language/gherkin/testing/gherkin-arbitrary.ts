import fc from 'fast-check';
import { type Dialect, gherkinLibrary } from '../library.js';

// Texts that look like Gherkin, like YAML, like tables, like replacement patterns, or hide characters.
const HOSTILE = [
  'Given ', 'And ', '* ', 'Scenario:', 'Feature:', 'Examples:', '@tag', '# language: fr', '#', ' #', '|', '\\', '\\n', '\\|',
  '"""', '```', '\\"\\"\\"', '<a>', '<', '>', '$&', '$1', ': ', '- ', '? ', '{', '}', '[', ']', ',', '&a', '*a', '!!binary', '%',
  '@', '`', '---', '...', "'", '"', '\t', '\u00a0', '\u2028', '\u0085', '\u0000', '\u007f', '\u001b[31m', '\ufeff',
  '\uffff', 'é', '日本', '😀', 'e\u0301', 'true', 'null', '12', '1e3', '0x1f', '~', '<<', '2024-01-01', '  ', ' ',
] as const; // biome-ignore format: a list of samples
const piece = fc.oneof(
  fc.constantFrom(...HOSTILE),
  fc.string({ unit: 'grapheme', maxLength: 6 }).map((text) => text.replace(/[\r\n]/g, ' ')),
  fc.constantFrom('cat', 'a dog', 'long words that do not fit on one line together with all the others'),
);
const oneLine = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join('').trim());
const stepText = fc.oneof(
  oneLine.map((text) => (text === '' ? 'something' : text)),
  fc.constantFrom(
    '1 cat over HTTP/2',
    '3 cats over HTTP/1.1',
    'the food "fish"',
    'it is told:',
    'the wishes are:',
    'it is happy',
  ),
);
/** Without `<`, which could make a placeholder that refers to another column. */
const value = oneLine.map((text) => text.replace(/[<\u0085]/g, ''));
const comment = oneLine.map((text) => `# ${text}`);
const tagName = fc.stringMatching(/^[a-z0-9:#_é<>{}[\],'"!&*-]{1,12}$/);

const DIALECTS = ['en', 'de', 'fr', 'zh-CN', 'ht', 'en-old', 'ja', 'ru', 'em'] as const;

/** Parts of a file are lists of lines, each with any indentation. */
type Lines = fc.Arbitrary<readonly string[]>;

const indentation = fc.constantFrom('', '  ', '    ', '\t');
const noise: Lines = fc.oneof(
  { weight: 6, arbitrary: fc.constant([]) },
  fc.constant(['']),
  comment.map((text) => [text]),
);

function sequenceOf(...parts: readonly Lines[]): Lines {
  return fc.tuple(...parts).map((all) => all.flat());
}

function someOf(part: Lines, maxLength: number, minLength = 0): Lines {
  return fc.array(part, { minLength, maxLength }).map((all) => all.flat());
}

/** A line with noise before it. */
function line(text: fc.Arbitrary<string>): Lines {
  return sequenceOf(
    noise,
    fc.tuple(indentation, text).map(([indent, words]) => [indent + words]),
  );
}

function tags(maxLength = 3): Lines {
  return fc
    .array(tagName, { maxLength })
    .chain((names) =>
      names.length === 0
        ? fc.constant([])
        : line(fc.constantFrom(' ', '', '\n').map((blank) => names.map((name) => `@${name}`).join(blank))),
    );
}

/** Words with which no line of Gherkin begins, and what Gherkin would take for its own only at the beginning of a line. */
const description: Lines = fc.oneof(
  { weight: 3, arbitrary: fc.constant([]) },
  fc.array(
    fc.oneof(
      oneLine.map((text) => `text: ${text}`),
      fc.constant(''),
    ),
    { minLength: 1, maxLength: 3 },
  ),
);

function tableOf(rows: readonly (readonly string[])[]): Lines {
  const escaped = (cell: string): string =>
    cell.replaceAll('\\', '\\\\').replaceAll('|', '\\|').replaceAll('\n', '\\n');
  return sequenceOf(...rows.map((row) => line(fc.constant(`|${row.map((cell) => ` ${escaped(cell)} |`).join('')}`))));
}

const dataTable: Lines = fc
  .integer({ min: 1, max: 3 })
  .chain((width) => fc.array(fc.array(oneLine, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 3 }))
  .chain(tableOf);

const docString: Lines = fc
  .record({
    separator: fc.constantFrom('"""', '```'),
    mediaType: fc.constantFrom('', 'json', 'text/plain; charset=utf-8'),
    content: fc.array(fc.tuple(indentation, oneLine), { maxLength: 4 }),
    indent: indentation,
  })
  .map(({ separator, mediaType, content, indent }) => {
    // The other separator may stand in it as it is; its own would end it. Not both can be written in YAML's Gherkin.
    const other = separator === '"""' ? '```' : '"""';
    const escaped = `\\${[...separator].join('\\')}`.replace(/^\\\\/, '\\');
    const safe = (text: string): string =>
      text
        .replaceAll(separator, '')
        .replaceAll(other, '')
        .replaceAll(escaped, '')
        .replaceAll('\\"\\"\\"', '')
        .replaceAll('\r', '');
    return [
      `${indent}${separator}${mediaType}`,
      ...content.map(([more, text]) => `${indent}${more}${safe(text)}`),
      `${indent}${separator}`,
    ];
  });

function steps(dialect: Dialect, minLength: number): Lines {
  const keyword = fc.constantFrom(
    ...[dialect.given, dialect.when, dialect.then, dialect.and, dialect.but].flat().concat('* '),
  );
  const step = sequenceOf(
    line(fc.tuple(keyword, stepText).map((parts) => parts.join(''))),
    fc.oneof({ weight: 4, arbitrary: fc.constant([]) }, dataTable, docString),
  );
  return someOf(step, 5, minLength);
}

function title(keywords: readonly string[], name: fc.Arbitrary<string> = oneLine): Lines {
  return line(fc.tuple(fc.constantFrom(...keywords), name).map(([keyword, text]) => `${keyword}: ${text}`));
}

function scenario(dialect: Dialect): Lines {
  return sequenceOf(tags(), title(dialect.scenario), description, steps(dialect, 1));
}

function outline(dialect: Dialect): Lines {
  const columns = fc.uniqueArray(fc.constantFrom('a', 'b c', 'protocol', 'x.y*', '日本', '12', 'rows', 'include'), {
    minLength: 1,
    maxLength: 3,
  });
  return columns.chain((names) => {
    const cells = fc.array(value, { minLength: names.length, maxLength: names.length });
    const product = fc
      .tuple(...names.map(() => fc.uniqueArray(value, { minLength: 1, maxLength: 3 })))
      .map((axes) =>
        axes.reduce<string[][]>((rows, axis) => rows.flatMap((row) => axis.map((each) => [...row, each])), [[]]),
      );
    const rows = fc.oneof(
      fc.uniqueArray(cells, {
        minLength: 1,
        maxLength: 4,
        selector: (row) => row.map((text) => text.trim()).join('\n'),
      }),
      product,
    );
    const block = sequenceOf(
      tags(2),
      title(dialect.examples),
      description,
      rows.chain((body) => tableOf([names, ...body])),
    );
    const used = oneLine.map((text) => `${text} ${names.map((name) => `<${name}>`).join(' ')}`);
    const body = sequenceOf(description, steps(dialect, 1));
    return sequenceOf(tags(), title(dialect.scenarioOutline, used), body, someOf(block, 2, 1));
  });
}

function children(dialect: Dialect): Lines {
  const background = sequenceOf(title(dialect.background), description, steps(dialect, 1));
  return sequenceOf(fc.oneof(fc.constant([]), background), someOf(fc.oneof(scenario(dialect), outline(dialect)), 3));
}

/**
 * The text of a feature file as people and machines may write it. Nearly all of them are Gherkin; what a text makes of
 * another keyword is known to the parser only.
 */
export const anyGherkin: fc.Arbitrary<string> = fc.constantFrom(...DIALECTS).chain((language) => {
  const dialect = gherkinLibrary().dialects[language];
  if (dialect === undefined) throw new Error(`there is no language ${language}`);
  const rule = sequenceOf(tags(), title(dialect.rule), description, children(dialect));
  return fc
    .tuple(
      sequenceOf(
        fc.constant(language === 'en' ? [] : [`# language: ${language}`]),
        tags(),
        title(dialect.feature),
        description,
        children(dialect),
        someOf(rule, 2),
        noise,
      ),
      fc.constantFrom('\n', '\r\n'),
    )
    .map(([lines, end]) => lines.map((text) => text + end).join(''));
});
