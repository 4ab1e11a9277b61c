// Incoming webhooks: one POST is a message that people read in their apps.
import assert from 'node:assert/strict';
import {randomBytes} from 'node:crypto';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';

import {Molvad} from '../support/node/molvad.mjs';
import {connect, eventually, openTopic, register} from './client.mjs';

const tests = [];
export const hookTests = () => tests;
const test = (name, body) => tests.push({name: `hooks: ${name}`, body});

const JSON_TYPE = {'Content-Type': 'application/json'};

// What the node says to a message for the hook with that secret.
async function post(node, secret, body, options = {}) {
  const answer = await fetch(`http://127.0.0.1:${node.httpPort}/v0/hook/${secret}`, {
    method: 'POST', headers: JSON_TYPE, body: typeof body === 'string' ? body : JSON.stringify(body),
    ...options,
  });
  const {ctrl} = await answer.json();
  assert.equal(answer.headers.get('content-type'), 'application/json');
  return {status: answer.status, ...ctrl};
}

// A section of the configuration, and the file that it names.
function section(node, name, user, topic, secret) {
  const path = join(node.data, `${name}.secret`);
  writeFileSync(path, `${secret}\n`);
  return `[plugin.hook_${name}]\nuser = "${user}"\ntopic = "${topic}"\nsecret_file = "${path}"\n`;
}

// Runs `body` beside a node of its own with a group of Ann's, for which Ann and Bob have hooks;
// Bob may not join it. `settings` of the node.
async function withHooks(body, settings = []) {
  const node = new Molvad();
  try {
    await node.start();
    const ann = await register(node, 'hookann');
    const bob = await register(node, 'hookbob');
    const made = ann.getTopic(ann.newGroupTopicName());
    await made.subscribe(made.startMetaQuery().withDesc().build(),
                         {desc: {public: {fn: 'Builds'}, defacs: {auth: 'N', anon: 'N'}}});
    const secrets = {ann: randomBytes(24).toString('hex'), bob: randomBytes(24).toString('base64url')};
    const topic = made.name;
    for (const client of [ann, bob]) client.disconnect();
    await node.stop();
    node.config = section(node, 'ci', 'hookann', topic, secrets.ann) +
        section(node, 'bob', bob.getCurrentUserID(), topic, secrets.bob);
    await node.start(['hooks.incoming=ci,bob', 'limits.message_size=4096', ...settings]);
    await body({node, topic, secrets});
  } finally {
    await node.stop();
    node.cleanUp();
  }
}

async function login(node, name) {
  const client = await connect(node, name);
  await client.loginBasic(name, `${name}-password`);
  return client;
}

test('a POST becomes a message, in order, and is read in an app', () => withHooks(async ({node, topic, secrets}) => {
  const ann = await login(node, 'hookann');
  const group = await openTopic(ann, topic);
  const seen = [];
  const online = [];
  group.onData = (data) => { if (data) seen.push(data); };
  group.onPres = (pres) => online.push(pres.what);
  const first = await post(node, secrets.ann, {text: 'build 7 is green \u2713', username: 'ignored'});
  assert.deepEqual([first.status, first.code, first.params], [202, 202, {seq: 1}]);
  const content = {txt: 'see', fmt: [{at: 0, len: 3, tp: 'ST'}]};
  const second = await post(node, secrets.ann, {content, head: {mime: 'text/x-drafty'}});
  assert.equal(second.params.seq, 2);
  await eventually('both messages', () => seen.length === 2);
  assert.equal(seen[0].content, 'build 7 is green \u2713');
  assert.equal(seen[0].from, ann.getCurrentUserID());
  assert.deepEqual(seen[1].content, content);
  assert.equal(seen[1].head.mime, 'text/x-drafty');
  const many = await Promise.all(Array.from({length: 40}, (_, i) => post(node, secrets.ann, {text: `${i}`})));
  assert.deepEqual(many.map(({params}) => params.seq).sort((a, b) => a - b),
                   Array.from({length: 40}, (_, i) => i + 3));
  await eventually('all messages', () => seen.length === 42);
  assert.deepEqual(online, []);
  ann.disconnect();
}));

test('what cannot be published says why', () => withHooks(async ({node, secrets}) => {
  const refusals = [
    ['not json', 400, /malformed|JSON/i], ['[]', 400, /"text"/], ['{}', 400, /"text"/], ['', 400, /./],
    ['{"text":""}', 400, /"text"/], ['{"text":7}', 400, /"text"/], ['{"text":"a"} {"text":"b"}', 400, /./],
    ['{"text":"a","head":7}', 400, /./], [`{"content":${'['.repeat(600)}${']'.repeat(600)}}`, 400, /./],
    [{text: 'x'.repeat(5000)}, 413, /large/],
  ];
  for (const [body, status, text] of refusals) {
    const answer = await post(node, secrets.ann, body);
    assert.equal(answer.status, status, `${JSON.stringify(body).slice(0, 40)}: ${answer.text}`);
    assert.match(answer.text, text);
  }
  assert.equal((await post(node, 'x'.repeat(48), {text: 'a'})).status, 404);
  assert.equal((await post(node, '', {text: 'a'})).status, 404);
  assert.equal((await post(node, `${secrets.ann}x`, {text: 'a'})).status, 404);
  assert.equal((await post(node, secrets.ann, undefined, {method: 'GET', body: undefined})).status, 405);
  const stranger = await post(node, secrets.bob, {text: 'let me in'});
  assert.equal(stranger.status, 403);
  assert.equal((await post(node, secrets.ann, {text: 'still here'})).params.seq, 1);
  const page = await (await fetch(`http://127.0.0.1:${node.httpPort}/metrics`)).text();
  assert.match(page, /molva_hook_messages_total\{hook="ci",outcome="published"\} 1\n/);
  assert.match(page, /molva_hook_messages_total\{hook="bob",outcome="refused"\} 1\n/);
}));

test('its user has limits, and may be suspended', () => withHooks(async ({node, secrets}) => {
  const answers = await Promise.all(Array.from({length: 30}, () => post(node, secrets.ann, {text: 'flood'})));
  const codes = new Set(answers.map(({status}) => status));
  assert.deepEqual([...codes].sort(), [202, 429]);
  const {execFileSync} = await import('node:child_process');
  execFileSync(join(node.bin, 'molva'), ['admin', '--data', node.data, 'user', 'suspend', 'hookann']);
  assert.equal((await post(node, secrets.ann, {text: 'a'})).status, 403);
}, ['limits.user_messages=1']));

test('a node with a bad hook does not start, and says what is wrong', async () => {
  const node = new Molvad();
  const good = 'a'.repeat(40);
  const ci = (secret = good) => section(node, 'ci', 'a', 'grpA', secret);
  const attempts = [
    [['ci'], () => '', /user\\?" is missing/],
    [['ci'], () => '[plugin.hook_ci]\nuser = "a"\ntopic = "grpA"\n', /secret_file\\?" is missing/],
    [['ci'], () => ci('short'), /openssl rand/],
    [['ci'], () => `${ci()}color = "red"\n`, /color/],
    [['ci', 'ci'], () => ci(), /ci twice/],
    [['c i'], () => '', /no name/],
    [['ci', 'two'], () => ci() + section(node, 'two', 'a', 'grpA', good), /has the secret of ci/],
  ];
  try {
    for (const [names, config, why] of attempts) {
      node.config = config();
      node.log = [];
      await assert.rejects(node.start([`hooks.incoming=${names}`]), why);
    }
  } finally {
    await node.stop();
    node.cleanUp();
  }
});
