// The schemas of the documents, and the rules about payloads that no schema can say.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv/dist/2020.js';
import { isZone } from './localtime.mjs';

export class Schemas {
  #validators = new Map();

  constructor(docsFolder) {
    const ajv = new Ajv({ strict: false, validateFormats: false });
    const folder = join(docsFolder, 'schemas');
    for (const name of readdirSync(folder).filter((file) => file.endsWith('.json'))) {
      const schema = JSON.parse(readFileSync(join(folder, name), 'utf8'));
      this.#validators.set(name.slice(0, -'.json'.length), ajv.compile(schema));
    }
  }

  /** Whether a payload is one of this kind by its schema and by the text. */
  valid(kind, payload) {
    const validator = this.#validators.get(kind);
    return validator !== undefined && validator(payload) && RULES[kind]?.(payload) !== false;
  }
}

const RULES = {
  plan: (plan) => plan.orders.every(goodOrder),
  now: (now) => !now.order || goodOrder(now.order),
  config: (config) => isZone(config.quiet_hours?.zone) && (config.warnings ?? []).every((one) => goodCues(one.item)),
};

const goodOrder = (order) => order.items.every(goodCues) && (!order.relay?.fallback || goodCues(order.relay.fallback));

/** Cues strictly ascend, and stay below the item's end (7.1). */
function goodCues(item) {
  let before = -1;
  for (const { at_ms: at } of item.cues ?? []) {
    if (at <= before || at >= item.duration_ms) return false;
    before = at;
  }
  return true;
}
