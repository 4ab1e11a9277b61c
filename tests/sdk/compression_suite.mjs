// permessage-deflate: between a node that allows it and clients that offer it.
import assert from 'node:assert/strict';
import {randomBytes} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {connect as connectTcp} from 'node:net';
import {deflateRawSync} from 'node:zlib';

import WebSocket from 'ws';

import {API_KEY, contents, eventually, openTopic, register} from './client.mjs';
import {Molvad} from '../support/node/molvad.mjs';

const tests = [];
export const compressionTests = () => tests;

// Each with a node of its own, by itself.
function test(name, body) {
  tests.push({name: `compression: ${name}`, body: async () => {
    const node = new Molvad();
    try {
      await node.start(['websocket.compression=true']);
      await body(node);
    } finally {
      await node.stop();
      node.cleanUp();
    }
  }});
}

const urlOf = (node) => `ws://127.0.0.1:${node.httpPort}/v0/channels?apikey=${API_KEY}`;

async function openSocket(node, options) {
  const socket = new WebSocket(urlOf(node), options);
  const packets = [];
  socket.on('message', (text) => packets.push(JSON.parse(text)));
  socket.closed = new Promise((resolve) => socket.on('close', resolve));
  socket.on('error', () => {});
  await new Promise((resolve) => socket.once('open', resolve));
  return {socket, packets};
}

// A frame that says that it is deflated. The mask is zero.
function deflatedFrame(payload) {
  const head = Buffer.alloc(14);
  head[0] = 0xC1;
  head[1] = 0x80 | 127;
  head.writeBigUInt64BE(BigInt(payload.length), 2);
  return Buffer.concat([head, payload]);
}

test('the SDK chats deflated, with what is plain beside it', async (node) => {
  const ann = await register(node, 'zipann');
  const bob = await register(node, 'zipbob');
  const atAnns = await openTopic(ann, bob.getCurrentUserID());
  const atBobs = await openTopic(bob, ann.getCurrentUserID());
  const texts = ['x', 'long '.repeat(20_000), randomBytes(40_000).toString('base64'), '✓'.repeat(5_000), 'y'];
  for (const text of texts) await atAnns.publish(text);
  await eventually('bob has all', () => contents(atBobs).length === texts.length);
  assert.deepEqual(contents(atBobs), texts);
  for (const client of [ann, bob]) client.disconnect();
});

test('what is agreed on is in the handshake, and few bytes travel', async (node) => {
  const deflated = await openSocket(node);
  assert.match(deflated.socket.extensions, /permessage-deflate/);
  const plain = await openSocket(node, {perMessageDeflate: false});
  assert.equal(plain.socket.extensions, '');
  for (const one of [plain, deflated]) {
    const before = one.socket._socket.bytesRead;
    one.socket.send(JSON.stringify({hi: {id: '1', ver: '0.25', ua: 'z'.repeat(3_000)}}));
    await eventually('hi is answered', () => one.packets.length === 1);
    assert.equal(one.packets[0].ctrl.code, 201);
    one.bytes = one.socket._socket.bytesRead - before;
    one.socket.close();
  }
  assert.ok(deflated.bytes < plain.bytes, `${deflated.bytes} of ${plain.bytes} bytes`);
});

test('a bomb closes its connection alone, and takes no memory', async (node) => {
  const peak = () => Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${node.process.pid}/status`))[1]);
  const ann = await register(node, 'bombann');
  const before = peak();
  const bomb = deflateRawSync(Buffer.alloc(120_000_000, 0x20));
  assert.ok(bomb.length < 130_000);
  for (let i = 0; i < 20; ++i) {
    const {socket} = await openSocket(node);
    socket._socket.write(deflatedFrame(bomb));
    assert.equal(await socket.closed, 1009);
  }
  assert.ok(peak() - before < 64 * 1024, `memory rose by ${peak() - before} KiB`);
  const {socket} = await openSocket(node);
  socket._socket.write(deflatedFrame(Buffer.alloc(70_000, 0xFF)));
  assert.equal(await socket.closed, 1007);
  assert.equal((await ann.getMeta('me', {what: 'desc'})).desc.public.fn, 'bombann');
  ann.disconnect();
});

test('who has not agreed may not deflate', async (node) => {
  const {socket} = await openSocket(node, {perMessageDeflate: false});
  socket._socket.write(deflatedFrame(deflateRawSync('{"hi":{"id":"1","ver":"0.25"}}')));
  assert.equal(await socket.closed, 1002);
  const tcp = connectTcp(node.httpPort, '127.0.0.1');
  tcp.write('GET /v0/channels HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n' +
      `X-Tinode-APIKey: ${API_KEY}\r\n` +
      'Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=8\r\n\r\n');
  const head = await new Promise((resolve) => tcp.once('data', resolve));
  assert.match(head.toString(), /^HTTP\/1\.1 101 /);
  assert.doesNotMatch(head.toString(), /Extensions/i);
  tcp.destroy();
});
