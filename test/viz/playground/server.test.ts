/** The server of the laboratory page: its folder and nothing else, for this machine and nobody else. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { request, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addressOf, end, serve } from "../../../scripts/server.mjs";

const secret = "the secret";
const page = `<!doctype html><title>${"laboratory ".repeat(50)}</title>`;
let place = "";
let server: Server;
let port = 0;

beforeAll(async () => {
	place = await mkdtemp(join(tmpdir(), "chainrule-server-"));
	const folder = join(place, "site");
	await mkdir(join(folder, "inner"), { recursive: true });
	await Promise.all([
		writeFile(join(place, "package.json"), secret),
		writeFile(join(folder, "inner", "deep.js"), secret),
		writeFile(join(folder, "a name.js"), secret),
		writeFile(join(folder, "index.html"), page),
		writeFile(join(folder, "main.js"), "export {};"),
		writeFile(join(folder, "main.js.LEGAL.txt"), "licences"),
		writeFile(join(folder, "style.css"), "a { color: red; }".repeat(40)),
		writeFile(join(folder, "icon.svg"), "<svg/>"),
		writeFile(join(folder, "part-bench-3XK7ABCD.js"), "export {};"),
		writeFile(join(folder, "data.bin"), "?"),
	]);
	await symlink(join(place, "package.json"), join(folder, "link.js"));
	server = await serve(folder, "default-src 'none'");
	port = (server.address() as AddressInfo).port;
});

afterAll(async () => {
	await end(server);
	await rm(place, { recursive: true, force: true });
});

interface Reply {
	readonly status: number;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: Buffer;
}

interface Asked {
	readonly method?: string;
	readonly headers?: Readonly<Record<string, string>>;
}

/** Asks for `path` exactly as it is written. */
async function ask(path: string, { method = "GET", headers = {} }: Asked = {}): Promise<Reply> {
	return new Promise((replied, failed) => {
		request({ host: "127.0.0.1", port, path, method, headers }, (response) => {
			const parts: Buffer[] = [];
			response.on("data", (part: Buffer) => parts.push(part));
			response.on("end", () =>
				replied({
					status: response.statusCode ?? 0,
					headers: response.headers as Record<string, string>,
					body: Buffer.concat(parts),
				}),
			);
		})
			.on("error", failed)
			.end();
	});
}

/** What comes back for these very bytes. */
async function raw(bytes: string): Promise<string> {
	const socket = connect(port, "127.0.0.1");
	const parts: Buffer[] = [];
	socket.on("data", (part: Buffer) => parts.push(part));
	socket.end(bytes, "latin1");
	await once(socket, "close");
	return Buffer.concat(parts).toString("latin1");
}

describe("what is served", () => {
	it.each([
		["/", "text/html; charset=utf-8"],
		["/index.html", "text/html; charset=utf-8"],
		["/index.html?whatever=1&lang=ko", "text/html; charset=utf-8"],
		["/main.js", "text/javascript; charset=utf-8"],
		["/main.js.LEGAL.txt", "text/plain; charset=utf-8"],
		["/style.css", "text/css; charset=utf-8"],
		["/icon.svg", "image/svg+xml"],
		["/data.bin", "application/octet-stream"],
	])("%s as %s", async (path, type) => {
		const { status, headers } = await ask(path);
		expect(status).toBe(200);
		expect(headers["content-type"]).toBe(type);
		expect(headers["x-content-type-options"]).toBe("nosniff");
		expect(headers["referrer-policy"]).toBe("no-referrer");
		expect(headers["content-security-policy"]).toBe("default-src 'none'; frame-ancestors 'none'");
	});

	it("compressed for who understands it, and as it is for who does not", async () => {
		const packed = await ask("/", { headers: { "accept-encoding": "br, gzip;q=0.8" } });
		expect(packed.headers["content-encoding"]).toBe("gzip");
		expect(Number(packed.headers["content-length"])).toBe(packed.body.length);
		expect(packed.body.length).toBeLessThan(page.length / 2);
		expect(gunzipSync(packed.body).toString()).toBe(page);
		for (const accepted of ["", "br", "gzip;q=0", "identity", "*;q=0"]) {
			const { headers, body } = await ask("/", { headers: { "accept-encoding": accepted } });
			expect(headers["content-encoding"]).toBeUndefined();
			expect(headers.vary).toBe("accept-encoding");
			expect(body.toString()).toBe(page);
		}
		// Packing a short file would make it longer.
		const short = await ask("/main.js", { headers: { "accept-encoding": "gzip" } });
		expect(short.headers["content-encoding"]).toBeUndefined();
	});

	it("from a cache without asking only where the name tells the content", async () => {
		for (const name of ["/", "/main.js", "/style.css", "/part-bench.js"])
			expect((await ask(name)).headers["cache-control"]).toMatch(/^no-(cache|store)$/);
		expect((await ask("/part-bench-3XK7ABCD.js")).headers["cache-control"]).toBe("max-age=31536000, immutable");
	});

	it("not again while it is the same", async () => {
		const { headers } = await ask("/style.css");
		const again = await ask("/style.css", { headers: { "if-none-match": headers.etag as string } });
		expect(again.status).toBe(304);
		expect(again.body.length).toBe(0);
		expect((await ask("/main.js", { headers: { "if-none-match": headers.etag as string } })).status).toBe(200);
		const packed = await ask("/style.css", {
			headers: { "if-none-match": headers.etag as string, "accept-encoding": "gzip" },
		});
		expect(packed.status).toBe(200);
		expect(packed.headers.etag).not.toBe(headers.etag);
	});

	it("as a heading alone for HEAD", async () => {
		const { status, headers, body } = await ask("/", { method: "HEAD" });
		expect(status).toBe(200);
		expect(Number(headers["content-length"])).toBe(page.length);
		expect(body.length).toBe(0);
	});
});

describe("what is refused", () => {
	const outside = [
		"/../package.json",
		"/..",
		"/./../package.json",
		"/inner/../../package.json",
		"/%2e%2e/package.json",
		"/%2e%2e%2fpackage.json",
		"/..%2fpackage.json",
		"/..%5cpackage.json",
		"/..\\package.json",
		"/%252e%252e%252fpackage.json",
		"/%c0%ae%c0%ae/package.json",
		"/....//package.json",
		"/..;/package.json",
		"//etc/passwd",
		"/etc/passwd",
		"/file:///etc/passwd",
		"/inner/deep.js",
		"/inner/",
		"/link.js",
		"/a%20name.js",
		"/index.html%00.js",
		"/index.html/",
		"/INDEX.HTML",
		"/__proto__",
		"/constructor",
		"/nothing.js",
	];

	it.each(outside)("%s is no file", async (path) => {
		const { status, headers, body } = await ask(path);
		expect(status).toBe(404);
		expect(body.toString()).toBe("There is no such file.\n");
		expect(headers["x-content-type-options"]).toBe("nosniff");
		expect(headers["content-type"]).toBe("text/plain; charset=utf-8");
	});

	it.each([
		...outside,
		"http://127.0.0.1/../package.json",
		"file:///etc/passwd",
		"../package.json",
		"package.json",
		"*",
		"/index.html\0",
		"/../package.json\0.html",
		"/\xc0\xae\xc0\xae/package.json",
	])("not by a socket that writes %j either", async (target) => {
		const reply = await raw(`GET ${target} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`);
		expect(reply).toMatch(/^HTTP\/1\.1 40[04] /);
		expect(reply).not.toContain(secret);
		expect(reply).not.toContain("laboratory");
	});

	it.each(["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"])("%s", async (method) => {
		const { status, headers } = await ask("/", { method });
		expect(status).toBe(405);
		expect(headers.allow).toBe("GET, HEAD");
	});

	it.each([
		"evil.example",
		"evil.example:80",
		"127.0.0.1",
		"127.0.0.1:1",
		"localhost.evil.example",
		"0.0.0.0",
		"192.168.0.1",
	])("a request for the host %s", async (host) => {
		const { status, body } = await ask("/", { headers: { host } });
		expect(status).toBe(403);
		expect(body.toString()).toBe(`Served to this machine only, as http://127.0.0.1:${port}/\n`);
	});

	it("a request that names no host", async () => {
		expect(await raw("GET / HTTP/1.0\r\n\r\n")).toMatch(/^HTTP\/1\.1 403 /);
		expect(await raw("GET / HTTP/1.1\r\nConnection: close\r\n\r\n")).toMatch(/^HTTP\/1\.1 400 /);
	});

	it("but none of the names that this machine has for itself", async () => {
		for (const host of ["127.0.0.1", "localhost", "LOCALHOST", "[::1]"])
			expect((await ask("/", { headers: { host: `${host}:${port}` } })).status).toBe(200);
	});
});

describe("where it listens", () => {
	it("on this machine only", () => {
		expect(server.address()).toMatchObject({ address: "127.0.0.1", family: "IPv4" });
		expect(addressOf(server)).toBe(`http://127.0.0.1:${port}/`);
	});

	it("on a port that is taken it does not", async () => {
		await expect(serve(place, "", port)).rejects.toMatchObject({ code: "EADDRINUSE" });
	});
});

describe("npm run playground", () => {
	const script = fileURLToPath(new URL("../../../scripts/playground.mjs", import.meta.url));

	function start(words: readonly string[], PORT?: string): ChildProcess & { readonly said: () => string } {
		const { PORT: _, ...others } = process.env;
		const child = spawn(process.execPath, [script, ...words], {
			env: PORT === undefined ? others : { ...others, PORT },
		});
		let text = "";
		for (const stream of [child.stdout, child.stderr]) stream.on("data", (part: Buffer) => (text += String(part)));
		return Object.assign(child, { said: () => text });
	}

	it("says what it takes", async () => {
		const child = start(["--help"]);
		expect(await once(child, "close")).toEqual([0, null]);
		expect(child.said()).toContain("--port N");
	});

	it.each([
		[["--prot", "80"], undefined, "playground: unknown option '--prot'\n  expected  --port N or --help\n"],
		[["4173"], undefined, "playground: unexpected argument '4173'\n  expected  --port N or --help\n"],
		[["--port"], undefined, "playground: option '--port <value>' argument missing\n  expected  --port N or --help\n"],
		[
			["--port", "http"],
			undefined,
			'playground: --port is no port\n  expected  a whole number from 0 to 65535\n  actual    "http"\n',
		],
		[
			["--port", "70000"],
			undefined,
			'playground: --port is no port\n  expected  a whole number from 0 to 65535\n  actual    "70000"\n',
		],
		[[], "-1", 'playground: PORT is no port\n  expected  a whole number from 0 to 65535\n  actual    "-1"\n'],
	] as const)("refuses %j with PORT=%s in one message", async (words, PORT, message) => {
		const child = start(words, PORT);
		expect(await once(child, "close")).toEqual([2, null]);
		expect(child.said()).toBe(message);
	});
});
