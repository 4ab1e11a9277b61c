// Passkeys of a real browser, and what must not pass for one.
import assert from 'node:assert/strict';
import {createHmac, randomBytes} from 'node:crypto';

import {Molvad} from '../support/node/molvad.mjs';
import {Chromium, servePage} from './chromium.mjs';
import {base64, challengeOf, Connection} from './connection.mjs';

const flip = (text) => {
  const bytes = Buffer.from(text, 'base64url');
  bytes[bytes.length - 1] ^= 1;
  return bytes.toString('base64url');
};
const withResponse = (credential, changes) => ({...credential, response: {...credential.response, ...changes}});

// What an authenticator app does: RFC 4648 §6, RFC 6238.
function base32(bytes) {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return bits.match(/.{5}/g).map((five) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[parseInt(five, 2)]).join('');
}
function codeOf(key) {
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const mac = createHmac('sha1', key).update(step).digest();
  const number = mac.readUInt32BE(mac[19] & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, '0');
}

export class Suite {
  static label = 'passkeys';
  #tests = [];
  #open = [];
  #people = 0;

  async start() {
    this.pages = [await servePage(), await servePage()];
    this.origin = `http://localhost:${this.pages[0].port}`;
    this.foreign = `http://localhost:${this.pages[1].port}`;
    this.below = `http://app.localhost:${this.pages[0].port}`;
    this.node = new Molvad();
    await this.#restart({});
    this.browser = new Chromium();
    await this.browser.start();
  }

  async #restart(settings) {
    await this.node.stop();
    const section = {rp_id: 'localhost', origins: [this.origin, this.below], max_keys: 3, ...settings};
    this.node.config = `[plugin.auth_passkey]\n${Object.entries(section)
        .map(([name, value]) => `${name} = ${JSON.stringify(value)}`).join('\n')}\n`;
    await this.node.start(['auth.schemes=basic,token,passkey,totp']);
  }

  log() {
    return `${this.node.log.join('')}\n${this.browser?.lines.join('') ?? ''}`;
  }

  async stop() {
    await this.browser?.stop();
    await this.node?.stop();
    this.node?.cleanUp();
    for (const page of this.pages ?? []) page.close();
  }

  async #connect() {
    const connection = await Connection.open(this.node);
    this.#open.push(connection);
    return connection;
  }

  // Somebody new, logged in by a password.
  async #person() {
    const connection = await this.#connect();
    const made = await connection.ask('acc', {
      user: 'new', scheme: 'basic', secret: base64(`person${++this.#people}:secret`), login: true,
    });
    assert.ok(made.code === 200 || made.code === 201, JSON.stringify(made));
    return {connection, user: made.params.user};
  }

  // Somebody new who has a passkey, and the page that holds it.
  async #owner(label = 'my phone') {
    const person = await this.#person();
    const page = await this.browser.open(this.origin);
    const made = await page.create(challengeOf(await person.connection.change('passkey', {want: 'create', name: 'Ann'})));
    const ctrl = await person.connection.change('passkey', {...made, label});
    assert.equal(ctrl.code, 200, JSON.stringify(ctrl));
    return {...person, page, id: made.id};
  }

  // What the browser signs for a login that `connection` begins.
  async #sign(page, connection, wish = {}) {
    return page.get(challengeOf(await connection.login('passkey', {want: 'get', ...wish})));
  }

  async #login(page, wish = {}) {
    const connection = await this.#connect();
    return connection.login('passkey', await this.#sign(page, connection, wish));
  }

  #test(name, body) {
    this.#tests.push({
      name: `passkeys: ${name}`,
      body: async () => {
        try {
          await body();
        } finally {
          for (const connection of this.#open.splice(0)) connection.close();
        }
      },
    });
  }

  tests() {
    this.#addLogins();
    this.#addAttacks();
    this.#addLists();
    return this.#tests;
  }

  #addLogins() {
    this.#test('who has made a passkey logs in with it, named or not, and with its token', async () => {
      const {page, user} = await this.#owner();
      for (const wish of [{}, {user}]) {
        const ctrl = await this.#login(page, wish);
        assert.equal(ctrl.code, 200, JSON.stringify(ctrl));
        assert.equal(ctrl.params.user, user);
        assert.equal(ctrl.params.authlvl, 'auth');
        const other = await this.#connect();
        const {code} = await other.ask('login', {scheme: 'token', secret: ctrl.params.token});
        assert.equal(code, 200);
      }
      await this.#restart({});
      assert.equal((await this.#login(page)).params.user, user);
    });
    this.#test('a passkey proves who one is for a new password', async () => {
      const {page, user} = await this.#owner();
      const connection = await this.#connect();
      const signed = await this.#sign(page, connection);
      const secret = base64(':a new password');
      const ctrl = await connection.ask('acc', {
        user: '', tmpscheme: 'passkey', tmpsecret: base64(JSON.stringify(signed)), scheme: 'basic', secret,
      });
      assert.equal(ctrl.code, 200, JSON.stringify(ctrl));
      const other = await this.#connect();
      const login = base64(`person${this.#people}:a new password`);
      assert.equal((await other.ask('login', {scheme: 'basic', secret: login})).params.user, user);
    });
    this.#test('who has a second factor is asked for it behind a passkey', async () => {
      const {connection, page, user} = await this.#owner();
      const key = randomBytes(20);
      const begun = await connection.ask('acc', {scheme: 'totp', secret: base64(`on:${base32(key)}:${codeOf(key)}`)});
      assert.equal(begun.code, 200, JSON.stringify(begun));
      const other = await this.#connect();
      const asked = await other.login('passkey', await this.#sign(page, other));
      assert.equal(asked.code, 300);
      assert.equal(asked.params.scheme, 'totp');
      const ticket = Buffer.from(asked.params.challenge, 'base64');
      const answer = Buffer.concat([Buffer.from(`${begun.params.codes[0]}:`), ticket]).toString('base64');
      assert.equal((await other.ask('login', {scheme: 'totp', secret: answer})).params.user, user);
    });
    this.#test('with user_verification required, who does not show that it is his is refused', async () => {
      const {page, user} = await this.#owner();
      await page.verifyUser(false);
      const signUnverified = async (connection) => {
        const options = challengeOf(await connection.login('passkey', {want: 'get'}));
        return page.get({...options, userVerification: 'discouraged'});
      };
      const lax = await this.#connect();
      assert.equal((await lax.login('passkey', await signUnverified(lax))).params.user, user);
      await this.#restart({user_verification: 'required'});
      try {
        const strict = await this.#connect();
        assert.equal((await strict.login('passkey', await signUnverified(strict))).code, 401);
        await page.verifyUser(true);
        assert.equal((await this.#login(page)).params.user, user);
      } finally {
        await this.#restart({});
      }
    });
  }

  #addAttacks() {
    this.#test('what a browser signed is good once, as it is, and for the page that asked', async () => {
      const {page, user} = await this.#owner();
      const connection = await this.#connect();
      const signed = await this.#sign(page, connection);
      const thief = await this.#connect();
      const {response} = signed;
      const otherData = {...JSON.parse(Buffer.from(response.clientDataJSON, 'base64url')), origin: this.below};
      for (const [name, bad] of Object.entries({
        signature: withResponse(signed, {signature: flip(response.signature)}),
        'no signature': withResponse(signed, {signature: ''}),
        'authenticator data': withResponse(signed, {authenticatorData: flip(response.authenticatorData)}),
        'client data': withResponse(signed, {
          clientDataJSON: Buffer.from(JSON.stringify(otherData)).toString('base64url'),
        }),
        id: {...signed, id: flip(signed.id)},
      })) {
        assert.equal((await thief.login('passkey', bad)).code, 401, name);
      }
      assert.equal((await connection.login('passkey', signed)).params.user, user);
      assert.equal((await thief.login('passkey', signed)).code, 401, 'again');
    });
    this.#test('a page of another origin can neither log in nor register', async () => {
      const {page, connection, user} = await this.#owner();
      const evil = await this.browser.open(this.foreign);
      await evil.copy(await page.credentials());
      assert.equal((await this.#login(evil)).code, 401);
      const options = challengeOf(await connection.change('passkey', {want: 'create'}));
      const made = await evil.create({...options, excludeCredentials: []});
      assert.equal((await connection.change('passkey', made)).code, 401);
      assert.equal((await this.#login(page)).params.user, user);
    });
    this.#test('a passkey of another domain is refused, though the page may ask', async () => {
      const {connection} = await this.#person();
      const page = await this.browser.open(this.below);
      const options = challengeOf(await connection.change('passkey', {want: 'create'}));
      const made = await page.create({...options, rp: {id: 'app.localhost', name: 'x'}});
      assert.equal((await connection.change('passkey', made)).code, 401);
    });
    this.#test('a challenge is good for what it was made, and for whom', async () => {
      const ann = await this.#owner();
      const bob = await this.#person();
      const forBob = challengeOf(await bob.connection.change('passkey', {want: 'create'}));
      const made = await ann.page.create({...forBob, user: {...forBob.user}});
      assert.equal((await ann.connection.change('passkey', made)).code, 401);
      assert.equal((await bob.connection.change('passkey', made)).code, 200);
      assert.equal((await bob.connection.change('passkey', made)).code, 409);
      // The challenge of a registration, signed for a login.
      const connection = await this.#connect();
      const asked = challengeOf(await connection.login('passkey', {want: 'get', user: ann.user}));
      const {challenge} = challengeOf(await ann.connection.change('passkey', {want: 'create'}));
      const crossed = await ann.page.get({...asked, challenge});
      assert.equal((await connection.login('passkey', crossed)).code, 401);
      // Made up by nobody.
      const invented = await ann.page.get({...asked, challenge: Buffer.alloc(65).toString('base64url')});
      assert.equal((await connection.login('passkey', invented)).code, 401);
    });
    this.#test('a passkey opens the account that it was made for, and no other', async () => {
      const ann = await this.#owner();
      const bob = await this.#owner();
      const connection = await this.#connect();
      const signed = await this.#sign(ann.page, connection);
      const {userHandle} = (await this.#sign(bob.page, connection)).response;
      assert.equal((await connection.login('passkey', withResponse(signed, {userHandle}))).code, 401);
      // Asked of Bob, signed by Ann.
      const options = challengeOf(await connection.login('passkey', {want: 'get', user: bob.user}));
      const byAnn = await ann.page.get({...options, allowCredentials: []});
      assert.equal((await connection.login('passkey', byAnn)).code, 401);
      const other = withResponse(byAnn, {userHandle});
      assert.equal((await connection.login('passkey', other)).code, 401);
    });
    this.#test('a copy whose counter is behind is refused, and the log says so', async () => {
      const {page, user} = await this.#owner();
      const copies = await page.credentials();
      for (let i = 0; i < 3; ++i) assert.equal((await this.#login(page)).params.user, user);
      const thief = await this.browser.open(this.origin);
      await thief.copy(copies);
      assert.equal((await this.#login(thief)).code, 401);
      assert.ok(this.node.log.some((line) => line.includes('may have been copied')));
      assert.equal((await this.#login(page)).params.user, user);
    });
    this.#test('nobody learns who has passkeys: of those who have none, one is made up', async () => {
      const {user} = await this.#person();
      const connection = await this.#connect();
      const asked = async (whom) => {
        const {allowCredentials} = challengeOf(await connection.login('passkey', {want: 'get', user: whom}));
        return allowCredentials;
      };
      const [first, second] = [await asked(user), await asked(user)];
      assert.equal(first.length, 1);
      assert.deepEqual(first, second);
      assert.notDeepEqual(await asked('usrAAAAAAAAAAE'), first);
    });
  }

  #addLists() {
    this.#test('passkeys are listed and removed by their owner, and the last one may go', async () => {
      const {connection, page, user, id} = await this.#owner('the first');
      const second = await this.browser.open(this.origin);
      const options = challengeOf(await connection.change('passkey', {want: 'create'}));
      assert.deepEqual(options.excludeCredentials.map((one) => one.id), [id]);
      await assert.rejects(page.create(options), /InvalidStateError/);
      const made = await second.create(options);
      assert.equal((await connection.change('passkey', {...made, label: 'the second'})).code, 200);
      const listed = await connection.change('passkey', {want: 'list'});
      const rows = listed.params.told.map((text) => JSON.parse(text));
      assert.deepEqual(rows.map(({label}) => label), ['the first', 'the second']);
      assert.ok(rows.every(({created}) => Math.abs(created - Date.now()) < 600_000));
      for (const one of [page, second]) assert.equal((await this.#login(one)).params.user, user);
      assert.equal((await connection.change('passkey', {want: 'remove', id})).code, 200);
      assert.equal((await this.#login(page)).code, 401);
      assert.equal((await this.#login(second)).params.user, user);
      assert.equal((await connection.change('passkey', {want: 'remove', id})).code, 404);
      assert.equal((await connection.change('passkey', {want: 'remove', id: made.id})).code, 200);
      assert.equal((await this.#login(second)).code, 401);
      assert.equal((await connection.change('passkey', {want: 'list'})).code, 404);
    });
    this.#test('an account has at most max_keys', async () => {
      const {connection} = await this.#owner();
      const pages = [];
      const early = challengeOf(await connection.change('passkey', {want: 'create'}));
      for (let i = 1; i < 3; ++i) {
        pages.push(await this.browser.open(this.origin));
        const options = challengeOf(await connection.change('passkey', {want: 'create'}));
        assert.equal((await connection.change('passkey', await pages.at(-1).create(options))).code, 200);
      }
      assert.equal((await connection.change('passkey', {want: 'create'})).code, 422);
      const late = await this.browser.open(this.origin);
      assert.equal((await connection.change('passkey', await late.create(early))).code, 422);
    });
    this.#test('what is no step is 400, and who is not logged in changes nothing', async () => {
      const {connection} = await this.#person();
      for (const step of [{}, {want: 'rule'}, {want: 'get', user: 'ann'}, {id: 'AA', response: {}}, [], 7]) {
        assert.equal((await connection.change('passkey', step)).code, 400, JSON.stringify(step));
        const stranger = await this.#connect();
        assert.equal((await stranger.login('passkey', step)).code, 400, JSON.stringify(step));
      }
      const stranger = await this.#connect();
      assert.equal((await stranger.change('passkey', {want: 'create'})).code, 403);
    });
  }
}
