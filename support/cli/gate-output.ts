import type { GateReport } from '../model/gate.js';

/** What a gate came to, as it is printed; as text in GitHub Actions with annotations. */
export async function gateOutput(report: GateReport, format: 'text' | 'json' | 'markdown'): Promise<string> {
  switch (format) {
    case 'json':
      return `${JSON.stringify(report, undefined, 2)}\n`;
    case 'markdown':
      return (await import('../report/gate/gate-markdown.js')).gateMarkdown(report);
    case 'text': {
      const [{ gateText }, { default: chalk }] = await Promise.all([
        import('../report/gate/gate-text.js'),
        import('chalk'),
      ]);
      const { gateAnnotations, isOnGitHub } = await import('./annotations.js');
      const { env } = process;
      return `${gateText(report, chalk)}${isOnGitHub(env) ? gateAnnotations(report, { cwd: process.cwd(), env }) : ''}`;
    }
  }
}
