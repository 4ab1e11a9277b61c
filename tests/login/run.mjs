// Runs the suites. Arguments: words that names of tests must contain.
import {Suite as OidcSuite} from './oidc_suite.mjs';
import {Suite as PasskeySuite} from './passkey_suite.mjs';

const TEST_MS = 60_000;
const wanted = process.argv.slice(2);
let passed = 0;
let failed = 0;

async function attempt(name, body) {
  const started = Date.now();
  let timer;
  try {
    await Promise.race([
      body(),
      new Promise((_, reject) => { timer = setTimeout(() => reject(new Error('took too long')), TEST_MS); }),
    ]);
    ++passed;
    console.log(`ok    ${name} (${Date.now() - started} ms)`);
    return true;
  } catch (error) {
    ++failed;
    console.log(`FAIL  ${name}\n      ${error.stack}`);
    return false;
  } finally {
    clearTimeout(timer);
  }
}

for (const Suite of [OidcSuite, PasskeySuite]) {
  const suite = new Suite();
  const tests = suite.tests().filter(({name}) => wanted.every((word) => name.includes(word)));
  if (tests.length === 0) continue;
  const before = failed;
  try {
    await suite.start();
    for (const {name, body} of tests) await attempt(name, body);
  } catch (error) {
    ++failed;
    console.log(`FAIL  ${Suite.label} did not start\n      ${error.stack}`);
  }
  if (failed > before) console.log(suite.log().split('\n').slice(-40).join('\n'));
  await suite.stop();
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
