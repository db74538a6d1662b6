// Makes `src/client.min.js`, the minified scripts of live pages, which release builds serve: `node stack/live/minify.mjs`
// after a change in `src/client/`. It needs npx. Without it the scripts are served as they are written.

import { execSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const MINIFY = "npx --yes terser@5.51.4 --ecma 2020 --compress passes=3 --mangle";

const read = (name) => readFileSync(new URL(`src/${name}`, import.meta.url), "utf8");

/** Without comments, indentation and empty lines, as in `src/script.rs`, which names the files. */
function bare(name) {
  const lines = read(name).split("\n").map((line) => line.trim());
  return lines.filter((line) => line && !line.startsWith("//")).map((line) => line + "\n").join("");
}

const [, list] = /const FILES[^]*?\[([^]*?)\];/.exec(read("script.rs"));
const files = [...list.matchAll(/"(client\/\w+\.js)"/g)].map(([, file]) => bare(file));
const modules = [...read("script.rs").matchAll(/"client\/modules\/(\w+\.js)"/g)].map(([, file]) => [file, bare(`client/modules/${file}`)]);
const scripts = [
  ["live.js", `"use strict";\n(() => {\n${files.join("")}})();\n`, ""],
  ...modules.map(([file, text]) => [`live/${file}`, text, " --module"]),
];

let minified = "// Made by stack/live/minify.mjs. Each script stands below its name and the SHA-256 of what it was made from.\n";
for (const [name, text, options] of scripts) {
  const script = execSync(MINIFY + options, { input: text, encoding: "utf8" }).trim();
  console.log(`${name}: ${script.length} bytes, ${gzipSync(script).length} compressed`);
  minified += `// ${name} ${createHash("sha256").update(text).digest("hex")}\n${script}\n`;
}
writeFileSync(new URL("src/client.min.js", import.meta.url), minified);
