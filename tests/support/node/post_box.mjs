// An SMTP server that keeps what it is given, and the settings of a node that posts to it.
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

// The letters are JSON, so that they can be read again; one template for each language.
const LANGUAGES = ['en', 'en-GB', 'de'];
const BODIES = {
  confirm: {reason: 'confirm', code: '{{Code}}', token: '{{Token}}', login: '', scheme: ''},
  reset: {reason: 'reset', code: '{{Code}}', token: '', login: '{{Login}}', scheme: '{{Scheme}}'},
};

const quotedPrintable = (text) => Buffer.from(text.replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16))), 'latin1')
    .toString();

// The text of a letter, out of its first part of that type.
function textOf(mail) {
  const [, head, body] = /(content-type: text\/plain[\s\S]*?)\r\n\r\n([\s\S]*?)\r\n(?:--|$)/i.exec(mail);
  const [, encoding = '7bit'] = /content-transfer-encoding: (\S+)/i.exec(head) ?? [];
  if (encoding.toLowerCase() === 'base64') return Buffer.from(body, 'base64').toString();
  return encoding.toLowerCase() === 'quoted-printable' ? quotedPrintable(body) : body;
}

export class PostBox {
  static async open() {
    const box = new PostBox();
    box.letters = new Map();  // by address, oldest first
    box.templates = mkdtempSync(join(tmpdir(), 'molva-letters-'));
    for (const [reason, body] of Object.entries(BODIES)) {
      for (const language of LANGUAGES) {
        writeFileSync(join(box.templates, `${reason}_${language.toLowerCase()}.txt`),
                      `${reason}\n\n${JSON.stringify({...body, language})}\n`);
      }
    }
    box.server = createServer((socket) => box.serve(socket));
    await new Promise((resolve) => { box.server.listen(0, '127.0.0.1', resolve); });
    return box;
  }

  // TOML for the node.
  get config() {
    return `[plugin.validator_email]\nhost = "127.0.0.1"\nport = ${this.server.address().port}\n` +
        'security = "off"\nsender = "molva@example.com"\nhost_url = "http://localhost/"\n' +
        'domains = ["example.com", "x.com"]\n' + `templates = "${this.templates}"\n`;
  }

  // The oldest letter to `address`, which is taken; null if there is none.
  take(address) {
    const letter = this.letters.get(address)?.shift();
    if (!letter) return null;
    const proof = Buffer.from(`${letter.code}:email:${address}`).toString('base64');
    return {...letter, reset_secret: proof};
  }

  serve(socket) {
    let pending = '';
    let to = '';
    let isData = false;
    const say = (line) => socket.write(`${line}\r\n`);
    const hear = (line) => {
      const [, verb] = /^(\w+)/.exec(line) ?? [];
      if (verb === 'RCPT') [, to] = /<([^>]*)>/.exec(line);
      if (verb === 'DATA') {
        isData = true;
        return say('354 go on');
      }
      return say(verb === 'QUIT' ? '221 bye' : '250 ok');
    };
    socket.setEncoding('latin1');
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => {
      pending += chunk;
      for (;;) {
        const end = isData ? '\r\n.\r\n' : '\r\n';
        const at = pending.indexOf(end);
        if (at < 0) return;
        const text = pending.slice(0, at);
        pending = pending.slice(at + end.length);
        if (!isData) {
          hear(text);
          continue;
        }
        isData = false;
        if (!this.letters.has(to)) this.letters.set(to, []);
        this.letters.get(to).push(JSON.parse(textOf(`${text}\r\n`)));
        say('250 kept');
      }
    });
    say('220 post box');
  }

  close() {
    this.server.close();
    rmSync(this.templates, {recursive: true, force: true});
  }
}
