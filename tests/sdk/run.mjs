// Runs the suite against one node. Arguments: words that names of tests must contain.
import {Molvad} from '../support/node/molvad.mjs';
import {allTests} from './suite.mjs';

const TEST_MS = 60_000;
const wanted = process.argv.slice(2);
const node = new Molvad();
let passed = 0;
let failed = 0;

// The SDK asks for some things by itself and leaves nobody to hear of it when a test hangs up
// meanwhile. Anything else that nobody caught is a failure.
const HUNG_UP = [418, 503];
const strays = [];
const takeStray = (reason) => {
  if (!HUNG_UP.includes(reason?.code)) strays.push(reason);
};
process.on('unhandledRejection', takeStray);
process.on('uncaughtException', takeStray);

await node.start();
for (const {name, body} of allTests()) {
  if (!wanted.every((word) => name.includes(word))) continue;
  const started = Date.now();
  try {
    await Promise.race([
      body(node),
      new Promise((_, reject) => setTimeout(() => reject(new Error('took too long')), TEST_MS).unref()),
    ]);
    ++passed;
    console.log(`ok    ${name} (${Date.now() - started} ms)`);
  } catch (error) {
    ++failed;
    console.log(`FAIL  ${name}\n      ${error.stack}`);
  }
}
for (const stray of strays) {
  ++failed;
  console.log(`FAIL  nobody caught: ${stray?.stack ?? stray}`);
}
await node.stop();
if (failed > 0) console.log(node.log.join('').split('\n').slice(-40).join('\n'));
node.cleanUp();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
