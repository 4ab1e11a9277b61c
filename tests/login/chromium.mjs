// A real Chromium without a window, with authenticators that exist in it alone.
import {spawn} from 'node:child_process';
import {createServer} from 'node:http';
import {mkdtempSync} from 'node:fs';
import {rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

const WAIT_MS = 30_000;

// What an authenticator in a telephone does: it keeps passkeys, and knows its owner.
const PHONE = {
  protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true,
  isUserVerified: true, automaticPresenceSimulation: true,
};

// Speaks the DevTools protocol over pipes: JSON, each with a zero byte behind it.
export class Chromium {
  async start() {
    this.profile = mkdtempSync(join(tmpdir(), 'molva-chromium-'));
    this.waiting = new Map();
    this.lastId = 0;
    this.lines = [];
    // A test has no secrets to keep from the pages that it serves itself, and may be root.
    this.process = spawn(process.env.MOLVA_CHROMIUM ?? 'chromium', [
      '--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run',
      '--disable-background-networking', '--disable-component-update', '--no-proxy-server',
      '--remote-debugging-pipe', `--user-data-dir=${this.profile}`, 'about:blank',
    ], {stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe']});
    this.process.stderr.setEncoding('utf8').on('data', (text) => {
      if (!text.includes('dbus/')) this.lines.push(text);  // which a machine for tests has not
    });
    let rest = '';
    this.process.stdio[4].setEncoding('utf8').on('data', (text) => {
      const messages = (rest + text).split('\0');
      rest = messages.pop();
      for (const message of messages) this.#take(JSON.parse(message));
    });
    this.process.once('error', (error) => this.#end(error));
    this.process.once('exit', (code) => this.#end(new Error(`chromium ended with ${code}\n${this.lines.join('')}`)));
    await this.send('Browser.getVersion');
  }

  #take({id, result, error}) {
    const waiting = this.waiting.get(id);
    this.waiting.delete(id);
    if (error) waiting?.reject(new Error(error.message));
    else waiting?.resolve(result);
  }

  #end(error) {
    this.ended = error;
    for (const {reject} of this.waiting.values()) reject(error);
  }

  send(method, params = {}, sessionId = undefined) {
    if (this.ended) return Promise.reject(this.ended);
    const id = ++this.lastId;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no answer to ${method}`)), WAIT_MS);
      const settle = (how) => (value) => {
        clearTimeout(timer);
        how(value);
      };
      this.waiting.set(id, {resolve: settle(resolve), reject: settle(reject)});
      this.process.stdio[3].write(`${JSON.stringify({id, method, params, sessionId})}\0`);
    });
  }

  // A page of `address`, with an authenticator of its own.
  async open(address) {
    const {targetId} = await this.send('Target.createTarget', {url: 'about:blank'});
    const {sessionId} = await this.send('Target.attachToTarget', {targetId, flatten: true});
    const page = new Page(this, sessionId);
    await page.send('Page.enable');
    await page.send('Page.navigate', {url: address});
    await page.run(`new Promise((done) => {
      if (document.readyState === 'complete') done(); else addEventListener('load', () => done());
    })`);
    await page.send('WebAuthn.enable');
    ({authenticatorId: page.authenticator} =
        await page.send('WebAuthn.addVirtualAuthenticator', {options: PHONE}));
    return page;
  }

  async stop() {
    if (this.process && !this.ended) {
      const ended = new Promise((resolve) => this.process.once('exit', resolve));
      await this.send('Browser.close').catch(() => this.process.kill());
      await ended;
    }
    // Its helpers may write for a moment more.
    if (this.profile) await rm(this.profile, {recursive: true, force: true, maxRetries: 20, retryDelay: 100});
  }
}

class Page {
  constructor(browser, session) {
    this.browser = browser;
    this.session = session;
  }

  send(method, params) {
    return this.browser.send(method, params, this.session);
  }

  // What `script` comes to in the page; whatever it throws is thrown.
  async run(script) {
    const {result, exceptionDetails} = await this.send('Runtime.evaluate', {
      expression: script, awaitPromise: true, returnByValue: true, userGesture: true,
    });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }

  // The same for what only the page in front may do.
  async runInFront(script) {
    await this.send('Page.bringToFront');
    return this.run(script);
  }

  // What the page does that a node sent `options` to: {id, response, …}.
  create(options) {
    return this.runInFront(`navigator.credentials.create({publicKey:
        PublicKeyCredential.parseCreationOptionsFromJSON(${JSON.stringify(options)})}).then((made) => made.toJSON())`);
  }

  get(options) {
    return this.runInFront(`navigator.credentials.get({publicKey:
        PublicKeyCredential.parseRequestOptionsFromJSON(${JSON.stringify(options)})}).then((made) => made.toJSON())`);
  }

  async credentials() {
    const {credentials} = await this.send('WebAuthn.getCredentials', {authenticatorId: this.authenticator});
    return credentials;
  }

  // Puts passkeys that another authenticator has into this one.
  async copy(credentials) {
    await this.send('WebAuthn.clearCredentials', {authenticatorId: this.authenticator});
    for (const credential of credentials) {
      await this.send('WebAuthn.addCredential', {authenticatorId: this.authenticator, credential});
    }
  }

  // Whether whoever holds the authenticator shows that it is his.
  verifyUser(isUserVerified) {
    return this.send('WebAuthn.setUserVerified', {authenticatorId: this.authenticator, isUserVerified});
  }
}

// Serves one empty page for all names of this machine.
export async function servePage() {
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'text/html');
    response.end('<!doctype html><title>passkeys</title>');
  });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return {port: server.address().port, close: () => server.close()};
}
