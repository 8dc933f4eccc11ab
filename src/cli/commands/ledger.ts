import { formatShare } from '../../base/format.ts';
import { textTable } from '../../export/text-table.ts';
import { calibrate } from '../../suggest/ledger.ts';
import type { Command } from '../command.ts';
import { EXIT, parseCommand } from '../command.ts';
import { storedProofs } from '../../run/ledger-file.ts';
import { print } from '../terminal.ts';

const COLUMNS = ['rule', 'proofs', 'confirmed', 'refuted', 'measured / predicted', 'within range'].map(
  (title, c) => ({
    title,
    align: c === 0 ? ('left' as const) : ('right' as const),
  }),
);

export const ledger: Command = {
  name: 'ledger',
  summary: 'how well the predictions of each rule have held on this machine',
  usage: `kernelscope ledger

Every proof of \`suggest --verify\` is recorded; this compares predicted and measured.`,
  async run({ argv }) {
    parseCommand(argv, {}, { least: 0, most: 0, what: 'nothing' });
    const rows = calibrate(storedProofs()).map((c) => [
      c.rule,
      String(c.proofs),
      String(c.confirmed),
      String(c.refuted),
      Number.isFinite(c.ratio) ? c.ratio.toFixed(2) : '–',
      formatShare(c.withinRange),
    ]);
    print(
      rows.length > 0
        ? textTable(COLUMNS, rows).join('\n')
        : 'No proof was made yet: kernelscope suggest <script> --verify',
    );
    return EXIT.done;
  },
};
