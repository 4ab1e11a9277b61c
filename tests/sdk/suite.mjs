// What the apps do, done by the SDK they are made of.
import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {join} from 'node:path';
import {promisify} from 'node:util';

import {connect, contents, Drafty, eventually, openMe, openTopic, register, Tinode}
  from './client.mjs';

const run = promisify(execFile);
const tests = [];
export const allTests = () => tests;
const test = (name, body) => tests.push({name, body});

test('hi tells what the server can', async (node) => {
  const client = await connect(node, 'limits');
  assert.equal(client.getServerInfo().ver, '0.25');
  assert.ok(client.getServerParam('maxMessageSize', 0) > 0);
  assert.equal(client.getServerParam('maxTagCount', 0), 16);
  client.disconnect();
});

test('an account is made, is taken, and logs in by password and by token', async (node) => {
  const client = await register(node, 'ann');
  const id = client.getCurrentUserID();
  assert.match(id, /^usr[-_A-Za-z0-9]{11}$/);
  const token = client.getAuthToken();
  assert.ok(token.expires > new Date());
  client.disconnect();

  const second = await connect(node, 'ann');
  await assert.rejects(second.createAccountBasic('ann', 'other-password', {}), /duplicate/);
  await assert.rejects(second.loginBasic('ann', 'wrong'), /authentication failed/);
  await second.loginBasic('ann', 'ann-password');
  assert.equal(second.getCurrentUserID(), id);
  second.disconnect();

  const third = await connect(node, 'ann');
  await third.loginToken(token.token);
  assert.equal(third.getCurrentUserID(), id);
  await assert.rejects(third.loginToken('AAAA'), /already authenticated/);
  third.disconnect();

  const fourth = await connect(node, 'ann');
  await assert.rejects(fourth.loginToken(`${'A'.repeat(67)}=`), /authentication failed/);
  fourth.disconnect();
});

test('me shows the own card and keeps changes', async (node) => {
  const client = await register(node, 'card');
  const me = await openMe(client);
  await eventually('the card arrives', () => me.public?.fn === 'card');
  assert.equal(me.getDefaultAccess().auth, 'JRWPAS');
  await me.setMeta({desc: {public: {fn: 'New name', note: 'hello'}, private: {comment: 'mine'}}});
  await me.setMeta({desc: {public: {note: Tinode.DEL_CHAR}}});
  client.disconnect();
  const again = await connect(node, 'card');
  await again.loginBasic('card', 'card-password');
  const fresh = await openMe(again);
  await eventually('the card arrives', () => fresh.public);
  assert.deepEqual(fresh.public, {fn: 'New name'});
  assert.deepEqual(fresh.private, {comment: 'mine'});
  again.disconnect();
});

test('people are found by id and by login name', async (node) => {
  const ann = await register(node, 'findann');
  const bob = await register(node, 'findbob');
  const meta = await ann.getMeta(bob.getCurrentUserID(), {what: 'desc'});
  assert.equal(meta.desc.public.fn, 'findbob');
  await assert.rejects(ann.getMeta('usrAAAAAAAAAAE', {what: 'desc'}), /not found/);

  const fnd = ann.getFndTopic();
  await fnd.subscribe();
  await fnd.setMeta({desc: {public: 'basic:findbob'}});
  await fnd.getMeta(fnd.startMetaQuery().withSub().build());
  const hits = await eventually('bob is found', () => {
    const found = [];
    fnd.contacts((contact) => found.push(contact.topic ?? contact.user));
    return found.length > 0 ? found : null;
  });
  assert.deepEqual(hits, [bob.getCurrentUserID()]);
  ann.disconnect();
  bob.disconnect();
});

test('two people chat both ways, with receipts, typing and presence', async (node) => {
  const ann = await register(node, 'chatann');
  const bob = await register(node, 'chatbob');
  const bobsMe = await openMe(bob);
  const news = [];
  bobsMe.onPres = (pres) => news.push(`${pres.what} ${pres.src}`);
  const atAnns = await openTopic(ann, bob.getCurrentUserID());
  await eventually('bob hears of the first contact',
                   () => news.includes(`acs ${ann.getCurrentUserID()}`));
  await openMe(ann);
  await eventually('bob sees ann come online', () => news.includes(`on ${ann.getCurrentUserID()}`));
  await eventually('ann sees bob online',
                   () => ann.getMeTopic().getContact(bob.getCurrentUserID())?.online);

  const atBobs = await openTopic(bob, ann.getCurrentUserID());
  await eventually("ann's card arrives", () => atBobs.public?.fn === 'chatann');
  const infos = [];
  atAnns.onInfo = (info) => infos.push(`${info.what} ${info.seq ?? ''}`.trim());

  const accepted = await atAnns.publish('hello');
  assert.equal(accepted.code, 202);
  assert.equal(accepted.params.seq, 1);
  await eventually('bob reads hello', () => contents(atBobs).includes('hello'));
  const draft = atBobs.createMessage(Drafty.parse('*hi* there'), false);
  await atBobs.publishDraft(draft);
  const reply = await eventually('ann reads the reply', () => atAnns.findMessage(2));
  assert.equal(Drafty.toPlainText(reply.content), 'hi there');
  assert.equal(reply.head.mime, 'text/x-drafty');

  atBobs.noteRead(2);
  await eventually('ann sees that bob has read', () => infos.includes('read 2'));
  assert.equal(atAnns.msgReadCount(1), 1);
  atBobs.noteKeyPress();
  await eventually('ann sees bob typing', () => infos.includes('kp'));

  ann.disconnect();
  await eventually('bob sees ann go offline some seconds later',
                   () => news.includes(`off ${ann.getCurrentUserID()}`));
  bob.disconnect();
});

test('three people in a group: invite, chat, leave, come back, be removed', async (node) => {
  const ann = await register(node, 'grpann');
  const bob = await register(node, 'grpbob');
  const cid = await register(node, 'grpcid');
  const bobsMe = await openMe(bob);
  const news = [];
  bobsMe.onPres = (pres) => news.push(`${pres.what} ${pres.src}`);

  const atAnns = ann.getTopic(ann.newGroupTopicName());
  await atAnns.subscribe(atAnns.startMetaQuery().withLaterDesc().withLaterSub().withTags().build(), {
    desc: {public: {fn: 'The group'}, private: {comment: 'ours'}},
    tags: ['sdkgroup'],
  });
  const name = atAnns.name;
  assert.match(name, /^grp/);
  assert.equal(atAnns.getAccessMode().getMode(), 'JRWPASDO');
  await atAnns.invite(bob.getCurrentUserID());
  await eventually('bob hears of the invitation', () => news.includes(`acs ${name}`));
  const atBobs = await openTopic(bob, name);
  await eventually("the group's card arrives", () => atBobs.public?.fn === 'The group');
  const atCids = await openTopic(cid, name);

  await atCids.publish('from cid');
  for (const topic of [atAnns, atBobs, atCids]) {
    await eventually('all three read it', () => contents(topic).includes('from cid'));
  }
  const online = [];
  atAnns.onPres = (pres) => online.push(`${pres.what} ${pres.src}`);
  await atCids.leave(false);
  await eventually('ann sees cid leave', () => online.includes(`off ${cid.getCurrentUserID()}`));
  await atAnns.publish('while cid was away');
  const rejoined = await openTopic(cid, name);
  await eventually('cid catches up', () => contents(rejoined).includes('while cid was away'));

  await atBobs.leave(true);
  await eventually('bob is out', () => news.includes(`gone ${name}`) || !bob.isTopicCached(name));
  await atAnns.delSubscription(cid.getCurrentUserID());
  await eventually('cid is out', () => !rejoined.isSubscribed());
  await assert.rejects(rejoined.publish('too late'), () => true);
  for (const client of [ann, bob, cid]) client.disconnect();
});

test('a channel has readers who see no author and members who write', async (node) => {
  const ann = await register(node, 'chnann');
  const bob = await register(node, 'chnbob');
  const bobsMe = await openMe(bob);
  const atAnns = ann.getTopic(ann.newGroupTopicName(true));
  await atAnns.subscribe(atAnns.startMetaQuery().withLaterDesc().withLaterSub().withTags().build(), {
    desc: {public: {fn: 'The channel'}},
    tags: ['sdkchannel'],
  });
  assert.match(atAnns.name, /^grp/);
  await eventually('it is a channel', () => atAnns.isChannelType() || atAnns.chan);
  await atAnns.publish('before');

  const fnd = bob.getFndTopic();
  await fnd.subscribe(fnd.startMetaQuery().withSub().build());
  await fnd.setMeta({desc: {public: 'sdkchannel'}});
  await fnd.getMeta(fnd.startMetaQuery().withSub().build());
  const found = [];
  await eventually('the search finds it', () => {
    fnd.contacts((contact) => found.push(contact.topic ?? contact.name));
    return found.length > 0;
  });
  const name = found[0];
  assert.equal(name, atAnns.name.replace(/^grp/, 'chn'));

  const atBobs = await openTopic(bob, name);
  assert.equal(atBobs.name, name);
  assert.equal(atBobs.getAccessMode().getMode(), 'JRP');
  await eventually('the history is there', () => contents(atBobs).includes('before'));
  await atAnns.publish('after');
  await eventually('what is said arrives', () => contents(atBobs).includes('after'));
  atBobs.messages((message) => assert.equal(message.from, undefined));
  atBobs.noteRead(2);
  await eventually('it is among the contacts', () => bobsMe.getContact(name)?.seq === 2);

  await atAnns.invite(bob.getCurrentUserID());
  await eventually('a member is no reader', () => !atBobs.isSubscribed());
  await assert.rejects(bob.getTopic(name).subscribe().then((ctrl) => {
    if (ctrl.code === 303) throw new Error(ctrl.params.topic);
  }), new RegExp(atAnns.name));
  const asMember = await openTopic(bob, atAnns.name);
  await asMember.publish('from a member');
  await eventually('the owner reads it', () => contents(atAnns).includes('from a member'));
  for (const client of [ann, bob]) client.disconnect();
});

test('anybody reports to the administrators', async (node) => {
  const ann = await register(node, 'repann');
  const ctrl = await ann.report('spam', 'usrAAAAAAAAAAE');
  assert.equal(ctrl.code, 202);
  assert.ok(ctrl.params.seq > 0);
  await assert.rejects(ann.subscribe('sys'), /permission denied/);
  ann.disconnect();
});

test('history pages backwards, edits and deletions are seen', async (node) => {
  const ann = await register(node, 'histann');
  const atAnns = ann.getTopic(ann.newGroupTopicName());
  await atAnns.subscribe(undefined, {desc: {public: {fn: 'History'}}});
  for (let i = 1; i <= 60; ++i) await atAnns.publish(`message ${i}`, true);
  const name = atAnns.name;

  const again = await connect(node, 'histann');
  await again.loginBasic('histann', 'histann-password');
  const fresh = await openTopic(again, name);
  await eventually('the newest page', () => fresh.messageCount() === 24);
  assert.equal(fresh.minMsgSeq(), 37);
  await fresh.getMeta(fresh.startMetaQuery().withEarlierData(24).build());
  await eventually('the page before', () => fresh.messageCount() === 48);
  await fresh.getMeta(fresh.startMetaQuery().withEarlierData(24).build());
  await eventually('the rest', () => fresh.messageCount() === 60);
  assert.deepEqual(contents(fresh).slice(0, 2), ['message 1', 'message 2']);

  const edit = fresh.createMessage('message 60, better', false);
  edit.head = {replace: ':60'};
  await again.publishMessage(edit);
  await eventually('the edit is a version of the original', () => {
    let versions = 0;
    fresh.messageVersions(60, () => ++versions);
    return versions === 1;
  });
  const removed = await fresh.delMessagesList([1, 2, 3], true);
  assert.equal(removed.params.del, 1);
  const third = await connect(node, 'histann');
  await third.loginBasic('histann', 'histann-password');
  const after = third.getTopic(name);
  await after.subscribe(after.startMetaQuery().withDataRanges([{low: 1, hi: 6}], 24).withDel(1, 24).build());
  await eventually('only what is left', () => after.maxClearId() === 1);
  assert.deepEqual(contents(after), ['message 4', 'message 5']);
  for (const client of [ann, again, third]) client.disconnect();
});

test('a second device stays in step', async (node) => {
  const phone = await register(node, 'devann');
  const laptop = await connect(node, 'devann');
  await laptop.loginBasic('devann', 'devann-password');
  const bob = await register(node, 'devbob');
  const atPhone = await openTopic(phone, bob.getCurrentUserID());
  const atLaptop = await openTopic(laptop, bob.getCurrentUserID());
  await atPhone.publish('from the phone');
  await eventually('the laptop shows it', () => contents(atLaptop).includes('from the phone'));
  const laptopsMe = await openMe(laptop);
  await atLaptop.leave(false);
  const news = [];
  laptopsMe.onPres = (pres) => news.push(`${pres.what} ${pres.seq ?? ''}`);
  const atBobs = await openTopic(bob, phone.getCurrentUserID());
  await atBobs.publish('to both');
  await eventually('the laptop hears of it', () => news.includes('msg 2'));
  atPhone.noteRead(2);
  await eventually('and that it was read on the phone', () => news.includes('read 2'));
  for (const client of [phone, laptop, bob]) client.disconnect();
});

test('after a restart of the server the client reconnects and finds everything', async (node) => {
  const ann = await register(node, 'reann');
  const bob = await register(node, 'rebob');
  const token = ann.getAuthToken().token;
  const atAnns = await openTopic(ann, bob.getCurrentUserID());
  await atAnns.publish('before');
  const lost = new Promise((resolve) => { ann.onDisconnect = resolve; });
  await node.stop();
  await lost;
  await node.start();
  await eventually('the SDK is connected again', () => ann.isConnected());
  await eventually('hi was said', () => ann.getServerInfo()?.ver === '0.25');
  await ann.loginToken(token);
  const again = await openTopic(ann, bob.getCurrentUserID());
  await again.publish('after');
  const late = await connect(node, 'rebob');
  await late.loginBasic('rebob', 'rebob-password');
  const atBobs = await openTopic(late, ann.getCurrentUserID());
  await eventually('bob has both', () => contents(atBobs).length === 2);
  assert.deepEqual(contents(atBobs), ['before', 'after']);
  for (const client of [ann, bob, late]) client.disconnect();
});

test('one on gRPC talks to one on WebSocket', async (node) => {
  const ann = await register(node, 'webann');
  const cli = join(node.bin, 'molva');
  const home = join(node.data, 'cli-home');
  const options = {
    env: {...process.env, XDG_CONFIG_HOME: home, MOLVA_SERVER: `127.0.0.1:${node.grpcPort}`},
    timeout: 30_000,
  };
  const molva = async (args, input) => {
    const child = run(cli, args, options);
    child.child.stdin.end(input ?? '');
    return (await child).stdout;
  };
  await molva(['register', 'grpcbob'], 'grpcbob-password\n');
  await molva(['send', 'webann', 'over gRPC']);
  const me = await openMe(ann);
  const bobsId = await eventually('ann has a contact', () => {
    let id = null;
    me.contacts((contact) => { id = contact.topic ?? contact.name; });
    return id;
  });
  const atAnns = await openTopic(ann, bobsId);
  await eventually('ann reads it', () => contents(atAnns).includes('over gRPC'));
  await atAnns.publish('over WebSocket');
  const history = await molva(['--json', 'history', 'webann']);
  assert.ok(history.includes('over WebSocket'), history);
  ann.disconnect();
});

test('the network probe is answered', async (node) => {
  const client = await connect(node, 'probe');
  const answered = new Promise((resolve) => { client.onNetworkProbe = resolve; });
  client.networkProbe();
  await answered;
  client.disconnect();
});
