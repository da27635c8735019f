// Section 13.2: each entry names the exact bytes before it.
import { sha256Hex } from "./bytes.mjs";
import { isValid, Refused } from "./envelope.mjs";

export const genesisOf = ({ station, device, epoch }) => sha256Hex(`loa/1/${station}/${device}/${epoch}`);
export const entryHash = (entry) => sha256Hex(Buffer.from(entry, "utf8"));

// What a station checks of a batch (13.6); the device needs it only for the vectors.
export function checkBatch(batch) {
  let before = batch.first === 1 ? genesisOf(batch) : null;
  batch.entries.forEach((entry, number) => {
    let confirmation = null;
    try {
      confirmation = JSON.parse(entry);
    } catch {
      throw new Refused("malformed", "entry");
    }
    if (Buffer.byteLength(entry) > 4096 || !isValid("confirmation", confirmation)) {
      throw new Refused("malformed", "entry");
    }
    const fits = before === null || confirmation.prev === before;
    if (confirmation.seq !== batch.first + number || !fits) throw new Refused("broken_chain");
    before = entryHash(entry);
  });
}
