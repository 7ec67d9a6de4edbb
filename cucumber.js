/**
 * Profiles for plain cucumber-js: `npx cucumber-js` after a build (`npm run build`) runs the same features as
 * `npm start`, with cucumber's own checks, output and exit codes. `mirrorspec run` does not read this file.
 */
process.setSourceMapsEnabled(true);

const embedded = {
  // No `paths`: cucumber-js 12 would add them to those of its command line. Its default is features/.
  import: ['dist/support/world/hooks.js', 'dist/steps/**/!(*.test).js'],
  plugin: ['./dist/support/language/plugin.js'],
  format: [
    'progress',
    ['./dist/support/report/results-formatter.js', 'reports/results.json'],
    ['html', 'reports/cucumber.html'],
    ['message', 'reports/messages.ndjson'],
  ],
  worldParameters: { mirrorspec: { environment: 'embedded', evidenceDir: 'reports/evidence', keep: false } },
};

export default embedded;

/** For pipelines: one plain line for each scenario, and no scenario passes by a second try. */
export const ci = { ...embedded, format: ['./dist/support/report/progress.js', ...embedded.format.slice(1)], retry: 0 };
