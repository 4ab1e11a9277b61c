// What people do in topics besides talking: rights, drafts, replies, forwards, pins, deletions, pushes.
import assert from 'node:assert/strict';

import {connect, contents, Drafty, eventually, openMe, openTopic, register} from './client.mjs';

const tests = [];
export const topicTests = () => tests;
const test = (name, body) => tests.push({name: `topics: ${name}`, body});

// A group of `owner`, known to both.
async function makeGroup(owner, ...others) {
  const group = owner.getTopic(owner.newGroupTopicName());
  await group.subscribe(undefined, {desc: {public: {fn: 'Group'}}});
  const opened = [];
  for (const other of others) {
    await group.invite(other.getCurrentUserID());
    opened.push(await openTopic(other, group.name));
  }
  await group.getMeta(group.startMetaQuery().withLaterSub().withDesc().build());
  return [group, ...opened];
}

test('rights are given, taken and given up', async (node) => {
  const ann = await register(node, 'modeann');
  const bob = await register(node, 'modebob');
  const [atAnns, atBobs] = await makeGroup(ann, bob);
  const bobsId = bob.getCurrentUserID();
  await eventually('ann sees bob', () => atAnns.subscriber(bobsId)?.acs);
  await atAnns.updateMode(bobsId, '-W');
  await eventually('bob may not write', () => !atBobs.getAccessMode().isWriter());
  assert.equal((await atBobs.publish('no')), undefined);
  await atAnns.updateMode(bobsId, '+WS');
  await eventually('bob may write and invite',
                   () => atBobs.getAccessMode().isWriter() && atBobs.getAccessMode().isSharer());
  await atBobs.updateMode(null, '-P');
  assert.ok(atBobs.getAccessMode().isMuted());
  await eventually('ann sees it', () => atAnns.subscriber(bobsId).acs.isMuted());
  await atAnns.invite(bobsId, 'N');
  await eventually('bob is out', () => !atBobs.isSubscribed());
  for (const client of [ann, bob]) client.disconnect();
});

test('replies quote, forwards show whose they are, mentions name people', async (node) => {
  const ann = await register(node, 'quoteann');
  const bob = await register(node, 'quotebob');
  const [atAnns, atBobs] = await makeGroup(ann, bob);
  const annsId = ann.getCurrentUserID();
  const first = await atAnns.publishMessage(atAnns.createMessage(Drafty.parse('a *bold* thing'), false));
  assert.equal(first.params.seq, 1);
  const original = await eventually('bob has it', () => atBobs.findMessage(1));

  const quote = Drafty.quote('quoteann', annsId, Drafty.replyContent(original.content, 20));
  const reply = atBobs.createMessage(Drafty.append(quote, Drafty.parse('indeed')), false);
  reply.head = {...reply.head, reply: '1'};
  assert.equal((await atBobs.publishDraft(reply)).params.seq, 2);
  const answered = await eventually('ann has the reply', () => atAnns.findMessage(2));
  assert.equal(answered.head.reply, '1');
  assert.match(Drafty.toPlainText(answered.content), /indeed/);
  const mentions = [];
  Drafty.entities(answered.content, (data, _, type) => { if (type === 'MN') mentions.push(data.val); });
  assert.deepEqual(mentions, [annsId]);

  const elsewhere = await openTopic(bob, annsId);
  const forward = elsewhere.createMessage(
      Drafty.append(Drafty.appendLineBreak(Drafty.mention('➦ quoteann', annsId)),
                    Drafty.forwardedContent(original.content)), false);
  forward.head = {...forward.head, forwarded: `${atBobs.name}:1`};
  await elsewhere.publishDraft(forward);
  const atHers = await openTopic(ann, bob.getCurrentUserID());
  const forwarded = await eventually('ann has the forward', () => atHers.findMessage(1));
  assert.equal(forwarded.head.forwarded, `${atBobs.name}:1`);
  assert.match(Drafty.toPlainText(forwarded.content), /a \*?bold\*? thing/);
  for (const client of [ann, bob]) client.disconnect();
});

test('messages and topics are pinned, on all devices', async (node) => {
  const phone = await register(node, 'pinann');
  const laptop = await connect(node, 'pinann');
  await laptop.loginBasic('pinann', 'pinann-password');
  const [atPhone] = await makeGroup(phone);
  for (let i = 1; i <= 5; ++i) await atPhone.publish(`message ${i}`);
  const atLaptop = laptop.getTopic(atPhone.name);
  await atLaptop.subscribe(atLaptop.startMetaQuery().withAux().build());
  await atPhone.pinMessage(2, true);
  await atPhone.pinMessage(4, true);
  assert.deepEqual(atPhone.aux('pins'), [2, 4]);
  await eventually('the laptop hears of it', () => atLaptop.aux('pins')?.length === 2);
  await atLaptop.getPinnedMessages();
  await eventually('the pinned ones are there', () => contents(atLaptop).length === 2);
  assert.deepEqual(contents(atLaptop), ['message 2', 'message 4']);
  await atPhone.pinMessage(2, false);
  await eventually('one is left', () => atLaptop.aux('pins').length === 1);

  const me = await openMe(phone);
  await eventually('the contact is there', () => me.getContact(atPhone.name));
  await me.pinTopic(atPhone.name, true);
  assert.equal(me.pinnedTopicRank(atPhone.name), 1);
  const laptopsMe = await openMe(laptop);
  await eventually('the laptop has it', () => laptopsMe.pinnedTopicRank(atPhone.name) === 1);
  await me.pinTopic(atPhone.name, false);
  await atPhone.archive(true);
  assert.equal(me.isArchived(atPhone.name), true);
  await laptopsMe.getMeta(laptopsMe.startMetaQuery().withSub().build());
  await eventually('the laptop has it archived', () => laptopsMe.isArchived(atPhone.name));
  await atPhone.archive(false);
  assert.equal(me.isArchived(atPhone.name), false);
  for (const client of [phone, laptop]) client.disconnect();
});

test('messages are deleted: some, with their edits, all; then the topic', async (node) => {
  const ann = await register(node, 'delann');
  const bob = await register(node, 'delbob');
  const [atAnns, atBobs] = await makeGroup(ann, bob);
  for (let i = 1; i <= 6; ++i) await atAnns.publish(`message ${i}`);
  const edit = atAnns.createMessage('message 6, better', false);
  edit.head = {replace: ':6'};
  await ann.publishMessage(edit);
  await eventually('bob has all', () => atBobs.maxMsgSeq() === 7);
  await eventually('ann has the version', () => {
    let versions = 0;
    atAnns.messageVersions(6, () => ++versions);
    return versions === 1;
  });
  await atAnns.delMessages([{low: 1, hi: 3}], true);
  await eventually('two are gone for bob', () => contents(atBobs)[0] === 'message 3');
  await atAnns.delMessagesEdits(6, true);
  await eventually('the edited one is gone for bob', () => !contents(atBobs).some((one) => /6/.test(one)));
  assert.equal((await ann.delMessages(atAnns.name, [{low: 3}], false)).code, 200);
  await eventually('what ann deletes for herself stays with bob', () => contents(atBobs).includes('message 3'));
  await atAnns.delMessagesAll(true);
  await eventually('none is left', () => contents(atBobs).length === 0);
  const gone = [];
  const bobsMe = await openMe(bob);
  bobsMe.onPres = (pres) => gone.push(`${pres.what} ${pres.src}`);
  const name = atAnns.name;
  await atAnns.delTopic(true);
  await eventually('bob hears that it is gone', () => gone.includes(`gone ${name}`));
  for (const client of [ann, bob]) client.disconnect();
});

test('receipts and signs of life reach the others', async (node) => {
  const ann = await register(node, 'noteann');
  const bob = await register(node, 'notebob');
  const [atAnns, atBobs] = await makeGroup(ann, bob);
  for (let i = 1; i <= 3; ++i) await atAnns.publish(`message ${i}`);
  await eventually('bob has them', () => atBobs.maxMsgSeq() === 3);
  const infos = [];
  atAnns.onInfo = (info) => infos.push(`${info.what} ${info.seq ?? ''}`.trim());
  atBobs.noteRecv(1);
  await eventually('ann sees what bob received', () => infos.some((one) => one.startsWith('recv ')));
  atBobs.note('read', 2);
  await eventually('ann sees what bob read', () => infos.includes('read 2'));
  atBobs.noteRecording(true);
  await eventually('ann sees bob record sound', () => infos.includes('kpa'));
  atBobs.noteRecording(false);
  await eventually('ann sees bob record a video', () => infos.includes('kpv'));
  atBobs.leaveDelayed(false, 10);
  await eventually('bob leaves some time later', () => !atBobs.isSubscribed());
  for (const client of [ann, bob]) client.disconnect();
});

test('everything can be asked for by the name of a topic', async (node) => {
  const ann = await register(node, 'rawann');
  const bob = await register(node, 'rawbob');
  const made = await ann.subscribe('new1', undefined, {desc: {public: {fn: 'By name'}}});
  const name = made.topic;
  await ann.setMeta(name, {sub: {user: bob.getCurrentUserID()}});
  await bob.subscribe(name, {what: 'desc'});
  assert.equal((await bob.getMeta(name, {what: 'desc'})).desc.public.fn, 'By name');
  const infos = [];
  ann.onInfoMessage = (info) => infos.push(`${info.what} ${info.seq ?? ''}`.trim());
  const data = [];
  bob.onDataMessage = (message) => data.push(message.content);
  assert.equal((await ann.publish(name, 'hello', true)).params.seq, 1);
  await eventually('bob has it', () => data.includes('hello'));
  bob.note(name, 'read', 1);
  bob.noteKeyPress(name);
  await eventually('ann hears of both', () => infos.includes('read 1') && infos.includes('kp'));
  await ann.delSubscription(name, bob.getCurrentUserID());
  await assert.rejects(bob.publish(name, 'too late'), /./);
  await ann.leave(name, false);
  await assert.rejects(ann.publish(name, 'from outside'), {code: 409});
  await ann.subscribe(name);
  assert.equal((await ann.delTopic(name, true)).code, 200);
  await assert.rejects(ann.subscribe(name), {code: 404});
  for (const client of [ann, bob]) client.disconnect();
});

test('a page is fetched where there are gaps', async (node) => {
  const ann = await register(node, 'pageann');
  const [group] = await makeGroup(ann);
  for (let i = 1; i <= 30; ++i) await group.publish(`message ${i}`, true);
  const again = await connect(node, 'pageann');
  await again.loginBasic('pageann', 'pageann-password');
  const fresh = again.getTopic(group.name);
  await fresh.subscribe(fresh.startMetaQuery().withDesc().build());
  await eventually('the description is there', () => fresh.seq === 30);
  await fresh.getMessagesPage(10, undefined, 0, 31);
  await eventually('the newest page', () => contents(fresh).length === 10);
  assert.equal(contents(fresh)[0], 'message 21');
  await fresh.getMessagesPage(10, undefined, 0, 21);
  await eventually('the one before', () => contents(fresh).length === 20);
  for (const client of [ann, again]) client.disconnect();
});

test('a push fetches what it tells of', async (node) => {
  const ann = await register(node, 'pushann');
  const bob = await register(node, 'pushbob');
  const [atAnns, atBobs] = await makeGroup(ann, bob);
  await openMe(bob);
  await atBobs.leave(false);
  await atAnns.publish('told by a push', true);
  bob.oobNotification({what: 'msg', topic: atAnns.name, seq: 1, xfrom: ann.getCurrentUserID()});
  await eventually('bob has it', () => contents(atBobs).includes('told by a push'));
  await eventually('he does not stay', () => !atBobs.isSubscribed());
  for (const client of [ann, bob]) client.disconnect();
});
