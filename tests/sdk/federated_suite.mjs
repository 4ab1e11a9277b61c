// What the apps do when their users are on two servers, done by the SDK they are made of.
import assert from 'node:assert/strict';

import {connect, contents, Drafty, eventually, openMe, openTopic, register} from './client.mjs';

const tests = [];
export const federatedTests = () => tests;
const test = (name, body) => tests.push({name, body});

// The id under which somebody is found by "name@domain".
async function find(client, address) {
  const fnd = client.getFndTopic();
  if (!fnd.isSubscribed()) await fnd.subscribe();
  await fnd.setMeta({desc: {public: address}});
  await fnd.getMeta(fnd.startMetaQuery().withSub().build());
  const found = await eventually(`${address} is found`, () => {
    let hit = null;
    fnd.contacts((contact) => { hit = contact; });
    return hit;
  });
  return found.topic ?? found.name ?? found.user;
}

// What the invitation panel of the apps does.
async function accept(topic) {
  const given = topic.getAccessMode().getGiven();
  await topic.setMeta({sub: {mode: given}});
  await topic.setMeta({sub: {user: topic.name, mode: given}});
}

// Ann on the first server asks bob on the second one, and he accepts.
async function acquaint(a, b, prefix) {
  const ann = await register(a, `${prefix}ann`);
  const bob = await register(b, `${prefix}bob`);
  const bobsMe = await openMe(bob);
  await openMe(ann);
  const bobsName = await find(ann, `${prefix}bob@${b.domain}`);
  assert.equal(bobsName, `${bob.getCurrentUserID()}@${b.domain}`);
  const annsName = `${ann.getCurrentUserID()}@${a.domain}`;
  const atAnns = await openTopic(ann, bobsName);
  await assert.rejects(ann.publish(bobsName, 'too early'), /permission denied/);
  await eventually('bob sees the request', () => bobsMe.getContact(annsName));
  const atBobs = await openTopic(bob, annsName);
  assert.ok(atBobs.getAccessMode().getExcessive().includes('R'), 'shown as an invitation');
  await accept(atBobs);
  await eventually('ann is accepted', () => atAnns.getAccessMode().isWriter());
  return {ann, bob, annsName, bobsName, atAnns, atBobs, bobsMe};
}

test('a stranger of another server is found, asks, is accepted, and both chat', async ([a, b]) => {
  const {ann, bob, annsName, bobsName, atAnns, atBobs} = await acquaint(a, b, 'p2p');
  const accepted = await atAnns.publish('hello');
  assert.equal(accepted.code, 202);
  assert.equal(accepted.params.seq, 1);
  await eventually('bob reads hello', () => contents(atBobs).includes('hello'));
  assert.equal(atBobs.findMessage(1).from, annsName);

  const infos = [];
  atAnns.onInfo = (info) => infos.push(`${info.what} ${info.from}`);
  const reply = await atBobs.publishDraft(
      atBobs.createMessage(Drafty.parse('*hi* there'), false));
  assert.equal(reply.params.seq, 2);
  const seen = await eventually('ann reads the reply', () => atAnns.findMessage(2));
  assert.equal(Drafty.toPlainText(seen.content), 'hi there');
  assert.equal(seen.from, bobsName);
  atBobs.noteRead(2);
  await eventually('ann sees that bob has read', () => infos.includes(`read ${bobsName}`));
  atBobs.noteKeyPress();
  await eventually('ann sees bob typing', () => infos.includes(`kp ${bobsName}`));
  for (const client of [ann, bob]) client.disconnect();
});

test('presence crosses servers, and so does a new card', async ([a, b]) => {
  const {ann, bob, annsName} = await acquaint(a, b, 'pres');
  const bobsMe = bob.getMeTopic();
  await eventually('bob sees ann online', () => bobsMe.getContact(annsName)?.online);
  await ann.getMeTopic().setMeta({desc: {public: {fn: 'Ann, renamed'}}});
  await eventually('bob sees the new card', () => {
    bob.getMeta(annsName, {what: 'desc'}).catch(() => {});
    return bob.getTopic(annsName).public?.fn === 'Ann, renamed';
  });
  ann.disconnect();
  await eventually('bob sees her go some seconds later', () => !bobsMe.getContact(annsName)?.online);
  const again = await connect(a, 'presann');
  await again.loginBasic('presann', 'presann-password');
  await openMe(again);
  await eventually('and come back', () => bobsMe.getContact(annsName)?.online);
  for (const client of [again, bob]) client.disconnect();
});

test('a group with members on two servers', async ([a, b]) => {
  const {ann, bob, annsName, bobsName, bobsMe} = await acquaint(a, b, 'grp');
  const atAnns = ann.getTopic(ann.newGroupTopicName());
  await atAnns.subscribe(atAnns.startMetaQuery().withLaterDesc().withLaterSub().build(),
                         {desc: {public: {fn: 'Across'}}});
  await atAnns.publish('before bob came');
  await atAnns.invite(bobsName, 'JRWPS');
  const name = `${atAnns.name}@${a.domain}`;
  await eventually('bob sees the invitation', () => bobsMe.getContact(name));
  const atBobs = await openTopic(bob, name);
  await atBobs.setMeta({sub: {mode: atBobs.getAccessMode().getGiven()}});
  await eventually("the group's card arrives", () => atBobs.public?.fn === 'Across');
  await atBobs.getMeta(atBobs.startMetaQuery().withLaterData(24).build());
  await eventually('bob has the past', () => contents(atBobs).includes('before bob came'));
  await atBobs.publish('from bob');
  await eventually('ann reads it', () => contents(atAnns).includes('from bob'));
  assert.equal(atAnns.findMessage(2).from, bobsName);

  const edit = atAnns.createMessage('before bob came, better', false);
  edit.head = {replace: ':1'};
  await ann.publishMessage(edit);
  await eventually('bob sees the edit', () => {
    let versions = 0;
    atBobs.messageVersions(1, () => ++versions);
    return versions === 1;
  });
  await atAnns.delMessagesList([2], true);
  await eventually('bob loses the message', () => atBobs.maxClearId() > 0);
  const members = [];
  await atBobs.getMeta(atBobs.startMetaQuery().withSub().build());
  atBobs.subscribers((sub) => members.push(sub.user));
  assert.ok(members.includes(annsName), String(members));
  await atAnns.delSubscription(bobsName);
  await eventually('bob is out', () => !atBobs.isSubscribed());
  for (const client of [ann, bob]) client.disconnect();
});

test('history is there after a new login, from the own server', async ([a, b]) => {
  const {ann, bob, annsName, atAnns} = await acquaint(a, b, 'hist');
  for (let i = 1; i <= 30; ++i) await atAnns.publish(`message ${i}`, true);
  bob.disconnect();
  const again = await connect(b, 'histbob');
  await again.loginBasic('histbob', 'histbob-password');
  const fresh = await openTopic(again, annsName);
  await eventually('the newest page', () => fresh.messageCount() === 24);
  await fresh.getMeta(fresh.startMetaQuery().withEarlierData(24).build());
  await eventually('the rest', () => fresh.messageCount() === 30);
  for (const client of [ann, again]) client.disconnect();
});

test('while the other server is away messages are queued, and come in order', async ([a, b]) => {
  const {ann, bob, atBobs, bobsName} = await acquaint(a, b, 'away');
  await atBobs.publish('one');
  await a.stop('SIGKILL');
  const queued = await atBobs.publish('two', true);
  assert.equal(queued.code, 202);
  assert.equal(queued.params?.queued, true);
  await atBobs.publish('three', true);
  await a.restart();
  const again = await connect(a, 'awayann');
  await again.loginBasic('awayann', 'awayann-password');
  const atAnns = await openTopic(again, bobsName);
  await eventually('all three are there', () => atAnns.messageCount() >= 3);
  assert.deepEqual(contents(atAnns), ['one', 'two', 'three']);
  ann.disconnect();
  for (const client of [again, bob]) client.disconnect();
});

test('who is declined may not ask at once again, who is blocked not at all', async ([a, b]) => {
  const ann = await register(a, 'decann');
  const bob = await register(b, 'decbob');
  const bobsMe = await openMe(bob);
  const bobsName = `${bob.getCurrentUserID()}@${b.domain}`;
  const annsName = `${ann.getCurrentUserID()}@${a.domain}`;
  const atAnns = await openTopic(ann, bobsName);
  await eventually('bob sees the request', () => bobsMe.getContact(annsName));
  const atBobs = await openTopic(bob, annsName);
  await atBobs.delTopic(true);
  await atAnns.leave(false);
  let refusal = null;
  for (let i = 0; i < 100 && refusal === null; ++i) {
    const topic = ann.getTopic(bobsName);
    await topic.subscribe().then(() => topic.leave(false)).catch((error) => { refusal = error; });
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.equal(refusal?.code, 422, String(refusal));
  for (const client of [ann, bob]) client.disconnect();
});
