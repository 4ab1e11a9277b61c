// The little of a browser that the SDK's files need: requests with forms and blobs, and a page where a
// click on a link saves what it points to.
import {resolveObjectURL} from 'node:buffer';

// XMLHttpRequest over fetch, as far as LargeFileHelper uses it.
export class FileXhr {
  constructor() {
    this.readyState = 0;
    this.upload = {};
    this.headers = {};
    this.aborter = new AbortController();
  }

  open(method, url) {
    this.method = method;
    this.url = new URL(url, globalThis.window.location?.origin);
    this.readyState = 1;
  }

  setRequestHeader(name, value) {
    this.headers[name] = value;
  }

  send(body) {
    this.exchange(body).catch((error) => {
      this.readyState = 4;
      if (this.aborter.signal.aborted) return this.onabort?.();
      this.onerror?.(error);
    });
  }

  async exchange(body) {
    const size = body?.get('file')?.size ?? 0;
    const {method, headers} = this;
    const answer = await fetch(this.url, {method, headers, body, signal: this.aborter.signal});
    const blob = await answer.blob();
    this.upload.onprogress?.({lengthComputable: true, loaded: size, total: size});
    this.onprogress?.({loaded: blob.size});
    this.status = answer.status;
    this.statusText = answer.statusText;
    this.answerHeaders = answer.headers;
    this.response = this.responseType === 'blob' ? blob : await blob.text();
    this.readyState = 4;
    FileXhr.last = this;
    this.onload();
  }

  abort() {
    this.aborter.abort();
  }
}

class BlobReader {
  readAsText(blob) {
    blob.text().then((text) => {
      this.result = text;
      this.onload();
    });
  }
}

// Makes a page of `origin`; returns what is saved there, newest last: {name, blob}.
export function openPage(origin) {
  const saved = [];
  globalThis.window.location = {origin};
  globalThis.window.URL = URL;
  globalThis.FileReader = BlobReader;
  globalThis.document = {
    body: {appendChild() {}, removeChild() {}},
    createElement: () => ({
      style: {},
      setAttribute(name, value) { this[name] = value; },
      click() { saved.push({name: this.download, blob: resolveObjectURL(this.href)}); },
    }),
  };
  return saved;
}
