#!/usr/bin/env node
/**
 * Builds the laboratory page and serves it on this machine only: `npm run playground`.
 *
 * What is served is what was built when it started, however the sources change
 * meanwhile: start it again to see more.
 */
import { parseArgs } from "node:util";
import { addressOf, end, serve } from "./server.mjs";
import { buildSite } from "./site.mjs";

const usage = `Serves the laboratory page on this machine only.

  npm run playground [-- OPTIONS]

  --port N   listen on this port: a whole number from 0, any that is free, to 65535.
             Without it the variable PORT decides, without that 4173.
  --help     show this page`;

/**
 * What was asked for cannot be done: one message in the form of all others.
 * @returns {never}
 */
function quit(what, rows) {
	console.error([`playground: ${what}`, ...rows.map(([word, text]) => `  ${word.padEnd(10)}${text}`)].join("\n"));
	process.exit(2);
}

function optionsFrom(words) {
	try {
		return parseArgs({ args: words, options: { port: { type: "string" }, help: { type: "boolean" } } }).values;
	} catch (error) {
		// Node's messages begin with what is wrong and go on with advice about dashes.
		const [what] = error.message.split(". ");
		return quit(`${what[0].toLowerCase()}${what.slice(1)}`, [["expected", "--port N or --help"]]);
	}
}

function portFrom(written, place) {
	if (/^\d{1,5}$/.test(written) && Number(written) <= 65_535) return Number(written);
	return quit(`${place} is no port`, [
		["expected", "a whole number from 0 to 65535"],
		["actual", JSON.stringify(written)],
	]);
}

const { port: asked, help } = optionsFrom(process.argv.slice(2));
if (help) {
	console.log(usage);
	process.exit();
}
const { PORT } = process.env;
const port = asked !== undefined ? portFrom(asked, "--port") : PORT ? portFrom(PORT, "PORT") : 4173;

const { folder, policy } = await buildSite("out/site").catch((error) => {
	if (error.errors === undefined) console.error(error.message); // else esbuild has printed every error with its file and line
	process.exit(1);
});
const server = await serve(folder, policy, port).catch((error) =>
	quit(error.code === "EADDRINUSE" ? `port ${port} is in use` : `cannot listen on port ${port}: ${error.code}`, [
		["fix", `npm run playground -- --port ${port < 65_535 ? port + 1 : 4173}`],
	]),
);
console.log(`The laboratory is at ${addressOf(server)} (Ctrl-C ends it).`);
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => void end(server));
