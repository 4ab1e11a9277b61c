// Plain HTTP to a node: files and long polling as a browser asks for them.
import {API_KEY} from './client.mjs';

// A request that the node should answer at once, or a long poll with a short patience.
const PATIENCE_MS = 10_000;

function formOf(fields) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    if (name !== 'file') {
      form.set(name, value);
      continue;
    }
    const bytes = value.bytes ? Buffer.alloc(value.bytes, 'x')
                              : Buffer.from(value.base64 ?? value.text, value.base64 ? 'base64' : 'utf8');
    form.set('file', new File([bytes], value.name ?? 'file', {type: value.type ?? ''}));
  }
  return form;
}

const parsed = (text) => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

// The options are those of the line "fetch" (scenario.h).
export async function fetchFrom(node, method, path, {key, auth, headers = {}, body, form}) {
  const all = {...headers};
  if (key !== false) all['X-Tinode-APIKey'] = API_KEY;
  if (auth) all['X-Tinode-Auth'] = `Token ${auth}`;
  const response = await fetch(`http://127.0.0.1:${node.httpPort}${path}`, {
    method, headers: all, body: form ? formOf(form) : body, redirect: 'manual',
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  return {status: response.status, headers: Object.fromEntries(response.headers),
    body: parsed(bytes.toString()), size: bytes.length};
}
