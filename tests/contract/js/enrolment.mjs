// Enrolment with a code: node enrolment.mjs HOME DOCS_FOLDER STATION_URL CODE
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Backoff } from './src/backoff.mjs';
import { readCode } from './src/code.mjs';
import { believed, identityOf, makeWish } from './src/enrol.mjs';
import { writeDurably } from './src/log.mjs';
import { Schemas } from './src/schemas.mjs';

const DAY_MS = 86_400_000;
const LONGEST_ANSWER = 65_536;

/** Sends the request once; the body as JSON, or null where it was none. */
function post(url, body) {
  return new Promise((resolve, reject) => {
    const client = url.startsWith('https:') ? https : http;
    const options = { method: 'POST', agent: false, timeout: 30_000, headers: { 'Content-Type': 'application/json' } };
    const request = client.request(url, options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('error', reject).on('data', (chunk) => {
        text += chunk;
        if (text.length > LONGEST_ANSWER) request.destroy(new Error('too long an answer'));
      });
      response.on('end', () => {
        try {
          resolve({ status: response.statusCode, answer: JSON.parse(text) });
        } catch {
          resolve({ status: response.statusCode, answer: null });
        }
      });
    });
    request.on('timeout', () => request.destroy(new Error('no answer')));
    request.on('error', reject);
    request.end(JSON.stringify(body));
  });
}

/** The wish of this code: the stored one after a restart, or a new one, stored before it is sent. */
function wishOf(path, code, software) {
  if (existsSync(path)) {
    const stored = JSON.parse(readFileSync(path, 'utf8'));
    if (stored.body.code_id === code.codeId) return stored;
  }
  const wish = makeWish(code, { software, hardware: hostname() });
  writeDurably(path, JSON.stringify(wish));
  return wish;
}

const grouped = (fingerprint) => fingerprint.match(/.{4}/g).join(' ');

async function enrol([home, docsFolder, stationUrl, typed]) {
  const schemas = new Schemas(docsFolder);
  const code = readCode(typed);
  const path = join(home, 'enrolling.json');
  mkdirSync(home, { recursive: true });
  const wish = wishOf(path, code, 'loa-controller-js');
  const backoff = new Backoff(5_000, 60_000);
  console.log(`fingerprint: ${grouped(wish.fingerprint)}`);
  while (Date.now() - wish.asked_at < DAY_MS) {
    const { status, answer } = await post(`${stationUrl.replace(/\/$/, '')}/enrol`, wish.body)
      .catch((error) => ({ status: error.message, answer: null }));
    const said = believed(code, wish.body, answer, schemas);
    if (said?.kind === 'enrolled') {
      writeDurably(join(home, 'identity.json'), JSON.stringify(identityOf(said, wish), null, 2));
      rmSync(path);
      console.log(`enrolled: ${said.station} ${said.device}`);
      return 0;
    }
    if (said?.kind === 'refused') {
      rmSync(path);
      console.log(`refused: ${said.code}`);
      return 1;
    }
    console.log(said ? 'pending: compare the fingerprint at the station' : `no proven answer (${status}); again`);
    await sleep(said ? said.retry_after_s * 1000 : backoff.next());
  }
  rmSync(path);
  console.log('given up after 24 h');
  return 1;
}

if (process.argv.length !== 6) {
  console.error('usage: node enrolment.mjs HOME DOCS_FOLDER STATION_URL CODE');
  process.exit(2);
}
process.exit(await enrol(process.argv.slice(2)));
