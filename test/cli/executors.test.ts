/** Jobs for clusters, with programs of Slurm that are scripts here: what is asked of them, and what their answers become. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { jobElsewhere } from '../../src/cli/elsewhere.ts';
import type { ElsewhereValues } from '../../src/cli/elsewhere.ts';
import { quoted } from '../../src/cli/executors/job-folder.ts';
import { StatusLine } from '../../src/cli/terminal.ts';
import { writeTraceFile } from '../../src/trace/codec.ts';
import { sampleTrace } from '../support/sample-trace.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'kernelscope executors-'));
const programs = path.join(folder, 'bin');
mkdirSync(programs);
const originalPath = process.env['PATH'];
process.env['PATH'] = `${programs}:${originalPath}`;
after(() => {
  process.env['PATH'] = originalPath;
  rmSync(folder, { recursive: true, force: true });
});
const never = new AbortController().signal;
let made = 0;

function program(name: string, text: string): void {
  writeFileSync(path.join(programs, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
}

function submit(values: ElsewhereValues, jobs = path.join(folder, `job ${made++}`)) {
  const edit = { file: '/data/train.ts', start: 5, end: 7, oldText: '32', newText: '64' };
  return jobElsewhere(
    { executor: 'slurm', jobs, ...values },
    {
      script: path.join(folder, "it's train.ts"),
      scriptArguments: ['--name', 'a b'],
      arguments: ['--steps', '30', '--untimed'],
      tasks: [{ edits: [] }, { edits: [edit] }],
      command: 'kernelscope sweep train.ts',
    },
    new StatusLine(),
  );
}

test('a word of the shell is one word, whatever stands in it', () => {
  assert.equal(quoted('--steps=3'), '--steps=3');
  assert.equal(quoted("it's $HOME; rm"), `'it'\\''s $HOME; rm'`);
});

test('a job is an array of tasks, each with edits and a trace of its own', async () => {
  program('sbatch', `printf '%s\\n' "$@" > '${folder}/asked'; echo '77;cluster'`);
  const jobs = path.join(folder, 'job a');
  const job = await submit({ pass: ['--gres=gpu:1'] }, jobs);
  assert.equal(job?.label, 'Slurm job 77');
  const asked = readFileSync(path.join(folder, 'asked'), 'utf8').trim().split('\n');
  assert.ok(asked.includes('--array=0-1'));
  assert.ok(asked.includes(`--output=${jobs}/%a.log`));
  assert.deepEqual(asked.slice(-2), ['--gres=gpu:1', path.join(jobs, 'job.sh')]);
  const script = readFileSync(path.join(jobs, 'job.sh'), 'utf8');
  assert.match(script, /^#!\/bin\/sh\nKERNELSCOPE_TASK="\$SLURM_ARRAY_TASK_ID"\nexec /);
  assert.match(script, / profile '[^\n]*it'\\''s train\.ts' --steps 30 --untimed --edits /);
  assert.match(script, / -- --name 'a b'\n$/);
  assert.equal((JSON.parse(readFileSync(path.join(jobs, '1.edits.json'), 'utf8')) as unknown[]).length, 1);
});

test('a task that ended gives its trace; one that left none says why', async () => {
  program('sbatch', 'echo 78');
  program('squeue', `printf '0|COMPLETED|None\\n1|OUT_OF_MEMORY|None\\n'`);
  const jobs = path.join(folder, 'job b');
  const job = await submit({}, jobs);
  writeFileSync(path.join(jobs, '0.kscope'), writeTraceFile(sampleTrace({ steps: 4 })));
  writeFileSync(path.join(jobs, '1.log'), 'step 1\nKilled\n');
  assert.equal((await job?.trace(0, never))?.tables.steps.length, 4);
  await assert.rejects(
    async () => await job?.trace(1, never),
    /task 1 ended without a trace \(OUT_OF_MEMORY\): step 1 \/ Killed/,
  );
});

test('a job that Slurm has forgotten has ended', async () => {
  program('sbatch', 'echo 79');
  program('squeue', 'echo "slurm_load_jobs error: Invalid job id specified" >&2; exit 1');
  const jobs = path.join(folder, 'job c');
  const job = await submit({}, jobs);
  writeFileSync(path.join(jobs, '0.kscope'), writeTraceFile(sampleTrace({ steps: 4 })));
  assert.ok(await job?.trace(0, never));
});

test('waiting ends with the stop that was asked for', async () => {
  program('sbatch', 'echo 80');
  program('squeue', `printf '0|PENDING|Resources\\n1|PENDING|Resources\\n'`);
  program('scancel', `echo "$@" >> '${folder}/cancelled'`);
  const stopping = new AbortController();
  const job = await submit({});
  const waiting = job?.trace(0, stopping.signal);
  stopping.abort();
  await assert.rejects(async () => await waiting, { name: 'AbortError' });
  await job?.cancel();
  assert.equal(readFileSync(path.join(folder, 'cancelled'), 'utf8'), '80\n');
});

test('what is wrong is one line', async () => {
  program('sbatch', 'echo "sbatch: error: invalid partition specified: gpu" >&2; exit 1');
  await assert.rejects(submit({ pass: ['--partition=gpu'] }), /sbatch .*: sbatch: error: invalid partition/);
  rmSync(path.join(programs, 'sbatch'));
  if (!existsSync('/usr/bin/sbatch'))
    await assert.rejects(submit({}), /there is no sbatch here: run this where Slurm's programs are/);
  await assert.rejects(submit({ executor: 'pbs' }), /there is no executor 'pbs'; there are slurm, k8s/);
  await assert.rejects(submit({ executor: 'k8s' }), /--image names/);
  await assert.rejects(submit({ collect: path.join(folder, 'nowhere') }), /there is no folder/);
  const jobs = path.join(folder, 'job d');
  mkdirSync(jobs);
  writeFileSync(path.join(jobs, '0.kscope'), '');
  await assert.rejects(submit({}, jobs), /holds the traces of another job/);
});

/** The members of Kubernetes' batch/v1 Job that we write, closed: a misspelled one is refused. */
const object = (properties: object, required = Object.keys(properties)): object => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});
const TEXT = { type: 'string', minLength: 1 };
const LABELS = { type: 'object', additionalProperties: TEXT };
const COUNT = { type: 'integer', minimum: 0 };
const NAME = { type: 'string', pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$', maxLength: 63 };
const JOB = object({
  apiVersion: { const: 'batch/v1' },
  kind: { const: 'Job' },
  metadata: object({ name: NAME, labels: LABELS }),
  spec: object({
    completionMode: { enum: ['Indexed', 'NonIndexed'] },
    completions: COUNT,
    parallelism: COUNT,
    backoffLimit: COUNT,
    template: object({
      metadata: object({ labels: LABELS }),
      spec: object({
        restartPolicy: { enum: ['Never', 'OnFailure'] },
        containers: {
          type: 'array',
          minItems: 1,
          items: object({
            name: NAME,
            image: TEXT,
            workingDir: TEXT,
            command: { type: 'array', items: TEXT },
            args: { type: 'array', items: TEXT },
            resources: object({ limits: { type: 'object', additionalProperties: { type: ['integer', 'string'] } } }), // prettier-ignore
            volumeMounts: { type: 'array', items: object({ name: NAME, mountPath: { type: 'string', pattern: '^/[^:]*$' } }) }, // prettier-ignore
          }),
        },
        volumes: { type: 'array', items: object({ name: NAME, persistentVolumeClaim: object({ claimName: NAME }) }) }, // prettier-ignore
      }),
    }),
  }),
});

test('a manifest is a Job that Kubernetes takes, a pod a task', async () => {
  const out = path.join(folder, 'job.yaml');
  const jobs = path.join(process.cwd(), '.cache', 'Job_With CAPS');
  rmSync(jobs, { recursive: true, force: true });
  const script = path.join(process.cwd(), 'examples/mnist-mlp.ts');
  const job = await jobElsewhere(
    { executor: 'k8s', jobs, out, image: 'train:1', claim: 'work' },
    { script, scriptArguments: [], arguments: ['--steps', '9'], tasks: [{ edits: [] }, { edits: [] }], command: 'c' },
    new StatusLine(),
  ); // prettier-ignore
  rmSync(jobs, { recursive: true, force: true });
  assert.equal(job, null, 'a person submits it');
  const manifest = parse(readFileSync(out, 'utf8')) as {
    metadata: { name: string };
    spec: {
      completions: number;
      template: { spec: { containers: { args: string[]; volumeMounts: object[] }[] } };
    };
  };
  const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(JOB);
  assert.ok(validate(manifest), JSON.stringify(validate.errors));
  assert.equal(manifest.metadata.name, 'kernelscope-job-with-caps');
  assert.equal(manifest.spec.completions, 2);
  const [container] = manifest.spec.template.spec.containers;
  assert.match(
    container?.args[0] ?? '',
    /^KERNELSCOPE_TASK="\$JOB_COMPLETION_INDEX"; exec kernelscope profile \S+mnist-mlp\.ts --steps 9 --edits /,
  );
  assert.deepEqual(container?.volumeMounts, [{ name: 'work', mountPath: process.cwd() }]);
});
