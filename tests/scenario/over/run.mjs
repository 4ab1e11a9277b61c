// Plays the scenarios over real transports: run.mjs [TRANSPORT…] [FILE WORD…]
import {readdirSync} from 'node:fs';
import {basename, join} from 'node:path';
import {fileURLToPath} from 'node:url';

import {TRANSPORTS} from './client.mjs';
import {Play, reasonToSkip, secondsOf} from './play.mjs';

// Most of the time of a play is waiting.
const AT_ONCE = 12;

const root = fileURLToPath(new URL('..', import.meta.url));
const files = ['cases', 'conformance'].flatMap((folder) => readdirSync(join(root, folder)).sort()
    .filter((file) => file.endsWith('.scn')).map((file) => join(root, folder, file)));
const args = process.argv.slice(2);
const transports = args.filter((arg) => TRANSPORTS.includes(arg));
const words = args.filter((arg) => !TRANSPORTS.includes(arg));
const plays = [];
for (const path of files) {
  if (words.length > 0 && !words.some((word) => path.includes(word))) continue;
  for (const transport of transports.length > 0 ? transports : TRANSPORTS) {
    plays.push({path, transport});
  }
}
// The longest first, so that none of them is waited for alone.
plays.sort((a, b) => secondsOf(b.path) - secondsOf(a.path));

let passed = 0;
let failed = 0;
let skipped = 0;
async function work() {
  for (let play = plays.shift(); play; play = plays.shift()) {
    const name = `${basename(play.path)} over ${play.transport}`;
    const reason = reasonToSkip(play.path, play.transport);
    if (reason) {
      ++skipped;
      console.log(`skip  ${name}: ${reason}`);
      continue;
    }
    const began = Date.now();
    const player = new Play(play.transport);
    const problem = await player.run(play.path);
    const {cases} = player;
    // A numbered case counts by itself.
    problem ? ++failed : passed += cases.played || 1;
    skipped += cases.skipped.length;
    for (const one of cases.skipped) console.log(`skip  ${name}: ${one}`);
    console.log(problem ? `FAIL  ${name}\n      ${problem}`
                        : `ok    ${name} (${cases.played ? `${cases.played} cases, ` : ''}${Date.now() - began} ms)`);
  }
}
await Promise.all(Array.from({length: AT_ONCE}, work));
console.log(`${skipped} skipped`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
