import { githubAnnotations } from '../language/lint/github.js';
import { type LintReport, lintJson, totalsText } from '../language/lint/report.js';
import { isOnGitHub, pathInRepository } from './annotations.js';
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
      return (await text(report)) + (isOnGitHub(env) ? annotations(report, cwd, env) : '');
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

function annotations({ mistakes }: LintReport, cwd: string, env: NodeJS.ProcessEnv): string {
  return githubAnnotations(mistakes, pathInRepository({ cwd, env }));
}
