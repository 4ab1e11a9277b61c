// Accounts and what proves that they are somebody's: passwords, contacts, codes, devices.
import assert from 'node:assert/strict';
import {chmodSync, existsSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';

import {connect, eventually, openMe, register, Tinode} from './client.mjs';
import {Molvad} from '../support/node/molvad.mjs';

const tests = [];
export const accountTests = () => tests;
const test = (name, body) => tests.push({name: `accounts: ${name}`, body});

const base64 = (text) => Buffer.from(text).toString('base64');

test('an account is made by hand, logs in by hand, and changes its password', async (node) => {
  const ann = await connect(node, 'accann');
  const made = await ann.account('newaccann', 'basic', base64('accann:first-password'), false,
                                 {public: {fn: 'Ann'}, tags: ['accanntag']});
  assert.equal(made.code, 201);
  const id = made.params.user;
  await ann.login('basic', base64('accann:first-password'));
  assert.equal(ann.getCurrentUserID(), id);
  assert.equal((await ann.updateAccountBasic(id, null, 'second-password')).code, 200);
  const again = await connect(node, 'accann');
  await assert.rejects(again.loginBasic('accann', 'first-password'), {code: 401});
  await again.loginBasic('accann', 'second-password');
  assert.equal(again.getCurrentUserID(), id);
  const other = await connect(node, 'accanon');
  const anonymous = await other.createAccount('anonymous', null, true, {public: {fn: 'Nobody'}});
  assert.equal(anonymous.params.authlvl, 'anon');
  assert.ok(other.isAuthenticated());
  for (const client of [ann, again, other]) client.disconnect();
});

test('hi may be said again, with a device', async (node) => {
  const ann = await register(node, 'accdev');
  assert.equal(ann.setDeviceToken('a-device'), true);
  assert.equal(ann.setDeviceToken('a-device'), false);
  assert.ok((await ann.hello()).code < 300);
  assert.equal(ann.setDeviceToken(null), true);
  assert.equal((await ann.getMeta('me', {what: 'desc'})).desc.public.fn, 'accdev');
  ann.disconnect();
});

test('who deletes himself is gone for others', async (node) => {
  const ann = await register(node, 'accgone');
  const bob = await register(node, 'accleft');
  const annsId = ann.getCurrentUserID();
  await ann.delCurrentUser(true);
  assert.equal(ann.getCurrentUserID(), null);
  await assert.rejects(bob.getMeta(annsId, {what: 'desc'}), {code: 404});
  const again = await connect(node, 'accgone');
  await assert.rejects(again.loginBasic('accgone', 'accgone-password'), {code: 401});
  for (const client of [ann, bob, again]) client.disconnect();
});

// A node that sends codes to telephones by a program, which writes them down.
async function startWithTelephones() {
  const node = new Molvad();
  const script = join(node.data, 'send');
  const letters = join(node.data, 'letters');
  writeFileSync(script, `#!/bin/sh\nread -r code\necho "$1 $3 $code" >>'${letters}'\n`);
  chmodSync(script, 0o755);
  node.config = `[plugin.validator_tel]\nscript = "${script}"\n`;
  await node.start(['validation.methods=tel', 'validation.required=tel:auth', 'validation.add_to_tags=tel']);
  // The code in the newest letter to `number`, when there are `count` of them.
  node.code = (number, reason, count = 1) => eventually(`letter ${count} to ${number}`, () => {
    const lines = existsSync(letters) ? readFileSync(letters, 'utf8').trim().split('\n') : [];
    const codes = lines.filter((line) => line.startsWith(`${number} ${reason} `));
    return codes.length >= count ? codes.at(-1).split(' ')[2] : null;
  });
  return node;
}

test('telephones are confirmed, found, replaced, and help who forgot his password', async () => {
  const node = await startWithTelephones();
  try {
    const [first, second] = ['+12025550101', '+12025550102'];
    const ann = await connect(node, 'telann');
    assert.deepEqual(ann.getServerParam('reqCred', {}), {auth: ['tel']});
    await assert.rejects(ann.createAccountBasic('telann', 'password', {public: {fn: 'Ann'}}),
                         {code: 422});
    const made = await ann.createAccountBasic('telann', 'password', {
      public: {fn: 'Ann'}, cred: Tinode.credential('tel', first),
    });
    assert.equal(made.code, 300);
    assert.ok(!ann.isAuthenticated());
    const code = await node.code(first, 'confirm');
    const wrong = await ann.loginBasic('telann', 'password', Tinode.credential('tel', null, null, 'x'));
    assert.equal(wrong.code, 300);
    assert.ok(!ann.isAuthenticated());
    await ann.loginBasic('telann', 'password', Tinode.credential({meth: 'tel', resp: code}));
    assert.ok(ann.isAuthenticated());
    const me = await openMe(ann);
    await eventually('the telephone is there', () => me.getCredentials().length === 1);
    assert.deepEqual({...me.getCredentials()[0]}, {meth: 'tel', val: first, done: true});

    const fnd = ann.getFndTopic();
    assert.equal(await fnd.checkTagUniqueness('alias:telann', ''), true);

    await me.setMeta({cred: {meth: 'tel', val: second}});
    await me.setMeta({cred: {meth: 'tel', resp: await node.code(second, 'confirm')}});
    await me.getMeta(me.startMetaQuery().withCred().build());
    await eventually('both are confirmed',
                     () => me.getCredentials().filter((one) => one.done).length === 2);
    await me.delCredential('tel', first);
    assert.equal((await ann.delCredential('tel', first)).code, 304);
    await me.getMeta(me.startMetaQuery().withCred().build());
    await eventually('one is left', () => me.getCredentials().length === 1);

    const forgot = await connect(node, 'telann');
    await forgot.requestResetAuthSecret('basic', 'tel', second);
    const reset = await node.code(second, 'reset');
    const changed = await forgot.account('', 'basic', base64(':remembered'), false, {
      scheme: 'code', secret: base64(`${reset}:tel:${second}`),
    });
    assert.equal(changed.code, 200);
    await assert.rejects(forgot.loginBasic('telann', 'password'), {code: 401});
    await forgot.loginBasic('telann', 'remembered');
    assert.equal(forgot.getCurrentUserID(), ann.getCurrentUserID());
    for (const client of [ann, forgot]) client.disconnect();
  } finally {
    await node.stop();
    node.cleanUp();
  }
});
