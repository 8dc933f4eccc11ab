/**
 * Kubernetes: an indexed Job (batch/v1), written as a manifest for `kubectl apply`. Its pods see the job's folder and the
 * script through a volume claim that is mounted at the same path as here.
 */
import path from 'node:path';
import { stringify } from 'yaml';
import { CliError } from '../command.ts';
import { writeOutput } from '../files.ts';
import type { Executor } from './executor.ts';
import type { JobFolder } from './job-folder.ts';
import { TASK, quoted, taskCommand } from './job-folder.ts';

/** Names of Kubernetes are labels of DNS. */
const MOST_NAME = 63;

export const kubernetes: Executor = {
  id: 'k8s',
  title: 'a Kubernetes Job, written to a file',
  run(job, { out, image, claim, passed }) {
    if (passed.length > 0)
      throw new CliError('--pass is for schedulers that are called; edit the manifest instead');
    if (image === undefined)
      throw new CliError('--image names the container image that has Kernelscope and a GPU driver');
    if (claim === undefined)
      throw new CliError('--claim names the volume claim that holds the script and the job’s folder');
    const target = out ?? path.join(job.folder, 'job.yaml');
    writeOutput(target, stringify(jobManifest(job, image, claim), { lineWidth: 0 }));
    return Promise.resolve({
      next: [
        `kubectl apply --filename ${target}`,
        `kubectl wait --for=condition=complete job/${nameOf(job)} --timeout=-1s`,
      ],
    });
  },
};

/** The Job as an object. A GPU a pod; a task that fails is not tried again, since its log says why. */
export function jobManifest(job: JobFolder, image: string, claim: string): object {
  const mountPath = commonFolder([job.folder, path.dirname(job.script), process.cwd()]);
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: nameOf(job), labels: { 'app.kubernetes.io/name': 'kernelscope' } },
    spec: {
      completionMode: 'Indexed',
      completions: job.tasks.length,
      parallelism: job.tasks.length,
      backoffLimit: 0,
      template: {
        metadata: { labels: { 'app.kubernetes.io/name': 'kernelscope' } },
        spec: {
          restartPolicy: 'Never',
          containers: [
            {
              name: 'profile',
              image,
              workingDir: process.cwd(),
              command: ['/bin/sh', '-c'],
              args: [
                `${TASK}="$JOB_COMPLETION_INDEX"; exec ${taskCommand(job, ['kernelscope'])} > ${quoted(`${job.folder}/`)}"$${TASK}".log 2>&1`,
              ],
              resources: { limits: { 'nvidia.com/gpu': 1 } },
              volumeMounts: [{ name: 'work', mountPath }],
            },
          ],
          volumes: [{ name: 'work', persistentVolumeClaim: { claimName: claim } }],
        },
      },
    },
  };
}

function nameOf(job: JobFolder): string {
  const words = `kernelscope-${path.basename(job.folder)}`.toLowerCase().replaceAll(/[^a-z0-9-]+/g, '-');
  return words.slice(0, MOST_NAME).replace(/-+$/, '');
}

/** The deepest folder that holds all of these. */
function commonFolder(folders: readonly string[]): string {
  const parts = folders.map((folder) => folder.split('/'));
  const [first = []] = parts;
  const depth = first.findIndex((part, i) => parts.some((other) => other[i] !== part));
  const common = (depth < 0 ? first : first.slice(0, depth)).join('/');
  if (common === '')
    throw new CliError(
      'the script, the job’s folder and the folder this runs in have no folder in common to mount',
    );
  return common;
}
