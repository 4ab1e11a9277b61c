// Which of the SDK's public methods the suites have called, of those that ask the server something.
import sdk from 'tinode-sdk';

const {Tinode} = sdk;

function classes() {
  const client = new Tinode({appName: 'Molva/coverage', host: 'localhost', apiKey: 'x', transport: 'ws'});
  const prototypeOf = (object) => Object.getPrototypeOf(object);
  const me = prototypeOf(client.getMeTopic());
  return {
    Tinode: Tinode.prototype,
    Topic: prototypeOf(me),
    TopicMe: me,
    TopicFnd: prototypeOf(client.getFndTopic()),
    LargeFileHelper: prototypeOf(client.getLargeFileHelper()),
  };
}

const isMethod = (prototype, name) => name !== 'constructor' && !name.startsWith('_') &&
    typeof Object.getOwnPropertyDescriptor(prototype, name).value === 'function';

// "Class.method" of all that leads to a request: by itself, or by what it calls.
function senders(all) {
  // Private names are different in each build; hello() shows the one that sends.
  const [, send] = /this\.(#\w+)\(\w+,\w+\.hi\.id\)/.exec(Tinode.prototype.hello.toString());
  const direct = new RegExp(`${send}\\(|_connection\\.(connect|probe|reconnect)\\(|\\b\\w\\.send\\(`);
  const sources = new Map();
  for (const [owner, prototype] of Object.entries(all)) {
    for (const name of Object.getOwnPropertyNames(prototype)) {
      if (isMethod(prototype, name)) sources.set(`${owner}.${name}`, prototype[name].toString());
    }
  }
  const found = new Set([...sources].filter(([, text]) => direct.test(text)).map(([name]) => name));
  for (let before = -1; before !== found.size;) {
    before = found.size;
    const names = [...new Set([...found].map((name) => name.split('.')[1]))];
    const calls = new RegExp(`\\.(${names.join('|')})(\\.call)?\\(`);
    for (const [name, text] of sources) {
      if (calls.test(text.slice(text.indexOf('{')))) found.add(name);
    }
  }
  return found;
}

// Who called the function that asks this: a suite, or the SDK itself?
function isCalledBySuite() {
  const caller = new Error().stack.split('\n')[3] ?? '';
  return caller.includes('/tests/sdk/') && !caller.includes('/node_modules/');
}

// Counts from now on; call before any client is made.
export function watchCalls() {
  const all = classes();
  const wanted = senders(all);
  const called = new Set();
  for (const full of wanted) {
    const [owner, name] = full.split('.');
    const original = all[owner][name];
    all[owner][name] = function(...args) {
      if (isCalledBySuite()) called.add(full);
      return original.apply(this, args);
    };
  }
  // What is not as it should be, in words.
  return () => {
    const problems = [];
    for (const full of wanted) {
      if (!called.has(full)) problems.push(`no suite calls ${full}()`);
    }
    return problems;
  };
}
