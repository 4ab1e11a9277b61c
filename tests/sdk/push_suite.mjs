// What devices are told by a node with two push services: one that prints, and Web Push.
import assert from 'node:assert/strict';
import {createECDH} from 'node:crypto';

import {PushService} from '../support/node/push_service.mjs';
import {connect, eventually, openTopic, register} from './client.mjs';

const tests = [];
export const pushTests = () => tests;
const test = (name, body) => tests.push({name, body});

export const pushService = new PushService();
const privateKey = Buffer.alloc(32, 'k');

// Makes `node` push, once pushService has started.
export function configurePushes(node) {
  node.config += `[plugin.push_web]
private_key = "${privateKey.toString('base64url')}"
subject = "mailto:ops@chat.test"
allow_private = true
ca_file = "${pushService.caFile}"
`;
  return ['push.plugins=stdout,web'];
}

// What was printed of `what` for a user, in order.
function printedFor(node, client, what) {
  const user = client.getCurrentUserID();
  return node.printed().filter((line) => line.startsWith('{"what"')).map((line) => JSON.parse(line))
      .filter((receipt) => receipt.what === what)
      .flatMap((receipt) => receipt.to.filter((one) => one.user === user)
          .map((one) => ({...receipt, to: one, devices: one.devices.map(({id}) => id)})));
}

// Resolves with what was printed for message `seq`.
const printedOf = (node, client, seq) => eventually(
    `a receipt for message ${seq}`,
    () => printedFor(node, client, 'msg').find((receipt) => receipt.seq === seq));

async function say(topic, text) {
  const ctrl = await topic.publishMessage(topic.createMessage(text, false));
  return ctrl.params.seq;
}

// Names a device and waits until the server has it.
async function nameDevice(client, device) {
  const answers = [];
  client.onCtrlMessage = (ctrl) => answers.push(ctrl.code);
  assert.ok(client.setDeviceToken(device));
  await eventually('the server has the device', () => answers.length > 0);
  assert.deepEqual(answers, [200]);
  client.onCtrlMessage = undefined;
}

test('clients are told the key for Web Push', async (node) => {
  const key = createECDH('prime256v1');
  key.setPrivateKey(privateKey);
  const client = await connect(node, 'pushkey');
  assert.equal(client.getServerParam('molva').webPushKey, key.getPublicKey('base64url'));
  client.disconnect();
});

test('who is elsewhere is woken, who is in the topic is not', async (node) => {
  const ann = await register(node, 'wokenann');
  const bob = await register(node, 'wokenbob');
  await nameDevice(bob, 'phone of bob');
  const atAnns = await openTopic(ann, bob.getCurrentUserID());
  await eventually('bob hears of the conversation', () => printedFor(node, bob, 'sub').length === 1);
  const woken = await printedOf(node, bob, await say(atAnns, 'hello'));
  assert.equal(woken.to.silent, false);
  assert.equal(woken.to.topic, ann.getCurrentUserID());
  assert.equal(woken.to.unread, 1);
  assert.equal(woken.content, 'hello');
  assert.deepEqual(woken.devices, ['phone of bob']);
  const atBobs = await openTopic(bob, ann.getCurrentUserID());
  const silent = await printedOf(node, bob, await say(atAnns, 'you are here'));
  assert.equal(silent.to.silent, true);
  await atBobs.leave(false);
  const again = await printedOf(node, bob, await say(atAnns, 'you were here'));
  assert.equal(again.to.silent, false);
  assert.equal(printedFor(node, ann, 'msg').length, 0);  // she has no device
  for (const client of [ann, bob]) client.disconnect();
});

test('a device that its push service does not know any more is erased', async (node) => {
  const ann = await register(node, 'goneann');
  const bob = await register(node, 'gonebob');
  const elsewhere = await connect(node, 'gonebob2');
  await elsewhere.loginBasic('gonebob', 'gonebob-password');
  const gone = pushService.subscription('/gone');
  const kept = pushService.subscription('/kept');
  await nameDevice(bob, gone);
  await nameDevice(elsewhere, kept);
  const atAnns = await openTopic(ann, bob.getCurrentUserID());
  // The first thing that both are told of is the conversation.
  const first = await eventually('bob hears of it', () => printedFor(node, bob, 'sub')[0]);
  assert.deepEqual(first.devices.sort(), [gone, kept].sort());
  const taken = await eventually('the service is asked',
                                 () => pushService.asked.find(({path}) => path === '/kept'));
  assert.equal(taken.headers['content-encoding'], 'aes128gcm');
  assert.match(taken.headers.authorization, /^vapid t=/);
  assert.ok(taken.bytes > 0);
  await eventually('the service says so', () => pushService.asked.some(({path}) => path === '/gone'));
  // What it said goes its way beside the messages.
  for (let tries = 0; ; ++tries) {
    const {devices} = await printedOf(node, bob, await say(atAnns, `again ${tries}`));
    if (devices.length === 1) {
      assert.deepEqual(devices, [kept]);
      break;
    }
    assert.ok(tries < 100, 'the device is still there');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  for (const client of [ann, bob, elsewhere]) client.disconnect();
});
