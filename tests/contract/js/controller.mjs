// A loudspeaker controller by the Loa wire contract: node controller.mjs HOME DOCS_FOLDER
import { readFileSync } from 'node:fs';
import { Device } from './src/device.mjs';

const [home, docsFolder] = process.argv.slice(2);
if (!home || !docsFolder) {
  console.error('usage: node controller.mjs HOME DOCS_FOLDER');
  process.exit(2);
}

const { name, version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));
const device = new Device(home, docsFolder, `${name} ${version}`);

for (const signal of ['SIGTERM', 'SIGINT']) {
  process.once(signal, async () => {
    await device.stop();
    process.exit(0);
  });
}

device.start();
