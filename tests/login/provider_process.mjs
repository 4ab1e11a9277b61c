// An OpenID provider in a process of its own, with TLS and without. Its parent says by messages which
// clients it has and which keys it signs with, and changes both while it runs. Arguments: the files of
// the key and of the certificate.
import {generateKeyPairSync} from 'node:crypto';
import {once} from 'node:events';
import {readFileSync} from 'node:fs';
import * as http from 'node:http';
import * as https from 'node:https';
import {Provider} from 'oidc-provider';

const KINDS = {
  RS256: ['rsa', {modulusLength: 2048}],
  ES256: ['ec', {namedCurve: 'P-256'}],
  EdDSA: ['ed25519', {}],
};

// A new key for each algorithm; their ids say which round they are of.
function makeKeys(round) {
  return Object.entries(KINDS).map(([alg, [kind, options]]) => ({
    ...generateKeyPairSync(kind, options).privateKey.export({format: 'jwk'}),
    alg, use: 'sig', kid: `${alg}-${round}`,
  }));
}

const VERIFIED = {email_verified: true};
const findAccount = (_, id) => ({
  accountId: id,
  claims: () => ({
    sub: id, name: `Dr ${id}`, email: `${id}@example.org`,
    ...(id.startsWith('unverified') ? {} : VERIFIED),
  }),
});

const makeProvider = (issuer, {clients}, keys) => new Provider(issuer, {
  clients,
  jwks: {keys},
  findAccount,
  claims: {openid: ['sub'], profile: ['name'], email: ['email', 'email_verified']},
  conformIdTokenClaims: false,
  cookies: {keys: ['of no secret']},
  enabledJWA: {idTokenSigningAlgValues: ['RS256', 'ES256', 'EdDSA']},
  responseTypes: ['code', 'id_token'],
  features: {devInteractions: {enabled: true}},
}).callback();

let asked = {};  // how often each address was, by its path

// A server, and what answers its requests from the next message on.
class Front {
  constructor(server) {
    this.server = server;
    server.on('request', (request, response) => {
      const path = request.url.split('?')[0];
      asked[path] = (asked[path] ?? 0) + 1;
      this.answer(request, response);
    });
  }

  async listen(scheme) {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    this.issuer = `${scheme}://127.0.0.1:${this.server.address().port}`;
  }
}

const [key, cert] = process.argv.slice(2).map((path) => readFileSync(path));
const plain = new Front(http.createServer());
const secure = new Front(https.createServer({key, cert}));
await plain.listen('http');
await secure.listen('https');
process.on('message', ({configure}) => {
  if (configure) {
    const keys = makeKeys(configure.round);
    for (const front of [plain, secure]) front.answer = makeProvider(front.issuer, configure, keys);
  }
  const answer = {asked};
  asked = {};
  process.send(answer);
});
process.once('disconnect', () => process.exit());  // its parent is gone
process.send({issuer: plain.issuer, secureIssuer: secure.issuer});
