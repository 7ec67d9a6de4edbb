import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median, type Row, spread } from './row.js';

const MIRRORSPEC = fileURLToPath(new URL('../support/cli/main.js', import.meta.url));
const SCENARIOS_PER_FILE = 20;
const RUNS = 7;

type Language = 'YAML' | 'Gherkin';

/**
 * `mirrorspec lint` of 1,000 scenarios of five steps in 50 files, process start included; and how the time above that of a
 * project with one file grows from 1,000 to 4,000.
 */
export async function lintRows(): Promise<Row[]> {
  return (['YAML', 'Gherkin'] as const).flatMap((language) => {
    const projects = [1, 50, 200].map((files) => projectOf(language, files));
    try {
      const times = projects.map((): number[] => []);
      for (let run = -1; run < RUNS; run += 1) {
        for (const [index, project] of projects.entries()) {
          const taken = time(project);
          if (run >= 0) times[index]?.push(taken);
        }
      }
      const [start = [], thousand = [], fourThousand = []] = times;
      // What else the machine does only ever adds: the shortest times say most about growth.
      const [one, many, most] = [start, thousand, fourThousand].map((each) => Math.min(...each));
      const growth = ((most ?? 0) - (one ?? 0)) / ((many ?? 0) - (one ?? 0));
      return [
        {
          what: `lint: 1,000 ${language} scenarios`,
          figure: spread(thousand),
          bound: '≤ 1 s median',
          holds: median(thousand) <= 1,
        },
        { what: `lint: one file of 20 ${language} scenarios`, figure: spread(start) },
        {
          what: `lint: 4,000 ${language} scenarios against 1,000, without what one file takes`,
          figure: `${growth.toFixed(1)} ×`,
          bound: '≤ 4.4 ×',
          holds: growth <= 4.4,
        },
      ];
    } finally {
      for (const project of projects) rmSync(project, { recursive: true });
    }
  });
}

function time(project: string): number {
  const start = performance.now();
  execFileSync(process.execPath, [MIRRORSPEC, 'lint'], { cwd: project, stdio: ['ignore', 'ignore', 'inherit'] });
  return (performance.now() - start) / 1000;
}

function projectOf(language: Language, files: number): string {
  const project = mkdtempSync(join(tmpdir(), 'mirrorspec-bench-'));
  mkdirSync(join(project, 'features'));
  writeFileSync(join(project, 'package.json'), '{ "type": "module" }\n');
  for (let file = 0; file < files; file += 1) {
    const [name, text] =
      language === 'YAML' ? [`file-${file}.yaml`, yamlFeature(file)] : [`file-${file}.feature`, gherkinFeature(file)];
    writeFileSync(join(project, 'features', name), text);
  }
  return project;
}

/** Each scenario has values of its own, so that no step is another's twin. */
function yamlFeature(file: number): string {
  const scenarios = Array.from(
    { length: SCENARIOS_PER_FILE },
    (_, number) => `  - scenario: number ${number}
    given:
      - mesh: istio
      - mirror: { listen: if${file}x${number} }
      - payload: text ${file} ${number}
    when:
      - call: { protocol: HTTP/2 }
    then:
      - mirrored: true
`,
  );
  return `feature: number ${file}\nscenarios:\n${scenarios.join('')}`;
}

function gherkinFeature(file: number): string {
  const scenarios = Array.from(
    { length: SCENARIOS_PER_FILE },
    (_, number) => `  Scenario: number ${number}
    Given an Istio mesh
    And the mirror listens on "if${file}x${number}"
    And the payload "text ${file} ${number}"
    When an HTTP/2 call is made
    Then it is mirrored
`,
  );
  return `Feature: number ${file}\n${scenarios.join('')}`;
}
