// Prints what the official parser finds in an AsyncAPI document, as JSON: problems, and what it read.
import { readFileSync } from "node:fs";
import { Parser } from "@asyncapi/parser";

const { document, diagnostics } = await new Parser().parse(readFileSync(process.argv[2], "utf8"));
const found = diagnostics.map(({ severity, code, message, path }) => ({
  severity,
  code,
  message,
  path: path.join("/"),
}));
const operations = document?.operations().all() ?? [];
const read = operations.map((each) => ({
  id: each.id(),
  action: each.action(),
  addresses: each.channels().all().map((channel) => channel.address()),
  messages: each.messages().all().map((message) => message.id()),
}));
console.log(JSON.stringify({ found, read }));
