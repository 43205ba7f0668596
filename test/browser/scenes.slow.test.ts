/**
 * The lecture scenes and the contour plot in a real browser: every link opens
 * its bench, comparisons show the notes' figures, and a descent is driven by
 * pointer and by keys.
 */
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addressOf, linkOf, scenes } from "../../viz/playground/scenes/scenes.js";
import { launch } from "./chromium.js";
import { complaintsOf, ownAddresses, watched } from "./complaints.js";
import { type ServedSite, servedSite } from "./site.js";

const screens = join(fileURLToPath(new URL("../..", import.meta.url)), "out/screens");
let browser: Browser;
let site: ServedSite;
beforeAll(async () => {
	await mkdir(screens, { recursive: true });
	[site, browser] = await Promise.all([servedSite(), launch()]);
}, 120_000);

afterAll(async () => {
	await browser?.close();
	await site?.close();
});

interface Look {
	readonly width?: number;
	readonly paper?: "light" | "dark";
	readonly language?: "en" | "ko";
}

async function opened(hash: string, { width = 1280, paper = "light", language = "en" }: Look = {}): Promise<Page> {
	const page = await browser.newPage({
		viewport: { width, height: width < 500 ? 844 : 800 },
		reducedMotion: "reduce",
		acceptDownloads: true,
	});
	watched(page, ownAddresses);
	await page.goto(`${site.address}${hash}${hash.includes("?") ? "&" : "?"}lang=${language}&theme=${paper}`);
	await page.locator("main > *").first().waitFor();
	return page;
}

async function closed(page: Page): Promise<void> {
	expect(complaintsOf(page)).toEqual([]);
	await page.close();
}

function hangsOver(page: Page): Promise<number> {
	return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

/** The table of a comparison, row by row. */
function figures(page: Page, scene: string): Promise<string[][]> {
	return page
		.locator(`#scene-${scene} tbody tr`)
		.evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent ?? "")));
}

/** The stops of the descent that are in the table. */
function stops(page: Page): Promise<string[][]> {
	return page
		.locator(".stops tbody tr:not(.gap)")
		.evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent ?? "")));
}

describe("the scenes", () => {
	it.each([
		[1280, "light", "en"],
		[1280, "dark", "ko"],
		[390, "light", "ko"],
		[390, "dark", "en"],
	] as const)("are seen %i pixels wide, on %s paper, in %s", async (width, paper, language) => {
		const page = await opened("#scenes", { width, paper, language });
		expect(await page.locator(".scene").count()).toBe(scenes.length);
		expect(await hangsOver(page)).toBeLessThanOrEqual(0);
		const first = scenes[0]?.title[language] as string;
		expect(await page.locator(".scene h3").first().textContent()).toBe(first);
		await page.waitForFunction(() => document.querySelectorAll("#scene-slowdown .sparkline .line").length === 4);
		await page.screenshot({ path: join(screens, `lab-scenes-${width}-${paper}-${language}.png`) });
		await closed(page);
	});

	it("follow the language without losing what is shown", async () => {
		const page = await opened("#scenes?show=slowdown");
		await page.waitForFunction(() => document.querySelectorAll("#scene-slowdown .losses .line").length === 4);
		await page.locator("#language").click();
		expect(await page.locator(".scene h3").first().textContent()).toBe(scenes[0]?.title.ko);
		expect(await page.locator("#scene-slowdown .losses .line").count()).toBe(4);
		await closed(page);
	});

	it("lead to their benches, every one, without a complaint", async () => {
		const page = await opened("#scenes");
		const links = await page
			.locator(".scene .variants a")
			.evaluateAll((all) => all.map((link) => link.getAttribute("href")));
		expect(links).toEqual(scenes.flatMap((scene) => scene.variants.map((variant) => linkOf(scene, variant))));
		for (const link of links) {
			await page.evaluate((hash) => {
				location.hash = hash;
			}, link as string);
			const bench = (link as string).startsWith("#network") ? "network" : "expression";
			await page.locator(`#benches [data-bench=${bench}][aria-current=page]`).waitFor();
			await page.waitForFunction(() => !document.querySelector("main")?.hasAttribute("aria-busy"));
			expect([link, await page.locator("#notice.alert:not(:empty)").count()]).toEqual([link, 0]);
		}
		await closed(page);
	});

	it("work by keyboard: a link is reached and pressed", async () => {
		const page = await opened("#scenes");
		await page.locator("#scene-slope .variants a").first().focus();
		await page.keyboard.press("Enter");
		await page.locator("#benches [data-bench=expression][aria-current=page]").waitFor();
		expect(new URL(page.url()).hash).toContain("claim=");
		await page.goBack();
		await page.locator("#scene-slope").waitFor();
		await closed(page);
	});

	it("are compared: the figures of the notes, in the address, and open to be looked at", async () => {
		const page = await opened("#scenes");
		await page.locator("#scene-slowdown .compare").click();
		await page.waitForFunction(() => document.querySelectorAll("#scene-slowdown .losses .line").length === 4);
		const rows = await figures(page, "slowdown");
		expect(rows.map((row) => row[2])).toEqual(
			["0.0939557", "0.202848", "0.0116382", "0.0120087"].map((text) => Number(text).toPrecision(6).replace(/0+$/, "")),
		);
		expect(new URL(page.url()).hash).toContain("show=slowdown");
		await page.locator("#scene-slowdown").screenshot({ path: join(screens, "lab-scenes-compared.png") });

		await page.reload();
		await page.locator("#scene-slowdown .losses").waitFor();
		await page.locator("#scene-slowdown .compare").click();
		await page.waitForFunction(() => !location.hash.includes("show"));
		expect(await page.locator("#scene-slowdown .comparison").isVisible()).toBe(false);
		await closed(page);
	});

	it("say what the address asks for and does not exist", async () => {
		const page = await opened("#scenes?show=__proto__,slowdown");
		await page.locator("#notice.alert:not(:empty)").waitFor();
		expect(await page.locator("#notice").textContent()).toBe("There is no such scene.");
		await page.locator("#scene-slowdown .losses").waitFor();
		await closed(page);
	});
});

describe("the contour plot", () => {
	const bowl = addressOf(scenes.find(({ id }) => id === "descent")?.variants[0] as never);

	async function plot(hash = bowl, look: Look = {}): Promise<Page> {
		const page = await opened(hash, look);
		await page.locator(".contourplot").scrollIntoViewIfNeeded();
		await page.locator(".contours .contour").first().waitFor({ state: "attached" });
		return page;
	}

	it("shows lines, arrows, and the notes' descent in numbers", async () => {
		const page = await plot();
		const rows = await stops(page);
		expect(rows.slice(0, 4).map((row) => row.slice(0, 3))).toEqual([
			["0", "2", "1"],
			["1", "1.6", "0.8"],
			["2", "1.28", "0.64"],
			["3", "1.024", "0.512"],
		]);
		expect(rows.at(-1)?.[0]).toBe("20");
		expect(await page.locator(".contours .contour").count()).toBeGreaterThan(5);
		expect(await page.locator(".contours").getAttribute("aria-label")).toContain("Contour lines of f over x0 and x1");
		expect(await page.locator(".said").textContent()).toContain("20 steps lead from (2, 1) to (0.02306, 0.01153)");
		await closed(page);
	});

	it("has one scale on both axes, so that arrows stand upright on lines", async () => {
		const page = await plot();
		// Both axes have one scale: a line of x0² + x1² is a circle on the page.
		const round = await page.locator(".contours .contour").evaluateAll((paths) =>
			paths.slice(0, 3).map((path) => {
				const { width, height } = (path as unknown as SVGPathElement).getBBox();
				return width / height;
			}),
		);
		for (const ratio of round) expect(ratio).toBeCloseTo(1, 2);
		await closed(page);
	});

	it("moves the start by keys and by pointer, and the sliders of the bench with it", async () => {
		const page = await plot();
		await page.locator(".contours .start").focus();
		await page.keyboard.press("ArrowLeft");
		await page.waitForFunction(() => document.querySelector(".stops tbody td")?.textContent === "1.8");
		await page.keyboard.press("ArrowUp");
		await page.waitForFunction(() => document.querySelectorAll(".stops tbody td")[1]?.textContent === "1.2");
		expect(new URL(page.url()).hash).not.toBe("");
		await page.waitForFunction(() => location.hash.includes("at=x0=1.8,x1=1.2"));

		const box = await page.locator(".contours .frame").boundingBox();
		if (box === null) throw new Error("no picture");
		// From -2.5 to 2.5 on both axes.
		const at = (x: number, y: number): [number, number] => [
			box.x + ((x + 2.5) / 5) * box.width,
			box.y + ((2.5 - y) / 5) * box.height,
		];
		await page.mouse.move(...at(1.8, 1.2));
		await page.mouse.down();
		await page.mouse.move(...at(0, 0), { steps: 4 });
		await page.mouse.move(...at(-1, -1.5), { steps: 4 });
		await page.mouse.up();
		await page.waitForFunction(() =>
			/^−(1|0\.9\d|1\.0\d)$/.test(document.querySelector(".stops tbody td")?.textContent ?? ""),
		);
		expect(Math.abs(Number((await stops(page))[0]?.[2]?.replace("−", "-")) + 1.5)).toBeLessThan(0.03);
		await closed(page);
	});

	it("takes a tap for a choice, and leaves scrolling to fingers", async () => {
		const page = await browser.newPage({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
		await page.goto(`${site.address}${bowl}`);
		await page.locator(".contourplot").scrollIntoViewIfNeeded();
		await page.locator(".contours .contour").first().waitFor({ state: "attached" });
		await page.locator(".contours").scrollIntoViewIfNeeded();
		const box = await page.locator(".contours .frame").boundingBox();
		if (box === null) throw new Error("no picture");
		await page.touchscreen.tap(box.x + 0.3 * box.width, box.y + 0.5 * box.height);
		await page.waitForFunction(() =>
			/^−(1|0\.9\d|1\.0\d)$/.test(document.querySelector(".stops tbody td")?.textContent ?? ""),
		);
		const actions = (selector: string): Promise<string> =>
			page.locator(selector).evaluate((element) => getComputedStyle(element).touchAction);
		expect([await actions("svg.contours"), await actions(".contours .start")]).toEqual(["pan-y pinch-zoom", "none"]);
		await page.close();
	});

	it("says when every step is further away, and shows it when asked", async () => {
		const page = await plot();
		const rate = page.locator(".descent .number").first();
		await rate.fill("1.1");
		await rate.press("Enter");
		await page.waitForFunction(() => document.querySelector(".said")?.textContent?.includes("further away"));
		expect(await page.locator(".said").textContent()).toMatch(/grows from 4\.47 to 1\d\d/);
		const before = await page.locator(".contours .axes text").allTextContents();
		await page.getByRole("button", { name: "Whole path" }).click();
		await page.waitForFunction(
			(texts) =>
				[...document.querySelectorAll(".contours .axes text")].map(({ textContent }) => textContent).join() !== texts,
			before.join(),
		);
		await rate.fill("2000");
		await rate.press("Enter");
		await page.locator(".descent .wrong:not([hidden])").waitFor();
		await closed(page);
	});

	it("zooms, plays the path step by step, and changes its axes", async () => {
		const page = await plot();
		const widest = async (): Promise<number> =>
			Math.max(
				...(await page.locator(".contours .axes text.middle").allTextContents()).map(
					(text) => Number(text.replace("−", "-")) || 0,
				),
			);
		expect(await widest()).toBe(2);
		await page.locator(".descent").getByRole("button", { name: "Zoom out" }).click();
		await page.waitForFunction(() => document.querySelector(".contours .axes")?.textContent?.includes("4"));
		await page.locator(".descent").getByRole("button", { name: "Zoom in" }).click();
		await page.locator(".descent").getByRole("button", { name: "Zoom in" }).click();

		await page.locator(".descent").getByRole("button", { name: "Play" }).click();
		await page.waitForFunction(() => document.querySelectorAll(".stops tbody tr").length === 3);
		await page.waitForFunction(() => document.querySelectorAll(".stops tbody tr").length > 5);
		await page.locator(".descent").getByRole("button", { name: "Pause" }).click();
		expect((await stops(page)).at(-1)?.[0]).toBe("20");

		await page.getByLabel("Across").selectOption("x1");
		await page.waitForFunction(() => document.querySelector(".stops thead")?.textContent?.startsWith("Stepx1x0"));
		await page.waitForFunction(() => location.hash.includes("plane=x1,x0"));
		await closed(page);
	});

	it("gives its picture away, with its colours in it", async () => {
		const page = await plot();
		const [download] = await Promise.all([
			page.waitForEvent("download"),
			page.locator(".descent").getByRole("button", { name: "Save SVG" }).click(),
		]);
		const text = await readFile((await download.path()) as string, "utf8");
		expect(text).toMatch(/^<svg /);
		expect(text).toContain('stroke="rgb(');
		expect(text).not.toMatch(/class=|var\(|style=/);
		const [png] = await Promise.all([
			page.waitForEvent("download"),
			page.locator(".descent").getByRole("button", { name: "Save PNG" }).click(),
		]);
		const bytes = await readFile((await png.path()) as string);
		expect([...bytes.subarray(1, 4)]).toEqual([0x50, 0x4e, 0x47]);
		expect(bytes.readUInt32BE(16)).toBe(928);
		await closed(page);
	});

	it.each([
		[1280, "dark", "ko", 1],
		[390, "light", "ko", 3],
		[390, "dark", "en", 2],
		[1280, "light", "en", 3],
	] as const)("is seen %i pixels wide, on %s paper, in %s", async (width, paper, language, variant) => {
		const address = addressOf(scenes.find(({ id }) => id === "descent")?.variants[variant] as never);
		const page = await plot(address, { width, paper, language });
		expect(await hangsOver(page)).toBeLessThanOrEqual(0);
		await page
			.locator(".contourplot")
			.screenshot({ path: join(screens, `lab-contours-${width}-${paper}-${language}.png`) });
		await closed(page);
	});
});
