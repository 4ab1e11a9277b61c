// What two servers cost each other, on real nodes: link messages per publication, messages per
// CPU-second of both, entries per change of presence. Prints one line of JSON.
//
// Usage: federation.mjs [--members=N] [--contacts=N] [--seconds=N]
import {readFileSync} from 'node:fs';
import http from 'node:http';

import {Client} from '../fault/client.mjs';
import {startPair} from '../support/node/pair.mjs';

const args = new Map(process.argv.slice(2).map((one) => one.replace(/^--/, '').split('=')));
const members = Number(args.get('members') ?? 100);
const contacts = Number(args.get('contacts') ?? 500);
const seconds = Number(args.get('seconds') ?? 4);
const IN_FLIGHT = 256;
const TICKS_PER_SECOND = 100;
const FULL = 'JRWPA';

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const [a, b] = await startPair(['limits.subscribers=1024', 'limits.requests_per_second=0',
                                'limits.user_messages=0', 'limits.topic_messages=0']);

// The sum of a metric's series of what goes out.
function sent(node, name) {
  return new Promise((resolve, reject) => {
    http.get(`http://127.0.0.1:${node.httpPort}/metrics`, (response) => {
      let text = '';
      response.on('data', (chunk) => { text += chunk; });
      response.on('end', () => {
        let sum = 0;
        for (const line of text.split('\n')) {
          if (!line.startsWith(`${name}{`) || !line.includes('direction="out"')) continue;
          sum += Number(line.slice(line.lastIndexOf(' ') + 1));
        }
        resolve(sum);
      });
    }).on('error', reject);
  });
}
// Figures of peers are taken once a second.
const FIGURES_MS = 1500;
const sentItems = () => sleep(FIGURES_MS).then(() => sent(a, 'molva_peer_items_total'));
const sentStatuses = () => sleep(FIGURES_MS).then(() => sent(a, 'molva_peer_statuses_total'));

function cpuSeconds(node) {
  const text = readFileSync(`/proc/${node.process.pid}/stat`, 'utf8');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

async function insist(attempt) {
  for (let i = 0; ; ++i) {
    try {
      return await attempt();
    } catch (error) {
      if (i >= 100) throw error;
      await sleep(50);
    }
  }
}

// People of one node on connections of their own; hashing their passwords is not measured.
async function people(node, count, prefix, onData) {
  const all = [];
  for (let i = 0; i < count; ++i) {
    const client = new Client(node.httpPort, onData);
    await client.open();
    const ctrl = await client.register(`${prefix}${i}:password`);
    all.push({client, name: `${ctrl.params.user}@${node.domain}`, id: ctrl.params.user});
  }
  return all;
}

let received = 0;
const [ann] = await people(a, 1, 'ann');
const nearby = await people(a, members - 1, 'near');
const distant = await people(b, members, 'far', () => { ++received; });

// 1. A group with as many members on each server.
const {topic} = await ann.client.ask('sub', {topic: 'new'});
for (const one of nearby) await one.client.ask('sub', {topic});
const group = `${topic}@${a.domain}`;
for (const one of distant) {
  await insist(() => one.client.ask('sub', {topic: group}));
}
async function settled(expected) {
  for (let i = 0; i < 600 && received < expected; ++i) await sleep(50);
  return received;
}
const before = await sentItems();
received = 0;
const PUBLICATIONS = 50;
for (let i = 0; i < PUBLICATIONS; ++i) {
  await ann.client.ask('pub', {topic, noecho: true, content: `publication ${i}`});
}
const deliveries = await settled(PUBLICATIONS * members);
const itemsPerPublication = (await sentItems() - before) / PUBLICATIONS;
for (const one of [...nearby, ...distant]) one.client.close();
await sleep(500);

// 2. As many as go through, in a topic of two with one reader.
const reader = new Client(b.httpPort, () => { ++received; });
await reader.open();
await reader.login('basic', 'far0:password');
await insist(() => reader.ask('sub', {topic: group}));
await insist(() => ann.client.ask('sub', {topic}).catch((error) => {
  if (!error.message.startsWith('304')) throw error;
}));
received = 0;
const cpuBefore = cpuSeconds(a) + cpuSeconds(b);
let published = 0;
const end = Date.now() + seconds * 1000;
await Promise.all(Array.from({length: IN_FLIGHT}, async () => {
  while (Date.now() < end) {
    await ann.client.ask('pub', {topic, noecho: true, content: 'as many as go through'});
    ++published;
  }
}));
const arrived = await settled(published);
const cpu = cpuSeconds(a) + cpuSeconds(b) - cpuBefore;
reader.close();

// 3. Somebody with many contacts on the other server goes and comes.
const others = await people(b, contacts, 'contact');
for (const one of others) {
  await insist(() => ann.client.ask('sub', {topic: one.name}));
  await insist(() => one.client.ask('sub', {topic: ann.name}));
  await insist(() => one.client.ask('set', {topic: ann.name, sub: {mode: FULL}}));
  await insist(() => one.client.ask('set', {topic: ann.name, sub: {user: ann.name, mode: FULL}}));
  one.client.close();
}
await sleep(1000);
const statusesBefore = await sentStatuses();
await ann.client.ask('sub', {topic: 'me'});
await sleep(2000);
const statuses = await sentStatuses() - statusesBefore;

ann.client.close();
for (const node of [a, b]) {
  await node.stop();
  node.cleanUp();
}
console.log(JSON.stringify({
  members, deliveries_expected: PUBLICATIONS * members, deliveries,
  items_per_publication: itemsPerPublication,
  published, arrived, cpu_seconds: cpu, messages_per_cpu_second: arrived / cpu,
  contacts, statuses_per_change: statuses,
}));
process.exit(0);
