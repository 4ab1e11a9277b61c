// Packets as JSON to protobuf and back, and the stream that carries them.
import {fileURLToPath} from 'node:url';

import grpc from '@grpc/grpc-js';
import loader from '@grpc/proto-loader';

const definition = loader.loadSync('molva/v1/node.proto', {
  includeDirs: [fileURLToPath(new URL('../../../proto', import.meta.url))],
  keepCase: true,
  longs: Number,
  enums: String,
  defaults: false,
});
const {Node} = grpc.loadPackageDefinition(definition).molva.v1;

const json = (value) => (value === undefined ? undefined : Buffer.from(JSON.stringify(value)));
const jsonMap = (object) => object && Object.fromEntries(
    Object.entries(object).map(([key, value]) => [key, json(value)]));
const raw = (text) => (text === undefined ? undefined : Buffer.from(text, 'base64'));
const upper = (prefix, name) => name && `${prefix}_${name.toUpperCase().replaceAll('-', '_')}`;
const millis = (text) => (text === undefined ? undefined : Date.parse(text));

const cred = (c) => c && {method: c.meth, value: c.val, response: c.resp, params: jsonMap(c.params)};
const setDesc = (d) => d && {default_acs: d.defacs, public: json(d.public),
  private: json(d.private), trusted: json(d.trusted)};
const getOpts = (o) => o && {if_modified_since: millis(o.ims), user: o.user, topic: o.topic,
  since_id: o.since, before_id: o.before, limit: o.limit, ranges: o.ranges};
const searchOpts = (o) => o && {query: o.query, since_id: o.since, before_id: o.before,
  limit: o.limit, page: o.page};
const getQuery = (q) => q && {what: q.what, desc: getOpts(q.desc), sub: getOpts(q.sub),
  data: getOpts(q.data), del: getOpts(q.del), search: searchOpts(q.search)};
const setQuery = (q) => q && {desc: setDesc(q.desc),
  sub: q.sub && {user_id: q.sub.user, mode: q.sub.mode}, tags: q.tags, cred: cred(q.cred),
  aux: jsonMap(q.aux)};

// Source: docs/protocol messages §10.
const REQUESTS = {
  hi: (b) => ({id: b.id, user_agent: b.ua, ver: b.ver, device_id: b.dev, lang: b.lang,
    platform: b.platf, background: b.bkg}),
  acc: (b) => ({id: b.id, user_id: b.user, scheme: b.scheme, secret: raw(b.secret), login: b.login,
    tags: b.tags, desc: setDesc(b.desc), cred: b.cred?.map(cred), state: b.status,
    auth_level: upper('AUTH_LEVEL', b.authlevel), tmp_scheme: b.tmpscheme,
    tmp_secret: raw(b.tmpsecret)}),
  login: (b) => ({id: b.id, scheme: b.scheme, secret: raw(b.secret), cred: b.cred?.map(cred)}),
  sub: (b) => ({id: b.id, topic: b.topic, set_query: setQuery(b.set), get_query: getQuery(b.get)}),
  leave: (b) => ({id: b.id, topic: b.topic, unsub: b.unsub}),
  pub: (b) => ({id: b.id, topic: b.topic, no_echo: b.noecho, head: jsonMap(b.head),
    content: json(b.content)}),
  get: (b) => ({id: b.id, topic: b.topic, query: getQuery(b)}),
  set: (b) => ({id: b.id, topic: b.topic, query: setQuery(b)}),
  del: (b) => ({id: b.id, topic: b.topic, what: upper('WHAT', b.what), del_seq: b.delseq,
    user_id: b.user, cred: cred(b.cred), hard: b.hard}),
  note: (b) => ({topic: b.topic, what: upper('INFO_NOTE', b.what), seq_id: b.seq, unread: b.unread,
    event: upper('CALL_EVENT', b.event), payload: json(b.payload)}),
};

function toProto(packet) {
  const message = {};
  for (const [kind, body] of Object.entries(packet)) {
    if (REQUESTS[kind]) message[kind] = REQUESTS[kind](body);
  }
  const {extra} = packet;
  if (extra) {
    message.extra = {attachments: extra.attachments, on_behalf_of: extra.obo,
      auth_level: upper('AUTH_LEVEL', extra.authlevel)};
  }
  return message;
}

// Absent is what is empty or zero: so JSON has it, and protobuf cannot tell.
function sparse(object) {
  const kept = Object.entries(object).filter(([, value]) => value !== undefined && value !== '' &&
      value !== 0 && value !== false && !(Array.isArray(value) && value.length === 0));
  return Object.fromEntries(kept);
}
const parsed = (bytes) => (bytes?.length > 0 ? JSON.parse(bytes.toString()) : undefined);
const parsedMap = (map) => map && Object.fromEntries(
    Object.entries(map).map(([key, value]) => [key, parsed(value)]));
const time = (ms) => (ms ? new Date(ms).toISOString() : undefined);
const lower = (prefix, name) => name && name.slice(prefix.length + 1).toLowerCase().replaceAll('_', '-');
const acs = (mode) => mode && sparse({want: mode.want, given: mode.given, mode: mode.mode});
const seen = (when, ua) => (when ? sparse({when: time(when), ua}) : undefined);
const ranges = (list) => list?.map((range) => sparse({low: range.low, hi: range.hi}));

const desc = (d) => d && sparse({created: time(d.created_at), updated: time(d.updated_at),
  touched: time(d.touched_at), defacs: d.defacs && sparse({auth: d.defacs.auth, anon: d.defacs.anon}),
  acs: acs(d.acs), seq: d.seq_id, read: d.read_id, recv: d.recv_id, clear: d.del_id,
  public: parsed(d.public), private: parsed(d.private), trusted: parsed(d.trusted), state: d.state,
  chan: d.is_chan, online: d.online, subcnt: d.subscriber_count,
  seen: seen(d.last_seen_time, d.last_seen_user_agent)});
const sub = (s) => sparse({updated: time(s.updated_at), deleted: time(s.deleted_at),
  online: s.online, acs: acs(s.acs), read: s.read_id, recv: s.recv_id, public: parsed(s.public),
  private: parsed(s.private), trusted: parsed(s.trusted), user: s.user_id, topic: s.topic,
  touched: time(s.touched_at), seq: s.seq_id, clear: s.del_id, subcnt: s.subscriber_count,
  seen: seen(s.last_seen_time, s.last_seen_user_agent)});

const REPLIES = {
  ctrl: (b) => ({id: b.id, topic: b.topic, code: b.code, text: b.text, params: parsedMap(b.params),
    ts: time(b.timestamp)}),
  data: (b) => ({topic: b.topic, from: b.from_user_id, seq: b.seq_id, head: parsedMap(b.head),
    ts: time(b.timestamp)}),
  pres: (b) => ({topic: b.topic, src: b.src, what: lower('WHAT', b.what), ua: b.user_agent,
    seq: b.seq_id, clear: b.del_id, delseq: ranges(b.del_seq), tgt: b.target_user_id,
    act: b.actor_user_id, dacs: acs(b.acs)}),
  meta: (b) => ({id: b.id, topic: b.topic, desc: desc(b.desc), sub: b.sub?.map(sub),
    del: b.del && sparse({clear: b.del.del_id, delseq: ranges(b.del.del_seq)}), tags: b.tags,
    cred: b.cred?.map((c) => sparse({meth: c.method, val: c.value, done: c.done})),
    aux: parsedMap(b.aux), ts: time(b.timestamp)}),
  info: (b) => ({topic: b.topic, from: b.from_user_id, what: lower('INFO_NOTE', b.what),
    seq: b.seq_id, src: b.src, event: lower('CALL_EVENT', b.event), payload: parsed(b.payload)}),
};

function toJson(message) {
  for (const [kind, convert] of Object.entries(REPLIES)) {
    const body = message[kind];
    if (!body) continue;
    const packet = sparse(convert(body));
    // Content may be anything, zero and empty too; null is what protobuf cannot tell from absent.
    if (kind === 'data') packet.content = parsed(body.content) ?? null;
    return {[kind]: packet};
  }
  throw new Error(`a packet of no known kind: ${JSON.stringify(message)}`);
}

// One MessageLoop.
export function openStream(port, onPacket, onEnd) {
  const service = new Node(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
  const stream = service.MessageLoop();
  stream.on('data', (batch) => batch.messages.forEach((message) => onPacket(toJson(message))));
  stream.on('error', onEnd);
  stream.on('end', onEnd);
  return {
    send: (packet) => stream.write(toProto(packet)),
    close: () => {
      stream.cancel();
      service.close();
    },
  };
}
