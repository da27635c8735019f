// One transfer of one audio file over HTTP, resumed where the last one broke (8.1, 8.2).
import { createWriteStream, existsSync, rmSync, statSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import tls from 'node:tls';

const CONNECT_MS = 10_000;
const READ_MS = 30_000;

export const trusted = (pem) => (pem ? [...tls.rootCertificates, pem] : undefined);

const sizeOf = (path) => (existsSync(path) ? statSync(path).size : 0);

/**
 * Brings `size` bytes of `url` into `path`. Resolves with `whole`, or `wrong` when what the server
 * has is of another size; rejects when it broke. Follows no redirection and knows no proxy.
 */
export function transfer({ url, path, size, caPem, signal }) {
  const held = sizeOf(path);
  if (held >= size) return Promise.resolve('whole');
  return new Promise((resolve, reject) => {
    const secure = url.startsWith('https:');
    const request = (secure ? https : http).get(url, {
      agent: false,
      ca: secure ? trusted(caPem) : undefined,
      headers: held > 0 ? { Range: `bytes=${held}-` } : {},
      signal,
    });
    const late = setTimeout(() => request.destroy(new Error('no connection')), CONNECT_MS);
    request.on('socket', (socket) => socket.once(secure ? 'secureConnect' : 'connect', () => clearTimeout(late)));
    request.setTimeout(READ_MS, () => request.destroy(new Error('silence')));
    request.on('error', reject);
    request.on('close', () => clearTimeout(late));
    request.on('response', (response) => {
      const answer = placed(response, held, size);
      if (answer.error) {
        if (answer.restart) rmSync(path, { force: true });
        request.destroy();
        if (answer.wrong) resolve('wrong');
        else reject(new Error(answer.error));
        return;
      }
      receive({ request, response, path, from: answer.from, size, resolve, reject });
    });
  });
}

/** Where in the file the body of a response belongs. */
function placed({ statusCode, headers }, held, size) {
  const announced = headers['content-length'] === undefined ? null : Number(headers['content-length']);
  if (statusCode === 200) {
    const short = announced !== null && announced < size;
    return short ? { error: 'short', wrong: true, restart: true } : { from: 0 };
  }
  if (statusCode === 416 && held > 0) return { error: 'nothing there', wrong: true, restart: true };
  if (statusCode !== 206 || held === 0) return { error: `status ${statusCode}` };
  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers['content-range'] ?? '');
  const matches = range && Number(range[1]) === held && (range[2] === '*' || Number(range[2]) === size);
  return matches ? { from: held } : { error: 'another range', restart: true };
}

function receive({ request, response, path, from, size, resolve, reject }) {
  const file = createWriteStream(path, { flags: from > 0 ? 'r+' : 'w', start: from });
  let have = from;
  let done = false;
  const finish = (settle) => {
    if (done) return;
    done = true;
    request.destroy();
    file.end(settle);
  };
  file.on('error', (error) => {
    done = true;
    request.destroy();
    reject(error);
  });
  response.on('data', (chunk) => {
    if (done) return;
    const taken = chunk.subarray(0, size - have); // more bytes than ordered are not taken
    have += taken.length;
    if (!file.write(taken)) {
      response.pause();
      file.once('drain', () => response.resume());
    }
    if (have === size) finish(() => resolve('whole'));
  });
  const broke = () => finish(() => reject(new Error('broken off')));
  response.on('end', broke);
  response.on('aborted', broke);
  response.on('error', broke);
  response.on('close', broke);
}
