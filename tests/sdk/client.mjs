// The unmodified tinode-sdk under Node, and what tests need around it.
import 'fake-indexeddb/auto';
import sdk from 'tinode-sdk';
import WebSocket from 'ws';
import xhr2 from 'xhr2';

export const {Tinode, Drafty} = sdk;

// After disconnect() the SDK polls once more, at no address: a browser would find nothing there.
class Xhr extends xhr2.XMLHttpRequest {
  open(method, url, ...rest) {
    this.leadsNowhere = url === null;
    if (!this.leadsNowhere) super.open(method, url, ...rest);
  }
  send(body) {
    if (!this.leadsNowhere) super.send(body);
  }
}

Tinode.setNetworkProviders(WebSocket, Xhr);
Tinode.setDatabaseProvider(globalThis.indexedDB);

export const API_KEY = 'AQEAAAABAAD_rAp4DJh05a1HAwFT3A6K';
const WAIT_MS = 8_000;

// A connected client that has said hi, over the SDK's transport 'ws' or 'lp'.
export async function connect(node, name, transport = 'ws') {
  const client = new Tinode({
    appName: `Molva/${name}`,
    host: `127.0.0.1:${node.httpPort}`,
    apiKey: API_KEY,
    transport,
    secure: false,
    persist: false,
  });
  await client.connect();
  await eventually('the server answers hi', () => client.getServerInfo());
  return client;
}

// A client logged in as a new user.
export async function register(node, name, transport = 'ws') {
  const client = await connect(node, name, transport);
  const ctrl = await client.createAccountBasic(name, `${name}-password`,
                                               {public: {fn: name}, login: true});
  client.testName = name;
  if (ctrl.code !== 200) throw new Error(`account not created: ${ctrl.text}`);
  if (!client.isAuthenticated()) await client.loginBasic(name, `${name}-password`);
  return client;
}

// Subscribes to `me` as the web app does.
export async function openMe(client) {
  const me = client.getMeTopic();
  await me.subscribe(me.startMetaQuery().withLaterSub().withDesc().withTags().withCred().build());
  return me;
}

// Opens a topic as the web app does.
export async function openTopic(client, name) {
  const topic = client.getTopic(name);
  if (!topic.isSubscribed()) {
    await topic.subscribe(
        topic.startMetaQuery().withLaterDesc().withLaterSub().withLaterData(24).withLaterDel(24)
            .build());
  }
  return topic;
}

// Resolves when `check` holds; fails with `what` when that takes too long.
export async function eventually(what, check) {
  const end = Date.now() + WAIT_MS;
  while (Date.now() < end) {
    const value = check();
    if (value) return value;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`did not happen in time: ${what}`);
}

// The contents of a topic's messages in order of their numbers.
export function contents(topic) {
  const found = [];
  topic.messages((message) => found.push(message.content));
  return found;
}
