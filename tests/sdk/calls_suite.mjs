// Calls as the web app makes them: signalling alone, no media.
import assert from 'node:assert/strict';

import {Drafty, eventually, openMe, openTopic, register} from './client.mjs';

const tests = [];
export const callTests = () => tests;
const test = (name, body) => tests.push({name, body});

// What arrives at `topic` as `call` notes.
function heardIn(topic) {
  const heard = [];
  topic.onInfo = (info) => { if (info.what === 'call') heard.push(info); };
  return heard;
}

// The message that asks for a call.
function callIn(topic) {
  const message = topic.createMessage(Drafty.videoCall(false), false);
  message.head = {...message.head, webrtc: 'started', mime: Drafty.getContentType()};
  return message;
}

// Rings; resolves with the number of the message that asks.
async function ring(topic) {
  const ctrl = await topic.publishMessage(callIn(topic));
  return ctrl.params.seq;
}

// Two who are in a conversation.
async function pair(node, name) {
  const ann = await register(node, `${name}ann`);
  const bob = await register(node, `${name}bob`);
  const bobsMe = await openMe(bob);
  const atAnns = await openTopic(ann, bob.getCurrentUserID());
  const atBobs = await openTopic(bob, ann.getCurrentUserID());
  return {ann, bob, bobsMe, atAnns, atBobs, annHears: heardIn(atAnns), bobHears: heardIn(atBobs)};
}

const find = (heard, event) => heard.find((info) => info.event === event);

test('a call rings, is taken, talks and ends', async (node) => {
  const {ann, bob, atAnns, atBobs, annHears, bobHears} = await pair(node, 'call');
  const servers = ann.getServerParam('iceServers', null);
  assert.deepEqual(servers, [{urls: ['stun:127.0.0.1:3478']}]);
  assert.equal(ann.getServerParam('callTimeout', 0), 30);

  const seq = await ring(atAnns);
  await eventually('bob sees the call', () => atBobs.findMessage(seq)?.head?.webrtc === 'started');
  atBobs.videoCall('ringing', seq);
  await eventually('ann hears it ring', () => find(annHears, 'ringing'));
  atBobs.videoCall('accept', seq);
  const accepted = await eventually('ann hears that it is taken', () => find(annHears, 'accept'));
  assert.equal(accepted.from, bob.getCurrentUserID());
  assert.equal(accepted.seq, seq);

  atAnns.videoCall('offer', seq, {sdp: 'from ann', type: 'offer'});
  const offer = await eventually('bob gets the offer', () => find(bobHears, 'offer'));
  assert.deepEqual(offer.payload, {sdp: 'from ann', type: 'offer'});
  atBobs.videoCall('answer', seq, {sdp: 'from bob', type: 'answer'});
  await eventually('ann gets the answer', () => find(annHears, 'answer')?.payload.sdp === 'from bob');
  atBobs.videoCall('ice-candidate', seq, {candidate: 'c'});
  await eventually('ann gets a candidate', () => find(annHears, 'ice-candidate'));

  atBobs.videoCall('hang-up', seq);
  await eventually('ann hears the end', () => find(annHears, 'hang-up'));
  await eventually('bob hears the end', () => find(bobHears, 'hang-up'));
  const last = await eventually('the end is in the history', () => {
    const latest = atAnns.latestMsgVersion(seq) ?? atAnns.findMessage(seq);
    return latest?.head?.webrtc === 'finished' ? latest : null;
  });
  assert.equal(last.from, ann.getCurrentUserID());
  for (const client of [ann, bob]) client.disconnect();
});

test('a call is declined by somebody who has not opened the conversation', async (node) => {
  const {ann, bob, atAnns, atBobs, annHears} = await pair(node, 'decline');
  await atBobs.leave(false);
  const seq = await ring(atAnns);
  bob.videoCall(ann.getCurrentUserID(), seq, 'hang-up');
  await eventually('ann hears the end', () => find(annHears, 'hang-up'));
  await eventually('it counts as declined', () => {
    const latest = atAnns.latestMsgVersion(seq) ?? atAnns.findMessage(seq);
    return latest?.head?.webrtc === 'declined';
  });
  for (const client of [ann, bob]) client.disconnect();
});

test('a second call is busy, and one in a group is refused', async (node) => {
  const {ann, bob, atAnns, atBobs} = await pair(node, 'busy');
  await ring(atAnns);
  // A topic swallows the refusal and marks the message as failed: ask the client.
  await assert.rejects(bob.publishMessage(callIn(atBobs)), {code: 486});
  const group = ann.getTopic(ann.newGroupTopicName());
  await group.subscribe(undefined, {desc: {public: {fn: 'Group'}}});
  await assert.rejects(ann.publishMessage(callIn(group)), {code: 403});
  for (const client of [ann, bob]) client.disconnect();
});

test('a device token is taken, changed and given back', async (node) => {
  const ann = await register(node, 'device');
  const answers = [];
  ann.onCtrlMessage = (ctrl) => answers.push(ctrl.code);
  for (const token of ['one', 'two', null]) {
    const before = answers.length;
    assert.ok(ann.setDeviceToken(token));
    await eventually('the server answers', () => answers.length > before);
  }
  assert.deepEqual(answers, [200, 200, 200]);
  ann.disconnect();
});
