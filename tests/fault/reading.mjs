// Reads a topic back and compares it with what the server promised.

const PAGE = 100;

// All messages of a topic, as the server has them now: seq → content, and what came twice.
export async function readAll(client, topic) {
  const found = new Map();
  const twice = [];
  client.onData = (data) => {
    if (data.topic !== topic) return;
    if (found.has(data.seq)) twice.push(data.seq);
    found.set(data.seq, data.content);
  };
  let before = 0;
  for (let page = 0; page < 10_000; ++page) {
    const ctrl = await client.ask('get', {
      topic, what: 'data', data: {limit: PAGE, ...(before ? {before} : {})},
    });
    if (ctrl.code === 204) break;
    before = Math.min(before || Infinity, ...[...found.keys()].slice(-PAGE));
    if (before === 1) break;
  }
  return {found, twice};
}

// Adds to `problems` what of `book` (seq → content) is not there once, under its number, without a
// gap, and what of `refused` (contents) is there; returns how many messages there are.
export async function verify(client, topic, book, problems, refused = new Set()) {
  const {found, twice} = await readAll(client, topic);
  for (const seq of twice) problems.push(`${topic}: seq ${seq} twice`);
  for (let seq = 1; seq <= found.size; ++seq) {
    if (!found.has(seq)) problems.push(`${topic}: gap at ${seq} of ${found.size}`);
  }
  for (const [seq, content] of book) {
    if (found.get(seq) !== content) {
      problems.push(`${topic}: acknowledged ${seq} "${content}", found "${found.get(seq)}"`);
    }
  }
  for (const content of found.values()) {
    if (refused.has(content)) problems.push(`${topic}: "${content}" was refused, and is there`);
  }
  const contents = new Set(found.values());
  if (contents.size !== found.size) problems.push(`${topic}: a message is stored twice`);
  return found.size;
}
