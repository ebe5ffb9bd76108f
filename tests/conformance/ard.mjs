// Lighthouse's own audit of an ARD manifest: node ard.mjs FILE prints {errors, warnings}.
import { readFileSync } from "node:fs";
import { ConformanceTester } from "../../node_modules/lighthouse/third-party/ard/ard.js";

const tester = new ConformanceTester();
tester.validate_manifest(readFileSync(process.argv[2], "utf8"), process.argv[2]);
const { errors, warnings } = tester;
process.stdout.write(JSON.stringify({ errors, warnings }));
