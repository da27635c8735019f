// Builds what the browser gets into one folder of content-hashed files and a manifest of their names.
// Usage: node build.mjs OUTPUT_FOLDER   (after npm ci)
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { build } from "esbuild";

const root = import.meta.dirname;
const output = path.resolve(process.argv[2] ?? path.join(root, "dist"));
const packages = path.join(root, "node_modules");
const manifest = {};

// Only the icons named here reach the browser; the name is the symbol's id behind "icon-".
const ICONS = JSON.parse(await readFile(path.join(root, "src/icons.json"), "utf8"));

async function keep(name, content) {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 10);
  const { name: stem, ext } = path.parse(name);
  manifest[name] = `${stem}-${hash}${ext}`;
  await writeFile(path.join(output, manifest[name]), content);
}

// FullCalendar carries a font of arrows inside its styles, for a toolbar that we do not use; the
// pages let no font in that is not a file of the station's own.
const withoutInlineFonts = {
  name: "without-inline-fonts",
  setup(building) {
    building.onLoad({ filter: /@fullcalendar[\\/]core[\\/]internal-common\.js$/ }, async ({ path: file }) => {
      const text = await readFile(file, "utf8");
      const contents = text.replace(/@font-face\s*\{[^}]*\}/g, "");
      if (contents === text) throw new Error("FullCalendar has no inline font any more: drop this");
      return { contents, loader: "js" };
    });
  },
};

async function bundle() {
  const result = await build({
    absWorkingDir: root,
    entryPoints: ["src/loa.css", "src/loa.js", "src/calendar.css", "src/calendar.js", "src/campaigns.css", "src/live.css", "src/live_talk.js", "src/recorder.js", "src/map.css", "src/reports.css", "src/map.js"],
    outdir: output,
    bundle: true,
    plugins: [withoutInlineFonts],
    minify: true,
    format: "iife",
    target: ["chrome100", "firefox100", "safari15.4"],
    entryNames: "[name]-[hash]",
    assetNames: "[name]-[hash]",
    loader: { ".woff2": "file", ".png": "file" },
    legalComments: "none",
    metafile: true,
    logLevel: "warning",
  });
  for (const [file, about] of Object.entries(result.metafile.outputs)) {
    const source = about.entryPoint ?? Object.keys(about.inputs)[0];
    manifest[path.basename(source)] = path.basename(file);
  }
}

// Tabler's drawings become symbols beside our own, so that one small file carries every icon.
async function sprite() {
  const drawings = await Promise.all(
    Object.entries(ICONS).map(async ([id, drawing]) => {
      const file = path.join(packages, "@tabler/icons/icons/outline", `${drawing}.svg`);
      const text = await readFile(file, "utf8");
      const shapes = text.replace(/<!--[\s\S]*?-->/g, "").match(/<svg[^>]*>([\s\S]*)<\/svg>/)[1];
      return (
        `<symbol id="icon-${id}" viewBox="0 0 24 24" fill="none" stroke="currentColor" ` +
        `stroke-width="2" stroke-linecap="round" stroke-linejoin="round">${shapes}</symbol>`
      );
    }),
  );
  const marks = await readFile(path.join(root, "src/marks.svg"), "utf8");
  const ours = marks.match(/<svg[^>]*>([\s\S]*)<\/svg>/)[1];
  const all = `<svg xmlns="http://www.w3.org/2000/svg">${ours}${drawings.join("")}</svg>`;
  await keep("sprite.svg", all.replace(/<!--[\s\S]*?-->/g, "").replace(/\s*\n\s*/g, " "));
}

async function licences() {
  const shipped = ["htmx.org", "leaflet", "@fontsource/be-vietnam-pro", "@fontsource/inter", "@tabler/icons",
    "@fullcalendar/core", "@fullcalendar/daygrid", "@fullcalendar/interaction", "@fullcalendar/timegrid", "preact"];
  const texts = shipped.map(async (name) => {
    const about = JSON.parse(await readFile(path.join(packages, name, "package.json"), "utf8"));
    const folder = path.join(packages, name);
    const file = (await readdir(folder)).find((each) => /^licen[cs]e(\.|$)/i.test(each));
    const text = await readFile(path.join(folder, file), "utf8");
    return `${name} ${about.version} (${about.license})\n\n${text.trim()}\n`;
  });
  await keep("licences.txt", (await Promise.all(texts)).join(`\n${"-".repeat(79)}\n\n`));
}

await mkdir(output, { recursive: true });
await bundle();
await sprite();
await licences();
// htmx is passed on as its authors minified it: bundling its source would undo their renaming.
await keep("htmx.js", await readFile(path.join(packages, "htmx.org/dist/htmx.min.js")));
// A worklet is a module of its own, in a world of its own.
await keep("live_worklet.js", await readFile(path.join(root, "src/live_worklet.js")));
// Pages for old phones: no bundler, which would write what those cannot read; only air is let out.
const phone = await readFile(path.join(root, "src/phone.css"), "utf8");
await keep("phone.css", phone.replace(/\/\*[\s\S]*?\*\//g, "").replace(/\s*\n\s*/g, "") + "\n");
await keep("favicon.svg", await readFile(path.join(root, "src/favicon.svg")));
await writeFile(path.join(output, "manifest.json"), JSON.stringify(manifest, null, 1) + "\n");
