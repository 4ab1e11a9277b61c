// Starts a real molvad for a test and stops it.
import {spawn} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';

const START_MS = 30_000;

// A molvad on free ports with a data directory of its own.
export class Molvad {
  constructor() {
    this.data = mkdtempSync(join(tmpdir(), 'molva-test-'));
    this.log = [];
    // tests/run sets both; by hand it is the release build.
    const build = fileURLToPath(new URL('../../../build/release', import.meta.url));
    this.bin = process.env.MOLVA_BIN ?? join(build, 'bin');
    this.plugins = process.env.MOLVA_PLUGINS ?? join(build, 'plugins');
  }

  // Resolves with the ports once the node listens.
  async start(settings = []) {
    const sets = [`node.plugins=${this.plugins}`, 'log.format=json', ...settings];
    const args = ['serve', '--data', this.data, '--http', `127.0.0.1:${this.httpPort ?? 0}`,
      '--grpc', '127.0.0.1:0', ...sets.flatMap((one) => ['--set', one])];
    this.process = spawn(join(this.bin, 'molvad'), args, {stdio: ['ignore', 'ignore', 'pipe']});
    await new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no start in time:\n${this.log.join('')}`)),
                               START_MS);
      this.process.once('exit', (code) => reject(
          new Error(`molvad ended with ${code}:\n${this.log.join('')}`)));
      this.process.stderr.on('data', (chunk) => {
        this.log.push(chunk.toString());
        for (const line of chunk.toString().split('\n')) {
          if (!line.includes('http_port')) continue;
          const entry = JSON.parse(line);
          this.httpPort = Number(entry.http_port);
          this.grpcPort = Number(entry.grpc_port);
          clearTimeout(timer);
          resolve();
        }
      });
    });
    this.process.removeAllListeners('exit');
  }

  async stop(signal = 'SIGTERM') {
    if (!this.process || this.process.exitCode !== null) return;
    const ended = new Promise((resolve) => this.process.once('exit', resolve));
    this.process.kill(signal);
    await ended;
  }

  cleanUp() {
    rmSync(this.data, {recursive: true, force: true});
  }
}
