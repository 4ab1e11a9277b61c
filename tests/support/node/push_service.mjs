// A push service for browsers: takes what is sent to its devices, or does not know them any more.
import {execFileSync} from 'node:child_process';
import {createECDH, randomBytes} from 'node:crypto';
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {createServer} from 'node:https';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

// Speaks HTTPS under a certificate of its own, made anew.
export class PushService {
  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), 'molva-push-'));
    this.caFile = join(this.folder, 'certificate.pem');
    this.asked = [];  // {path, headers, bytes}, in order
  }

  async start() {
    const key = join(this.folder, 'key.pem');
    execFileSync('openssl', [
      'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes',
      '-days', '1', '-subj', '/CN=push.test', '-addext', 'subjectAltName=IP:127.0.0.1',
      '-keyout', key, '-out', this.caFile,
    ], {stdio: 'ignore'});
    const identity = {key: readFileSync(key), cert: readFileSync(this.caFile)};
    this.server = createServer(identity, (request, response) => {
      let bytes = 0;
      request.on('data', (chunk) => { bytes += chunk.length; });
      request.on('end', () => {
        this.asked.push({path: request.url, headers: request.headers, bytes});
        response.writeHead(request.url === '/gone' ? 410 : 201).end();
      });
    });
    await new Promise((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }

  // What a browser would give to the server: one that pushes to `path`, '/gone' or another.
  subscription(path) {
    const device = createECDH('prime256v1');
    return JSON.stringify({
      endpoint: `https://127.0.0.1:${this.server.address().port}${path}`,
      keys: {
        p256dh: device.generateKeys('base64url'),
        auth: randomBytes(16).toString('base64url'),
      },
    });
  }

  stop() {
    this.server?.closeAllConnections();
    this.server?.close();
    rmSync(this.folder, {recursive: true, force: true});
  }
}
