// Finds ports for servers that a test ends and starts again.
import {closeSync, mkdirSync, openSync, rmSync} from 'node:fs';
import {createServer} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

// Below what the system gives out to those who ask for any port: nobody is given one of these while
// its server is down.
const LOWEST = 16_384;
const HIGHEST = 32_767;
const TRIES = 100;

// One file for each port that a test has: another test must not take it before the server listens.
const TAKEN = join(tmpdir(), 'molva-test-ports');
const files = [];
process.once('exit', () => {
  for (const file of files) rmSync(file, {force: true});
});

function take(port) {
  mkdirSync(TAKEN, {recursive: true});
  const file = join(TAKEN, `${port}`);
  try {
    closeSync(openSync(file, 'wx'));
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
  files.push(file);
  return true;
}

function isFree(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

// A port that nobody listens on, for this process until its end.
export async function steadyPort() {
  for (let i = 0; i < TRIES; ++i) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST + 1));
    if (take(port) && await isFree(port)) return port;
  }
  throw new Error(`no free port found in ${TRIES} tries from ${LOWEST} to ${HIGHEST}; ` +
                  `${TAKEN} has those that tests have taken`);
}
