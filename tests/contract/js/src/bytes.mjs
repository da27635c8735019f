// Bytes and their spellings: canonical base64url, hex, SHA-256, random words.
import { createHash, randomBytes } from 'node:crypto';

export const sha256 = (data) => createHash('sha256').update(data).digest('hex');
export const randomHex = (bytes) => randomBytes(bytes).toString('hex');
export const base64url = (data) => Buffer.from(data).toString('base64url');

/** The bytes behind a base64url text, or null unless it is their one canonical spelling (2.1). */
export function fromBase64url(text) {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : null;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** JSON out of strict UTF-8 without a byte order mark; undefined where it is none (2.3). */
export function fromJson(bytes) {
  try {
    const text = utf8.decode(bytes);
    const value = JSON.parse(text);
    return text.includes('\\u') && !wellFormed(value) ? undefined : value;
  } catch {
    return undefined;
  }
}

export const isObject = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);

/** No lone surrogate anywhere; without recursion, for any nesting. */
function wellFormed(root) {
  const open = [root];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value === 'string') {
      if (!value.isWellFormed()) return false;
    } else if (value !== null && typeof value === 'object') {
      for (const [name, inner] of Object.entries(value)) {
        open.push(inner);
        if (!name.isWellFormed()) return false;
      }
    }
  }
  return true;
}
