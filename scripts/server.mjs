/**
 * A server for one folder of files, for this machine only.
 *
 * What can be asked for is decided when it starts: the files of the folder are
 * read into a table, and a request names an entry of it letter by letter or
 * gets nothing. No path is ever made from a request, so none can lead outside.
 *
 * Requests must name this machine as their host: a page of somebody else whose
 * name is made to point here (DNS rebinding) is refused.
 */
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";

const types = {
	".html": "text/html; charset=utf-8",
	".js": "text/javascript; charset=utf-8",
	".css": "text/css; charset=utf-8",
	".svg": "image/svg+xml",
	".json": "application/json",
	".txt": "text/plain; charset=utf-8",
};

/** Sent with everything, refusals included. */
const always = {
	"x-content-type-options": "nosniff",
	"referrer-policy": "no-referrer",
	"cross-origin-opener-policy": "same-origin-allow-popups", // the page opens explorers in windows
	"cross-origin-resource-policy": "same-origin",
};

/** How long a browser may keep a file without asking: for ever where the name tells the content, else not at all. */
function keeping(name) {
	return /-[0-9A-Z]{8}\.js$/.test(name) ? "max-age=31536000, immutable" : "no-cache";
}

/** A file, and what goes over the wire when the asker understands gzip. */
async function entryOf(folder, name) {
	const plain = await readFile(join(folder, name));
	const packed = await promisify(gzip)(plain);
	return {
		plain,
		packed: packed.length < 0.9 * plain.length ? packed : undefined,
		type: types[extname(name)] ?? "application/octet-stream",
		keeping: keeping(name),
		tag: createHash("sha256").update(plain).digest("base64url").slice(0, 22),
	};
}

/** Everything that can be asked for, by the target of the request. */
async function tableOf(folder) {
	const names = (await readdir(folder, { withFileTypes: true }))
		.filter((entry) => entry.isFile() && /^[\w.-]+$/.test(entry.name))
		.map(({ name }) => name);
	const table = new Map(await Promise.all(names.map(async (name) => [`/${name}`, await entryOf(folder, name)])));
	const index = table.get("/index.html");
	return index === undefined ? table : table.set("/", index);
}

/** Whether an `accept-encoding` takes gzip. */
function takesGzip(accepted = "") {
	const weights = new Map(
		accepted
			.toLowerCase()
			.split(",")
			.map((part) => part.split(";").map((word) => word.trim()))
			.map(([coding, ...parameters]) => [
				coding,
				Number(parameters.find((one) => one.startsWith("q="))?.slice(2) ?? 1),
			]),
	);
	return (weights.get("gzip") ?? weights.get("*") ?? 0) > 0;
}

/** Whether an `if-none-match` names this version of a file. */
function known(tags = "", tag) {
	return tags.split(",").some((one) => one.trim().replace(/^W\//, "") === tag);
}

function refuse(response, status, text, headers = {}) {
	response
		.writeHead(status, { ...always, "cache-control": "no-store", "content-type": types[".txt"], ...headers })
		.end(`${text}\n`);
}

/** The address of a server that listens. */
export function addressOf(server) {
	return `http://127.0.0.1:${server.address().port}/`;
}

/** Serves `folder` on 127.0.0.1, pages with the content-security policy `policy`; port 0 takes any that is free. */
export async function serve(folder, policy, port = 0) {
	const table = await tableOf(folder);
	const server = createServer(({ method, url = "", headers }, response) => {
		const { port: own } = server.address();
		const here = ["127.0.0.1", "localhost", "[::1]"].flatMap((host) => [
			`${host}:${own}`,
			...(own === 80 ? [host] : []),
		]);
		if (!here.includes(headers.host?.toLowerCase()))
			return refuse(response, 403, `Served to this machine only, as ${addressOf(server)}`);
		if (method !== "GET" && method !== "HEAD")
			return refuse(response, 405, "Files are read here, by GET and HEAD.", { allow: "GET, HEAD" });
		const [target] = url.split("?", 1);
		const entry = table.get(target);
		if (entry === undefined) return refuse(response, 404, "There is no such file.");
		const { plain, packed, type, keeping, tag } = entry;
		const small = packed !== undefined && takesGzip(headers["accept-encoding"]);
		// Two forms of a file are two things to a cache.
		const version = `"${tag}${small ? "-gzip" : ""}"`;
		const described = {
			...always,
			"content-security-policy": `${policy}; frame-ancestors 'none'`,
			"cache-control": keeping,
			vary: "accept-encoding",
			etag: version,
		};
		if (known(headers["if-none-match"], version)) return response.writeHead(304, described).end();
		const body = small ? packed : plain;
		response.writeHead(200, {
			...described,
			"content-type": type,
			"content-length": body.length,
			...(small ? { "content-encoding": "gzip" } : {}),
		});
		return response.end(method === "HEAD" ? undefined : body);
	});
	await new Promise((listens, fails) => {
		server.once("error", fails);
		server.listen(port, "127.0.0.1", listens);
	});
	return server;
}

/** Ends it, with connections that browsers keep open. */
export async function end(server) {
	await new Promise((ended) => {
		server.close(ended);
		server.closeAllConnections();
	});
}
