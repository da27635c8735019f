// Section 8: fetched ahead, resumed after a break, hashed before it may be played.
import { createHash } from "node:crypto";
import { createWriteStream, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import { join } from "node:path";
import { backoffMs } from "./backoff.mjs";

const AT_A_TIME = 2;

export class Audio {
  constructor(folder, { urlOf, nowMs, onChange }) {
    Object.assign(this, { urlOf, nowMs, onChange });
    this.folder = join(folder, "audio");
    mkdirSync(this.folder, { recursive: true });
    this.wants = new Map();
    this.states = new Map();
    this.running = 0;
  }

  // What is needed, by when, and until when it is of any use.
  want(wants) {
    this.wants = new Map(wants.map((want) => [want.item.sha256, want]));
    for (const want of this.wants.values()) {
      if (this.states.has(want.item.sha256)) continue;
      if (this.#isGood(this.#path(want.item))) {
        this.states.set(want.item.sha256, "ready");
        continue;
      }
      this.states.set(want.item.sha256, "missing");
      const leftMs = Math.max(0, want.neededAtMs - this.nowMs());
      setTimeout(() => this.#bring(want.item.sha256, 0), Math.random() * Math.min(30000, leftMs / 10));
    }
  }

  stateOf(items) {
    const states = items.map((item) => this.states.get(item.sha256) ?? "missing");
    return ["mismatched", "missing"].find((state) => states.includes(state)) ?? "ready";
  }

  // Once more just before it is played (8.3).
  checkAgain(items) {
    for (const item of items) {
      if (this.states.get(item.sha256) === "ready" && !this.#isGood(this.#path(item))) {
        this.states.set(item.sha256, "mismatched");
        this.#bring(item.sha256, 0);
      }
    }
    return this.stateOf(items);
  }

  async #bring(sha256, attempt) {
    const want = this.wants.get(sha256);
    if (!want || this.nowMs() > want.usefulUntilMs) {
      this.states.delete(sha256);
      return;
    }
    if (this.running >= AT_A_TIME) {
      setTimeout(() => this.#bring(sha256, attempt), 100);
      return;
    }
    this.running += 1;
    const came = await this.#fetch(want.item).catch(() => "missing");
    this.running -= 1;
    // A file that was once seen to be wrong stays so until it is right.
    if (came !== "missing" || this.states.get(sha256) !== "mismatched") this.states.set(sha256, came);
    this.onChange();
    if (came === "ready") return;
    const leftMs = want.neededAtMs - this.nowMs();
    const pauseMs = backoffMs(attempt, 1000, 60000);
    setTimeout(() => this.#bring(sha256, attempt + 1), leftMs > 0 ? Math.min(pauseMs, Math.max(1000, leftMs / 2)) : pauseMs);
  }

  async #fetch(item) {
    const part = join(this.folder, `${item.sha256}.part`);
    const held = existsSync(part) ? statSync(part).size : 0;
    if (held < item.size_bytes) await this.#gather(item, part, held);
    if (!this.#isGood(part, item.sha256)) {
      rmSync(part, { force: true });
      return "mismatched";
    }
    renameSync(part, this.#path(item));
    return "ready";
  }

  #gather(item, part, held) {
    const url = this.urlOf(item.sha256);
    const headers = held > 0 ? { Range: `bytes=${held}-` } : {};
    return new Promise((resolve, reject) => {
      const request = (url.startsWith("https:") ? https : http).get(url, { headers, timeout: 30000, agent: false });
      request.on("timeout", () => request.destroy(new Error("timeout")));
      request.on("error", reject);
      request.on("response", (response) => {
        const from = beginsAt(response);
        if (from === null || from > held) {
          request.destroy();
          reject(new Error(`HTTP ${response.statusCode}`));
          return;
        }
        const file = createWriteStream(part, { flags: held > 0 ? "r+" : "w", start: from });
        let left = item.size_bytes - from;
        response.on("data", (data) => {
          file.write(data.subarray(0, left));
          left -= Math.min(left, data.length);
          if (left === 0) response.destroy();
        });
        const end = () => file.end(() => (left === 0 ? resolve() : reject(new Error("broke off"))));
        response.on("close", end);
      });
    });
  }

  #path(item) {
    return join(this.folder, `${item.sha256}.mp3`);
  }

  #isGood(path, sha256 = path.slice(-68, -4)) {
    if (!existsSync(path)) return false;
    return createHash("sha256").update(readFileSync(path)).digest("hex") === sha256;
  }
}

function beginsAt(response) {
  if (response.statusCode === 200) return 0;
  const range = /^bytes (\d+)-/.exec(response.headers["content-range"] ?? "");
  return response.statusCode === 206 && range ? Number(range[1]) : null;
}
