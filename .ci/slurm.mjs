// `node .ci/slurm.mjs COMMAND [ARGUMENT ...]`: runs a command with a Slurm cluster of this one machine around it, and ends the cluster
// after it. Needs Debian's slurm-wlm and munge (apt-get install slurm-wlm munge) and root; says 'skipped' and ends with 77 without.
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const SKIPPED = 77;
const READY_MS = 30_000;
const DAEMONS = ['/usr/sbin/munged', '/usr/sbin/slurmctld', '/usr/sbin/slurmd'];

const missing = DAEMONS.filter((daemon) => !existsSync(daemon));
if (missing.length > 0 || process.getuid?.() !== 0) {
  console.error(`skipped: ${missing.length > 0 ? `there is no ${missing.join(', ')} (apt-get install slurm-wlm munge)` : 'the daemons of Slurm need root'}`);
  process.exit(SKIPPED);
}

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer();
    server.listen(0, () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

const folder = mkdtempSync(path.join(os.tmpdir(), 'kernelscope-slurm-'));
const at = (name) => path.join(folder, name);
for (const name of ['state', 'spool', 'munge']) mkdirSync(at(name), { mode: 0o755 });
writeFileSync(at('munge/key'), randomBytes(128), { mode: 0o400 });
const name = os.hostname().split('.')[0];
// The smallest cluster there is: no cgroups, no accounting, processes told apart by /proc.
writeFileSync(at('slurm.conf'), `ClusterName=kernelscope
SlurmctldHost=${name}(127.0.0.1)
SlurmUser=root
SlurmctldPort=${await freePort()}
SlurmdPort=${await freePort()}
AuthType=auth/munge
AuthInfo=socket=${at('munge/socket')}
CredType=cred/munge
StateSaveLocation=${at('state')}
SlurmdSpoolDir=${at('spool')}
SlurmctldPidFile=${at('slurmctld.pid')}
SlurmdPidFile=${at('slurmd.pid')}
SlurmctldLogFile=${at('slurmctld.log')}
SlurmdLogFile=${at('slurmd.log')}
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
MpiDefault=none
ReturnToService=2
SlurmdParameters=config_overrides
KillWait=10
NodeName=${name} NodeAddr=127.0.0.1 CPUs=${Math.max(2, os.cpus().length)} State=UNKNOWN
PartitionName=debug Nodes=ALL Default=YES MaxTime=INFINITE State=UP
`);
const env = { ...process.env, SLURM_CONF: at('slurm.conf') };
const daemons = [];
const start = (program, ...args) => daemons.push(spawn(program, args, { env, stdio: 'ignore' }));

function stop() {
  for (const daemon of daemons.reverse()) daemon.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}

start(DAEMONS[0], '--foreground', '--force', `--key-file=${at('munge/key')}`, `--socket=${at('munge/socket')}`, `--pid-file=${at('munge/pid')}`, `--log-file=${at('munge/log')}`, `--seed-file=${at('munge/seed')}`);
for (let waited = 0; !existsSync(at('munge/socket')) && waited < READY_MS; waited += 100) await delay(100);
start(DAEMONS[1], '-D');
start(DAEMONS[2], '-D', '-N', name);
let state = '';
for (let waited = 0; waited < READY_MS; waited += 500) {
  state = spawnSync('sinfo', ['--noheader', '--format=%T'], { env, encoding: 'utf8' }).stdout.trim();
  if (/^(idle|mixed|allocated)/.test(state)) break;
  await delay(500);
}
if (!/^(idle|mixed|allocated)/.test(state)) {
  const logs = ['slurmctld.log', 'slurmd.log', 'munge/log'].map((log) => (existsSync(at(log)) ? readFileSync(at(log), 'utf8').trim().split('\n').slice(-5).join('\n') : ''));
  console.error(`the cluster did not come up (${state || 'no node'}):\n${logs.join('\n')}`);
  stop();
  process.exit(1);
}
const [command, ...args] = process.argv.slice(2);
const run = spawn(command ?? 'sinfo', args, { env, stdio: 'inherit' });
// A stop is the command's: it ends its jobs first.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => run.kill(signal));
run.on('error', (error) => {
  console.error(error.message);
  stop();
  process.exit(1);
});
run.on('close', (code) => {
  stop();
  process.exit(code ?? 1);
});
