import { isAbsolute, relative, resolve } from 'node:path';
import { githubAnnotations } from '../language/lint/github.js';
import { type LintReport, lintJson, totalsText } from '../language/lint/report.js';
import type { LintFormat } from './lint.js';

/** The result of `mirrorspec lint` as it is printed. Without a format it is text, in GitHub Actions with annotations. */
export async function lintOutput(
  report: LintReport,
  {
    format,
    cwd,
    env,
  }: { readonly format: LintFormat | undefined; readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Promise<string> {
  switch (format) {
    case 'json':
      return lintJson(report);
    case 'github':
      return annotations(report, cwd, env);
    case 'text':
      return text(report);
    case undefined:
      return (await text(report)) + (env.GITHUB_ACTIONS === 'true' ? annotations(report, cwd, env) : '');
  }
}

async function text({ mistakes, totals }: LintReport): Promise<string> {
  if (mistakes.length === 0) return `${totalsText(totals)} checked, nothing is wrong with them\n`;
  const [{ default: chalk }, { renderDiagnostics }] = await Promise.all([
    import('chalk'),
    import('../language/render-diagnostics.js'),
  ]);
  return renderDiagnostics(mistakes, chalk, ` in ${totalsText(totals)}`);
}

/** GitHub wants paths from the root of the repository, which is not always where the command runs. */
function annotations({ mistakes }: LintReport, cwd: string, env: NodeJS.ProcessEnv): string {
  const root = env.GITHUB_WORKSPACE ?? cwd;
  return githubAnnotations(mistakes, (file) => {
    const path = relative(root, resolve(cwd, file));
    return path.startsWith('..') || isAbsolute(path) ? file : path;
  });
}
