#!/usr/bin/env node
import { readFile } from "node:fs/promises";
/** Serves the laboratory page on this machine only: `npm run playground`. */
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { buildSite } from "./site.mjs";

const types = {
	".html": "text/html; charset=utf-8",
	".js": "text/javascript; charset=utf-8",
	".css": "text/css; charset=utf-8",
	".svg": "image/svg+xml",
	".txt": "text/plain; charset=utf-8",
};
const { folder, policy } = await buildSite("out/site");
const server = createServer(async (request, response) => {
	const name = new URL(request.url ?? "/", "http://localhost").pathname.slice(1) || "index.html";
	try {
		if (!/^[\w.-]+$/.test(name)) throw new Error("no such file");
		const content = await readFile(join(folder, name));
		response.writeHead(200, {
			"content-type": types[extname(name)] ?? "application/octet-stream",
			"content-security-policy": policy,
		});
		response.end(content);
	} catch {
		response.writeHead(404).end();
	}
});
server.listen(Number(process.argv[2] ?? 4173), "127.0.0.1", () =>
	console.log(`http://127.0.0.1:${server.address().port}/`),
);
