// Runs the suite against one node, then that of two servers against a pair. Arguments: words that
// names of tests must contain.
import {inspect} from 'node:util';

import {Molvad} from '../support/node/molvad.mjs';
import {startPair} from '../support/node/pair.mjs';
import {accountTests} from './accounts_suite.mjs';
import {callTests} from './calls_suite.mjs';
import {compressionTests} from './compression_suite.mjs';
import {watchCalls} from './coverage.mjs';
import {federatedTests} from './federated_suite.mjs';
import {fileTests} from './files_suite.mjs';
import {hookTests} from './hooks_suite.mjs';
import {loginTests} from './logins_suite.mjs';
import {longPollTests} from './long_poll_suite.mjs';
import {configurePushes, pushService, pushTests} from './push_suite.mjs';
import {allTests} from './suite.mjs';
import {topicTests} from './topics_suite.mjs';

const TEST_MS = 60_000;
const wanted = process.argv.slice(2);
const node = new Molvad();
let passed = 0;
let failed = 0;

// The SDK asks for some things by itself and leaves nobody to hear of it when a test hangs up
// meanwhile. Anything else that nobody caught is a failure.
const HUNG_UP = [418, 503];
const NOBODY_THERE = ['ECONNREFUSED', 'ECONNRESET'];
const strays = [];
const takeStray = (reason) => {
  // Its delayed receipts do not ask whether there still is a connection.
  if (/Websocket is not connected/.test(reason?.message)) return;
  // It also connects again by itself, to a node that a test has stopped meanwhile.
  if (reason?.type === 'error' && NOBODY_THERE.includes(reason.error?.code)) return;
  if (!HUNG_UP.includes(reason?.code)) strays.push(reason);
};
process.on('unhandledRejection', takeStray);
process.on('uncaughtException', takeStray);

async function runTest({name, body}, nodes) {
  const started = Date.now();
  try {
    await Promise.race([
      body(nodes),
      new Promise((_, reject) => setTimeout(() => reject(new Error('took too long')), TEST_MS).unref()),
    ]);
    ++passed;
    console.log(`ok    ${name} (${Date.now() - started} ms)`);
  } catch (error) {
    ++failed;
    console.log(`FAIL  ${name}\n      ${error.stack}`);
  }
}

const isWanted = ({name}) => wanted.every((word) => name.includes(word));
const used = [];
const uncalled = watchCalls();
const alone = [
  ...allTests(), ...accountTests(), ...topicTests(), ...fileTests(), ...longPollTests(), ...callTests(),
  ...pushTests(), ...compressionTests(), ...loginTests(), ...hookTests(),
].filter(isWanted);
try {
  if (alone.length > 0) {
    await pushService.start();
    await node.start(['calls.ice_servers=stun:127.0.0.1:3478', ...configurePushes(node)]);
    used.push(node);
    for (const test of alone) await runTest(test, node);
  }
  if (federatedTests().some(isWanted)) {
    const pair = await startPair();
    used.push(...pair);
    for (const test of federatedTests().filter(isWanted)) await runTest(test, pair);
  }
} catch (error) {
  ++failed;
  console.log(`FAIL  the nodes did not start\n      ${error.stack}`);
}
if (wanted.length === 0) {
  const problems = uncalled();
  if (problems.length === 0) {
    ++passed;
    console.log('ok    every method of the SDK that asks the server is called');
  } else {
    ++failed;
    console.log(`FAIL  every method of the SDK that asks the server is called\n      ${problems.join('\n      ')}`);
  }
}
for (const stray of strays) {
  ++failed;
  console.log(`FAIL  nobody caught: ${stray?.stack ?? inspect(stray)}`);
}
for (const one of used) {
  await one.stop();
  if (failed > 0) console.log(one.log.join('').split('\n').slice(-40).join('\n'));
  one.cleanUp();
}
pushService.stop();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
