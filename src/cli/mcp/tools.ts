/** The tools offered to language models: profile a script, explain a trace, prove a suggestion. Results are short and cite lines. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { GpuPrice } from '../../analysis/gpu-prices.ts';
import { whatIf } from '../../analysis/what-if.ts';
import { whichGpu } from '../../analysis/which-gpu.ts';
import { formatNs, formatRate } from '../../base/format.ts';
import { modelText, MOST_FOR_MODELS, report } from '../../export/index.ts';
import { suggestionText } from '../../export/text.ts';
import { cacheFolder } from '../../run/drivers.ts';
import { PROOF_BUDGET_SECONDS, proveSuggestion } from '../../suggest/prove.ts';
import { writeTraceFile } from '../../trace/codec.ts';
import type { Trace } from '../../trace/model.ts';
import { adviceFor } from '../advice.ts';
import { readTrace, scriptPath } from '../files.ts';
import { recordProof } from '../../run/ledger-file.ts';
import { proofLimits, runScript, trialsOf } from '../run-script.ts';
import type { Tool } from './protocol.ts';

const STEPS = 60;
const TRIAL_STEPS = 40;

function textArgument(values: Readonly<Record<string, unknown>>, name: string): string {
  const value = values[name];
  if (typeof value !== 'string' || value === '') throw new TypeError(`${name} is missing: it takes a text`);
  return value;
}

function countArgument(values: Readonly<Record<string, unknown>>, name: string, otherwise: number): number {
  const value = values[name] ?? otherwise;
  if (typeof value !== 'number' || !Number.isInteger(value) || value <= 0)
    throw new TypeError(`${name} takes a whole number above zero`);
  return value;
}

function numberArgument(values: Readonly<Record<string, unknown>>, name: string, otherwise: number): number {
  const value = values[name] ?? otherwise;
  if (typeof value !== 'number' || !(value >= 0)) throw new TypeError(`${name} takes a number of at least 0`);
  return value;
}

function priceArgument(values: Readonly<Record<string, unknown>>): GpuPrice[] {
  const given = values['prices'] ?? {};
  if (typeof given !== 'object' || given === null)
    throw new TypeError('prices takes names and prices an hour');
  return Object.entries(given).map(([name, hourly]) => {
    if (typeof hourly !== 'number' || !(hourly > 0))
      throw new TypeError(`the price of ${name} is not a number above zero`);
    return { name, hourly, source: 'given' };
  });
}

function argumentList(values: Readonly<Record<string, unknown>>): string[] {
  const value = values['args'] ?? [];
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string'))
    throw new TypeError('args takes a list of texts');
  return value;
}

function store(trace: Trace): string {
  const folder = path.join(cacheFolder(), 'traces');
  mkdirSync(folder, { recursive: true });
  const name = path.basename(trace.meta.script).replace(/\W+/g, '-');
  const file = path.join(folder, `${name}-${trace.meta.startedAt.replace(/\D/g, '').slice(0, 14)}.kscope`);
  writeFileSync(file, writeTraceFile(trace));
  return file;
}

function summary(trace: Trace): { text: string; structured: unknown } {
  const facts = report(trace, adviceFor(trace));
  const kernels = facts.kernels.slice(0, MOST_FOR_MODELS);
  return {
    text: modelText(facts, process.cwd()),
    structured: { ...facts, kernels, notes: facts.notes.slice(0, 4) },
  };
}

const script = { type: 'string', description: 'Path of the training script (TypeScript or JavaScript)' };
const args = { type: 'array', items: { type: 'string' }, description: 'Arguments of the script' };

const profileTrainingScript: Tool = {
  name: 'profileTrainingScript',
  description:
    'Run a WebGPU training script and report where its GPU time and memory went, by kernel and by layer with source lines, and what to change. Returns the path of the recorded trace.',
  inputSchema: {
    type: 'object',
    properties: { script, steps: { type: 'integer', description: `Training steps to run (${STEPS})` }, args },
    required: ['script'],
  },
  async call({ arguments: values, signal }) {
    const file = scriptPath(textArgument(values, 'script'));
    const steps = countArgument(values, 'steps', STEPS);
    const trace = await runScript(
      { script: file, args: argumentList(values), steps, timeoutSeconds: undefined, scriptOutput: 'stderr' },
      signal,
    );
    const { text, structured } = summary(trace);
    return {
      text: `${text}\nTrace: ${store(trace)}\n`,
      structured,
      isError: trace.meta.status === 'failed' || trace.meta.status === 'crashed',
    };
  },
};

const explainTrace: Tool = {
  name: 'explainTrace',
  description:
    'Explain a recorded trace (.kscope, PyTorch profiler, Chrome trace): steps, kernels, layers, memory, waits, suggestions; with whatIf also the step on other GPUs.',
  inputSchema: {
    type: 'object',
    properties: {
      trace: { type: 'string', description: 'Path of the trace file' },
      whatIf: {
        type: 'string',
        description: 'Part of a GPU name to estimate the step for, such as "RTX 4090"; "" for all',
      },
      prices: {
        type: 'object',
        additionalProperties: { type: 'number' },
        description:
          'What a GPU costs an hour, such as {"H100": 2.5, "this": 0.2} (this: the device of the trace)',
      },
    },
    required: ['trace'],
  },
  async call({ arguments: values }) {
    const trace = readTrace(textArgument(values, 'trace'));
    const { text, structured } = summary(trace);
    if (values['whatIf'] === undefined) return { text, structured };
    const wanted = String(values['whatIf']).toLowerCase();
    const prices = priceArgument(values);
    const answer = whatIf(trace, prices);
    if (typeof answer === 'string') return { text: `${text}\nOther GPUs: ${answer}\n`, structured };
    const shown = answer.gpus.filter(({ gpu }) => gpu.name.toLowerCase().includes(wanted));
    const lines = shown
      .slice(0, MOST_FOR_MODELS)
      .map(
        ({ gpu, stepNs, samplesPerMoney }) =>
          `- ${gpu.name}: ${formatNs(stepNs.middle)} a step (${formatNs(stepNs.low)}..${formatNs(stepNs.high)}), estimated` +
          (samplesPerMoney === null ? '' : `, ${formatRate(samplesPerMoney)}samples for 1`),
      );
    if (shown.length > 0) lines.push(...whichGpu(answer, shown, prices));
    return {
      text: `${text}\nOther GPUs:\n${lines.join('\n') || '- none of that name is in the table'}\n${answer.cautions.join('\n')}\n`,
      structured,
    };
  },
};

const verifySuggestion: Tool = {
  name: 'verifySuggestion',
  description:
    'Prove a suggestion of a trace by running the edited script against the script as it is, in alternating trials. The file is not changed; the answer has the edit to make when it is confirmed.',
  inputSchema: {
    type: 'object',
    properties: {
      trace: { type: 'string', description: 'Path of the trace the suggestion came from' },
      suggestion: { type: 'string', description: 'Id of the suggestion' },
      steps: { type: 'integer', description: `Training steps of a trial (${TRIAL_STEPS})` },
      budgetSeconds: { type: 'number', description: `Time for the whole proof (${PROOF_BUDGET_SECONDS})` },
      noiseFloor: { type: 'number', description: 'A gain below this share is no gain (0.02)' },
    },
    required: ['trace', 'suggestion'],
  },
  async call({ arguments: values, signal, progress }) {
    const trace = readTrace(textArgument(values, 'trace'));
    if (!existsSync(trace.meta.script))
      throw new TypeError(`the script of the trace is not here: ${trace.meta.script}`);
    const id = textArgument(values, 'suggestion');
    const suggestions = adviceFor(trace);
    const suggestion = suggestions.find((s) => s.id === id);
    if (!suggestion)
      throw new TypeError(
        `no suggestion ${id}; there are ${suggestions.map((s) => s.id).join(', ') || 'none'}`,
      );
    if (!suggestion.edit)
      throw new TypeError(`"${suggestion.title}" is no single edit: ${suggestion.advice ?? ''}`);
    const budgetSeconds = numberArgument(values, 'budgetSeconds', PROOF_BUDGET_SECONDS);
    const trials = await trialsOf(
      trace.meta.script,
      trace.meta.args,
      countArgument(values, 'steps', TRIAL_STEPS),
      budgetSeconds,
    );
    const proven = await proveSuggestion(suggestion, trials, {
      signal,
      ...proofLimits({
        budgetSeconds,
        noiseFloor: numberArgument(values, 'noiseFloor', 0.02),
      }),
      onProgress: ({ trial, maxTrials, text }) => progress(trial, maxTrials, text),
    });
    recordProof(proven, trace);
    const [item] = report(trace, [proven]).suggestions;
    return { text: item ? suggestionText(item, { base: process.cwd() }) : '', structured: item };
  },
};

export const TOOLS: readonly Tool[] = [profileTrainingScript, explainTrace, verifySuggestion];
