import { statSync } from 'node:fs';
import type { GpuPrice } from '../../analysis/gpu-prices.ts';
import { parsePrice, parsePriceTable } from '../../analysis/gpu-prices.ts';
import { whichGpu } from '../../analysis/which-gpu.ts';
import { whatIf } from '../../analysis/what-if.ts';
import { whatIfRows } from '../../export/index.ts';
import { textTable } from '../../export/text-table.ts';
import type { Command } from '../command.ts';
import { CliError, EXIT, parseCommand } from '../command.ts';
import { readText, readTrace, writeOutput } from '../files.ts';
import { print } from '../terminal.ts';

const columns = (titles: readonly string[]) =>
  titles.map((title, c) => ({ title, align: c === 0 ? ('left' as const) : ('right' as const) }));

/** Prices on the command line and in a table; those on the command line come first. */
function pricesOf(given: readonly string[], table: string | undefined): GpuPrice[] {
  const prices = given.map((text) => {
    const price = parsePrice(text);
    if (!price.ok) throw new CliError(price.error);
    return price.value;
  });
  if (table === undefined) return prices;
  const text = readText(table);
  const listed = parsePriceTable(text, table);
  if (!listed.ok) throw new CliError(listed.error);
  return [...prices, ...listed.value.filter((each) => !prices.some(({ name }) => name === each.name))];
}

/** Where each price comes from and of when: a price without a date misleads. */
function priceNote(prices: readonly GpuPrice[], table: string | undefined): string[] {
  if (prices.length === 0)
    return ['No prices are built in: give them with --price or --prices to see samples for the money.'];
  const date = table === undefined ? '' : statSync(table).mtime.toISOString().slice(0, 10);
  const sources = [
    ...(prices.some(({ source }) => source === 'given') ? ['on the command line'] : []),
    ...(table === undefined ? [] : [`in ${table} (file of ${date})`]),
  ];
  return [`Prices of one GPU an hour as given ${sources.join(' and ')}.`];
}

export const whatIfCommand: Command = {
  name: 'what-if',
  summary: 'estimate the step on other GPUs from a trace',
  usage: `kernelscope what-if <trace> [options]

  --gpu NAME          only GPUs whose name contains this
  --price NAME=MONEY  what a GPU costs an hour, in your currency; may be given several
                      times: --price H100=2.5 --price this=0.2 (the device of the trace)
  --prices FILE       a table of prices in the format of SkyPilot's catalogs (vms.csv)
  --json FILE|-       write the estimates as JSON; - is stdout

Estimates: each kernel's measured distance from the roofline is carried over.
Their own errors on public measurements are in docs/what-if.md.`,
  async run({ argv }) {
    const options = {
      gpu: { type: 'string' },
      price: { type: 'string', multiple: true },
      prices: { type: 'string' },
      json: { type: 'string' },
    } as const;
    const { values, positionals } = parseCommand(argv, options, { least: 1, most: 1, what: 'one trace' });
    const prices = pricesOf(values.price ?? [], values.prices);
    const answer = whatIf(readTrace(positionals[0] as string), prices);
    if (typeof answer === 'string') throw new CliError(answer);
    const wanted = values.gpu?.toLowerCase() ?? '';
    const shown = answer.gpus.filter(({ gpu }) => gpu.name.toLowerCase().includes(wanted));
    if (shown.length === 0) throw new CliError(`no GPU of the table has '${values.gpu}' in its name`);
    const advice = whichGpu(answer, shown, prices);
    if (values.json !== undefined)
      writeOutput(values.json, `${JSON.stringify({ ...answer, gpus: shown, advice }, null, 2)}\n`);
    if (values.json === '-') return EXIT.done;
    const { titles, rows } = whatIfRows(shown);
    const table = textTable(columns(titles), rows);
    print([...table, '', ...advice, '', ...priceNote(prices, values.prices), ...answer.cautions].join('\n'));
    return EXIT.done;
  },
};
