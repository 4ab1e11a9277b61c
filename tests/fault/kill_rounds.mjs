// Kills the server with SIGKILL under load, again and again. After each kill every message that was
// acknowledged must be there: once, under its number, and no number may be missing.
import {Molvad} from '../support/node/molvad.mjs';

import {Client} from './client.mjs';
import {verify} from './reading.mjs';

const WRITERS = 4;
const IN_FLIGHT = 25;

const args = new Map(process.argv.slice(2).map((one) => one.replace(/^--/, '').split('=')));
const rounds = Number(args.get('rounds') ?? process.env.MOLVA_FAULT_ROUNDS ?? 50);
const seed = Number(args.get('seed') ?? Date.now() % 1_000_000);

// A small generator, so that a failing run can be repeated with its seed.
let state = seed;
function random() {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
}

// What the server promised: topic → (seq → content).
const acknowledged = new Map();
let sent = 0;
// Topics are changed after some rounds, so that reading everything back stays quick.
const ROUNDS_PER_ERA = 10;
let shared = null;

class Writer {
  constructor(index) {
    this.name = `writer${index}`;
    this.isNew = true;
    this.topics = [];
  }

  async attach(node) {
    this.client = new Client(node.httpPort);
    await this.client.open();
    if (this.isNew) await this.client.register(`${this.name}:password`);
    else await this.client.login('basic', `${this.name}:password`);
    this.isNew = false;
    for (const topic of this.topics) await this.client.ask('sub', {topic});
  }

  // A group of one's own, and one that all writers share.
  async newTopics() {
    const make = async () => {
      const {topic} = await this.client.ask('sub', {topic: 'new'});
      acknowledged.set(topic, new Map());
      return topic;
    };
    this.topics = [await make()];
    if (shared === null) shared = await make();
    else await this.client.ask('sub', {topic: shared});
    this.topics.push(shared);
  }

  // Publishes with IN_FLIGHT open requests until the connection breaks.
  async write() {
    let broken = false;
    const lane = async () => {
      while (!broken) {
        const topic = this.topics[random() < 0.5 ? 0 : 1];
        const content = `${this.name} ${++sent}`;
        try {
          const ctrl = await this.client.ask('pub', {topic, noecho: true, content});
          const book = acknowledged.get(topic);
          if (book.has(ctrl.params.seq)) throw new Error(`seq ${ctrl.params.seq} given twice`);
          book.set(ctrl.params.seq, content);
        } catch (error) {
          if (error.message !== 'connection lost') problems.push(error.message);
          broken = true;
        }
      }
    };
    await Promise.all(Array.from({length: IN_FLIGHT}, lane));
  }

  verify(topic) {
    return verify(this.client, topic, acknowledged.get(topic), problems);
  }
}

const problems = [];
const UNLIMITED = ['limits.user_messages=0', 'limits.topic_messages=0'];
const node = new Molvad();
await node.start(UNLIMITED);
const writers = Array.from({length: WRITERS}, (_, index) => new Writer(index));
let passed = 0;
let failed = 0;
console.log(`${rounds} rounds of kill -9, seed ${seed}`);
for (let round = 1; round <= rounds; ++round) {
  for (const writer of writers) await writer.attach(node);
  if ((round - 1) % ROUNDS_PER_ERA === 0) {
    shared = null;
    for (const writer of writers) await writer.newTopics();
  }
  const writing = Promise.all(writers.map((writer) => writer.write()));
  await new Promise((resolve) => setTimeout(resolve, 100 + random() * 500));
  await node.stop('SIGKILL');
  await writing;
  for (const writer of writers) writer.client.close();
  await node.start(UNLIMITED);
  let stored = 0;
  for (const writer of writers) await writer.attach(node);
  for (const writer of writers) stored += await writer.verify(writer.topics[0]);
  stored += await writers[0].verify(shared);
  for (const writer of writers) writer.client.close();
  if (problems.length === 0) {
    ++passed;
    console.log(`round ${round}: ${stored} messages, all accounted for`);
  } else {
    ++failed;
    console.log(`round ${round} FAILED:\n  ${problems.splice(0).slice(0, 20).join('\n  ')}`);
  }
}
let promised = 0;
for (const book of acknowledged.values()) promised += book.size;
console.log(`${promised} messages acknowledged in ${rounds} rounds`);
await node.stop();
node.cleanUp();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && promised > 0 ? 0 : 1);
