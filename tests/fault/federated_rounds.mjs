// Two servers under load; each is killed with SIGKILL and the link between them cut, again and again.
// In the end every message that was acknowledged must be on both: once, in the same order, under its
// number; every queued one must be there once.
import {CuttableLink} from '../support/node/cuttable_link.mjs';
import {FederatedMolvad} from '../support/node/pair.mjs';

import {Client} from './client.mjs';

const IN_FLIGHT = 10;
const PAGE = 100;
const SETTLE_MS = 120_000;

const args = new Map(process.argv.slice(2).map((one) => one.replace(/^--/, '').split('=')));
const seconds = Number(args.get('seconds') ?? 180);
const seed = Number(args.get('seed') ?? Date.now() % 1_000_000);

let state = seed;
function random() {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
}
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const problems = [];
// Per topic: what was promised.
const ordered = {p2p: new Map(), group: new Map()};
const queued = {p2p: new Set(), group: new Set()};
let sent = 0;
let kills = 0;
let cuts = 0;

const nodes = [new FederatedMolvad('a.test'), new FederatedMolvad('b.test')];
const keys = [];
for (const node of nodes) keys.push(await node.prepare());
const links = nodes.map((node) => new CuttableLink(node.federationPort));
const ports = [];
for (const link of links) ports.push(await link.start());
const entry = (i) => `${nodes[i].domain}=127.0.0.1:${ports[i]}#${keys[i]}`;
const UNLIMITED = ['limits.user_messages=0', 'limits.topic_messages=0'];
await nodes[0].startWith([entry(1)], UNLIMITED);
await nodes[1].startWith([entry(0)], UNLIMITED);

class Person {
  constructor(name, node) {
    this.name = name;
    this.node = node;
    this.secret = `${name}:password`;
  }

  async connect() {
    this.client = new Client(this.node.httpPort);
    await this.client.open();
    if (this.id) {
      await this.client.login('basic', this.secret);
    } else {
      const ctrl = await this.client.register(this.secret);
      this.id = ctrl.params.user;
    }
  }

  async join() {
    for (const topic of [this.topics.p2p, this.topics.group]) {
      await this.client.ask('sub', {topic});
    }
  }

  // Publishes until the end, connecting again whenever the connection breaks.
  async write(isOver) {
    while (!isOver()) {
      try {
        await this.connect();
        await this.join();
        let broken = false;
        const lane = async () => {
          while (!broken && !isOver()) {
            const kind = random() < 0.5 ? 'p2p' : 'group';
            const content = `${this.name} ${++sent}`;
            try {
              const ctrl = await this.client.ask(
                  'pub', {topic: this.topics[kind], noecho: true, content});
              if (ctrl.params?.seq) this.#promise(kind, ctrl.params.seq, content);
              else if (ctrl.params?.queued) queued[kind].add(content);
              else problems.push(`202 with neither seq nor queued: ${JSON.stringify(ctrl)}`);
            } catch (error) {
              // 503: not taken, and said so.
              if (error.message.startsWith('503')) await sleep(50);
              else broken = true;
            }
          }
        };
        await Promise.all(Array.from({length: IN_FLIGHT}, lane));
      } catch {
        await sleep(50);  // the server is down
      }
      this.client?.close();
    }
  }

  #promise(kind, seq, content) {
    const before = ordered[kind].get(seq);
    if (before && before !== content) problems.push(`${kind}: seq ${seq} given twice`);
    ordered[kind].set(seq, content);
  }

  // All messages of a topic. What arrives live meanwhile counts too.
  async history(topic) {
    const found = new Map();
    let lowest = 0;
    this.client.onData = (data) => {
      if (data.topic !== topic) return;
      if (found.has(data.seq) && found.get(data.seq) !== data.content) {
        problems.push(`${topic}: seq ${data.seq} is two messages`);
      }
      found.set(data.seq, data.content);
      lowest = Math.min(lowest || Infinity, data.seq);
    };
    while (lowest !== 1) {
      const ctrl = await this.client.ask('get', {
        topic, what: 'data', data: {limit: PAGE, ...(lowest ? {before: lowest} : {})},
      });
      if (ctrl.code === 204) break;
    }
    return found;
  }
}

const ann = new Person('ann', nodes[0]);
const bob = new Person('bob', nodes[1]);
await ann.connect();
await bob.connect();
const annsName = `${ann.id}@a.test`;
const bobsName = `${bob.id}@b.test`;

// Tries what depends on the other server until it works.
async function insist(what, attempt) {
  let last = null;
  for (let i = 0; i < 200; ++i) {
    try {
      return await attempt();
    } catch (error) {
      last = error;
      await sleep(100);
    }
  }
  throw new Error(`${what}: ${last.message}`);
}
const FULL = 'JRWPA';
await insist('ann asks', () => ann.client.ask('sub', {topic: bobsName}));
await insist('bob opens the request', () => bob.client.ask('sub', {topic: annsName}));
await insist('bob accepts', () => bob.client.ask('set', {topic: annsName, sub: {mode: FULL}}));
await insist('bob lets ann write',
             () => bob.client.ask('set', {topic: annsName, sub: {user: annsName, mode: FULL}}));
const made = await bob.client.ask('sub', {topic: 'new'});
const group = made.topic;
await insist('bob invites ann', () => bob.client.ask(
    'set', {topic: group, sub: {user: annsName, mode: 'JRWPS'}}));
await insist('ann accepts', () => ann.client.ask(
    'sub', {topic: `${group}@b.test`, set: {sub: {mode: 'JRWPS'}}}));
ann.topics = {p2p: bobsName, group: `${group}@b.test`};
bob.topics = {p2p: annsName, group};
ann.client.close();
bob.client.close();

console.log(`two servers under load for ${seconds} s, seed ${seed}`);
const end = Date.now() + seconds * 1000;
let over = false;
const writing = [ann, bob].map((person) => person.write(() => over));
while (Date.now() < end) {
  await sleep(300 + random() * 1500);
  if (random() < 0.5) {
    const node = nodes[random() < 0.5 ? 0 : 1];
    ++kills;
    await node.stop('SIGKILL');
    await sleep(random() * 500);
    await node.restart();
  } else {
    ++cuts;
    for (const link of links) link.cut();
    await sleep(200 + random() * 2000);
    for (const link of links) link.mend();
  }
}
over = true;
await Promise.all(writing);

async function compare() {
  const differences = [];
  for (const person of [ann, bob]) {
    await person.connect();
    await person.join();
  }
  const sizes = [];
  for (const kind of ['p2p', 'group']) {
    const [here, there] = [await ann.history(ann.topics[kind]), await bob.history(bob.topics[kind])];
    sizes.push(here.size);
    const contents = new Map();
    for (const [seq, content] of here) {
      if (there.get(seq) !== content) differences.push(`${kind}: ${seq} differs between servers`);
      contents.set(content, (contents.get(content) ?? 0) + 1);
    }
    if (here.size !== there.size) differences.push(`${kind}: ${here.size} here, ${there.size} there`);
    for (let seq = 1; seq <= here.size; ++seq) {
      if (!here.has(seq)) differences.push(`${kind}: gap at ${seq}`);
    }
    for (const [seq, content] of ordered[kind]) {
      if (here.get(seq) !== content) differences.push(`${kind}: acknowledged ${seq} is lost`);
    }
    for (const content of queued[kind]) {
      if (!contents.has(content)) differences.push(`${kind}: queued "${content}" is lost`);
    }
    for (const [content, count] of contents) {
      if (count > 1) differences.push(`${kind}: "${content}" is there ${count} times`);
    }
  }
  for (const person of [ann, bob]) person.client.close();
  return {differences, sizes};
}

let result = await compare();
for (const until = Date.now() + SETTLE_MS; result.differences.length > 0 && Date.now() < until;) {
  console.log(`not yet: ${result.differences.slice(0, 3).join("; ")} (${result.differences.length})`);
  await sleep(2000);
  result = await compare();
}
problems.push(...result.differences);
const promised = ordered.p2p.size + ordered.group.size;
const waited = queued.p2p.size + queued.group.size;
console.log(`${kills} kills, ${cuts} cuts; ${promised} messages ordered, ${waited} queued; ` +
            `${result.sizes.join(' and ')} stored on both`);
for (const problem of problems.slice(0, 20)) console.log(`  ${problem}`);
for (const node of nodes) {
  await node.stop();
  node.cleanUp();
}
for (const link of links) link.stop();
const good = problems.length === 0 && promised > 0;
console.log(good ? '1 passed, 0 failed' : '0 passed, 1 failed');
process.exit(good ? 0 : 1);
