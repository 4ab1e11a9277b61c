// A bare WebSocket client of the protocol: requests with ids, packets to a listener.
import WebSocket from 'ws';

const API_KEY = 'AQEAAAABAAD_rAp4DJh05a1HAwFT3A6K';
const ANSWER_MS = 20_000;

export class Client {
  // `onData` gets every data packet.
  constructor(port, onData = () => {}, answerMs = ANSWER_MS) {
    this.answerMs = answerMs;
    this.url = `ws://127.0.0.1:${port}/v0/channels?apikey=${API_KEY}`;
    this.onData = onData;
    this.nextId = 1;
    this.pending = new Map();
  }

  async open() {
    this.socket = new WebSocket(this.url);
    this.socket.on('message', (bytes) => this.#take(JSON.parse(bytes.toString())));
    this.socket.on('error', () => {});
    this.socket.on('close', () => this.#failAll(new Error('connection lost')));
    await new Promise((resolve, reject) => {
      this.socket.once('open', resolve);
      this.socket.once('error', reject);
    });
    await this.ask('hi', {ver: '0.25', ua: 'fault/1'});
  }

  // Resolves with the ctrl; rejects if its code is 400 or more or the connection is lost.
  ask(kind, body) {
    const id = String(this.nextId++);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.pending.delete(id);
        reject(new Error(`no answer to ${kind}`));
      }, this.answerMs);
      this.pending.set(id, {resolve, reject, timer});
      this.socket.send(JSON.stringify({[kind]: {id, ...body}}));
    });
  }

  login(scheme, secret) {
    return this.ask('login', {scheme, secret: Buffer.from(secret).toString('base64')});
  }

  register(secret) {
    return this.ask('acc', {
      user: 'new', scheme: 'basic', login: true, secret: Buffer.from(secret).toString('base64'),
    });
  }

  close() {
    this.socket.terminate();
  }

  #take(packet) {
    if (packet.data) return this.onData(packet.data);
    const waiting = packet.ctrl?.id ? this.pending.get(packet.ctrl.id) : undefined;
    if (!waiting) return;
    // Data of a get comes before its closing ctrl; the first ctrl settles every other request.
    this.pending.delete(packet.ctrl.id);
    clearTimeout(waiting.timer);
    if (packet.ctrl.code < 400) waiting.resolve(packet.ctrl);
    else waiting.reject(new Error(`${packet.ctrl.code} ${packet.ctrl.text}`));
  }

  #failAll(error) {
    for (const {reject, timer} of this.pending.values()) {
      clearTimeout(timer);
      reject(error);
    }
    this.pending.clear();
  }
}
