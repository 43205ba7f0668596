/**
 * The laboratory page as a whole, as it is served and as a folder of files:
 * what it may do, how fast it is there, how it looks, and how its server is run.
 * What the benches do is tested bench by bench.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { arch, cpus, platform, release } from "node:os";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { scalar } from "chainrule";
import { toHtml } from "chainrule/viz";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addressOf, end } from "../../scripts/server.mjs";
import { launch } from "./chromium.js";
import { complaintsOf, ownAddresses, watched } from "./complaints.js";
import { type ServedSite, servedSite } from "./site.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const screens = join(root, "out/screens");
const benches = ["expression", "network", "scenes"] as const;

let browser: Browser;
let site: ServedSite;
/** The same folder from a server that knows nothing of policies, as a host of static files. */
let host: Server;

beforeAll(async () => {
	await mkdir(screens, { recursive: true });
	site = await servedSite();
	const types: Readonly<Record<string, string>> = {
		".html": "text/html",
		".js": "text/javascript",
		".css": "text/css",
		".svg": "image/svg+xml",
	};
	host = createServer(async ({ url = "/" }, response) => {
		const name = new URL(url, "http://host").pathname.replace(/^\/$/, "/index.html");
		const content = await readFile(join(site.folder, name)).catch(() => undefined);
		response.writeHead(content ? 200 : 404, { "content-type": types[extname(name)] ?? "text/plain" }).end(content);
	});
	await new Promise<void>((listens) => {
		host.listen(0, "127.0.0.1", listens);
	});
	browser = await launch();
}, 60_000);

afterAll(async () => {
	await browser?.close();
	if (host) await end(host);
	await site?.close();
});

async function opened(address: string, options: BrowserContextOptions = {}): Promise<Page> {
	const context = await browser.newContext({
		viewport: { width: 1280, height: 800 },
		reducedMotion: "reduce",
		...options,
	});
	const page = watched(await context.newPage(), ownAddresses);
	await page.goto(address);
	await stands(page);
	return page;
}

/** Waits until a bench has come and asks for nothing more. */
async function stands(page: Page): Promise<void> {
	await page.locator("#stage:not([aria-busy]) > *").first().waitFor();
	await page.waitForLoadState("networkidle");
}

async function closed(page: Page): Promise<void> {
	expect(complaintsOf(page)).toEqual([]);
	await page.context().close();
}

describe.each([
	["with the policy as a header", () => site.address],
	["with the policy in the page alone", () => addressOf(host)],
])("%s", (_, address) => {
	it("every bench works, and nothing is complained about", async () => {
		const page = await opened(address());
		for (const name of benches) {
			await page.click(`#benches a[data-bench=${name}]`);
			await stands(page);
			expect(await page.getAttribute("#benches [aria-current]", "data-bench")).toBe(name);
			expect(await page.textContent("#stage")).not.toBe("");
		}
		expect(await page.locator(".failure").count()).toBe(0);
		await closed(page);
	});

	it("code that is generated, and scripts that are put in, do not run", async () => {
		const page = await opened(address());
		const refused = await page.evaluate(async () => {
			const violations: string[] = [];
			document.addEventListener("securitypolicyviolation", ({ effectiveDirective }) =>
				violations.push(effectiveDirective),
			);
			const script = document.createElement("script");
			script.textContent = "globalThis.broken = 1";
			document.body.append(script);
			const handler = document.createElement("div");
			handler.setAttribute("onclick", "globalThis.broken = 2");
			document.body.append(handler);
			handler.click();
			const style = document.createElement("div");
			style.setAttribute("style", "color: red");
			const elsewhere = document.createElement("script");
			elsewhere.src = "data:text/javascript,globalThis.broken = 3";
			document.body.append(elsewhere);
			// What is asked for through the protocol may generate code: the page itself may not, so it is a timer that tries.
			const generated = await new Promise<string>((tried) => {
				setTimeout(() => {
					try {
						new Function("return 1")();
						tried("runs");
					} catch {
						tried("refused");
					}
				});
			});
			const image = new Image();
			image.src = "https://example.com/pixel.png";
			await fetch("https://example.com/").catch(() => undefined);
			await new Promise((done) => setTimeout(done, 300));
			const broken = Reflect.get(globalThis, "broken") as unknown;
			return { generated, broken, violations: [...new Set(violations)].sort() };
		});
		expect(refused).toEqual({
			generated: "refused",
			broken: undefined,
			violations: ["connect-src", "img-src", "script-src", "script-src-attr", "script-src-elem", "style-src-attr"],
		});
		await page.context().close();
	});

	it("the explorer runs in a window of its own, under the policy it inherits", async () => {
		const [w, b] = [scalar(0.6, "w"), scalar(0.9, "b")];
		const explorer = await toHtml(w.mul(2).add(b).sigmoid().named("a").square().named("C"));
		const page = await opened(address());
		const [window] = await Promise.all([
			page.context().waitForEvent("page"),
			page.evaluate((html) => {
				open(URL.createObjectURL(new Blob([html], { type: "text/html" })));
			}, explorer),
		]);
		watched(window, ownAddresses);
		await window.locator(".item").first().waitFor();
		await window.keyboard.press("End");
		expect(await window.textContent("#count")).toMatch(/^(\d+) \/ \1$/);
		// A layout is made by Graphviz in a Worker.
		const before = await window.locator(".item").first().getAttribute("style");
		await window.click("#direction");
		await window.waitForFunction((was) => document.querySelector(".item")?.getAttribute("style") !== was, before);
		expect(complaintsOf(window)).toEqual([]);
		await closed(page);
	});
});

describe("from bench to bench", () => {
	it("a network that is left while it trains rests, and goes on from there", async () => {
		const page = await opened(`${site.address}#network`);
		const train = page.locator("[data-do=train]");
		const step = (): Promise<number> =>
			page.evaluate(() => Number(/step=(\d+)/.exec(location.hash)?.[1] ?? Number.NaN));
		await train.click();
		await page.waitForTimeout(500);
		await page.click("#benches a[data-bench=expression]");
		await page.locator("#stage textarea").first().waitFor();
		await page.goBack();
		await train.waitFor();
		expect(await train.getAttribute("data-running")).toBe("false");
		await page.waitForFunction(() => location.hash.includes("step="));
		const rested = await step();
		expect(rested).toBeGreaterThan(1);
		await page.waitForTimeout(500);
		expect(await step()).toBe(rested);
		// The space bar works as before, too.
		await page.locator("#stage").focus();
		await page.keyboard.press(" ");
		expect(await train.getAttribute("data-running")).toBe("true");
		await page.waitForTimeout(500);
		await page.keyboard.press(" ");
		await page.waitForFunction((before) => Number(/step=(\d+)/.exec(location.hash)?.[1]) > before, rested);
		await closed(page);
	});
});

it("the policy allows no script by its place in the page, and no generated code", () => {
	expect(site.policy).not.toMatch(/'unsafe-(inline|eval|hashes)'|\*|https?:/);
	expect(site.policy).toContain("default-src 'none'");
});

describe("figures", () => {
	/** Files that hold Graphviz, which is asked for late. */
	const late = /@viz-js\/viz\/dist|explorer\/embedded\.ts/;
	const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(0)} kB`;

	it("the first paint comes within a second, and a bench with little", async () => {
		const rows: string[] = [];
		for (const name of benches) {
			const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
			const page = watched(await context.newPage(), ownAddresses);
			const before = { ...site.sent };
			const begun = performance.now();
			await page.goto(`${site.address}#${name}`);
			await page.locator("#stage:not([aria-busy]) > *").first().waitFor();
			const there = performance.now() - begun;
			await stands(page);
			const { painted, shifted } = await page.evaluate(async () => {
				const entries = await new Promise<PerformanceEntry[]>((heard) => {
					new PerformanceObserver((list) => heard(list.getEntriesByName("first-contentful-paint"))).observe({
						type: "paint",
						buffered: true,
					});
				});
				const shifts = await new Promise<number[]>((heard) => {
					const found: number[] = [];
					new PerformanceObserver((list) => {
						for (const entry of list.getEntries()) found.push(Reflect.get(entry, "value") as number);
					}).observe({ type: "layout-shift", buffered: true });
					setTimeout(() => heard(found), 200);
				});
				return { painted: entries[0]?.startTime ?? Number.NaN, shifted: shifts.reduce((sum, one) => sum + one, 0) };
			});
			const bytes = site.sent.bytes - before.bytes;
			rows.push(
				`| #${name} | ${painted.toFixed(0)} ms | ${there.toFixed(0)} ms | ${kilobytes(bytes)} | ${site.sent.files - before.files} | ${shifted.toFixed(3)} |`,
			);
			expect(painted).toBeLessThan(1_000);
			expect(bytes).toBeLessThan(1_500_000);
			expect(shifted).toBeLessThan(0.1);
			await closed(page);
		}
		console.log(
			[
				`${platform()} ${release()} ${arch()}, ${cpus()[0]?.model}, ${browser.version()}`,
				"| bench | first paint | bench there | transferred | requests | layout shift |",
				...rows,
			].join("\n"),
		);
	});

	it("all there is without Graphviz has less than 1.5 MB", async () => {
		const names = (await readdir(site.folder)).filter((name) => !name.endsWith(".LEGAL.txt"));
		const outputs = new Map(
			Object.entries(site.metafile.outputs).map(([path, output]) => [path.split("/").at(-1), output]),
		);
		let [all, withoutGraphviz] = [0, 0];
		for (const name of names) {
			const size = gzipSync(await readFile(join(site.folder, name))).length;
			all += size;
			if (!Object.keys(outputs.get(name)?.inputs ?? {}).some((path) => late.test(path))) withoutGraphviz += size;
		}
		console.log(
			`everything ${kilobytes(all)}, without Graphviz ${kilobytes(withoutGraphviz)}, gzipped, in ${names.length} files`,
		);
		expect(withoutGraphviz).toBeLessThan(1_500_000);
		// Graphviz is in files of its own, and what a bench needs at once is not among them.
		expect(withoutGraphviz).toBeLessThan(all - 400_000);
		const first = [...(await readFile(join(site.folder, "index.html"), "utf8")).matchAll(/[\w.-]+\.js/g)].map(
			([name]) => name,
		);
		for (const name of first)
			expect(Object.keys(outputs.get(name)?.inputs ?? {}).filter((path) => late.test(path))).toEqual([]);
	});
});

describe("how it looks", () => {
	const looks = benches.flatMap((name) =>
		([1280, 390] as const).flatMap((width) =>
			(["light", "dark"] as const).flatMap((scheme) =>
				(["en", "ko"] as const).map((language) => ({ name, width, scheme, language })),
			),
		),
	);

	/** A page that has been looked at from top to bottom, since some things are drawn then. */
	async function looked({ name, width, scheme, language }: (typeof looks)[number]): Promise<Page> {
		const page = await opened(`${site.address}#${name}?lang=${language}`, {
			viewport: { width, height: width < 500 ? 844 : 800 },
			colorScheme: scheme,
		});
		const height = await page.evaluate(() => document.documentElement.scrollHeight);
		for (let top = 0; top < height; top += 600) {
			await page.evaluate((y) => scrollTo(0, y), top);
			await page.waitForTimeout(60);
		}
		await page.evaluate(() => scrollTo(0, 0));
		await page.waitForTimeout(500);
		return page;
	}

	it.each(looks)("$name at $width, $scheme, $language", async (look) => {
		const path = join(screens, `lab-page-${Object.values(look).join("-")}.png`);
		const pictured = (page: Page): Promise<unknown> => page.screenshot({ path, fullPage: true, timeout: 10_000 });
		let page = await looked(look);
		try {
			await pictured(page);
		} catch {
			// Chromium without a window now and then forgets that a page was to be pictured, and never does it again.
			await closed(page);
			page = await looked(look);
			await pictured(page);
		}
		expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
		expect(await page.evaluate(nameless)).toEqual([]);
		expect(await page.evaluate(faint)).toEqual([]);
		expect(await page.evaluate(clipped)).toEqual([]);
		await closed(page);
	});
});

/** Controls without a name that is read aloud, and names of elements that are there twice. */
function nameless(): string[] {
	const controls = [
		...document.querySelectorAll<HTMLElement>("button, input, select, textarea, a[href], [role=button]"),
	];
	const found = controls
		.filter((control) => control.checkVisibility())
		.filter((control) => {
			const labels = [...((control as HTMLInputElement).labels ?? [])].map(({ textContent }) => textContent);
			const names = [control.getAttribute("aria-label"), control.textContent, control.title, ...labels];
			const by = control.getAttribute("aria-labelledby");
			return !(names.some((one) => one?.trim()) || (by && document.getElementById(by)));
		})
		.map((control) => control.outerHTML.slice(0, 120));
	const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
	return [...found, ...ids.filter((id, at) => ids.indexOf(id) !== at)];
}

/** Text that is hard to read on what is behind it: less than 4.5 to 1, or 3 to 1 where it is large. */
function faint(): string[] {
	const canvas = new OffscreenCanvas(1, 1).getContext("2d", {
		willReadFrequently: true,
	}) as OffscreenCanvasRenderingContext2D;
	const over = (colours: readonly string[]): number[] => {
		canvas.clearRect(0, 0, 1, 1);
		for (const colour of colours) {
			canvas.fillStyle = colour;
			canvas.fillRect(0, 0, 1, 1);
		}
		return [...canvas.getImageData(0, 0, 1, 1).data];
	};
	const light = (colour: readonly number[]): number => {
		const [r, g, b] = colour.slice(0, 3).map((channel) => {
			const c = channel / 255;
			return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
		}) as [number, number, number];
		return 0.2126 * r + 0.7152 * g + 0.0722 * b;
	};
	const found = new Map<string, string>();
	const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	for (let node = walker.nextNode(); node; node = walker.nextNode()) {
		const holder = node.parentElement;
		if (!node.textContent?.trim() || !holder || holder.closest("svg, noscript, script, :disabled, .unseen")) continue;
		if (!holder.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
		const behind: string[] = [];
		for (let one: Element | null = holder; one; one = one.parentElement)
			behind.unshift(getComputedStyle(one).backgroundColor);
		const { color, fontSize, fontWeight } = getComputedStyle(holder);
		const [a, b] = [light(over(["white", ...behind])), light(over(["white", ...behind, color]))];
		const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
		const size = Number.parseFloat(fontSize);
		const needed = size >= 24 || (size >= 18.66 && Number(fontWeight) >= 700) ? 3 : 4.5;
		if (ratio < needed - 0.05)
			found.set(
				`${holder.tagName.toLowerCase()}.${holder.className}`,
				`${holder.tagName.toLowerCase()}.${holder.className}: ${node.textContent.trim().slice(0, 30)} has ${ratio.toFixed(2)}`,
			);
	}
	return [...found.values()];
}

/** Text of buttons, tabs and headings that does not fit into its box. */
function clipped(): string[] {
	return [...document.querySelectorAll<HTMLElement>("button, a, h1, h2, h3, label, legend, th, summary")]
		.filter((one) => one.checkVisibility() && !one.closest(".unseen"))
		.filter((one) => {
			const { overflowX } = getComputedStyle(one);
			return (
				one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0 && overflowX !== "auto" && overflowX !== "scroll"
			);
		})
		.map((one) => `${one.tagName.toLowerCase()}.${one.className}: ${one.textContent.trim().slice(0, 40)}`);
}

describe("npm run playground", () => {
	const script = join(root, "scripts/playground.mjs");

	async function started(
		words: readonly string[],
	): Promise<{ child: ChildProcess; address: string; said: () => string }> {
		const child = spawn(process.execPath, [script, ...words], { cwd: root });
		let text = "";
		const address = await new Promise<string>((found, failed) => {
			for (const stream of [child.stdout, child.stderr])
				stream.on("data", (part: Buffer) => {
					text += String(part);
					const [match] = /http:\S+/.exec(text) ?? [];
					if (match) found(match);
				});
			child.once("exit", () => failed(new Error(text)));
		});
		return { child, address, said: () => text };
	}

	it("builds the page, serves it, and ends with Ctrl-C", async () => {
		const { child, address, said } = await started(["--port", "0"]);
		try {
			const page = await opened(address);
			expect(await page.title()).toContain("chainrule");
			// Connections that are kept open do not hold it up.
			child.kill("SIGINT");
			expect(await once(child, "exit")).toEqual([0, null]);
			expect(said()).toMatch(/^The laboratory is at http:\/\/127\.0\.0\.1:\d+\/ \(Ctrl-C ends it\)\.\n$/);
			await page.context().close();
		} finally {
			child.kill("SIGKILL");
		}
	});

	it("says that a port is in use, and what to do", async () => {
		const port = new URL(site.address).port;
		const failure = await started(["--port", port]).then(
			({ child }) => {
				child.kill("SIGKILL");
				return "it started";
			},
			({ message }: Error) => message,
		);
		expect(failure).toBe(
			`playground: port ${port} is in use\n  fix       npm run playground -- --port ${Number(port) + 1}\n`,
		);
	});
});
