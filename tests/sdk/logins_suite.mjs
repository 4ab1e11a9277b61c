// Logins: where one is logged in, logging out there; a service or a letter that proves who it is; who floods.
import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {createHmac} from 'node:crypto';
import {createInterface} from 'node:readline';
import {fileURLToPath} from 'node:url';

import {connect, eventually, openMe, register, Tinode} from './client.mjs';
import {Molvad} from '../support/node/molvad.mjs';
import {PostBox} from '../support/node/post_box.mjs';

const tests = [];
export const loginTests = () => tests;
const test = (name, body) => tests.push({name: `logins: ${name}`, body});

const base64 = (text) => Buffer.from(text).toString('base64');
const SERVICE = fileURLToPath(new URL('../support/rest_service.py', import.meta.url));

// What the SDK has no method for; resolves with the ctrl, whatever its code.
let lastId = 0;
const answers = new Map();
function ask(client, kind, body) {
  const id = `molva-${++lastId}`;
  client.onCtrlMessage = (ctrl) => {
    answers.get(ctrl.id)?.(ctrl);
    answers.delete(ctrl.id);
  };
  return new Promise((resolve) => {
    answers.set(id, resolve);
    client._connection.sendText(JSON.stringify({[kind]: {id, ...body}}));
  });
}

test('whoever is logged out elsewhere gets 401 for his token and logs in anew', async (node) => {
  const phone = await register(node, 'logann');
  const {token} = phone.getAuthToken();
  const web = await connect(node, 'logann');
  await web.loginBasic('logann', 'logann-password');
  const listed = await ask(web, 'get', {topic: 'me', what: 'sessions'});
  assert.equal(listed.params.sessions.length, 2);
  assert.deepEqual(listed.params.sessions.filter((one) => one.current).length, 1);
  const lost = new Promise((resolve) => { phone.onDisconnect = resolve; });
  const ended = await ask(web, 'del', {topic: 'me', what: 'session', cred: {meth: 'others'}});
  assert.equal(ended.params.count, 1);
  await lost;
  phone.disconnect();
  const again = await connect(node, 'logann');
  await assert.rejects(again.loginToken(token), {code: 401});
  await again.loginBasic('logann', 'logann-password');
  await web.getMeta('me', {what: 'desc'});
  for (const client of [web, again]) client.disconnect();
});

test('a flood is answered 429 and the time to wait, and nothing of it is stored', async () => {
  const node = new Molvad();
  try {
    await node.start(['limits.user_messages=1']);
    const ann = await register(node, 'flood');
    await openMe(ann);
    const made = await ask(ann, 'sub', {topic: 'new'});
    const began = Date.now();
    const ctrls = await Promise.all(Array.from({length: 400}, (_, i) =>
        ask(ann, 'pub', {topic: made.topic, noecho: true, content: i})));
    const seconds = (Date.now() - began) / 1000;
    const taken = ctrls.filter((one) => one.code === 202);
    const refused = ctrls.filter((one) => one.code === 429);
    assert.equal(taken.length + refused.length, 400);
    assert.ok(taken.length >= 10 && taken.length <= 11 + seconds, `${taken.length} in ${seconds} s`);
    assert.ok(refused.length === 0 || refused.every((one) => one.params.retryAfter >= 1));
    assert.equal(Math.max(...taken.map((one) => one.params.seq)), taken.length);
    const metrics = await (await fetch(`http://127.0.0.1:${node.httpPort}/metrics`)).text();
    const counted = /molva_requests_refused_total\{by="user"\} (\d+)/.exec(metrics);
    assert.equal(Number(counted?.[1]), refused.length);
    ann.disconnect();
  } finally {
    await node.stop();
    node.cleanUp();
  }
});

// What an authenticator with 20 zero bytes shows now (RFC 6238).
function codeNow() {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const mac = createHmac('sha1', Buffer.alloc(20)).update(counter).digest();
  const at = mac[19] & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

test('who has an authenticator is not let in by the password, and is by a code', async () => {
  const node = new Molvad();
  try {
    await node.start(['auth.schemes=basic,token,totp']);
    const ann = await register(node, 'totpann');
    const id = ann.getCurrentUserID();
    const secret = base64(`on:${'A'.repeat(32)}:${codeNow()}`);
    const begun = await ann.account(id, 'totp', secret, false);
    assert.equal(begun.params.codes.length, 10);
    await openMe(ann);
    const web = await connect(node, 'totpann');
    const asked = await web.loginBasic('totpann', 'totpann-password');
    assert.equal(asked.code, 300);
    assert.equal(asked.text, 'challenge');
    assert.equal(asked.params.user, undefined);
    assert.equal(asked.params.token, undefined);
    assert.ok(!web.isAuthenticated());
    await assert.rejects(openMe(web), {code: 401});
    const answer = (code) => Buffer.concat(
        [Buffer.from(`${code}:`), Buffer.from(asked.params.challenge, 'base64')]).toString('base64');
    await assert.rejects(web.login(asked.params.scheme, answer('no')), {code: 401});
    const proof = {scheme: 'basic', secret: base64('totpann:totpann-password')};
    const sly = await connect(node, 'totpann');
    const refused = await sly.account('', 'basic', base64(':stolen-word'), false, proof);
    assert.equal(refused.code, 300);
    await web.login(asked.params.scheme, answer(begun.params.codes[0]));
    assert.equal(web.getCurrentUserID(), id);
    await openMe(web);
    for (const client of [ann, web, sly]) client.disconnect();
  } finally {
    await node.stop();
    node.cleanUp();
  }
});

// A service that knows these people, and a node that asks it.
async function startWithService(settings, ...people) {
  const service = spawn('python3', [SERVICE, ...people], {stdio: ['pipe', 'pipe', 'inherit']});
  const asked = [];
  const port = await new Promise((resolve) => {
    createInterface({input: service.stdout}).on('line', (line) => {
      /^\d+$/.test(line) ? resolve(Number(line)) : asked.push(JSON.parse(line));
    });
  });
  const node = new Molvad();
  node.config = '[plugin.auth_rest]\nallow_new_accounts = true\ntimeout_seconds = 1\n' +
      `url = "http://127.0.0.1:${port}/auth/"\n${settings}`;
  await node.start(['auth.schemes=rest,token']);
  const stop = async () => {
    service.kill();
    await node.stop();
    node.cleanUp();
  };
  return {node, asked, service, stop};
}

test('a service judges logins, makes accounts and hears of new secrets', async () => {
  const {node, asked, service, stop} = await startWithService(
      'separate_endpoints = true\n', 'ann:first', 'unlinked:secret');
  try {
    const ann = await connect(node, 'restann');
    await assert.rejects(ann.login('rest', base64('ann:wrong')), {code: 401});
    await ann.login('rest', base64('ann:first'));
    const id = ann.getCurrentUserID();
    const me = await openMe(ann);
    await eventually('the card is there', () => me.public?.fn === 'Ann');
    assert.equal(me.private.n, 1);
    assert.ok(me.tags().includes('team:red'));
    assert.deepEqual(asked.slice(-2).map((one) => one.path), ['/auth/auth', '/auth/link']);
    assert.equal(asked.at(-1).name, 'rest');

    const again = await connect(node, 'restann');
    await again.login('rest', base64('ann:first'));
    assert.equal(again.getCurrentUserID(), id);
    await assert.rejects(again.updateAccountBasic(id, 'x', 'y'), {code: 400});
    const short = again.account(id, 'rest', base64('ann:xy'), false);
    await assert.rejects(short, {code: 422});
    assert.equal((await again.account(id, 'rest', base64('ann:second'), false)).code, 200);
    const third = await connect(node, 'restann');
    await assert.rejects(third.login('rest', base64('ann:first')), {code: 401});
    await third.login('rest', base64('ann:second'));
    assert.equal(third.getCurrentUserID(), id);

    const other = await connect(node, 'restother');
    await assert.rejects(other.login('rest', base64('unlinked:secret')), {code: 409});
    for (const secret of ['broken:', 'long:', 'away:']) {
      await assert.rejects(other.login('rest', base64(secret)), {code: 500});
    }
    await assert.rejects(other.login('rest', base64('slow:')), {code: 503});
    assert.ok(asked.every((one) => one.path.startsWith('/auth/')));
    service.kill();
    await new Promise((resolve) => { service.once('exit', resolve); });
    await assert.rejects(other.login('rest', base64('ann:second')), {code: 503});
    await other.loginToken(ann.getAuthToken().token);  // needs no service
    assert.equal(other.getCurrentUserID(), id);
    for (const client of [ann, again, third, other]) client.disconnect();
  } finally {
    await stop();
  }
});

test('a service hears of accounts that are made and end here, and has tags of its own', async () => {
  const {node, asked, stop} = await startWithService('reserves_tags = true\n', 'ann:first');
  try {
    assert.deepEqual(asked.map((one) => one.endpoint), ['rtagns']);
    const bob = await connect(node, 'restbob');
    await assert.rejects(bob.createAccount('rest', base64('ann:second'), true), {code: 409});
    await assert.rejects(bob.createAccount('rest', base64('refused:x'), true), {code: 422});
    const tagged = {tags: ['team:red']};
    await assert.rejects(bob.createAccount('rest', base64('bob:secret'), true, tagged), {code: 403});
    assert.ok(!asked.some((one) => one.endpoint === 'del'));  // it has not heard of him
    await bob.createAccount('rest', base64('bob:secret'), true);
    assert.deepEqual(asked.slice(-2).map((one) => one.endpoint), ['checkunique', 'add']);
    const me = await openMe(bob);
    await eventually('the tag is there', () => me.tags()?.includes('team:blue'));
    const again = await connect(node, 'restbob');
    await again.login('rest', base64('bob:secret'));
    assert.equal(again.getCurrentUserID(), bob.getCurrentUserID());

    const staying = await connect(node, 'reststaying');
    await staying.createAccount('rest', base64('staying:secret'), true);
    await assert.rejects(staying.delCurrentUser(true), {code: 405});
    await again.delCurrentUser(true);
    assert.equal(asked.at(-1).endpoint, 'del');
    const gone = await connect(node, 'restgone');
    await assert.rejects(gone.login('rest', base64('bob:secret')), {code: 401});
    for (const client of [bob, again, staying, gone]) client.disconnect();
  } finally {
    await stop();
  }
});

test('an address is confirmed by a letter, and helps who forgot his password', async () => {
  const node = new Molvad();
  const post = await PostBox.open();
  const letterTo = (address) => eventually(`a letter to ${address}`, () => post.take(address));
  try {
    node.config = post.config;
    await node.start(['validation.methods=email', 'validation.required=email:auth',
                      'validation.add_to_tags=email']);
    const ann = await connect(node, 'mailann');
    assert.deepEqual(ann.getServerParam('reqCred', {}), {auth: ['email']});
    const made = await ann.createAccountBasic('mailann', 'password', {
      public: {fn: 'Ann'}, cred: Tinode.credential('email', 'ann@example.com'),
    });
    assert.equal(made.code, 300);
    assert.ok(!ann.isAuthenticated());
    const {code} = await letterTo('ann@example.com');
    await ann.loginBasic('mailann', 'password', Tinode.credential({meth: 'email', resp: code}));
    assert.ok(ann.isAuthenticated());
    const id = ann.getCurrentUserID();
    const {token} = ann.getAuthToken();
    const me = await openMe(ann);
    await eventually('the address is there', () => me.getCredentials()[0]?.done);

    const forgot = await connect(node, 'mailann');
    await forgot.requestResetAuthSecret('basic', 'email', 'nobody@example.com');
    await forgot.requestResetAuthSecret('basic', 'email', 'ann@example.com');
    const reset = await letterTo('ann@example.com');
    const changed = await forgot.account('', 'basic', base64(':remembered'), false,
                                         {scheme: 'code', secret: reset.reset_secret});
    assert.equal(changed.code, 200);
    await assert.rejects(forgot.loginBasic('mailann', 'password'), {code: 401});
    await forgot.loginBasic('mailann', 'remembered');
    assert.equal(forgot.getCurrentUserID(), id);
    assert.equal(post.take('nobody@example.com'), null);
    // A new password ends no login; its owner does, if he likes.
    const phone = await connect(node, 'mailann');
    await phone.loginToken(token);
    const ended = await ask(forgot, 'del', {topic: 'me', what: 'session', cred: {meth: 'others'}});
    assert.equal(ended.params.count, 2);  // that of the 300 and the one after the letter
    const again = await connect(node, 'mailann');
    await assert.rejects(again.loginToken(token), {code: 401});
    for (const client of [ann, forgot, phone, again]) client.disconnect();
  } finally {
    await node.stop();
    node.cleanUp();
    post.close();
  }
});
