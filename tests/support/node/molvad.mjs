// Starts a real molvad for a test and stops it.
import {spawn} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import {fileURLToPath} from 'node:url';

import {steadyPort} from './steady_port.mjs';

const START_MS = 30_000;

// Of nodes in this process that keep what they have in PostgreSQL.
let schemas = 0;

// A molvad on free ports with a data directory of its own.
export class Molvad {
  constructor() {
    this.data = mkdtempSync(join(tmpdir(), 'molva-test-'));
    this.log = [];
    this.output = '';  // what it has printed
    this.settings = [];
    // TOML, for what has no setting of its own; a suite that runs others may have something to add.
    this.config = process.env.MOLVA_TEST_CONFIG ?? '';
    // tests/run sets both; by hand it is the release build.
    const build = fileURLToPath(new URL('../../../build/release', import.meta.url));
    this.bin = process.env.MOLVA_BIN ?? join(build, 'bin');
    this.plugins = process.env.MOLVA_PLUGINS ?? join(build, 'plugins');
    // Set by tests/support/postgres/server: where a PostgreSQL is, in which each node has a schema.
    this.dsn = process.env.MOLVA_TEST_POSTGRES ?? '';
    this.schema = `node_${process.pid}_${++schemas}`;
    this.storeSettings = '';  // TOML, of the store on PostgreSQL
  }

  // Resolves once the node listens. Without `settings` it has those of the last time.
  async start(settings = this.settings) {
    this.settings = settings;
    const sets = [`node.plugins=${this.plugins}`, 'log.format=json', ...settings];
    let config = this.config;
    if (this.dsn !== '') {
      sets.push('store.plugin=postgres');
      config += `\n[plugin.store_postgres]\ndsn = "${this.dsn}"\nschema = "${this.schema}"\n${this.storeSettings}\n`;
    }
    this.httpPort ??= await steadyPort();
    const args = ['serve', '--data', this.data, '--http', `127.0.0.1:${this.httpPort}`,
      '--grpc', '127.0.0.1:0', ...sets.flatMap((one) => ['--set', one])];
    if (config !== '') {
      const path = join(this.data, 'test.toml');
      writeFileSync(path, config);
      args.push('--config', path);
    }
    this.process = spawn(join(this.bin, 'molvad'), args, {stdio: ['ignore', 'pipe', 'pipe']});
    this.process.stdout.setEncoding('utf8').on('data', (text) => { this.output += text; });
    await new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no start in time:\n${this.log.join('')}`)),
                               START_MS);
      this.process.once('close', (code) => reject(
          new Error(`molvad ended with ${code}:\n${this.log.join('')}`)));
      createInterface({input: this.process.stderr}).on('line', (line) => {
        this.log.push(`${line}\n`);
        if (!line.includes('http_port')) return;
        this.grpcPort = Number(JSON.parse(line).grpc_port);
        clearTimeout(timer);
        resolve();
      });
    });
    this.process.removeAllListeners('close');
  }

  // The whole lines of what it has printed.
  printed() {
    return this.output.split('\n').slice(0, -1);
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
