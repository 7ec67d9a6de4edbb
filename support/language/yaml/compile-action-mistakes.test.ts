import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compileActions } from './testing/vocabulary.js';

describe('mistakes in an action, as the reader sees them', () => {
  const cases: readonly {
    readonly name: string;
    readonly yaml: string;
    readonly columns?: readonly string[];
    readonly told: string;
  }[] = [
    {
      name: 'an action that is a text',
      yaml: `given: [the cat says "miau"]`,
      told: `error: an action is a key with its value, and this is text
 --> features/a.yaml:1:9
  |
1 | given: [the cat says "miau"]
  |         ^^^^^^^^^^^^^^^^^^^
  = help: in YAML this step is: says: miau
  = help: \`mirrorspec steps\` lists all steps and how they are written in YAML

error: 1 mistake was found
`,
    },
    {
      name: 'an action that is only a key',
      yaml: `then: [heard]`,
      told: `error: an action is a key with its value, and this is text
 --> features/a.yaml:1:8
  |
1 | then: [heard]
  |        ^^^^^
  = note: it can be written so:
  = note:   heard: true
  = note:   heard: false
  = help: \`mirrorspec steps\` lists all steps and how they are written in YAML

error: 1 mistake was found
`,
    },
    {
      name: 'an action that is left out',
      yaml: `given: [{}]`,
      told: `error: an action is missing here
 --> features/a.yaml:1:9
  |
1 | given: [{}]
  |         ^^
  = help: \`mirrorspec steps\` lists all steps and how they are written in YAML

error: 1 mistake was found
`,
    },
    {
      name: 'several keys in one action',
      yaml: `given:
  - house: quiet
    says: miau
`,
      told: `error: an action has one key, and this one has 2: house, says
 --> features/a.yaml:3:5
  |
3 |     says: miau
  |     ^^^^
  = help: begin each action with a dash of its own: "- house: …", "- says: …"

error: 1 mistake was found
`,
    },
    {
      name: 'an action that does not exist',
      yaml: `given: [hous: quiet]`,
      told: `error: there is no action "hous" under given
 --> features/a.yaml:1:9
  |
1 | given: [hous: quiet]
  |         ^^^^
  = help: did you mean "house"?
  = help: actions under given: called, cat, house, names, room, runs, says, says-json, scratches, surnames, weight, step
  = help: \`mirrorspec steps\` lists all steps and how they are written in YAML

error: 1 mistake was found
`,
    },
    {
      name: 'an action of another section',
      yaml: `given: [call: { protocol: gRPC }]`,
      told: `error: "call" is an action of when, not of given
 --> features/a.yaml:1:9
  |
1 | given: [call: { protocol: gRPC }]
  |         ^^^^
  = help: move it under "when:"

error: 1 mistake was found
`,
    },
    {
      name: "a word that is none of the key's",
      yaml: `given: [house: laud]`,
      told: `error: "laud" is no value of "house"
 --> features/a.yaml:1:16
  |
1 | given: [house: laud]
  |                ^^^^
  = note: it can be written so:
  = note:   house: quiet
  = note:   house: loud
  = note:   house: { speaks: HTTP/2 }
  = help: did you mean "loud"?

error: 1 mistake was found
`,
    },
    {
      name: 'a value that is left out',
      yaml: `given: [{ house: }]`,
      told: `error: "house" has no value
 --> features/a.yaml:1:18
  |
1 | given: [{ house: }]
  |                  ^
  = note: it can be written so:
  = note:   house: quiet
  = note:   house: loud
  = note:   house: { speaks: HTTP/2 }

error: 1 mistake was found
`,
    },
    {
      name: 'a list where there is none',
      yaml: `given: [house: [quiet]]`,
      told: `error: a list is no value of "house"
 --> features/a.yaml:1:16
  |
1 | given: [house: [quiet]]
  |                ^^^^^^^
  = note: it can be written so:
  = note:   house: quiet
  = note:   house: loud
  = note:   house: { speaks: HTTP/2 }

error: 1 mistake was found
`,
    },
    {
      name: 'a boolean in quotes',
      yaml: `then: [heard: "false"]`,
      told: `error: "false" is no value of "heard"
 --> features/a.yaml:1:15
  |
1 | then: [heard: "false"]
  |               ^^^^^^^
  = note: it can be written so:
  = note:   heard: true
  = note:   heard: false
  = help: take the quotes away: heard: false

error: 1 mistake was found
`,
    },
    {
      name: 'a number where text is meant',
      yaml: `given: [says: 1.0]`,
      told: `error: "says" is text, and 1.0 is a number
 --> features/a.yaml:1:15
  |
1 | given: [says: 1.0]
  |               ^^^
  = help: quote it: says: "1.0"
  = help: or write it as JSON: says-json: 1.0

error: 1 mistake was found
`,
    },
    {
      name: 'a boolean where text is meant',
      yaml: `given: [says: true]`,
      told: `error: "says" is text, and true is a boolean
 --> features/a.yaml:1:15
  |
1 | given: [says: true]
  |               ^^^^
  = help: quote it: says: "true"
  = help: or write it as JSON: says-json: true

error: 1 mistake was found
`,
    },
    {
      name: 'text where a number is meant',
      yaml: `given: [cat: { doors: "3" }]`,
      told: `error: "doors" is a whole number, or a list of these, and "3" is text
 --> features/a.yaml:1:23
  |
1 | given: [cat: { doors: "3" }]
  |                       ^^^
  = help: take the quotes away: doors: 3

error: 1 mistake was found
`,
    },
    {
      name: 'a word where a number is meant',
      yaml: `given: [runs: far]`,
      told: `error: "runs" is a number, and "far" is text
 --> features/a.yaml:1:15
  |
1 | given: [runs: far]
  |               ^^^

error: 1 mistake was found
`,
    },
    {
      name: 'a fraction where a whole number is meant',
      yaml: `given: [cat: { doors: 1.5 }]`,
      told: `error: "doors" is a whole number, and 1.5 is none
 --> features/a.yaml:1:23
  |
1 | given: [cat: { doors: 1.5 }]
  |                       ^^^

error: 1 mistake was found
`,
    },
    {
      name: 'a number beyond its bounds',
      yaml: `given: [cat: { doors: [3, 10] }]`,
      told: `error: 10 is no value of "doors"
 --> features/a.yaml:1:27
  |
1 | given: [cat: { doors: [3, 10] }]
  |                           ^^
  = note: doors: number of a door
  = note: it is 1 or more and 9 or less

error: 1 mistake was found
`,
    },
    {
      name: 'a text that its pattern refuses',
      yaml: `given: [scratches: 00 FG]`,
      told: `error: "00 FG" is no value of "scratches"
 --> features/a.yaml:1:20
  |
1 | given: [scratches: 00 FG]
  |                    ^^^^^
  = note: scratches: pairs of digits

error: 1 mistake was found
`,
    },
    {
      name: 'a word that its type refuses',
      yaml: `given: [house: { speaks: gRCP }]`,
      told: `error: "gRCP" is no value of "speaks"
 --> features/a.yaml:1:26
  |
1 | given: [house: { speaks: gRCP }]
  |                          ^^^^
  = note: A protocol.
  = note: it can be: HTTP/2, gRPC, unary
  = help: did you mean "gRPC"?

error: 1 mistake was found
`,
    },
    {
      name: 'a text that the pattern of its type refuses',
      yaml: `given: [weight: 3 kb]`,
      told: `error: "3 kb" is no value of "weight"
 --> features/a.yaml:1:17
  |
1 | given: [weight: 3 kb]
  |                 ^^^^
  = note: A size.
  = note: for example: 1 byte, 64 KiB

error: 1 mistake was found
`,
    },
    {
      name: 'two words where one is meant',
      yaml: `given: [called: Tom Cat]`,
      told: `error: "called" is one word, and "Tom Cat" is not
 --> features/a.yaml:1:17
  |
1 | given: [called: Tom Cat]
  |                 ^^^^^^^

error: 1 mistake was found
`,
    },
    {
      name: 'a property that does not exist',
      yaml: `given: [cat: { door: 3 }]`,
      told: `error: "cat" has no "door"
 --> features/a.yaml:1:16
  |
1 | given: [cat: { door: 3 }]
  |                ^^^^
  = note: it can be written so:
  = note:   cat: { listens: name }
  = note:   cat: { doors: 3 }
  = note:   cat: { likes: { milk: 1 } }
  = note:   cat: { likes: { fish: sea } }
  = help: did you mean "doors"?

error: 1 mistake was found
`,
    },
    {
      name: 'a property that is missing',
      yaml: `when: [call: { count: 3 }]`,
      told: `error: "call" needs more than count
 --> features/a.yaml:1:8
  |
1 | when: [call: { count: 3 }]
  |        ^^^^
  = note: it can be written so:
  = note:   call: { protocol: HTTP/2 }
  = note:   call: { count: 1, protocol: HTTP/2 }

error: 1 mistake was found
`,
    },
    {
      name: 'properties that do not go together',
      yaml: `when: [call: { count: 3, protocol: gRPC, more: 1 }]`,
      told: `error: "call" has no "more"
 --> features/a.yaml:1:42
  |
1 | when: [call: { count: 3, protocol: gRPC, more: 1 }]
  |                                          ^^^^
  = note: it can be written so:
  = note:   call: { protocol: HTTP/2 }
  = note:   call: { count: 1, protocol: HTTP/2 }

error: 1 mistake was found
`,
    },
    {
      name: 'no property at all',
      yaml: `given: [cat: {}]`,
      told: `error: "cat" says nothing
 --> features/a.yaml:1:9
  |
1 | given: [cat: {}]
  |         ^^^
  = note: it can be written so:
  = note:   cat: { listens: name }
  = note:   cat: { doors: 3 }
  = note:   cat: { likes: { milk: 1 } }
  = note:   cat: { likes: { fish: sea } }

error: 1 mistake was found
`,
    },
    {
      name: "a property's value of another kind",
      yaml: `given: [cat: { listens: { a: b } }]`,
      told: `error: a mapping with a is no value of "listens"
 --> features/a.yaml:1:25
  |
1 | given: [cat: { listens: { a: b } }]
  |                         ^^^^^^^^
  = note: it can be: text

error: 1 mistake was found
`,
    },
    {
      name: 'an inner property that does not exist',
      yaml: `given: [cat: { likes: { fisch: Kiel } }]`,
      told: `error: there is no "fisch" here
 --> features/a.yaml:1:25
  |
1 | given: [cat: { likes: { fisch: Kiel } }]
  |                         ^^^^^
  = help: did you mean "fish"?
  = help: it can be: milk, fish

error: 1 mistake was found
`,
    },
    {
      name: 'inner properties of different steps',
      yaml: `given: [cat: { likes: { fish: Kiel, milk: 7 } }]`,
      told: `error: a mapping with fish, milk is no value of "likes"
 --> features/a.yaml:1:23
  |
1 | given: [cat: { likes: { fish: Kiel, milk: 7 } }]
  |                       ^^^^^^^^^^^^^^^^^^^^^^^
  = note: it can be: a mapping with milk, a mapping with fish

error: 1 mistake was found
`,
    },
    {
      name: 'a wrong value of an inner property',
      yaml: `given: [cat: { likes: { milk: warm } }]`,
      told: `error: "milk" is a whole number, and "warm" is text
 --> features/a.yaml:1:31
  |
1 | given: [cat: { likes: { milk: warm } }]
  |                               ^^^^

error: 1 mistake was found
`,
    },
    {
      name: 'an empty list',
      yaml: `given: [cat: { doors: [] }]`,
      told: `error: the list is empty: nothing would be done
 --> features/a.yaml:1:23
  |
1 | given: [cat: { doors: [] }]
  |                       ^^

error: 1 mistake was found
`,
    },
    {
      name: 'a wrong item of a list',
      yaml: `given: [cat: { doors: [3, "4", a] }]`,
      told: `error: "4" is no value of this list
 --> features/a.yaml:1:27
  |
1 | given: [cat: { doors: [3, "4", a] }]
  |                           ^^^
  = note: each can be: a whole number

error: "a" is no value of this list
 --> features/a.yaml:1:32
  |
1 | given: [cat: { doors: [3, "4", a] }]
  |                                ^
  = note: each can be: a whole number

error: 2 mistakes were found
`,
    },
    {
      name: 'a placeholder without a column',
      yaml: `given: [cat: { doors: <dor> }, house: { speaks: <protocl> }]`,
      columns: ['door', 'protocol'],
      told: `error: there is no column "dor"
 --> features/a.yaml:1:23
  |
1 | given: [cat: { doors: <dor> }, house: { speaks: <protocl> }]
  |                       ^^^^^
  = help: did you mean "<door>"?
  = help: columns of the scenario: door, protocol

error: there is no column "protocl"
 --> features/a.yaml:1:49
  |
1 | given: [cat: { doors: <dor> }, house: { speaks: <protocl> }]
  |                                                 ^^^^^^^^^
  = help: did you mean "<protocol>"?
  = help: columns of the scenario: door, protocol

error: 2 mistakes were found
`,
    },
    {
      name: 'a placeholder where there are no examples',
      yaml: `given: [house: <house>]`,
      told: `error: there is no column "house"
 --> features/a.yaml:1:16
  |
1 | given: [house: <house>]
  |                ^^^^^^^
  = help: the scenario has neither examples nor a matrix

error: 1 mistake was found
`,
    },
    {
      name: 'a placeholder for what are different steps',
      yaml: `given: [house: <house>]`,
      columns: ['house'],
      told: `error: "<house>" cannot stand for "house": each of its values is a step of its own
 --> features/a.yaml:1:16
  |
1 | given: [house: <house>]
  |                ^^^^^^^
  = note: it can be written so:
  = note:   house: quiet
  = note:   house: loud
  = note:   house: { speaks: HTTP/2 }
  = help: let the column hold whole steps, and write: step: <house>

error: 1 mistake was found
`,
    },
    {
      name: 'text of several lines where a step has one',
      yaml: `given:
  - scratches: |
      00
`,
      told: `error: "scratches" is a text on one line of a step, which cannot hold a line break
 --> features/a.yaml:2:16
  |
2 |   - scratches: |
  |                ^
  = help: write it differently, or give it as bytes or JSON where the step has a key for these

error: 1 mistake was found
`,
    },
    {
      name: 'text that ends with a backslash',
      yaml: `given: [cat: { listens: 'lo\\' }]`,
      told: `error: "listens" is a text on one line of a step, which cannot hold a backslash at its end
 --> features/a.yaml:1:25
  |
1 | given: [cat: { listens: 'lo\\' }]
  |                         ^^^^^
  = help: write it differently, or give it as bytes or JSON where the step has a key for these

error: 1 mistake was found
`,
    },
    {
      name: 'a backslash before a quotation mark',
      yaml: `given: [cat: { listens: 'a\\"b' }]`,
      told: `error: "listens" is a text on one line of a step, which cannot hold a backslash before a quotation mark
 --> features/a.yaml:1:25
  |
1 | given: [cat: { listens: 'a\\"b' }]
  |                         ^^^^^^
  = help: write it differently, or give it as bytes or JSON where the step has a key for these

error: 1 mistake was found
`,
    },
    {
      name: 'bytes where text is meant',
      yaml: `given: [scratches: !!binary AP8=]`,
      told: `error: bytes are no value of "scratches"
 --> features/a.yaml:1:29
  |
1 | given: [scratches: !!binary AP8=]
  |                             ^^^^
  = note: it can be written so:
  = note:   scratches: 00 ff

error: 1 mistake was found
`,
    },
    {
      name: 'a number in a table',
      yaml: `given: [names: { a: 1 }]`,
      told: `error: a cell of a table is text, and this is a number
 --> features/a.yaml:1:21
  |
1 | given: [names: { a: 1 }]
  |                     ^
  = help: quote it: "1"

error: 1 mistake was found
`,
    },
    {
      name: 'a cell with blanks around it',
      yaml: `given: [names: { a: [x, " y"] }]`,
      told: `error: the cell begins or ends with a blank
 --> features/a.yaml:1:25
  |
1 | given: [names: { a: [x, " y"] }]
  |                         ^^^^
  = help: remove the blank: a table does not keep it

error: 1 mistake was found
`,
    },
    {
      name: 'rows of different lengths',
      yaml: `given: [names: [[a, b], [c]]]`,
      told: `error: the rows of a table are equally long: the first has 2 cells
 --> features/a.yaml:1:25
  |
1 | given: [names: [[a, b], [c]]]
  |                         ^^^

error: 1 mistake was found
`,
    },
    {
      name: 'a row without cells',
      yaml: `given: [names: [[]]]`,
      told: `error: a row of a table has at least one cell
 --> features/a.yaml:1:17
  |
1 | given: [names: [[]]]
  |                 ^^

error: 1 mistake was found
`,
    },
    {
      name: 'a text for a table',
      yaml: `given: [names: tom]`,
      told: `error: "tom" is no value of "names"
 --> features/a.yaml:1:16
  |
1 | given: [names: tom]
  |                ^^^
  = note: it can be written so:
  = note:   names: { name: value }

error: 1 mistake was found
`,
    },
    {
      name: 'an infinite number in JSON',
      yaml: `given: [says: [.inf]]`,
      told: `error: JSON has no infinite number and no "not a number"
 --> features/a.yaml:1:15
  |
1 | given: [says: [.inf]]
  |               ^^^^^^

error: 1 mistake was found
`,
    },
    {
      name: 'a step without a text',
      yaml: `given: [{ step: }, step: { table: [[a]] }]`,
      told: `error: "step" takes the text of a step, on one line
 --> features/a.yaml:1:17
  |
1 | given: [{ step: }, step: { table: [[a]] }]
  |                 ^
  = help: for example: step: the cat sleeps

error: "text" is missing here
 --> features/a.yaml:1:26
  |
1 | given: [{ step: }, step: { table: [[a]] }]
  |                          ^^^^^^^^^^^^^^^^

error: 2 mistakes were found
`,
    },
    {
      name: 'a step with an unknown property',
      yaml: `given: [step: { text: a, tabel: [[a]] }]`,
      told: `error: there is no "tabel" here
 --> features/a.yaml:1:26
  |
1 | given: [step: { text: a, tabel: [[a]] }]
  |                          ^^^^^
  = help: did you mean "table"?
  = help: it can be: text, table, doc, mediaType

error: 1 mistake was found
`,
    },
    {
      name: 'a step with both table and text',
      yaml: `given: [step: { text: a, table: [[a]], doc: b }]`,
      told: `error: a step has a table or a doc string, not both
 --> features/a.yaml:1:40
  |
1 | given: [step: { text: a, table: [[a]], doc: b }]
  |                                        ^^^

error: 1 mistake was found
`,
    },
    {
      name: 'a step with a media type alone',
      yaml: `given: [step: { text: a, mediaType: json }]`,
      told: `error: "mediaType" says what "doc" is, and there is no "doc"
 --> features/a.yaml:1:26
  |
1 | given: [step: { text: a, mediaType: json }]
  |                          ^^^^^^^^^

error: 1 mistake was found
`,
    },
    {
      name: 'a step with a media type that begins with a blank',
      yaml: `given: [step: { text: a, doc: b, mediaType: " a" }]`,
      told: `error: "mediaType" is one line of text, for example json
 --> features/a.yaml:1:45
  |
1 | given: [step: { text: a, doc: b, mediaType: " a" }]
  |                                             ^^^^

error: 1 mistake was found
`,
    },
    {
      name: 'a step whose text below is no text',
      yaml: `given: [step: { text: a, doc: 3 }]`,
      told: `error: text is needed here, and this is a number
 --> features/a.yaml:1:31
  |
1 | given: [step: { text: a, doc: 3 }]
  |                               ^
  = help: quote it: "3"

error: 1 mistake was found
`,
    },
  ];
  for (const { name, yaml, columns, told } of cases) {
    test(name, () => {
      const compiled = compileActions(yaml, columns);
      assert.equal(compiled.told, told);
    });
  }
});

test('an action with a mistake is no step, the others are', () => {
  const { steps } = compileActions('given: [cat: { listens: lo, doors: 10 }, house: quiet]');
  assert.deepEqual(
    steps.map(({ text }) => text),
    ['a quiet house'],
  );
});
