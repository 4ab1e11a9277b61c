// Plays a .scn file (its lines are explained in scenario.h) on a real node over one transport.
import {execFile} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {promisify} from 'node:util';

import {Molvad} from '../../support/node/molvad.mjs';
import {PostBox} from '../../support/node/post_box.mjs';
import {openClient} from './client.mjs';
import {fetchFrom} from './fetch.mjs';
import {matches} from './match.mjs';

const PATIENCE_MS = 8_000;
// A request that something refuses without its id is not waited for longer.
const ANSWER_MS = 1_500;
// Where the simulator lets the world settle, here nothing must arrive for so long.
const QUIET_MS = 120;
// What only the simulator can do, by the word a line begins with.
const SIMULATED = {
  devices: 'nobody looks into the store',
  push: 'nobody sees what a push service gets',
  disk: 'a real disk does not fail on command',
  post: 'a real post does not fail on command',
};
const sleep = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

const linesOf = (path) => readFileSync(path, 'utf8').split('\n')
    .map((text, i) => ({text: text.trim(), number: i + 1}))
    .filter(({text}) => text !== '' && !text.startsWith('#'));

// Why what a line "only WHERE …: REASON" is about is not for `transport`; null if it is.
function reasonElsewhere(line, transport) {
  const [, where, reason] = /^only ([a-z ]+): (.+)$/.exec(line);
  return where.split(' ').includes(transport) ? null : reason;
}

// Why the file is not played over `transport`; null if it is.
export function reasonToSkip(path, transport) {
  for (const {text} of linesOf(path)) {
    if (text.startsWith('case ')) return null;
    const reason = text.startsWith('only ') ? reasonElsewhere(text, transport)
                                            : SIMULATED[text.split(' ')[0]];
    if (reason) return reason;
  }
  return null;
}

// The seconds it says to wait.
export const secondsOf = (path) => linesOf(path).map(({text}) => /^wait ([0-9.]+)$/.exec(text))
    .reduce((sum, wait) => sum + Number(wait?.[1] ?? 0), 0);

const topicOf = (packet) => Object.values(packet)[0]?.topic;
const isOfTopicOf = (packet) => (other) => topicOf(other) === topicOf(packet);

export class Play {
  constructor(transport) {
    this.transport = transport;
    this.node = new Molvad();
    this.settings = [];
    this.isStarted = false;
    this.clients = new Map();
    this.variables = new Map();
    this.cases = {played: 0, skipped: []};  // numbered ones
  }

  // Returns null, or what went wrong where.
  async run(path) {
    let heading = '';
    let isElsewhere = false;  // this case is not for this transport
    try {
      for (const {text, number} of linesOf(path)) {
        if (text.startsWith('case ')) {
          heading = `${text}\n      `;
          isElsewhere = false;
          ++this.cases.played;
        } else if (text.startsWith('only ') && heading) {
          const reason = reasonElsewhere(text, this.transport);
          isElsewhere = reason !== null;
          if (isElsewhere) this.cases.skipped.push(`${heading.trim()}: ${reason}`);
        } else if (!isElsewhere) {
          try {
            await this.runLine(text);
          } catch (error) {
            return `${path}:${number}: ${heading}${text}\n      ${error.message}`;
          }
        }
      }
      this.cases.played -= this.cases.skipped.length;
      return null;
    } finally {
      for (const client of this.clients.values()) client.close();
      await this.node.stop('SIGKILL');
      this.node.cleanUp();
      this.post?.close();
    }
  }

  async runLine(line) {
    const [, first, second = '', rest = ''] = /^(\S+)\s*(\S*)\s*(.*)$/.exec(line);
    if (first === 'only') return;
    if (first === 'node') return this.configure(`${second} ${rest}`);
    if (!this.isStarted) await this.startNode();
    if (first === 'wait') return sleep(Number(second) * 1000);
    if (first === 'restart') return this.restart();
    if (first === 'stop') return this.node.stop();
    if (first === 'operator') return this.operate(second, rest);
    if (first === 'letter') return this.readLetter(this.substitute(second), rest);
    if (first === 'fetch') return this.fetch(second, this.substitute(rest));
    if (first === 'fetched') return this.checkFetched(`${second} ${rest}`);
    if (first === 'connect') return this.connect(second);
    if (first === 'session') return this.openSession(second, ...rest.split(' '));
    if (first === 'account') return this.makeAccount(second);
    return this.runSession(first, second, rest);
  }

  configure(words) {
    const names = {shards: 'runtime.shards', max_subscribers: 'limits.subscribers',
      min_login: 'auth.basic.min_login_length', max_message: 'limits.message_size',
      poll_wait: 'long_poll.wait', delete_age: 'messages.delete_age', max_file: 'media.max_size',
      masked: 'tags.masked', requests: 'contacts.requests',
      ask_again_after: 'contacts.ask_again_after'};
    for (const word of words.trim().split(/\s+/)) {
      const [key, value] = word.split('=');
      if (word === 'calls=on') {
        this.settings.push('calls.ice_servers=stun:127.0.0.1:3478');
      } else if (word === 'p2p_delete=on') {
        this.settings.push('messages.p2p_delete=true');
      } else if (word === 'search=off') {
        this.settings.push('messages.search=false');
      } else if (word === 'accounts=permanent') {
        this.settings.push('accounts.permanent=true');
      } else if (key === 'validation') {
        this.settings.push('validation.methods=email', `validation.required=email:${value}`,
                           'validation.add_to_tags=email');
        this.needsPost = true;
      } else if (key === 'debug_response') {
        this.settings.push('node.test=true', `validation.debug_response=${value}`);
      } else {
        if (!names[key]) throw new Error(`unknown option ${word}`);
        this.settings.push(`${names[key]}=${value}`);
      }
    }
  }

  async startNode() {
    this.isStarted = true;
    if (this.needsPost && !this.post) {
      this.post = await PostBox.open();
      this.node.config = this.post.config;
    }
    // Who hangs up a long poll is gone when nothing came for a while: the shortest one here.
    await this.node.start(['runtime.shards=3', 'long_poll.idle=1s', ...this.settings]);
  }

  async restart() {
    for (const client of this.clients.values()) client.close();
    this.clients.clear();
    await this.node.stop('SIGKILL');
    await this.startNode();
  }

  operate(verb, account) {
    return promisify(execFile)(join(this.node.bin, 'molva'),
                               ['admin', '--data', this.node.data, 'user', verb, account]);
  }

  async readLetter(to, expected) {
    const end = Date.now() + (expected === 'none' ? QUIET_MS : PATIENCE_MS);
    let letter;
    while (!(letter = this.post.take(to)) && Date.now() < end) await sleep(5);
    if (!letter && expected === 'none') return;
    if (!letter) throw new Error(`there is no letter to ${to}`);
    if (expected !== 'none' && matches(JSON.parse(expected), letter, this.variables)) return;
    throw new Error(`the letter is ${JSON.stringify(letter)}`);
  }

  async fetch(method, rest) {
    const [, path, options] = /^(\S+)\s*(.*)$/.exec(rest);
    this.fetched = await fetchFrom(this.node, method, path, JSON.parse(options || '{}'));
  }

  checkFetched(text) {
    if (matches(JSON.parse(text), this.fetched, this.variables)) return;
    throw new Error(`the answer is ${JSON.stringify(this.fetched)}`);
  }

  async connect(name, transport = this.transport) {
    const client = await openClient(transport, this.node);
    this.clients.set(name, client);
    return client;
  }

  async makeAccount(name) {
    const client = await this.connect(' account');
    client.send('{"hi":{"id":"h","ver":"0.25"}}');
    const secret = Buffer.from(`${name}:secret`).toString('base64');
    client.send(JSON.stringify({acc: {id: 'a', user: 'new', scheme: 'basic', secret,
      desc: {public: {fn: name}}}}));
    await this.settle();
    await this.expect(client, `{"ctrl":{"id":"a","code":201,"params":{"user":"$${name}"}}}`);
    client.close();
    this.clients.delete(' account');
  }

  async openSession(name, account, transport) {
    const client = await this.connect(name, transport);
    client.send(`{"hi":{"id":"h","ver":"0.25","ua":"Sim/${name}"}}`);
    const secret = Buffer.from(`${account}:secret`).toString('base64');
    client.send(`{"login":{"id":"login","scheme":"basic","secret":"${secret}"}}`);
    await this.settle();
    await this.expect(client, '{"ctrl":{"id":"login","code":200}}');
    client.inbox = [];
  }

  // Waits until all requests are answered and nothing more comes.
  async settle() {
    const began = Date.now();
    const clients = [...this.clients.values()];
    const isBusy = () => clients.some((client) => client.asked.size > 0) ||
        Date.now() - Math.max(began, ...clients.map((client) => client.lastPacket)) < QUIET_MS;
    while (isBusy() && Date.now() - began < ANSWER_MS) await sleep(5);
    for (const client of clients) client.asked.clear();
  }

  substitute(text) {
    for (const [name, value] of this.variables) {
      text = text.replaceAll(name, JSON.stringify(value).slice(1, -1));
    }
    return text;
  }

  async expect(client, text, {isNext = false} = {}) {
    const expected = JSON.parse(text);
    const end = Date.now() + PATIENCE_MS;
    do {
      const at = client.inbox.findIndex((packet) => matches(expected, packet, this.variables));
      if (at >= 0) {
        // Shards overtake one another here: only what one topic sends is in order.
        if (isNext && client.inbox.findIndex(isOfTopicOf(client.inbox[at])) < at) break;
        return client.inbox.splice(at, 1);
      }
      await sleep(5);
    } while (Date.now() < end);
    throw new Error(`not received; the inbox holds:${client.inbox
        .map((packet) => `\n        ${JSON.stringify(packet)}`).join('') || ' nothing'}`);
  }

  async runSession(name, verb, rest) {
    const client = this.clients.get(name);
    if (!client) throw new Error(`no session ${name}`);
    switch (verb) {
      case '>':
        client.send(this.substitute(rest));
        return this.settle();
      case 'raw':
        client.send(rest);
        return this.settle();
      case 'bytes':
        client.send('x'.repeat(Number(rest)));
        return this.settle();
      case 'repeat': {
        const [, count, packet] = /^(\d+) (.+)$/.exec(this.substitute(rest));
        for (let i = 0; i < Number(count); ++i) client.send(packet);
        return this.settle();
      }
      case '<':
        return this.expect(client, rest);
      case '<<':
        return this.expect(client, rest, {isNext: true});
      case 'silent': {
        const expected = rest && JSON.parse(rest);
        const heard = client.inbox.find(
            (packet) => !expected || matches(expected, packet, new Map(this.variables)));
        if (heard) throw new Error(`received: ${JSON.stringify(heard)}`);
        return;
      }
      case 'clear':
        client.inbox = [];
        return;
      case 'close':
        client.close();
        return this.settle();
      case 'closed': {
        const end = Date.now() + PATIENCE_MS;
        while (!client.isOver && Date.now() < end) await sleep(5);
        if (!client.isOver) throw new Error('still open');
        return;
      }
      default:
        throw new Error(`unknown verb ${verb}`);
    }
  }
}
