import assert from 'node:assert/strict';
import { test } from 'node:test';
import { npmReason } from '../../src/base/npm-reason.ts';

/** What npm 10 prints. */
const CASES: readonly (readonly [string, string])[] = [
  [
    `npm error code ECONNREFUSED
npm error syscall connect
npm error errno ECONNREFUSED
npm error FetchError: request to http://127.0.0.1:9/@duckdb%2fnode-api failed, reason: connect ECONNREFUSED 127.0.0.1:9
npm error     at ClientRequest.<anonymous> (/usr/lib/node_modules/npm/node_modules/minipass-fetch/lib/index.js:130:14) {
npm error   code: 'ECONNREFUSED',
npm error }
npm error
npm error If you are behind a proxy, please make sure that the 'proxy' config is set properly.  See: 'npm help config'
npm error A complete log of this run can be found in: /root/.npm/_logs/x-debug-0.log`,
    'FetchError: request to http://127.0.0.1:9/@duckdb%2fnode-api failed, reason: connect ECONNREFUSED 127.0.0.1:9',
  ],
  [
    `npm error code EACCES
npm error syscall mkdir
npm error path /nowhere/node_modules
npm error errno -13
npm error Error: EACCES: permission denied, mkdir '/nowhere/node_modules'`,
    "Error: EACCES: permission denied, mkdir '/nowhere/node_modules'",
  ],
  [
    `npm ERR! code ETARGET
npm ERR! notarget No matching version found for @duckdb/node-api@9.9.9.`,
    'notarget No matching version found for @duckdb/node-api@9.9.9.',
  ],
  ['ended with SIGTERM (at most 300 s)', 'ended with SIGTERM (at most 300 s)'],
];

test("npm's reason is told without what stands around it", () => {
  for (const [complaint, reason] of CASES) assert.equal(npmReason(complaint), reason);
});
