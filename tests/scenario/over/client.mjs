// One session with a node, whatever carries it: packets as JSON both ways.
import WebSocket from 'ws';

import {openStream} from './grpc.mjs';

export const API_KEY = 'AQEAAAABAAD_rAp4DJh05a1HAwFT3A6K';

// Also without an id.
const ALWAYS_ANSWERED = ['hi', 'acc', 'login', 'sub', 'leave'];

// What all have in common. A carrier calls onPacket and onEnd.
class Client {
  constructor() {
    this.inbox = [];  // oldest first
    this.asked = new Set();  // ids of requests that nothing has answered yet; '' for none
    this.isOver = false;
    this.lastPacket = 0;
  }
  onPacket(packet) {
    this.inbox.push(packet);
    this.lastPacket = Date.now();
    const body = packet.ctrl ?? packet.meta;
    if (body) this.asked.delete(body.id ?? '');
  }
  onEnd() {
    this.isOver = true;
    this.asked.clear();
  }
  // Sends a packet; text that is not JSON where that can be sent.
  send(text) {
    try {
      const [[kind, body]] = Object.entries(JSON.parse(text));
      const isAnswered = kind !== 'note' && (body?.id || ALWAYS_ANSWERED.includes(kind));
      if (isAnswered) this.asked.add(body.id ?? '');
    } catch { /* raw text has no id */ }
    this.transmit(text);
  }
}

class WebSocketClient extends Client {
  static async open(node) {
    const client = new WebSocketClient();
    client.socket = new WebSocket(`ws://127.0.0.1:${node.httpPort}/v0/channels?apikey=${API_KEY}`);
    client.socket.on('message', (data) => client.onPacket(JSON.parse(data)));
    client.socket.on('close', () => client.onEnd());
    client.socket.on('error', () => client.onEnd());
    await new Promise((resolve) => client.socket.once('open', resolve));
    return client;
  }
  transmit(text) { this.socket.send(text); }
  close() { this.socket.terminate(); }
}

class LongPollClient extends Client {
  static async open(node) {
    const client = new LongPollClient();
    client.base = `http://127.0.0.1:${node.httpPort}/v0/channels/lp?apikey=${API_KEY}`;
    const opened = await fetch(client.base, {method: 'POST'});
    client.url = `${client.base}&sid=${(await opened.json()).ctrl.params.sid}`;
    client.sends = Promise.resolve();
    client.hangUp = new AbortController();
    client.poll();
    return client;
  }
  async poll() {
    try {
      while (!this.isOver) {
        const response = await fetch(this.url, {method: 'POST', signal: this.hangUp.signal});
        const text = await response.text();
        if (response.status >= 400) return this.onEnd();
        if (text !== '') this.onPacket(JSON.parse(text));
      }
    } catch {
      this.onEnd();
    }
  }
  // One after the other: requests on several connections could overtake each other.
  transmit(text) {
    this.sends = this.sends.then(() => fetch(this.url, {method: 'POST', body: text}))
        .catch(() => this.onEnd());
  }
  close() {
    this.onEnd();
    this.hangUp.abort();
  }
}

class GrpcClient extends Client {
  static async open(node) {
    const client = new GrpcClient();
    client.stream = openStream(node.grpcPort, (packet) => client.onPacket(packet),
                               () => client.onEnd());
    return client;
  }
  transmit(text) { this.stream.send(JSON.parse(text)); }
  close() { this.stream.close(); }
}

const CARRIERS = {ws: WebSocketClient, lp: LongPollClient, grpc: GrpcClient};
export const TRANSPORTS = Object.keys(CARRIERS);
export const openClient = (transport, node) => CARRIERS[transport].open(node);
