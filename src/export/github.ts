/** Suggestions as GitHub workflow commands: each shows at its line in a pull request. */
import type { Report } from './report-model.ts';

function property(text: string): string {
  return message(text).replace(/:/g, '%3A').replace(/,/g, '%2C');
}

function message(text: string): string {
  return text.replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A');
}

const percent = (speedup: number): string => ((speedup - 1) * 100).toFixed(0);

/** `base`: the checkout, which paths are made relative to. Suggestions without a line become plain notices. */
export function githubAnnotations(report: Report, base = ''): string {
  return report.suggestions
    .map(({ title, at, evidence, advice, edit, verdict }) => {
      const file = base !== '' && at?.file.startsWith(`${base}/`) ? at.file.slice(base.length + 1) : at?.file;
      const place = at && file ? `file=${property(file)},line=${at.line},col=${at.column},` : '';
      const text = [
        ...(verdict
          ? [
              `${verdict.kind}: measured ${percent(verdict.speedup)} % (${Number.isFinite(verdict.high) ? `${percent(verdict.low)}..${percent(verdict.high)}` : 'no interval yet'})`,
            ]
          : []),
        ...evidence.map((e) => `${e.text} [${e.basis}]`),
        ...(edit ? [`Change ${edit.oldText} to ${edit.newText}`] : []),
        ...(advice ? [advice] : []),
      ].join('\n');
      return `::${verdict?.kind === 'confirmed' ? 'warning' : 'notice'} ${place}title=${property(`Kernelscope: ${title}`)}::${message(text)}\n`;
    })
    .join('');
}
