/**
 * The library in a real browser: the same program gives the same bits as in
 * Node, also where the page's content-security policy forbids generated code.
 */
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launch } from "./chromium.js";
import { program } from "./program.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
let browser: Browser;
let code = "";

beforeAll(async () => {
	const bundle = await build({
		stdin: {
			contents:
				'import { program } from "./test/browser/program.ts"; import { toSvg } from "chainrule/viz"; import { scalar } from "chainrule"; Object.assign(globalThis, { program, picture: () => toSvg(scalar(2, "가중치").square()) });',
			resolveDir: root,
		},
		bundle: true,
		format: "iife",
		platform: "browser",
		target: "es2022",
		write: false,
		tsconfig: `${root}/tsconfig.json`,
		// An IIFE has no `import.meta`; the library asks for it only to name the caller's line in debug mode.
		logOverride: { "empty-import-meta": "silent" },
	});
	code = bundle.outputFiles[0]?.text ?? "";
	browser = await launch();
}, 120_000);

afterAll(() => browser?.close());

async function runIn(policy: string): Promise<{ result: unknown; generates: boolean; complaints: string[] }> {
	const page = await browser.newPage();
	const complaints: string[] = [];
	page.on("pageerror", (error) => complaints.push(error.message));
	await page.setContent(
		`<!doctype html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}"><script>${code.replaceAll("</script", "<\\/script")}</script>
<script>try { new Function(""); window.generates = true; } catch { window.generates = false; } window.result = program();</script>`,
	);
	// The page's own scripts have run; reading variables of a page that forbids eval goes through the protocol.
	const result = await page.evaluate("JSON.stringify(globalThis.result)").catch((error: unknown) => String(error));
	const generates = (await page.evaluate("globalThis.generates")) as boolean;
	await page.close();
	return { result: JSON.parse(result as string), generates, complaints };
}

describe("in Chromium", () => {
	const here = JSON.parse(JSON.stringify(program())) as unknown;

	it("the same program gives the same bits as in Node", async () => {
		const { result, generates, complaints } = await runIn("default-src 'unsafe-inline' 'unsafe-eval'");
		expect(complaints).toEqual([]);
		expect(generates).toBe(true);
		expect(result).toEqual(here);
	});

	it("a page that forbids generated code gets the same bits", async () => {
		const { result, generates, complaints } = await runIn("default-src 'unsafe-inline'");
		expect(complaints).toEqual([]);
		expect(generates).toBe(false);
		expect(result).toEqual(here);
	});

	it("a picture is laid out in the page, without a server", async () => {
		const page = await browser.newPage();
		await page.setContent(
			`<!doctype html><meta charset="utf-8"><script>${code.replaceAll("</script", "<\\/script")}</script>`,
		);
		const svg = await page.evaluate("picture()");
		expect(svg).toContain("<svg");
		expect(svg).toContain("가중치");
		await page.close();
	});
});
