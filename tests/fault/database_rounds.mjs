// Kills PostgreSQL with SIGKILL under load, again and again, and starts it anew; the node stays up. What
// was acknowledged must be there, once; what was refused with 503 must not; /readyz must tell.
// Runs under tests/support/postgres/server.
import {Molvad} from '../support/node/molvad.mjs';

import {UNLIMITED, Writers, postgres} from './writers.mjs';

const FOLDER = process.env.MOLVA_TEST_POSTGRES_DIR;

const args = new Map(process.argv.slice(2).map((one) => one.replace(/^--/, '').split('=')));
const rounds = Number(args.get('rounds') ?? 4);

const problems = [];
const node = new Molvad();
await node.start(UNLIMITED);
const writers = new Writers(node.httpPort, problems);
await writers.open();
let passed = 0;
let failed = 0;
console.log(`${rounds} rounds of kill -9 of the database`);
for (let round = 1; round <= rounds; ++round) {
  let stored = 0;
  try {
    stored = await writers.during(async () => {
      postgres('kill', FOLDER);
      await writers.outage(node);
      postgres('start', FOLDER);
      await writers.recovery(node);
    });
  } catch (error) {
    problems.push(error.message);
  }
  if (problems.length === 0) {
    ++passed;
    console.log(`round ${round}: ${stored} messages, ${writers.refused} refused, all accounted for`);
  } else {
    ++failed;
    console.log(`round ${round} FAILED:\n  ${problems.splice(0).slice(0, 20).join('\n  ')}`);
  }
}
console.log(`${writers.promised} messages acknowledged in ${rounds} rounds`);
writers.close();
await node.stop();
node.cleanUp();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
