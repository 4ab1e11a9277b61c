// Users who publish all the time on a node whose PostgreSQL is in trouble, and who know what they
// were promised.
import {execFileSync} from 'node:child_process';
import {fileURLToPath} from 'node:url';

import {Client} from './client.mjs';
import {verify} from './reading.mjs';

const WRITERS = 4;
const IN_FLIGHT = 8;
const PATIENCE_MS = 60_000;
const PAUSE_MS = 20;
const MOST_MORE = 400;
const SERVER = fileURLToPath(new URL('../support/postgres/server', import.meta.url));

// For a node under load.
export const UNLIMITED = ['limits.user_messages=0', 'limits.topic_messages=0'];

// A verb of tests/support/postgres/server; what it prints.
export function postgres(verb, ...words) {
  return execFileSync(SERVER, [verb, ...words], {encoding: 'utf8'}).trim();
}

const pause = (millis) => new Promise((resolve) => setTimeout(resolve, millis));

export async function waitFor(what, holds) {
  const end = Date.now() + PATIENCE_MS;
  while (!await holds()) {
    if (Date.now() > end) throw new Error(`not in time: ${what}`);
    await pause(PAUSE_MS);
  }
}

// The code of /readyz.
export async function ready(node) {
  return (await fetch(`http://127.0.0.1:${node.httpPort}/readyz`)).status;
}

// One user with a group of his own.
class Writer {
  constructor(index, port, problems) {
    this.index = index;
    // Publications whose fate is not known are answered once it is.
    this.client = new Client(port, () => {}, PATIENCE_MS);
    this.problems = problems;
    this.sent = 0;
    this.book = new Map();  // seq → content, as acknowledged
    this.refused = new Set();
  }

  async open() {
    await this.client.open();
    await this.client.register(`writer${this.index}:password`);
    this.topic = (await this.client.ask('sub', {topic: 'new'})).topic;
  }

  // One publication, to its end.
  async publish() {
    const content = `${this.index} ${++this.sent}`;
    try {
      const ctrl = await this.client.ask('pub', {topic: this.topic, noecho: true, content});
      this.book.set(ctrl.params.seq, content);
    } catch (error) {
      if (error.message.startsWith('503')) this.refused.add(content);
      else this.problems.push(`${content}: ${error.message}`);
      await pause(PAUSE_MS);
    }
  }

  // Until `goes.on` is false.
  async write(goes) {
    const lane = async () => {
      while (goes.on) await this.publish();
    };
    await Promise.all(Array.from({length: IN_FLIGHT}, lane));
  }

  verify() {
    return verify(this.client, this.topic, this.book, this.problems, this.refused);
  }
}

// Several of them. What is wrong is added to `problems`.
export class Writers {
  constructor(port, problems) {
    this.more = [];  // publications besides those of the lanes
    this.all = Array.from({length: WRITERS}, (_, index) => new Writer(index, port, problems));
  }

  async open() {
    for (const writer of this.all) await writer.open();
  }

  get promised() {
    return this.all.reduce((sum, writer) => sum + writer.book.size, 0);
  }

  get refused() {
    return this.all.reduce((sum, writer) => sum + writer.refused.size, 0);
  }

  // They publish while `work` goes on; then all is read back. Resolves with how many messages there are.
  async during(work) {
    const goes = {on: true};
    const writing = Promise.all(this.all.map((writer) => writer.write(goes)));
    try {
      await this.progress();
      await work();
    } finally {
      goes.on = false;
      await writing;
      await Promise.all(this.more);
    }
    let stored = 0;
    for (const writer of this.all) stored += await writer.verify();
    return stored;
  }

  // Until some more messages are acknowledged.
  async progress() {
    const former = this.promised;
    await waitFor('messages', () => this.promised > former + 100);
  }

  // Until publications are refused, and /readyz tells.
  async outage(node) {
    const former = this.refused;
    // What is under way may all belong to one commit whose fate is not known yet; then that waits, and
    // only what comes behind it is refused.
    await waitFor('publications are refused', () => {
      if (this.more.length < MOST_MORE) this.more.push(...this.all.map((writer) => writer.publish()));
      return this.refused > former;
    });
    await waitFor('/readyz says 503', async () => await ready(node) === 503);
  }

  // Until the node is in order again, by itself.
  async recovery(node) {
    await waitFor('/readyz says 200', async () => await ready(node) === 200);
    await this.progress();
  }

  close() {
    for (const writer of this.all) writer.client.close();
  }
}
