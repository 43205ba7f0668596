/**
 * The page around the benches in a real browser: addresses, going back and
 * forth, language, paper, focus, and what is said when something fails. In the
 * place of the benches are three that only write down what they are told.
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Plugin } from "esbuild";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launch } from "./chromium.js";
import { complaintsOf, ownAddresses, watched } from "./complaints.js";
import { type ServedSite, servedSite } from "./site.js";

const screens = fileURLToPath(new URL("../../out/screens", import.meta.url));
let browser: Browser;
let site: ServedSite;

/** A bench with one field, which is its state, a link, and a list of what it was told. */
const bench = (name: string): string => `
	export const ${name}Bench = ({ remember, notice }) => {
		const told = (globalThis.told ??= []);
		const element = document.createElement("section");
		const field = document.createElement("input");
		field.id = "${name}";
		field.addEventListener("input", () => remember(new URLSearchParams({ v: field.value })));
		const link = document.createElement("a");
		link.href = "#network?v=linked";
		link.textContent = "to the network";
		const tall = document.createElement("div");
		tall.style.height = "3000px";
		element.append(field, link, tall);
		globalThis.notice = notice;
		return {
			element,
			open: (parameters) => {
				told.push("${name} open " + parameters);
				if (parameters.get("v") === "broken") throw new Error("broken");
				field.value = parameters.get("v") ?? "";
			},
			close: () => {
				told.push("${name} close");
				if (field.value === "running") {
					field.value = "paused";
					remember(new URLSearchParams({ v: "paused" }));
				}
			},
		};
	};`;

const benches: Plugin = {
	name: "benches",
	setup(build) {
		build.onLoad({ filter: /playground.(expression|network|scenes).bench\.ts$/ }, ({ path }) => {
			const [, name = ""] = /(\w+).bench\.ts$/.exec(path) ?? [];
			return { contents: bench(name), loader: "js" };
		});
	},
};

beforeAll(async () => {
	await mkdir(screens, { recursive: true });
	site = await servedSite([benches]);
	browser = await launch();
}, 60_000);

afterAll(async () => {
	await browser?.close();
	await site?.close();
});

async function opened(hash = "", options: BrowserContextOptions = {}): Promise<Page> {
	const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, ...options });
	watched(page, ownAddresses);
	await page.goto(site.address + hash);
	await page.locator("#stage > *").waitFor();
	return page;
}

async function closed(page: Page, expected: readonly string[] = []): Promise<void> {
	expect(complaintsOf(page)).toEqual(expected);
	await page.context().close();
}

const told = (page: Page): Promise<string[]> =>
	page.evaluate(() => (Reflect.get(globalThis, "told") as string[] | undefined)?.splice(0) ?? []);
const hashOf = (page: Page): string => new URL(page.url()).hash;

/** Waits until the address is this one. */
async function untilHash(page: Page, hash: string): Promise<void> {
	await page.waitForFunction((wanted) => location.hash === wanted, hash);
}

async function typeHash(page: Page, hash: string): Promise<void> {
	await page.evaluate((next) => {
		location.hash = next;
	}, hash);
}

const tab = (page: Page, name: string): Promise<void> => page.click(`#benches a[data-bench=${name}]`);

describe("an address", () => {
	it("names a bench and its state, which is opened once", async () => {
		const page = await opened("#network?v=1&lang=ko&theme=dark");
		expect(await told(page)).toEqual(["network open v=1"]);
		expect(await page.getAttribute("html", "lang")).toBe("ko");
		expect(await page.getAttribute("html", "data-theme")).toBe("dark");
		expect(await page.getAttribute("#benches [aria-current=page]", "data-bench")).toBe("network");
		expect(hashOf(page)).toBe("#network?v=1&lang=ko&theme=dark");
		await closed(page);
	});

	it("that names none begins with the first bench", async () => {
		const page = await opened();
		expect(await told(page)).toEqual(["expression open "]);
		expect(hashOf(page)).toBe("#expression");
		await closed(page);
	});

	it("that names one that does not exist says so", async () => {
		const page = await opened("#netwrok?v=1&lang=ko");
		expect(await told(page)).toEqual(["expression open "]);
		expect(await page.textContent("#notice")).toContain("#netwrok");
		expect(await page.textContent("#notice")).toContain("없습니다");
		await page.click("#notice");
		expect(await page.textContent("#notice")).toBe("");
		await closed(page);
	});

	it("keeps markup in it as text", async () => {
		const page = await opened(`#<img src=x onerror="globalThis.broken=1">?v=<script>globalThis.broken=1</script>`);
		expect(await page.locator("img, #notice *").count()).toBe(0);
		expect(await page.evaluate(() => Reflect.get(globalThis, "broken"))).toBeUndefined();
		await closed(page);
	});

	it("that is typed is followed, and one that changes nothing disturbs nothing", async () => {
		const page = await opened("#network?v=1");
		await typeHash(page, "#network?v=2");
		await typeHash(page, "#network?v=2&lang=ko");
		await untilHash(page, "#network?v=2&lang=ko");
		expect(await page.getAttribute("html", "lang")).toBe("ko");
		await typeHash(page, "#scenes");
		await page.waitForFunction(() => document.querySelector("#scenes") !== null);
		expect(await told(page)).toEqual(["network open v=1", "network open v=2", "network close", "scenes open "]);
		await closed(page);
	});

	it("holds what a bench remembers, however often it does", async () => {
		const page = await opened("#network?v=0");
		const writes = await page.evaluate(async () => {
			let count = 0;
			const replace = history.replaceState.bind(history);
			history.replaceState = (...all) => {
				count++;
				replace(...all);
			};
			const field = document.querySelector("#network") as HTMLInputElement;
			for (let value = 1; value <= 100; value++) {
				field.value = `z = ${value} + w*x`;
				field.dispatchEvent(new Event("input"));
				await new Promise((done) => setTimeout(done, 5));
			}
			await new Promise((done) => setTimeout(done, 400));
			return count;
		});
		expect(writes).toBeGreaterThan(1);
		expect(writes).toBeLessThan(8);
		expect(hashOf(page)).toBe("#network?v=z+=+100+%2B+w*x");
		await page.reload();
		await page.locator("#network").waitFor();
		expect(await page.inputValue("#network")).toBe("z = 100 + w*x");
		await closed(page);
	});
});

describe("going from bench to bench", () => {
	it("by the tabs leaves each as it is", async () => {
		const page = await opened("#expression?v=1");
		await page.fill("#expression", "3");
		await tab(page, "network");
		await page.locator("#network").waitFor();
		expect(hashOf(page)).toBe("#network");
		await page.fill("#network", "running");
		await tab(page, "network"); // where one is already
		await tab(page, "expression");
		await page.locator("#expression").waitFor();
		expect(hashOf(page)).toBe("#expression?v=3");
		await tab(page, "network");
		await page.locator("#network").waitFor();
		expect(await page.inputValue("#network")).toBe("paused");
		expect(hashOf(page)).toBe("#network?v=paused");
		expect(await told(page)).toEqual([
			"expression open v=1",
			"expression close",
			"network open ",
			"network close",
			"expression close",
		]);
		await closed(page);
	});

	it("by going back and on, too", async () => {
		const page = await opened("#expression?v=1");
		await tab(page, "network");
		await page.fill("#network", "running");
		await untilHash(page, "#network?v=running");
		await page.goBack();
		await page.locator("#expression").waitFor();
		expect(hashOf(page)).toBe("#expression?v=1");
		await page.goForward();
		await page.locator("#network").waitFor();
		// It paused when it was left; nothing was opened anew.
		await untilHash(page, "#network?v=paused");
		expect(await told(page)).toEqual([
			"expression open v=1",
			"expression close",
			"network open ",
			"network close",
			"expression close",
		]);
		await closed(page);
	});

	it("by links opens what they say, also where that is open", async () => {
		const page = await opened("#scenes");
		await page.click("#stage a");
		await page.locator("#network").waitFor();
		expect(hashOf(page)).toBe("#network?v=linked");
		// The link is gone with its bench: the keyboard goes on in the new one.
		expect(await page.evaluate(() => document.activeElement?.id)).toBe("stage");
		await page.fill("#network", "changed");
		await page.click("#stage a");
		await page.click("#stage a");
		expect(await page.inputValue("#network")).toBe("linked");
		expect(await told(page)).toEqual([
			"scenes open ",
			"scenes close",
			"network open v=linked",
			"network open v=linked",
			"network open v=linked",
		]);
		// Back goes through the states of one bench, each opened once.
		await page.goBack();
		await page.waitForFunction(() => (document.querySelector("#network") as HTMLInputElement).value === "changed");
		expect(await told(page)).toEqual(["network open v=changed"]);
		await closed(page);
	});

	it("leaves links with a key pressed to the browser", async () => {
		const page = await opened("#scenes");
		const [other] = await Promise.all([
			page.context().waitForEvent("page"),
			page.click("#stage a", { modifiers: ["ControlOrMeta"] }),
		]);
		await other.locator("#network").waitFor();
		expect(hashOf(page)).toBe("#scenes");
		await closed(page);
	});

	it("keeps how far down each was read", async () => {
		const page = await opened("#expression");
		await page.evaluate(() => {
			scrollTo(0, 700);
			(document.querySelector("#benches a[data-bench=network]") as HTMLElement).click();
		});
		await page.locator("#network").waitFor();
		expect(await page.evaluate(() => scrollY)).toBe(0);
		await page.goBack();
		await page.locator("#expression").waitFor();
		expect(await page.evaluate(() => scrollY)).toBe(700);
		await closed(page);
	});
});

describe("language and paper", () => {
	it("follow the browser until they are chosen", async () => {
		const page = await opened("", { locale: "ko-KR", colorScheme: "dark" });
		expect(await page.getAttribute("html", "lang")).toBe("ko");
		expect(await page.title()).toBe("수식 · chainrule 실험실");
		expect(hashOf(page)).toBe("#expression");
		await page.emulateMedia({ colorScheme: "light" });
		await page.waitForFunction(() => document.documentElement.dataset.theme === "light");
		await page.click("#theme");
		expect(hashOf(page)).toBe("#expression?theme=dark");
		await page.emulateMedia({ colorScheme: "dark" });
		await page.emulateMedia({ colorScheme: "light" });
		await page.waitForTimeout(100);
		expect(await page.getAttribute("html", "data-theme")).toBe("dark");
		await closed(page);
	});

	it.each([
		["en-US", ["en-US", "ko"], "en"],
		["ko", ["ko", "en"], "ko"],
		["fr", ["fr-FR", "ko-KR", "en"], "ko"],
		["fr", ["fr-FR"], "en"],
	])("of a browser for %s that speaks %j is %s", async (_, list, expected) => {
		const context = await browser.newContext();
		await context.addInitScript((all) => {
			Object.defineProperty(navigator, "languages", { get: () => all });
		}, list);
		const page = await context.newPage();
		await page.goto(site.address);
		await page.locator("#stage > *").waitFor();
		expect(await page.getAttribute("html", "lang")).toBe(expected);
		await context.close();
	});

	it("are kept when benches change, by links, and when one goes back", async () => {
		const page = await opened("#scenes");
		await page.click("#language");
		await page.click("#theme");
		expect(hashOf(page)).toBe("#scenes?lang=ko&theme=dark");
		await page.click("#stage a");
		await page.locator("#network").waitFor();
		expect(hashOf(page)).toBe("#network?v=linked&lang=ko&theme=dark");
		await tab(page, "expression");
		await page.locator("#expression").waitFor();
		expect(hashOf(page)).toBe("#expression?lang=ko&theme=dark");
		await page.click("#language");
		expect(hashOf(page)).toBe("#expression?lang=en&theme=dark");
		await page.goBack();
		await page.locator("#network").waitFor();
		expect(await page.getAttribute("html", "lang")).toBe("en");
		await untilHash(page, "#network?v=linked&lang=en&theme=dark");
		await closed(page);
	});

	it("are what they were after the page is loaded again", async () => {
		const page = await opened("#expression?v=1");
		await page.click("#language");
		await page.click("#theme");
		await page.waitForFunction(() => location.hash.includes("lang=ko") && location.hash.includes("theme=dark"));
		await page.reload();
		await page.locator("#expression").waitFor();
		expect(await page.getAttribute("html", "lang")).toBe("ko");
		expect(await page.getAttribute("html", "data-theme")).toBe("dark");
		expect(hashOf(page)).toBe("#expression?v=1&lang=ko&theme=dark");
		await closed(page);
	});

	it("change what the page says: bar, title, names of controls", async () => {
		const page = await opened("#network");
		expect(await page.title()).toBe("Network · chainrule Laboratory");
		expect(await page.locator("#benches a").allTextContents()).toEqual(["Expression", "Network", "Lecture scenes"]);
		expect(await page.getAttribute("#language span", "lang")).toBe("ko");
		await page.click("#language");
		expect(await page.title()).toBe("신경망 · chainrule 실험실");
		expect(await page.locator("#benches a").allTextContents()).toEqual(["수식", "신경망", "강의 실험"]);
		expect(await page.getAttribute("#benches", "aria-label")).toBe("실험대");
		expect(await page.getAttribute("#language span", "lang")).toBe("en");
		await tab(page, "scenes");
		await page.waitForFunction(() => document.title === "강의 실험 · chainrule 실험실");
		await page.click("#language");
		expect(await page.title()).toBe("Lecture scenes · chainrule Laboratory");
		await closed(page);
	});
});

describe("when something fails", () => {
	it("a bench that cannot be loaded is said, and the others are there", async () => {
		const page = await opened("#expression");
		await page.route(/part-bench/, (route) => route.abort());
		await tab(page, "network");
		await page.locator(".failure").waitFor();
		expect(await page.textContent(".failure p")).toBe("This part of the page could not be loaded.");
		await page.click("#language");
		expect(await page.textContent(".failure p")).toBe("이 부분을 불러오지 못했습니다.");
		await tab(page, "expression");
		await page.locator("#expression").waitFor();
		await page.unroute(/part-bench/);
		await page.goBack();
		await page.locator(".failure button, #network").first().waitFor();
		if ((await page.locator("#network").count()) === 0) await page.click(".failure button");
		await page.locator("#network").waitFor();
		expect(complaintsOf(page).splice(0).join()).toMatch(/ERR_FAILED|Failed to fetch/);
		await closed(page);
	});

	it("an address that a bench breaks on is said, and the bench can be had without it", async () => {
		const page = await opened("#network?v=broken");
		await page.locator(".failure").waitFor();
		await tab(page, "network");
		await page.locator("#network").waitFor();
		expect(hashOf(page)).toBe("#network");
		await closed(page, ["broken"]);
	});

	it("a bench says so for a while", async () => {
		const page = await opened();
		await page.evaluate(() => {
			const notice = Reflect.get(globalThis, "notice") as (what: unknown, kind?: string) => void;
			notice({ en: "failed", ko: "실패했습니다" }, "alert");
		});
		expect(await page.textContent("#notice")).toBe("failed");
		await page.click("#language");
		expect(await page.textContent("#notice")).toBe("실패했습니다");
		// Several things at once are all said, later ones instead.
		await page.waitForTimeout(300);
		await page.evaluate(() => {
			const notice = Reflect.get(globalThis, "notice") as (what: unknown, kind?: string) => void;
			notice("one", "alert");
			notice("two");
		});
		expect(await page.textContent("#notice")).toBe("one\ntwo");
		expect(await page.getAttribute("#notice", "class")).toBe("notice alert");
		await page.waitForFunction(() => document.querySelector("#notice")?.textContent === "", undefined, {
			timeout: 10_000,
		});
		await closed(page);
	});
});

describe("before a bench is there", () => {
	it.each([1280, 390])("the page is as it will be, at %i", async (width) => {
		const page = await browser.newPage({ viewport: { width, height: 800 } });
		await page.route(/main\.js|part-/, async (route) => {
			await new Promise((done) => setTimeout(done, 400));
			await route.continue();
		});
		await page.goto(site.address, { waitUntil: "commit" });
		await page.locator("#stage").waitFor({ state: "attached" });
		await page.waitForFunction(() => getComputedStyle(document.body).display === "flex");
		const height = (): Promise<number> =>
			page.evaluate(() => document.querySelector("#bar")?.getBoundingClientRect().height ?? 0);
		const before = await height();
		await page.locator("#expression").waitFor();
		expect(await height()).toBe(before);
		expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
		await page.screenshot({ path: join(screens, `lab-shell-${width}-light.png`) });
		await page.close();
	});

	it("a page that does not start says why", async () => {
		const page = await browser.newPage({ javaScriptEnabled: false });
		await page.goto(site.address);
		const says = page.getByText("npm run playground").first();
		expect(await says.isVisible()).toBe(false);
		await says.waitFor({ timeout: 6_000 });
		await page.screenshot({ path: join(screens, "lab-shell-late.png") });
		await page.goto(pathToFileURL(join(site.folder, "index.html")).href);
		await says.waitFor({ timeout: 6_000 });
		await page.close();
	});

	it("the paper is dark where the system is", async () => {
		const page = await browser.newPage({ colorScheme: "dark" });
		await page.route(/main\.js/, () => {}); // never comes
		await page.goto(site.address, { waitUntil: "commit" });
		await page.waitForFunction(() => getComputedStyle(document.body).display === "flex");
		expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe("rgb(20, 23, 28)");
		await page.close();
	});
});
