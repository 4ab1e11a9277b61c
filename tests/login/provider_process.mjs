// An OpenID provider in a process of its own. Its parent says by messages which clients it has and
// which keys it signs with, and changes both while it runs.
import {createServer} from 'node:http';
import {generateKeyPairSync} from 'node:crypto';
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

let current;
let asked = {};
const server = createServer((request, response) => {
  const path = request.url.split('?')[0];
  asked[path] = (asked[path] ?? 0) + 1;
  current(request, response);
});

function configure({clients, round}, issuer) {
  current = new Provider(issuer, {
    clients,
    jwks: {keys: makeKeys(round)},
    findAccount,
    claims: {openid: ['sub'], profile: ['name'], email: ['email', 'email_verified']},
    conformIdTokenClaims: false,
    cookies: {keys: ['of no secret']},
    enabledJWA: {idTokenSigningAlgValues: ['RS256', 'ES256', 'EdDSA']},
    responseTypes: ['code', 'id_token'],
    features: {devInteractions: {enabled: true}},
  }).callback();
}

server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  process.on('message', (message) => {
    if (message.configure) configure(message.configure, issuer);
    const answer = {asked};
    asked = {};
    process.send(answer);
  });
  process.send({issuer});
});
