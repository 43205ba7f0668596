/**
 * The expression bench in a real browser, served under the page's policy: every
 * control is operated, and what is shown is compared with the engine.
 */
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gradients, type Scalar, scalar } from "chainrule";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { numberText } from "../../viz/explorer/text.js";
import { measure, readExpression } from "../../viz/playground/expression/computation.js";
import { examples } from "../../viz/playground/expression/examples.js";
import { launch } from "./chromium.js";
import { complaintsOf, ownAddresses, watched } from "./complaints.js";
import { type ServedSite, servedSite } from "./site.js";

const screens = fileURLToPath(new URL("../../out/screens", import.meta.url));
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

/** A number of the page. */
function typed(written = ""): number {
	return Number(written.replaceAll("−", "-"));
}

interface Look {
	readonly hash?: string;
	readonly width?: number;
	readonly scheme?: "light" | "dark";
	readonly calm?: boolean;
}

let context: BrowserContext | undefined;
async function opened({ hash = "", width = 1280, scheme = "light", calm = true }: Look = {}): Promise<Page> {
	context = await browser.newContext({
		viewport: { width, height: width < 500 ? 844 : 800 },
		colorScheme: scheme,
		reducedMotion: calm ? "reduce" : "no-preference",
		locale: "en-GB",
		acceptDownloads: true,
	});
	const page = watched(await context.newPage(), ownAddresses);
	await page.goto(`${site.address}#expression${hash === "" ? "" : `?${hash}`}`);
	await page.waitForSelector(".expression .item.output");
	await page.waitForSelector(".derivation math, .derivation p, .derivative .hint:not([hidden])");
	return page;
}

async function closed(page: Page): Promise<void> {
	expect(complaintsOf(page)).toEqual([]);
	await page.context().close();
}

const text = (page: Page, selector: string): Promise<string> =>
	page
		.locator(selector)
		.first()
		.textContent()
		.then((found) => found ?? "");

/** Waits until an element says something. */
async function says(page: Page, selector: string, words: string): Promise<void> {
	await page
		.waitForFunction(
			([where, what]) => document.querySelector(where as string)?.textContent === what,
			[selector, words],
			{ timeout: 5_000 },
		)
		.catch(() => {});
	expect(await text(page, selector)).toBe(words);
}

const program = ".program textarea";
const claim = ".claims textarea";
const leaf = (name: string): string => `.leaf[data-name="${name}"]`;
const worth = (name: string): string => `.formulas .worth[data-name="${name}"]`;

/** The notes' neuron, by the library alone. */
function neuron(
	w0: number,
	b0: number,
	x0 = 1,
	y0 = 0,
): { values: Record<string, number>; slopes: Record<string, number> } {
	const [w, b, x, y] = [scalar(w0), scalar(b0), scalar(x0), scalar(y0)];
	const z = w.mul(x).add(b);
	const a = z.sigmoid();
	const C = y.sub(a).square().div(2);
	const leaves = { w, b, x, y };
	const slopes = gradients(C, Object.values(leaves)) as Scalar[];
	return {
		values: { z: z.value, a: a.value, C: C.value },
		slopes: Object.fromEntries(Object.keys(leaves).map((name, at) => [name, slopes[at]?.value ?? Number.NaN])),
	};
}

async function showsNeuron(page: Page, ...at: Parameters<typeof neuron>): Promise<void> {
	const { values, slopes } = neuron(...at);
	for (const [name, value] of Object.entries(values)) await says(page, worth(name), numberText(value, 6));
	for (const [name, slope] of Object.entries(slopes)) await says(page, `${leaf(name)} .slope`, numberText(slope, 6));
	// In the picture, too.
	const boxes = await page.locator(".expression .item.variable, .expression .item.output").allTextContents();
	const box = (name: string): string | undefined => boxes.find((found) => found.startsWith(name));
	expect(box("C")).toContain(numberText(values.C as number));
	for (const [name, slope] of Object.entries(slopes)) expect(box(name)).toContain(`∂${numberText(slope)}`);
}

/** The verdicts on the page, when it has judged. */
async function verdicts(page: Page): Promise<(string | null)[]> {
	await page.waitForSelector(".results:not(.stale) .claim");
	return page
		.locator(".claim .steps li")
		.evaluateAll((steps) => steps.map((step) => step.getAttribute("data-verdict")));
}

describe("an expression and its values", () => {
	it("shows what the engine computes, whatever moves a value", async () => {
		const page = await opened();
		await showsNeuron(page, 0.6, 0.9);
		const slide = page.locator(`${leaf("w")} input[type=range]`);
		const field = page.locator(`${leaf("w")} .number`);
		await slide.focus();
		for (let count = 0; count < 3; count++) await page.keyboard.press("ArrowRight");
		await page.waitForFunction(
			(place) => document.querySelector<HTMLInputElement>(place)?.value === "0.63",
			`${leaf("w")} .number`,
		);
		const moved = Number(await field.inputValue());
		await showsNeuron(page, moved, 0.9);
		await field.fill("2");
		await page.locator(`${leaf("b")} .number`).fill("2");
		await showsNeuron(page, 2, 2);
		expect(await text(page, worth("C"))).toBe("0.482176");
		// A formula of constants; then what is none.
		await field.fill("pi/2");
		await showsNeuron(page, Math.PI / 2, 2);
		await field.fill("two");
		await field.press("Tab");
		expect(await field.getAttribute("aria-invalid")).toBe("true");
		expect(await text(page, `${leaf("w")} .wrong`)).toContain("pi/2");
		await showsNeuron(page, Math.PI / 2, 2);
		// Beyond the end the slider reaches further.
		await field.fill("-7");
		await showsNeuron(page, -7, 2);
		expect(Number(await slide.inputValue())).toBeGreaterThan(0);
		expect(await slide.getAttribute("aria-valuetext")).toBe("-7");
		await page.locator(`${leaf("w")} .reset`).click();
		await slide.dblclick();
		await page.locator(`${leaf("b")} input[type=range]`).dblclick();
		await showsNeuron(page, 0.6, 0.9);
		expect(await field.inputValue()).toBe("0.6");
		await closed(page);
	});

	it("keeps values while the text changes, and begins names that are new at ½", async () => {
		const page = await opened();
		await page.locator(`${leaf("w")} .number`).fill("2");
		await page.locator(program).fill("z = w*x + b + k\nC = z^2");
		await says(page, worth("C"), numberText((2 + 0.9 + 0.5) ** 2, 6));
		expect(await page.locator(`${leaf("k")} .number`).inputValue()).toBe("0.5");
		expect(await page.locator(".leaf").count()).toBe(4);
		expect(await page.locator(".program select").inputValue()).toBe("own");
		await closed(page);
	});

	it("says what is wrong with the text and where, and leaves on the page what was", async () => {
		const page = await opened();
		const before = await page.locator(".expression .item").count();
		await page.locator(program).fill("z = w*x + b\na = sigmo(z)\nC = (y - a)^2/2");
		await page.waitForSelector(".expression.unread");
		const wrong = await text(page, ".program .typed .wrong");
		expect(wrong).toContain('unknown function "sigmo"');
		expect(wrong).toContain("did you mean sigma?");
		const [line = "", caret = ""] = wrong.split("\n").slice(2, 4);
		expect(line.indexOf("sigmo")).toBe(caret.indexOf("^"));
		expect(await page.locator(program).getAttribute("aria-invalid")).toBe("true");
		expect(await page.locator(".expression .item").count()).toBe(before);
		await showsNeuron(page, 0.6, 0.9);
		// Sliders of what could be read go on.
		await page.locator(`${leaf("w")} .number`).fill("1");
		await showsNeuron(page, 1, 0.9);
		await page.screenshot({ path: join(screens, "lab-expression-wrong.png") });
		await page.locator(program).fill("z = w*x + b\na = tanh(z)\nC = (y - a)^2/2");
		await page.waitForSelector(".expression:not(.unread)");
		expect(await page.locator(".program .typed .wrong").isVisible()).toBe(false);
		await says(page, worth("a"), numberText(Math.tanh(1.9), 6));
		await closed(page);
	});

	it("takes every example", async () => {
		const page = await opened();
		for (const { id, text: written, values } of examples) {
			await page.locator(".program select").selectOption(id);
			const expression = readExpression(written);
			const measured = measure(expression, new Map(Object.entries(values)));
			await says(page, worth(expression.result), numberText(measured.output.value, 6));
			await page.waitForFunction(
				(count) => document.querySelectorAll(".expression .item").length === count,
				measured.data.nodes.length,
			);
			await page.waitForFunction(() => !document.querySelector(".derivation.stale"));
			expect(await page.locator(".derivation .wrong").count()).toBe(0);
			expect(await page.locator(".derivation .lines math").count()).toBeGreaterThan(0);
		}
		await closed(page);
	});

	it("says so where everything is constant, or nothing is given", async () => {
		const page = await opened({ hash: `f=${encodeURIComponent("2 + 3")}` });
		expect(await text(page, worth("f"))).toBe("5");
		expect(await text(page, ".leaves")).toContain("everything in it is a constant");
		expect(await text(page, ".derivative .hint")).toContain("depends on no name");
		expect(await text(page, ".step")).toContain("No gradient flows");
		expect(await page.locator(".contourplot").isVisible()).toBe(false);
		await page.locator(program).fill("");
		await page.waitForSelector(".expression.unread");
		expect(await text(page, ".program .typed .wrong")).toContain("nothing to read");
		await closed(page);
	});
});

describe("the graph", () => {
	it("is stepped through with the numbers of the engine", async () => {
		const page = await opened();
		const [{ text: written, values }] = examples;
		const { data } = measure(readExpression(written), new Map(Object.entries(values)));
		const steps = data.runs[0]?.steps ?? [];
		expect(await text(page, ".transport .count")).toBe(`${steps.length} / ${steps.length}`);
		const button = (name: string) => page.locator(".transport").getByRole("button", { name, exact: true });
		await button("To the beginning").click();
		expect(await text(page, ".step .words")).toContain("The forward pass is done");
		expect(await page.locator(".expression .gradient.waiting").count()).toBe(data.nodes.length - 1);
		for (const [at, step] of steps.entries()) {
			await button("One step forward").click();
			expect(await text(page, ".transport .count")).toBe(`${at + 1} / ${steps.length}`);
			const shown = await page.locator(".product .number").allTextContents();
			const incoming = data.nodes[step.from]?.gradients[0];
			const wanted = [...(step.from < 0 ? [] : [incoming, step.local]), step.contribution];
			expect(shown).toEqual(wanted.map((quantity) => numberText(quantity as number, 6)));
			const to = data.nodes[step.to];
			expect(await text(page, `.expression [data-id="n${step.to}"] .gradient`)).toBe(numberText(step.total as number));
			expect(await text(page, ".step .words")).toContain(to?.label);
		}
		await button("One step back").click();
		await page.locator(".position").fill("2");
		expect(await text(page, ".transport .count")).toBe(`2 / ${steps.length}`);
		// It stays where it is while a value changes.
		await page.locator(`${leaf("b")} .number`).fill("1.5");
		await says(page, worth("z"), "2.1");
		expect(await text(page, ".transport .count")).toBe(`2 / ${steps.length}`);
		await button("To the end").click();
		expect(await page.locator(".expression .gradient.waiting").count()).toBe(0);
		await button("Play").click();
		await page.waitForFunction(() => document.querySelector(".transport .count")?.textContent?.startsWith("2 /"));
		await button("Pause").click();
		await closed(page);
	});

	it("obeys keys, and a click on a box shows its derivative", async () => {
		const page = await opened();
		await page.locator(".expression .graph").focus();
		await page.keyboard.press("Home");
		for (const key of ["ArrowRight", "ArrowRight", "ArrowRight", "ArrowLeft"]) await page.keyboard.press(key);
		expect(await text(page, ".transport .count")).toBe("2 / 10");
		await page.keyboard.press("End");
		expect(await text(page, ".transport .count")).toBe("10 / 10");
		const first = await page.locator(".expression .item.selected").getAttribute("data-id");
		await page.keyboard.press("ArrowDown");
		const next = await page.locator(".expression .item.selected").getAttribute("data-id");
		expect(next).not.toBe(first);
		// Where its gradient is complete.
		await page.locator('.expression .item[aria-label^="z,"]').click();
		await page.keyboard.press("Enter");
		expect(await text(page, ".transport .count")).toBe("6 / 10");
		await page.locator('.expression .item[aria-label^="a,"]').click();
		expect(await page.locator(".derivative select").inputValue()).toBe("a");
		await page.waitForFunction(() =>
			document.querySelector(".derivation .left annotation")?.textContent?.includes("partial a"),
		);
		// One without a name has none.
		await page.locator('.expression .item[aria-label^="v₁,"]').click();
		expect(await text(page, ".derivative .hint")).toContain("no name");
		await page.locator(".derivative select").selectOption("b");
		expect(await page.locator(".expression .item.selected").getAttribute("aria-label")).toMatch(/^b, variable/);
		await closed(page);
	});

	it("follows a choice to its other branch, and glides to a new structure", async () => {
		const page = await opened({ calm: false, hash: `f=${encodeURIComponent("f = if(x > 0, x*y, w)")}&at=x=1` });
		const condition = ".expression .item.constant .name";
		expect([await text(page, `${leaf("w")} .slope`), await text(page, condition)]).toEqual(["0", "1"]);
		await page.locator(`${leaf("x")} .number`).fill("-1");
		await says(page, `${leaf("w")} .slope`, "1");
		expect([await text(page, `${leaf("y")} .slope`), await text(page, condition)]).toEqual(["0", "0"]);
		await page.locator(program).fill("f = if(x > 0, x*y, w) + tanh(w)");
		// Before the boxes have moved a value may change again.
		await page.locator(`${leaf("w")} .number`).fill("2");
		await says(page, worth("f"), numberText(2 + Math.tanh(2), 6));
		await page.waitForFunction(() => document.querySelectorAll(".expression .item").length === 8);
		await page.waitForTimeout(600);
		expect(await page.locator(".expression .gliding").count()).toBe(0);
		await closed(page);
	});

	it("can be taken away: as SVG, as PNG, as DOT, and into the explorer", async () => {
		const page = await opened();
		const saved = async (name: string): Promise<Buffer> => {
			const [download] = await Promise.all([
				page.waitForEvent("download"),
				page.locator(".exports").getByRole("button", { name, exact: true }).click(),
			]);
			return readFile(await download.path());
		};
		expect((await saved("SVG")).toString()).toMatch(/^<svg[\s\S]*0\.1219/);
		expect((await saved("PNG")).subarray(1, 4).toString()).toBe("PNG");
		expect((await saved("DOT")).toString()).toMatch(/^digraph/);
		const [explorer] = await Promise.all([
			page.waitForEvent("popup"),
			page.getByRole("button", { name: "Open in the explorer" }).click(),
		]);
		watched(explorer, ownAddresses);
		await explorer.waitForSelector(".item.output");
		expect(await explorer.title()).toBe("C");
		await explorer.locator("#last").click();
		await explorer.locator("#direction").click();
		await explorer.waitForTimeout(500);
		expect(await explorer.locator("#notice").isVisible()).toBe(false);
		expect(complaintsOf(explorer)).toEqual([]);
		await explorer.close();
		// Where windows are blocked the file is offered.
		await page.evaluate(() => {
			window.open = () => null;
		});
		expect((await saved("Open in the explorer")).toString()).toMatch(/^<!doctype html>/);
		expect(await text(page, "#notice")).toContain("saved as a file");
		await closed(page);
	});

	it("is redrawn within a frame while a slider moves", async () => {
		const page = await opened();
		await page.waitForTimeout(1_500);
		await page.evaluate(() => {
			const times: number[] = [];
			Object.assign(window, { times });
			document.addEventListener(
				"input",
				() => {
					const begun = performance.now();
					requestAnimationFrame(() => {
						const { port1, port2 } = new MessageChannel();
						port1.onmessage = () => times.push(performance.now() - begun);
						port2.postMessage(0);
					});
				},
				true,
			);
		});
		const box = await page.locator(`${leaf("w")} input[type=range]`).boundingBox();
		if (box === null) throw new Error("no slider");
		const [left, middle] = [box.x + 30, box.y + box.height / 2];
		await page.mouse.move(left, middle);
		await page.mouse.down();
		for (let at = 0; at < 120; at++) await page.mouse.move(left + (at % 60) * 2, middle);
		await page.mouse.up();
		const times = (await page.evaluate("times")) as number[];
		times.sort((a, b) => a - b);
		const median = times[times.length >> 1] as number;
		console.log(`a slider of the neuron: ${times.length} moves, painted after ${median.toFixed(1)} ms (median)`);
		expect(times.length).toBeGreaterThan(60);
		expect(median).toBeLessThan(16);
		await closed(page);
	});
});

describe("the derivative, line by line", () => {
	it("says which law leads where, and with numbers follows the sliders", async () => {
		const page = await opened();
		expect(await page.locator(".derivation .law").allTextContents()).toEqual([
			"chain rule",
			"local derivatives",
			"simplified",
		]);
		expect(await page.locator(".derivation .numbers").count()).toBe(0);
		await page.getByLabel("with numbers").check();
		await page.waitForSelector(".derivation .numbers math");
		const last = ".derivation li:last-child .numbers annotation";
		expect(await text(page, last)).toMatch(/= 0\.121938$/);
		await page.locator(`${leaf("w")} .number`).fill("2");
		await page.locator(`${leaf("b")} .number`).fill("2");
		await page.waitForFunction((place) => document.querySelector(place)?.textContent?.endsWith("= 0.017345"), last);
		await page.getByLabel("with numbers").uncheck();
		await page.waitForFunction(() => document.querySelector(".derivation .numbers") === null);
		await page.locator(".derivative select").selectOption("z");
		await page.waitForFunction(() => document.querySelectorAll(".derivation li").length === 3);
		await closed(page);
	});
});

describe("the reader's own derivation", () => {
	it("is proven where it is right, and refuted with numbers where it is not", async () => {
		const page = await opened();
		const tries = page.locator(".tries button");
		await tries.nth(0).click();
		expect(await verdicts(page)).toEqual(["PROVEN", "PROVEN", "PROVEN"]);
		await tries.nth(1).click();
		await page.waitForSelector('.claim [data-verdict="REFUTED"]');
		expect(await page.locator(claim).inputValue()).toBe("da/dz = 1/(1 + exp(z))");
		const found = await text(page, ".claim dl");
		const [, left, right] = /: ([\d.e−]+) on the left, ([\d.e−]+) on the right/.exec(found) ?? [];
		const [, w, x, b] = /w = (\S+), x = (\S+), b = (\S+):/.exec(found)?.map(typed) ?? [];
		const z = (w as number) * (x as number) + (b as number);
		const sigma = 1 / (1 + Math.exp(-z));
		expect(typed(left)).toBeCloseTo(sigma * (1 - sigma), 6);
		expect(typed(right)).toBeCloseTo(1 / (1 + Math.exp(z)), 6);
		await tries.nth(2).click();
		await page.waitForSelector('.claim [data-verdict="HOLDS ONLY IF"]');
		expect(await text(page, ".claim dl")).toContain("x = 1, y = 0");
		await tries.nth(3).click();
		await page.waitForFunction(() => document.querySelectorAll('.claim [data-verdict="PROVEN"]').length === 2);
		await closed(page);
	});

	it("is judged as it is typed; what cannot be read keeps the last verdicts, paler", async () => {
		const page = await opened();
		await page.locator(claim).pressSequentially("dC/dw = (a - y)*a*(1 - a)*x", { delay: 5 });
		expect(await verdicts(page)).toEqual(["PROVEN"]);
		await page.locator(claim).pressSequentially(" = (a -");
		await page.waitForSelector(".claims pre.wrong:not([hidden])");
		expect(await text(page, ".claims pre.wrong")).toMatch(/\n\s+\^/);
		expect(await page.locator(".results.stale .claim").count()).toBe(1);
		expect(await page.locator(claim).getAttribute("aria-invalid")).toBe("true");
		await page.locator(claim).pressSequentially(" y)*sigma'(z)*x");
		await page.waitForFunction(() => document.querySelectorAll('.claim [data-verdict="PROVEN"]').length === 2);
		expect(await page.locator(".claims pre.wrong").isVisible()).toBe(false);
		// Another expression, another truth.
		await page.locator(program).fill("z = w*x + b\na = tanh(z)\nC = (y - a)^2/2");
		await page.waitForSelector('.results:not(.stale) [data-verdict="REFUTED"]');
		await page.locator(claim).fill("");
		await page.waitForFunction(() => document.querySelector(".results")?.childElementCount === 0);
		await closed(page);
	});
});

describe("room and hearing", () => {
	it("has a field as tall as its text, and the reader's own derivation beside a long one", async () => {
		const page = await opened();
		await page.locator(".program select").selectOption("goldstein-price");
		const isCut = (): Promise<boolean> =>
			page.locator(program).evaluate((field) => field.scrollHeight > field.clientHeight + 1);
		expect(await isCut()).toBe(false);
		await page.locator(".program select").selectOption("micrograd");
		await page.waitForFunction(() => document.querySelectorAll(".derivation .equation").length > 3);
		await page.locator(".derivation .equation").last().scrollIntoViewIfNeeded();
		const top = (place: string): Promise<number> =>
			page.locator(place).evaluate((element) => element.getBoundingClientRect().top);
		expect(await top(".derivative")).toBeLessThan(0);
		expect(await top(".claims")).toBeGreaterThan(0);
		await closed(page);
	});

	it("says the result when a value changes, and not every number of the page", async () => {
		const page = await opened();
		await page.locator(".claims").scrollIntoViewIfNeeded();
		const live = await page
			.locator(":is(.formulas, .leaves, .transport) output")
			.evaluateAll((outputs) => outputs.filter((output) => output.getAttribute("aria-live") !== "off"));
		expect(live).toHaveLength(1);
		expect(await page.locator(worth("C")).getAttribute("aria-live")).toBe("polite");
		await closed(page);
	});

	it("keeps axes with very large numbers whole", async () => {
		const page = await opened({ hash: `f=${encodeURIComponent("f = x*1e-200 + y")}&at=x=2e300,y=1e300` });
		await page.locator(".contourplot").scrollIntoViewIfNeeded();
		await page.waitForSelector(".contours .axes text");
		// What lies beside the picture is seen, and still within its card.
		const outside = await page.locator("svg.contours").evaluate((plot) => {
			const { left, right } = (
				getComputedStyle(plot).overflow === "visible" ? plot.closest(".card") : plot
			)!.getBoundingClientRect();
			return [...plot.querySelectorAll(".axes text")]
				.map((word) => [word.textContent, word.getBoundingClientRect()] as const)
				.filter(([, box]) => box.left < left || box.right > right)
				.map(([word]) => word);
		});
		expect(outside).toEqual([]);
		await closed(page);
	});
});

describe("the address", () => {
	it("holds everything, and gives it back after a reload", async () => {
		const page = await opened();
		await page.locator(program).fill("u = w*x\nf = u^2 + k");
		await page.locator(`${leaf("w")} .number`).fill("-1.25");
		await page.locator(".derivative select").selectOption("u");
		await page.locator(claim).fill("df/du = 2*u");
		await verdicts(page);
		await page.waitForFunction(() => decodeURIComponent(location.hash).includes("claim="));
		await page.waitForTimeout(600);
		await page.reload();
		await page.waitForSelector(".expression .item.output");
		expect(await page.locator(program).inputValue()).toBe("u = w*x\nf = u^2 + k");
		expect(await page.locator(`${leaf("w")} .number`).inputValue()).toBe("-1.25");
		expect(await page.locator(".derivative select").inputValue()).toBe("u");
		expect(await page.locator(claim).inputValue()).toBe("df/du = 2*u");
		expect(await verdicts(page)).toEqual(["PROVEN"]);
		await says(page, worth("f"), numberText(1.25 ** 2 + 0.5, 6));
		await closed(page);
	});

	it("may hold text that cannot be read: then what the page begins with is there, paler", async () => {
		const page = await opened({ hash: `f=${encodeURIComponent("z = w*")}&claim=z%20=%20z` });
		await page.waitForSelector(".expression.unread");
		expect(await page.locator(program).inputValue()).toBe("z = w*");
		expect(await text(page, ".program .typed .wrong")).toContain("unexpected end");
		await page.locator(program).press("End");
		await page.locator(program).pressSequentially("x");
		await page.waitForSelector(".expression:not(.unread)");
		expect(await verdicts(page)).toEqual(["PROVEN"]);
		await closed(page);
	});

	it("is told where it cannot be read", async () => {
		const page = await opened({ hash: "at=w=<script>,b=2&steps=many" });
		expect(await text(page, "#notice")).toContain("steps in the address cannot be read");
		await showsNeuron(page, 0.6, 2);
		await closed(page);
	});
});

describe("names and texts of others", () => {
	it("are names and texts", async () => {
		const hostile = "__proto__ = constructor*손실 + toString\nhasOwnProperty = tanh(__proto__)";
		const page = await opened({ hash: `f=${encodeURIComponent(hostile)}&at=constructor=2,toString=-0.5` });
		await says(page, worth("hasOwnProperty"), numberText(Math.tanh(0.5), 6));
		await page.getByLabel("with numbers").check();
		await page.waitForSelector(".derivation .numbers math");
		await page.locator(claim).fill("d(hasOwnProperty, 손실) = constructor*(1 - hasOwnProperty^2)");
		expect(await verdicts(page)).toEqual(["PROVEN"]);
		const markup = `<img src=x onerror="document.title='hit'"><script>document.title='hit'</script>`;
		await page.locator(program).fill(markup);
		await page.waitForSelector(".expression.unread");
		expect(await text(page, ".program .typed .wrong")).toContain("<img src=x");
		await page.locator(program).fill(hostile);
		await page.locator(claim).fill(markup);
		await page.waitForSelector(".claims pre.wrong:not([hidden])");
		await page.locator(claim).fill(`\\href{javascript:alert(1)}{x} = \\htmlClass{a}{x}`);
		await page.waitForTimeout(800);
		expect(await page.locator("main img, main script, main a[href^=javascript]").count()).toBe(0);
		expect(await page.title()).not.toBe("hit");
		await closed(page);
	});
});

describe("the page", () => {
	it("speaks Korean wherever it speaks", async () => {
		const page = await opened({ hash: "lang=ko&claim=da/dz%20=%201/(1%2Bexp(z))" });
		await page.waitForSelector('.claim [data-verdict="REFUTED"]');
		const heard = await page.locator("main").evaluate((main) => {
			const parts = document.createTreeWalker(main, NodeFilter.SHOW_TEXT);
			const said: string[] = [];
			for (let part = parts.nextNode(); part; part = parts.nextNode())
				if (part.parentElement?.checkVisibility()) said.push(part.textContent ?? "");
			return said.join(" ");
		});
		for (const words of [
			"수식",
			"변수 값",
			"계산 그래프와 역전파",
			"도함수 유도",
			"연쇄 법칙",
			"국소 미분",
			"틀림",
			"반례",
			"등고선과 경사 하강법",
		])
			expect(heard).toContain(words);
		for (const words of ["chain rule", "arrives", "REFUTED", "on the left", "Fit", "value", "Open in"])
			expect(heard).not.toContain(words);
		await page.locator("#language").click();
		await page.waitForFunction(() => document.querySelector(".claim .verdict")?.textContent === "REFUTED");
		expect(await text(page, ".step .words")).toMatch(/^C changes by/);
		expect(await page.locator(".expression .item.output").getAttribute("aria-label")).toBe(
			"C, div, value 0.3342, gradient 1",
		);
		await page.locator("#language").click();
		expect(await text(page, ".step .words")).toMatch(/^C는/);
		await closed(page);
	});

	it("moves its values by the landscape", async () => {
		const page = await opened();
		const start = page.locator(".contourplot .start");
		await page.locator(".contourplot").scrollIntoViewIfNeeded();
		await page.waitForSelector(".contourplot .contour");
		await start.focus();
		await page.keyboard.press("ArrowRight");
		await page.waitForFunction(
			() => document.querySelector<HTMLInputElement>('.leaf[data-name="w"] .number')?.value !== "0.6",
		);
		const moved = Number(await page.locator(`${leaf("w")} .number`).inputValue());
		expect(moved).toBeGreaterThan(0.6);
		await showsNeuron(page, moved, 0.9);
		await closed(page);
	});

	const looks = [
		{ name: "expression", look: {} },
		{ name: "expression-dark-ko", look: { scheme: "dark", hash: "lang=ko" } },
		{ name: "expression-narrow", look: { width: 390 } },
		{ name: "expression-narrow-dark-ko", look: { width: 390, scheme: "dark", hash: "lang=ko" } },
	] as const;
	it.each(looks)("is wide enough for what is in it: $name", async ({ name, look }) => {
		const slip = encodeURIComponent("dC/dw = (a - y)*sigma'(z)*x = a*sigma'(z)\nda/dz = 1/(1 + exp(z))");
		const page = await opened({ ...look, hash: `${"hash" in look ? `${look.hash}&` : ""}claim=${slip}` });
		await page.waitForSelector('.claim [data-verdict="REFUTED"]');
		await page.locator(".derivative input[type=checkbox]").check();
		await page.waitForSelector(".derivation .numbers math");
		const overflows = (): Promise<number> =>
			page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
		expect(await overflows()).toBe(0);
		await page.locator(".contourplot").scrollIntoViewIfNeeded();
		await page.waitForTimeout(900);
		await page.screenshot({ path: join(screens, `lab-${name}.png`), fullPage: true });
		for (const { id } of examples) {
			await page.locator(".program select").selectOption(id);
			await page.waitForFunction(() => !document.querySelector(".derivation.stale"));
			expect([id, await overflows()]).toEqual([id, 0]);
			// Nothing of a card lies outside of it.
			const outside = await page.evaluate(() =>
				[...document.querySelectorAll(".expression .card")].flatMap((card) => {
					const { left, right } = card.getBoundingClientRect();
					return [...card.querySelectorAll("button, input, select, output, h2, p")]
						.filter((part) => part.closest(".scroll, .what, .unseen") === null)
						.filter((part) => {
							const box = part.getBoundingClientRect();
							return box.width > 0 && (box.left < left - 1 || box.right > right + 1);
						})
						.map((part) => `${part.tagName} ${part.className} ${part.textContent}`);
				}),
			);
			expect([id, ...outside]).toEqual([id]);
			if (id === "network") await page.screenshot({ path: join(screens, `lab-${name}-network.png`), fullPage: true });
		}
		await closed(page);
	});
});

it("no card lies over another one, however far down the page is read", async () => {
	const page = await opened();
	await page.getByLabel("with numbers").check();
	for (const down of [0, 300, 600, 900, 1200, 3000]) {
		await page.evaluate((y) => scrollTo(0, y), down);
		await page.waitForTimeout(60);
		const over = await page.evaluate(() => {
			const cards = [...document.querySelectorAll(".expression .card")].map((card) => card.getBoundingClientRect());
			return cards.flatMap((a, at) =>
				cards
					.slice(at + 1)
					.filter(
						(b) =>
							Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 &&
							Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1,
					),
			).length;
		});
		expect([down, over]).toEqual([down, 0]);
	}
	await closed(page);
});
