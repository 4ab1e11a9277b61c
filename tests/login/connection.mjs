// A connection to a node that says what it is told to: requests of which no SDK knows.
import WebSocket from 'ws';

const API_KEY = 'AQEAAAABAAD_rAp4DJh05a1HAwFT3A6K';
const WAIT_MS = 15_000;

export const base64 = (text) => Buffer.from(text).toString('base64');

export class Connection {
  // Connected, and greeted.
  static async open(node) {
    const connection = new Connection();
    connection.socket = new WebSocket(`ws://127.0.0.1:${node.httpPort}/v0/channels?apikey=${API_KEY}`);
    connection.waiting = new Map();
    connection.lastId = 0;
    connection.metas = [];
    connection.socket.on('message', (data) => {
      const {ctrl, meta} = JSON.parse(data.toString());
      if (ctrl?.id) connection.waiting.get(ctrl.id)?.(ctrl);
      if (meta) connection.metas.push(meta);
    });
    await new Promise((resolve, reject) => {
      connection.socket.once('open', resolve).once('error', reject);
    });
    const greeted = await connection.ask('hi', {ver: '0.25', ua: 'login-tests/1'});
    if (greeted.code !== 201) throw new Error(`hi is answered ${greeted.code}`);
    return connection;
  }

  // Resolves with the ctrl, whatever its code.
  ask(kind, body) {
    const id = `${++this.lastId}`;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no answer to ${kind}`)), WAIT_MS);
      this.waiting.set(id, (ctrl) => {
        clearTimeout(timer);
        this.waiting.delete(id);
        resolve(ctrl);
      });
      this.socket.send(JSON.stringify({[kind]: {id, ...body}}));
    });
  }

  // One step of a login; `step` is its JSON.
  login(scheme, step) {
    return this.ask('login', {scheme, secret: base64(JSON.stringify(step))});
  }

  // One step of a change of one's own account.
  change(scheme, step) {
    return this.ask('acc', {scheme, secret: base64(JSON.stringify(step))});
  }

  // What this user sees of himself: {desc, tags}.
  async describe() {
    await this.ask('sub', {topic: 'me'});
    this.metas.length = 0;
    this.socket.send(JSON.stringify({get: {id: 'desc', topic: 'me', what: 'desc tags'}}));
    const end = Date.now() + WAIT_MS;
    for (;;) {
      const desc = this.metas.find((meta) => meta.desc)?.desc;
      // A leave is answered behind what was asked before.
      if (desc) {
        await this.ask('leave', {topic: 'me'});
        return {desc, tags: this.metas.find((meta) => meta.tags)?.tags};
      }
      if (Date.now() > end) throw new Error('no description');
      await new Promise((resolve) => { setTimeout(resolve, 10); });
    }
  }

  close() {
    this.socket.terminate();
  }
}

// What a ctrl 300 asks.
export function challengeOf(ctrl) {
  if (ctrl.code !== 300) throw new Error(`not asked back: ${JSON.stringify(ctrl)}`);
  return JSON.parse(Buffer.from(ctrl.params.challenge, 'base64').toString());
}
