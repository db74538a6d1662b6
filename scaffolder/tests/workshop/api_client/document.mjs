// Writes the document of a running application into the file `openapi.json`.
import { writeFileSync } from "node:fs";
const answer = await fetch(`${process.argv[2]}/api/openapi.json`);
if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`);
writeFileSync("openapi.json", await answer.text());
