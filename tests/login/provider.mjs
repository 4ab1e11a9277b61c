// Starts the provider, and goes through its pages as a browser does that shows nothing.
import {execFileSync, fork} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';

const PROGRAM = fileURLToPath(new URL('provider_process.mjs', import.meta.url));
const MOST_STEPS = 20;

export class OpenIdProvider {
  async start(clients) {
    this.clients = clients;
    this.round = 1;
    this.lines = [];
    this.folder = mkdtempSync(join(tmpdir(), 'molva-provider-'));
    const key = join(this.folder, 'key.pem');
    this.caFile = join(this.folder, 'certificate.pem');
    execFileSync('openssl', [
      'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1',
      '-subj', '/CN=id.test', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', this.caFile,
    ], {stdio: 'ignore'});
    this.process = fork(PROGRAM, [key, this.caFile], {stdio: ['ignore', 'pipe', 'pipe', 'ipc']});
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => this.lines.push(text));
    }
    const [{issuer, secureIssuer}] = await once(this.process, 'message');
    this.issuer = issuer;
    this.secureIssuer = secureIssuer;
    await this.tell({configure: {clients, round: this.round}});
  }

  async tell(message) {
    const answered = once(this.process, 'message');
    this.process.send(message);
    return (await answered)[0];
  }

  // From now on it signs with other keys, and publishes these alone.
  rotate() {
    return this.tell({configure: {clients: this.clients, round: ++this.round}});
  }

  // How often each address was asked for since the last time.
  async takeCounts() {
    return (await this.tell({})).asked;
  }

  async stop() {
    if (this.folder) rmSync(this.folder, {recursive: true, force: true});
    if (!this.process || this.process.exitCode !== null) return;
    const ended = once(this.process, 'exit');
    this.process.kill();
    await ended;
  }
}

class CookieJar {
  constructor() {
    this.cookies = new Map();
  }

  take(response) {
    for (const line of response.headers.getSetCookie()) {
      const [pair] = line.split(';');
      const at = pair.indexOf('=');
      this.cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
  }

  header() {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }
}

// Follows `url` to the address that the provider sends the browser back to, and returns what that
// says: {code, state} or {error}. Logs in as `user` and consents to whatever is asked.
export async function visit(url, user, redirectUri) {
  const jar = new CookieJar();
  let next = new URL(url);
  let form;
  for (let step = 0; step < MOST_STEPS; ++step) {
    const response = await fetch(next, {
      redirect: 'manual',
      method: form ? 'POST' : 'GET',
      headers: {cookie: jar.header()},
      body: form,
    });
    jar.take(response);
    form = undefined;
    const location = response.headers.get('location');
    if (location) {
      next = new URL(location, next);
      if (next.href.startsWith(redirectUri)) {
        return Object.fromEntries(new URLSearchParams(next.search || next.hash.slice(1)));
      }
      continue;
    }
    const page = await response.text();
    const action = /<form[^>]*action="([^"]+)"/.exec(page)?.[1];
    const prompt = /name="prompt" value="([^"]+)"/.exec(page)?.[1];
    if (!action) throw new Error(`no form at ${next.pathname} (${response.status}): ${page.slice(0, 400)}`);
    next = new URL(action, next);
    form = new URLSearchParams({prompt, login: user, password: 'any'});
  }
  throw new Error('the provider goes round in circles');
}
