// Logins at a real OpenID provider, and what must not pass for one.
import assert from 'node:assert/strict';
import {createHmac, createPublicKey, generateKeyPairSync, sign} from 'node:crypto';
import {createServer} from 'node:http';

import {Molvad} from '../support/node/molvad.mjs';
import {base64, challengeOf, Connection} from './connection.mjs';
import {OpenIdProvider, visit} from './provider.mjs';

const BACK = 'http://127.0.0.1:9/back';  // nobody listens: the browser of these tests stops there
const NATIVE = 'https://native.test/back';
const SECRET = 'a secret of: the client & the provider';
const PATIENCE_MS = 15_000;

const codeClient = (id, alg, more = {}) => ({
  client_id: id, redirect_uris: [BACK], response_types: ['code'], grant_types: ['authorization_code'],
  token_endpoint_auth_method: 'none', id_token_signed_response_alg: alg, ...more,
});
const CLIENTS = [
  codeClient('public-rs', 'RS256'),
  codeClient('public-es', 'ES256'),
  codeClient('public-ed', 'EdDSA'),
  codeClient('secret-basic', 'RS256', {client_secret: SECRET, token_endpoint_auth_method: 'client_secret_basic'}),
  codeClient('secret-post', 'ES256', {client_secret: SECRET, token_endpoint_auth_method: 'client_secret_post'}),
  ...['native', 'stranger'].map((id) => ({
    client_id: id, redirect_uris: [NATIVE], response_types: ['id_token'], grant_types: ['implicit'],
    token_endpoint_auth_method: 'none', id_token_signed_response_alg: 'ES256',
  })),
];

const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

// Resolves as soon as `attempt` does not throw, else throws what it did last.
async function eventually(attempt) {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((resolve) => { setTimeout(resolve, 500); });
    }
  }
}

export class Suite {
  static label = 'oidc';
  #tests = [];
  #open = [];

  async start() {
    this.provider = new OpenIdProvider();
    await this.provider.start(CLIENTS);
    this.node = new Molvad();
    await this.#restart({});
  }

  // The node anew, with these settings of the plugin beside the usual ones.
  async #restart(settings) {
    await this.node.stop();
    const section = {
      issuer: this.provider.issuer, client_id: 'public-rs', redirect_uris: [BACK], native_clients: ['native'],
      tags: ['email:email'], allow_http: true, ...settings,
    };
    this.node.config = `[plugin.auth_oidc]\n${Object.entries(section)
        .map(([name, value]) => `${name} = ${JSON.stringify(value)}`).join('\n')}\n`;
    await this.node.start(['auth.schemes=basic,token,oidc', 'auth.throttle.address_failures=0']);
  }

  log() {
    return `${this.node.log.join('')}\n${this.provider.lines.join('')}`;
  }

  async stop() {
    await this.node?.stop();
    await this.provider?.stop();
    this.node?.cleanUp();
  }

  async #connect() {
    const connection = await Connection.open(this.node);
    this.#open.push(connection);
    return connection;
  }

  // Goes to the provider and back; what is then to be sent.
  async #visit(connection, user) {
    const begun = challengeOf(await connection.login('oidc', {redirect_uri: BACK}));
    const back = await visit(begun.url, user, BACK);
    assert.equal(back.state, begun.state);
    return {state: back.state, ticket: begun.ticket, code: back.code};
  }

  // A whole login; the last ctrl.
  async #login(user, connection) {
    connection ??= await this.#connect();
    const answer = await this.#visit(connection, user);
    const proof = challengeOf(await connection.login('oidc', answer));
    assert.deepEqual(Object.keys(proof), ['proof']);
    return connection.login('oidc', proof);
  }

  // A question for an ID token, and what the provider answers to it for `client`.
  async #nativeToken(connection, client) {
    const begun = challengeOf(await connection.login('oidc', {want: 'nonce'}));
    const query = new URLSearchParams({
      client_id: client, response_type: 'id_token', redirect_uri: NATIVE, scope: 'openid profile email',
      nonce: begun.nonce, state: 'of the application',
    });
    const {id_token: token} = await visit(`${this.provider.issuer}/auth?${query}`, 'nat', NATIVE);
    return {state: begun.state, ticket: begun.ticket, id_token: token};
  }

  #test(name, body) {
    this.#tests.push({
      name: `oidc: ${name}`,
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
    this.#addReplays();
    this.#addTokens();
    this.#addProvider();
    return this.#tests;
  }

  #addLogins() {
    this.#test('somebody whom the provider names gets an account, and the same one again', async () => {
      const connection = await this.#connect();
      const first = await this.#login('ann', connection);
      assert.equal(first.code, 200, JSON.stringify(first));
      assert.equal(first.params.authlvl, 'auth');
      assert.match(first.params.user, /^usr/);
      const again = await this.#login('ann');
      assert.equal(again.params.user, first.params.user);
      const other = await this.#login('bob');
      assert.notEqual(other.params.user, first.params.user);
    });
    this.#test('the account has the name and the confirmed tags that the provider says', async () => {
      for (const [user, isFound] of [['carol', true], ['unverified-carol', false]]) {
        const connection = await this.#connect();
        await this.#login(user, connection);
        const seen = await connection.describe();
        assert.equal(seen.desc.public.fn, `Dr ${user}`);
        assert.deepEqual(seen.tags ?? [], isFound ? [`email:${user}@example.org`] : []);
      }
    });
    for (const [client, settings] of [
      ['public-es', {}], ['public-ed', {}], ['secret-basic', {client_secret: SECRET}],
      ['secret-post', {client_secret: SECRET, client_auth: 'post'}],
    ]) {
      this.#test(`the client ${client} logs in, and to the account of before`, async () => {
        const before = await this.#login('ann');
        await this.#restart({client_id: client, ...settings});
        try {
          const ctrl = await this.#login('ann');
          assert.equal(ctrl.code, 200, JSON.stringify(ctrl));
          assert.equal(ctrl.params.user, before.params.user);
        } finally {
          await this.#restart({});
        }
      });
    }
    this.#test('without allow_new_accounts only those come in who have one', async () => {
      await this.#login('ann');
      await this.#restart({allow_new_accounts: false});
      try {
        assert.equal((await this.#login('ann')).code, 200);
        assert.equal((await this.#login('newcomer')).code, 401);
      } finally {
        await this.#restart({});
      }
    });
  }

  #addReplays() {
    this.#test('a code, a state and a proof are each good once', async () => {
      const connection = await this.#connect();
      const answer = await this.#visit(connection, 'dora');
      const proof = challengeOf(await connection.login('oidc', answer));
      const thief = await this.#connect();
      assert.equal((await thief.login('oidc', answer)).code, 401);
      assert.equal((await connection.login('oidc', proof)).code, 200);
      assert.equal((await thief.login('oidc', proof)).code, 401);
      // The code with a state of the thief's own: PKCE binds it to the first one.
      const own = challengeOf(await thief.login('oidc', {redirect_uri: BACK}));
      const mixed = {state: own.state, ticket: own.ticket, code: answer.code};
      assert.equal((await thief.login('oidc', mixed)).code, 401);
    });
    this.#test('a code that was not used is bound to its own login', async () => {
      const connection = await this.#connect();
      const answer = await this.#visit(connection, 'dora');
      const thief = await this.#connect();
      const own = challengeOf(await thief.login('oidc', {redirect_uri: BACK}));
      assert.equal((await thief.login('oidc', {...own, code: answer.code})).code, 401);
    });
    this.#test('who reads the address that the browser comes back to cannot use it', async () => {
      const connection = await this.#connect();
      const answer = await this.#visit(connection, 'dora');
      const thief = await this.#connect();
      const own = challengeOf(await thief.login('oidc', {redirect_uri: BACK}));
      for (const ticket of [undefined, '', own.ticket]) {
        assert.equal((await thief.login('oidc', {...answer, ticket})).code, 401, ticket);
      }
      challengeOf(await connection.login('oidc', answer));
    });
    this.#test('what is no step is 400, and no state of this node 401, at no cost to the provider', async () => {
      const connection = await this.#connect();
      await this.#login('ann');
      await this.provider.takeCounts();
      for (const step of [{}, {state: 'x'}, {state: 'x', ticket: 'y'}, {redirect_uri: 7}, [], 'ann:secret']) {
        assert.equal((await connection.login('oidc', step)).code, 400, JSON.stringify(step));
      }
      const made = {state: 'A'.repeat(86), ticket: 'A', code: 'c'};
      assert.equal((await connection.login('oidc', made)).code, 401);
      assert.equal((await connection.login('oidc', {proof: '*)(uid=*'})).code, 401);
      assert.deepEqual(await this.provider.takeCounts(), {});
    });
    this.#test('an address that is not on the list is refused', async () => {
      const connection = await this.#connect();
      for (const address of [`${BACK}/`, `${BACK}?a=b`, 'https://evil.test/', BACK.toUpperCase()]) {
        assert.equal((await connection.login('oidc', {redirect_uri: address})).code, 422, address);
      }
    });
  }

  #addTokens() {
    this.#test('an ID token for a native client logs in, once', async () => {
      const connection = await this.#connect();
      const answer = await this.#nativeToken(connection, 'native');
      const proof = challengeOf(await connection.login('oidc', answer));
      assert.equal((await connection.login('oidc', answer)).code, 401);
      assert.equal((await connection.login('oidc', proof)).code, 200);
    });
    this.#test('an ID token for another client, or for another question, is refused', async () => {
      const connection = await this.#connect();
      const foreign = await this.#nativeToken(connection, 'stranger');
      assert.equal((await connection.login('oidc', foreign)).code, 401);
      const good = await this.#nativeToken(connection, 'native');
      const other = challengeOf(await connection.login('oidc', {want: 'nonce'}));
      const moved = {...good, state: other.state, ticket: other.ticket};
      assert.equal((await connection.login('oidc', moved)).code, 401);
      // The state of a login by code, with a token.
      const begun = challengeOf(await connection.login('oidc', {redirect_uri: BACK}));
      const crossed = {state: begun.state, ticket: begun.ticket, id_token: good.id_token};
      assert.equal((await connection.login('oidc', crossed)).code, 401);
    });
    this.#test('a token that somebody made himself is refused, however it is signed', async () => {
      const {keys} = await (await fetch(`${this.provider.issuer}/jwks`)).json();
      const published = keys.find(({alg}) => alg === 'RS256');
      const pem = createPublicKey({key: published, format: 'jwk'}).export({type: 'spki', format: 'pem'});
      const own = generateKeyPairSync('ec', {namedCurve: 'P-256'});
      const hmac = (text, key) => createHmac('sha256', key).update(text).digest('base64url');
      const byOwn = (text) => sign('sha256', text, {key: own.privateKey, dsaEncoding: 'ieee-p1363'})
          .toString('base64url');
      const forgeries = {
        'alg none': [{alg: 'none'}, () => ''],
        'alg None': [{alg: 'None'}, () => ''],
        'HS256 with the public key': [{alg: 'HS256', kid: published.kid}, (text) => hmac(text, pem)],
        'HS256 with its modulus': [{alg: 'HS256', kid: published.kid},
          (text) => hmac(text, Buffer.from(published.n, 'base64url'))],
        'a key of his own': [{alg: 'ES256', kid: 'ES256-1'}, byOwn],
        'a key of his own, in the token': [{alg: 'ES256', jwk: own.publicKey.export({format: 'jwk'})}, byOwn],
        'the key of another algorithm': [{alg: 'ES256', kid: published.kid}, byOwn],
        'a key that is elsewhere': [{alg: 'ES256', kid: 'x', jku: 'http://127.0.0.1:9/jwks'}, byOwn],
      };
      const connection = await this.#connect();
      for (const [name, [header, signer]] of Object.entries(forgeries)) {
        const begun = challengeOf(await connection.login('oidc', {want: 'nonce'}));
        const now = Math.floor(Date.now() / 1000);
        const text = `${encode({typ: 'JWT', ...header})}.${encode({
          iss: this.provider.issuer, aud: 'native', sub: 'ann', nonce: begun.nonce, iat: now, exp: now + 600,
        })}`;
        const token = `${text}.${signer(text)}`;
        const ctrl = await connection.login('oidc', {state: begun.state, ticket: begun.ticket, id_token: token});
        assert.equal(ctrl.code, 401, name);
      }
      // Somebody else's claims under a signature that is good.
      const good = await this.#nativeToken(connection, 'native');
      const [head, body, signature] = good.id_token.split('.');
      const claims = JSON.parse(Buffer.from(body, 'base64url'));
      const tampered = [head, encode({...claims, sub: 'ann'}), signature].join('.');
      assert.equal((await connection.login('oidc', {...good, id_token: tampered})).code, 401);
    });
    this.#test('without native_clients no ID token is taken', async () => {
      await this.#restart({native_clients: []});
      try {
        const connection = await this.#connect();
        assert.equal((await connection.login('oidc', {want: 'nonce'})).code, 501);
      } finally {
        await this.#restart({});
      }
    });
  }

  #addProvider() {
    this.#test('when the provider changes its keys, logins go on, and the old keys are worth nothing', async () => {
      const before = await this.#login('ann');
      const connection = await this.#connect();
      const old = await this.#nativeToken(connection, 'native');
      await this.provider.rotate();
      // Unknown keys are asked for once in a while, so the first one may come too early.
      const after = await eventually(async () => {
        const ctrl = await this.#login('ann');
        assert.equal(ctrl.code, 200);
        return ctrl;
      });
      assert.equal(after.params.user, before.params.user);
      assert.equal((await connection.login('oidc', old)).code, 401);
    });
    this.#test('forged key ids do not make the node ask the provider each time', async () => {
      const connection = await this.#connect();
      await this.#login('ann', connection);
      await this.provider.takeCounts();
      const other = await this.#connect();
      for (let i = 0; i < 20; ++i) {
        const begun = challengeOf(await other.login('oidc', {want: 'nonce'}));
        const token = `${encode({alg: 'ES256', kid: `forged-${i}`})}.${encode({})}.${'A'.repeat(86)}`;
        const ctrl = await other.login('oidc', {state: begun.state, ticket: begun.ticket, id_token: token});
        assert.equal(ctrl.code, 401);
      }
      const {'/jwks': asked = 0} = await this.provider.takeCounts();
      assert.ok(asked <= 2, `asked ${asked} times`);
    });
    this.#test('a provider with TLS is believed by its certificate alone', async () => {
      const secure = {issuer: this.provider.secureIssuer, allow_http: false};
      // The browser of this test believes any; what the node believes is looked at.
      process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
      try {
        await this.#restart(secure);
        const connection = await this.#connect();
        assert.equal((await connection.login('oidc', {redirect_uri: BACK})).code, 503);
        await this.#restart({...secure, ca_file: this.provider.caFile});
        const ctrl = await this.#login('ann');
        assert.equal(ctrl.code, 200, JSON.stringify(ctrl));
      } finally {
        delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
        await this.#restart({});
      }
    });
    this.#test('a provider that answers with something else is not followed, and not waited for', async () => {
      let answer;
      const server = createServer((request, response) => answer(request, response));
      await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
      const issuer = `http://127.0.0.1:${server.address().port}`;
      const described = {
        issuer, authorization_endpoint: `${issuer}/auth`, token_endpoint: `${issuer}/token`, jwks_uri: `${issuer}/jwks`,
      };
      const say = (text) => (_, response) => response.end(typeof text === 'string' ? text : JSON.stringify(text));
      const good = `${this.provider.issuer}/.well-known/openid-configuration`;
      const wrong = {
        'another address': (_, response) => response.writeHead(302, {location: good}).end(),
        'an error': (_, response) => response.writeHead(500).end(JSON.stringify(described)),
        'no JSON': say('<html>'),
        'too much': say(JSON.stringify({...described, more: 'x'.repeat(300_000)})),
        'two issuers': say(`{"issuer": "x", ${JSON.stringify(described).slice(1)}`),
        'another issuer': say({...described, issuer: `${issuer}/`}),
        'an endpoint without TLS, elsewhere': say({...described, token_endpoint: 'http://id.test/token'}),
        'a file': say({...described, jwks_uri: 'file:///etc/passwd'}),
        'no S256': say({...described, code_challenge_methods_supported: ['plain']}),
        'nothing at all': () => {},
      };
      try {
        for (const [name, one] of Object.entries(wrong)) {
          answer = one;
          await this.#restart({issuer, timeout_seconds: 1});
          const connection = await this.#connect();
          assert.equal((await connection.login('oidc', {redirect_uri: BACK})).code, 503, name);
        }
        answer = say(described);
        await this.#restart({issuer, timeout_seconds: 1});
        const connection = await this.#connect();
        assert.equal((await connection.login('oidc', {redirect_uri: BACK})).code, 300);
      } finally {
        server.closeAllConnections();
        server.close();
        await this.#restart({});
      }
    });
    this.#test('a provider that is not there, or is another, makes logins wait: 503', async () => {
      const connection = await this.#connect();
      assert.equal((await connection.login('oidc', {redirect_uri: BACK})).code, 300);
      try {
        for (const issuer of ['http://127.0.0.1:9', `${this.provider.issuer}/other`,
          this.provider.issuer.replace('127.0.0.1', 'localhost')]) {
          await this.#restart({issuer});
          const other = await this.#connect();
          assert.equal((await other.login('oidc', {redirect_uri: BACK})).code, 503, issuer);
          assert.ok(this.node.log.at(-1).includes('a login at the OpenID provider failed'), 'and is logged');
          assert.equal((await other.ask('login', {scheme: 'basic', secret: base64('no:body')})).code, 401);
        }
      } finally {
        await this.#restart({});
      }
    });
  }
}
