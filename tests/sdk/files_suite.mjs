// Files by the SDK's helper: up, down, refused, cancelled; avatars and attachments.
import assert from 'node:assert/strict';

import {FileXhr, openPage} from './browser.mjs';
import {connect, Drafty, eventually, openMe, openTopic, register, Tinode} from './client.mjs';

const tests = [];
export const fileTests = () => tests;
const test = (name, body) => tests.push({name: `files: ${name}`, body});

const PNG = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.alloc(3000, 7)]);
const blob = (bytes = PNG, type = 'image/png') => new Blob([bytes], {type});
// Each new client makes the helpers of all use what its sessions use.
function helperOf(client) {
  const helper = client.getLargeFileHelper();
  helper.constructor.setNetworkProvider(FileXhr);
  return helper;
}
const origin = (node) => `http://127.0.0.1:${node.httpPort}`;

async function bytesOf(saved) {
  return Buffer.from(await saved.blob.arrayBuffer());
}

test('a file goes up with progress and comes down where a page saves it', async (node) => {
  const saved = openPage(origin(node));
  const ann = await register(node, 'fileann');
  const helper = helperOf(ann);
  const seen = [];
  const url = await helper.upload(blob(), null, (part) => seen.push(part), (ctrl) => seen.push(ctrl.code));
  assert.match(url, /^\/v0\/file\/s\/[-_A-Za-z0-9]{11}\.png$/);
  await eventually('both callbacks are called', () => seen.length === 2);
  assert.deepEqual(seen, [1, 200]);
  const loaded = [];
  await helper.download(url, 'picture.png', 'image/png', (bytes) => loaded.push(bytes));
  assert.deepEqual(loaded, [PNG.length]);
  assert.equal(saved[0].name, 'picture.png');
  assert.deepEqual(await bytesOf(saved[0]), PNG);
  assert.equal(FileXhr.last.answerHeaders.get('content-disposition'), 'attachment');
  const elsewhere = await helper.uploadWithBaseUrl(`${origin(node)}/`, blob(Buffer.from('text'), 'text/plain'));
  await helper.download(elsewhere, 'text.txt', 'text/plain');
  assert.equal(await saved[1].blob.text(), 'text');
  ann.disconnect();
});

test('an image can be shown by a URL that says who asks', async (node) => {
  const ann = await register(node, 'fileshow');
  const url = await helperOf(ann).upload(blob());
  assert.equal((await fetch(origin(node) + url)).status, 403);
  const shown = await fetch(origin(node) + ann.authorizeURL(url));
  assert.equal(shown.status, 200);
  assert.equal(shown.headers.get('content-disposition'), 'inline');
  assert.deepEqual(Buffer.from(await shown.arrayBuffer()), PNG);
  ann.disconnect();
});

test('what is refused says why', async (node) => {
  openPage(origin(node));
  const ann = await register(node, 'fileno');
  const helper = helperOf(ann);
  await assert.rejects(helper.download('/v0/file/s/AAAAAAAAAAE', 'x', 'image/png'), {code: 404});
  const told = [];
  const longest = ann.getServerParam('maxFileUploadSize', 0);
  assert.ok(longest > 0);
  await assert.rejects(
      helper.upload(blob(Buffer.alloc(longest + 1)), null, null, null, (ctrl) => told.push(ctrl.code)),
      {code: 413});
  await eventually('the callback is called', () => told.length === 1);
  assert.deepEqual(told, [413]);
  const stranger = await connect(node, 'filestranger');
  await assert.rejects(helperOf(stranger).upload(blob()), {code: 401});
  for (const client of [ann, stranger]) client.disconnect();
});

test('a cancelled upload ends', async (node) => {
  const ann = await register(node, 'filecancel');
  const helper = helperOf(ann);
  const upload = helper.upload(blob(Buffer.alloc(4_000_000)));
  helper.cancel();
  await assert.rejects(upload, /cancelled/);
  assert.match(await helperOf(ann).upload(blob()), /^\/v0\/file\/s\//);
  ann.disconnect();
});

test('an avatar is sent before there is an account, and others see it', async (node) => {
  const newcomer = await connect(node, 'fileavatar');
  const url = await helperOf(newcomer).upload(blob(), 'newacc');
  await newcomer.createAccountBasic('fileavatar', 'fileavatar-password', {
    public: {fn: 'avatar', photo: {ref: url, type: 'png'}}, attachments: [url], login: true,
  });
  const bob = await register(node, 'filebob');
  const {desc} = await bob.getMeta(newcomer.getCurrentUserID(), {what: 'desc'});
  assert.equal(desc.public.photo.ref, url);
  assert.equal((await fetch(origin(node) + bob.authorizeURL(desc.public.photo.ref))).status, 200);
  const me = await openMe(newcomer);
  const other = await helperOf(newcomer).upload(blob());
  const set = await me.setMeta({desc: {public: {photo: {ref: other, type: 'png'}}}, attachments: [other]});
  assert.equal(set.code, 200);
  for (const client of [newcomer, bob]) client.disconnect();
});

test('a draft is sent when its attachment is there', async (node) => {
  openPage(origin(node));
  const ann = await register(node, 'fileannd');
  const bob = await register(node, 'filebobd');
  const atAnns = await openTopic(ann, bob.getCurrentUserID());
  const upload = helperOf(ann).upload(blob(Buffer.from('report'), 'application/x-report'));
  const content = Drafty.attachFile(Drafty.parse('see this'), {
    mime: 'application/x-report', filename: 'report.rep', size: 6, urlPromise: upload,
  });
  const draft = atAnns.createMessage(content, false);
  const sent = await atAnns.publishDraft(draft, upload.then((url) => { content.ent[0].data.ref = url; }));
  assert.equal(sent.code, 202);
  const atBobs = await openTopic(bob, ann.getCurrentUserID());
  const message = await eventually('bob has it', () => atBobs.findMessage(1));
  const found = [];
  Drafty.attachments(message.content, (data) => found.push(data));
  assert.equal(found[0].name, 'report.rep');
  const saved = openPage(origin(node));
  await helperOf(bob).download(Drafty.getDownloadUrl(found[0]), found[0].name, found[0].mime);
  assert.equal(await saved[0].blob.text(), 'report');
  const cancelled = atAnns.createMessage('never', false);
  cancelled._cancelled = true;
  assert.equal((await atAnns.publishDraft(cancelled)).text, 'cancelled');
  assert.equal(Tinode.isNullValue(Tinode.DEL_CHAR), true);
  for (const client of [ann, bob]) client.disconnect();
});
