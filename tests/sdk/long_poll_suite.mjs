// The SDK where there is no WebSocket: its transport 'lp'.
import assert from 'node:assert/strict';

import {API_KEY, connect, contents, eventually, openMe, openTopic, register} from './client.mjs';
import {Molvad} from '../support/node/molvad.mjs';

const tests = [];
export const longPollTests = () => tests;
const test = (name, body) => tests.push({name: `long poll: ${name}`, body});

test('hi, an account, a second login, a login by token', async (node) => {
  const ann = await register(node, 'lpann', 'lp');
  assert.equal(ann.getServerInfo().ver, '0.25');
  const id = ann.getCurrentUserID();
  const second = await connect(node, 'lpann', 'lp');
  await assert.rejects(second.loginBasic('lpann', 'wrong'), /authentication failed/);
  await second.loginBasic('lpann', 'lpann-password');
  assert.equal(second.getCurrentUserID(), id);
  const third = await connect(node, 'lpann', 'lp');
  await third.loginToken(ann.getAuthToken().token);
  assert.equal(third.getCurrentUserID(), id);
  for (const client of [ann, second, third]) client.disconnect();
});

test('one who polls chats with one on WebSocket, with receipts and presence', async (node) => {
  const ann = await register(node, 'lpchatann', 'lp');
  const bob = await register(node, 'lpchatbob', 'ws');
  const annsMe = await openMe(ann);
  const news = [];
  annsMe.onPres = (pres) => news.push(`${pres.what} ${pres.src}`);
  const atAnns = await openTopic(ann, bob.getCurrentUserID());
  await openMe(bob);
  await eventually('ann sees bob come online', () => news.includes(`on ${bob.getCurrentUserID()}`));
  const atBobs = await openTopic(bob, ann.getCurrentUserID());
  const infos = [];
  atAnns.onInfo = (info) => infos.push(`${info.what} ${info.seq ?? ''}`.trim());
  for (let i = 1; i <= 5; ++i) assert.equal((await atAnns.publish(`hello ${i}`)).params.seq, i);
  await eventually('bob reads it', () => contents(atBobs).length === 5);
  await atBobs.publish('hi');
  await eventually('ann reads the answer', () => contents(atAnns).includes('hi'));
  atBobs.noteRead(6);
  await eventually('ann sees that bob has read', () => infos.includes('read 6'));
  atBobs.noteKeyPress();
  await eventually('ann sees bob typing', () => infos.includes('kp'));
  for (const client of [ann, bob]) client.disconnect();
});

test('a page of history comes one packet a poll, in order', async (node) => {
  const ann = await register(node, 'lphist', 'ws');
  const atAnns = ann.getTopic(ann.newGroupTopicName());
  await atAnns.subscribe();
  for (let i = 1; i <= 24; ++i) await atAnns.publish(`message ${i}`);
  const again = await connect(node, 'lphist', 'lp');
  await again.loginBasic('lphist', 'lphist-password');
  const topic = await openTopic(again, atAnns.name);
  await eventually('the page is there', () => topic.messageCount() === 24);
  assert.deepEqual(contents(topic).slice(0, 2), ['message 1', 'message 2']);
  for (const client of [ann, again]) client.disconnect();
});

test('the network probe is answered', async (node) => {
  const client = await connect(node, 'lpprobe', 'lp');
  const answered = new Promise((resolve) => { client.onNetworkProbe = resolve; });
  client.networkProbe();
  await answered;
  client.disconnect();
});

test('after a restart of the server the client starts over', async (node) => {
  const ann = await register(node, 'lpre', 'lp');
  const token = ann.getAuthToken().token;
  const words = [];
  ann.onCtrlMessage = (ctrl) => words.push(ctrl.text);
  const lost = new Promise((resolve) => { ann.onDisconnect = resolve; });
  // Only who polls hears the last word: a stopping node takes no new connections.
  await new Promise((resolve) => setTimeout(resolve, 300));
  await node.stop();
  await lost;
  assert.equal(words[0], 'server shutdown');
  await node.start();
  // With 'lp' it takes its former poller for a living one and reconnects only if forced to.
  ann.reconnect(true);
  await eventually('hi is answered', () => ann.getServerInfo()?.ver === '0.25');
  await ann.loginToken(token);
  await openMe(ann);
  ann.disconnect();
});

// One client whose polling stops when the test says so.
async function openByHand(node, login) {
  const base = `http://127.0.0.1:${node.httpPort}/v0/channels/lp?apikey=${API_KEY}`;
  const post = async (url, body) => {
    const response = await fetch(url, {method: 'POST', body});
    return {status: response.status, text: await response.text()};
  };
  const opened = await post(base);
  assert.equal(opened.status, 201);
  const url = `${base}&sid=${JSON.parse(opened.text).ctrl.params.sid}`;
  const ask = async (packet) => {
    assert.deepEqual(await post(url, JSON.stringify(packet)), {status: 200, text: ''});
    return JSON.parse((await post(url)).text);
  };
  assert.equal((await ask({hi: {id: '1', ver: '0.25'}})).ctrl.code, 200);
  const secret = Buffer.from(`${login}:${login}-password`).toString('base64');
  assert.equal((await ask({login: {id: '2', scheme: 'basic', secret}})).ctrl.code, 200);
  return {url, post, ask};
}

test('who stops polling is offline some time later, and his sid is void', async () => {
  const node = new Molvad();
  try {
    await node.start(['long_poll.idle=1s', 'long_poll.wait=500ms']);
    const bob = await register(node, 'lpbob', 'ws');
    const ann = await register(node, 'lpgone', 'ws');
    const annsId = ann.getCurrentUserID();
    const me = await openMe(bob);
    const news = [];
    me.onPres = (pres) => news.push(`${pres.what} ${pres.src}`);
    await openTopic(bob, annsId);
    ann.disconnect();
    const hand = await openByHand(node, 'lpgone');
    await hand.ask({sub: {id: '3', topic: 'me'}});
    await eventually('ann is online', () => news.includes(`on ${annsId}`));
    await eventually('ann is offline', () => news.includes(`off ${annsId}`));
    const refused = await hand.post(hand.url);
    assert.equal(refused.status, 403);
    assert.equal(JSON.parse(refused.text).ctrl.text, 'invalid or expired session');
    bob.disconnect();
  } finally {
    await node.stop();
    node.cleanUp();
  }
});
