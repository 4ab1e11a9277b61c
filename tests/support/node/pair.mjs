// Starts two real molvads of different domains that know each other's keys.
import {execFileSync} from 'node:child_process';
import {join} from 'node:path';

import {Molvad} from './molvad.mjs';
import {steadyPort} from './steady_port.mjs';

// One of the two.
export class FederatedMolvad extends Molvad {
  constructor(domain) {
    super();
    this.domain = domain;
  }

  // Makes the identity and returns its public key.
  async prepare() {
    this.federationPort = await steadyPort();
    const text = execFileSync(join(this.bin, 'molvad'), [
      'key', 'show', '--json', '--data', this.data, '--set', `federation.domain=${this.domain}`,
    ], {encoding: 'utf8'});
    const shown = JSON.parse(text);
    return shown.keys[0].key;
  }

  // `peers`: as federation.peers wants them.
  async startWith(peers, settings = []) {
    this.settings = [
      `federation.domain=${this.domain}`,
      `federation.listen=127.0.0.1:${this.federationPort}`,
      `federation.peers=${peers.join(',')}`,
      'federation.allow_private_addresses=true',
      ...settings,
    ];
    await this.start(this.settings);
  }

  async restart() {
    await this.start(this.settings);
  }
}

// Both, started. `settings` go to both.
export async function startPair(settings = [], domains = ['a.test', 'b.test']) {
  const nodes = domains.map((domain) => new FederatedMolvad(domain));
  const keys = [];
  for (const node of nodes) keys.push(await node.prepare());
  const entry = (i) => `${nodes[i].domain}=127.0.0.1:${nodes[i].federationPort}#${keys[i]}`;
  for (const [i, node] of nodes.entries()) {
    await node.startWith(nodes.map((_, j) => j).filter((j) => j !== i).map(entry), settings);
  }
  return nodes;
}
