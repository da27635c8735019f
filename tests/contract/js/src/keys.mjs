// Ed25519 keys as the contract spells them: 32 bytes hex, named by a key id.
import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { base64url, sha256 } from './bytes.mjs';

const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');

export const keyId = (publicHex) => sha256(Buffer.from(publicHex, 'hex')).slice(0, 32);

export function holds(publicHex, data, signature) {
  if (signature.length !== 64) return false;
  try {
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: base64url(Buffer.from(publicHex, 'hex')) };
    return verify(null, data, createPublicKey({ key: jwk, format: 'jwk' }), signature);
  } catch {
    return false; // no point of the curve
  }
}

/** A private key that signs; made from its seed. */
export class Signer {
  #key;

  constructor(seedHex) {
    const der = Buffer.concat([PKCS8_ED25519, Buffer.from(seedHex, 'hex')]);
    this.#key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
    const { x } = createPublicKey(this.#key).export({ format: 'jwk' });
    this.publicHex = Buffer.from(x, 'base64url').toString('hex');
    this.id = keyId(this.publicHex);
  }

  sign(data) {
    return sign(null, Buffer.from(data), this.#key);
  }
}
