import type { GateReport } from '../model/gate.js';

/** What a gate came to, as it is printed. */
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
      return gateText(report, chalk);
    }
  }
}
