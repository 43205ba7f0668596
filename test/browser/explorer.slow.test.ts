/**
 * The explorer's file in a real browser, opened from disk: every control is
 * operated, and what is shown is compared with the engine.
 */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { fixed, Generator, matmul, type Node, type Scalar, scalar, scope, sqrt, sum, tanh, tensor } from "chainrule";
import { crossEntropy, Linear, Sequential } from "chainrule/nn";
import { toHtml } from "chainrule/viz";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ExplorerData, StepData } from "../../viz/explorer/model.js";
import { exactText, numberText } from "../../viz/explorer/text.js";
import { launch } from "./chromium.js";
import { complaintsOf, watched } from "./complaints.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const screens = join(root, "out/screens");
let browser: Browser;
let folder = "";
beforeAll(async () => {
	await mkdir(screens, { recursive: true });
	folder = await mkdtemp(join(root, "out/explorer-"));
	browser = await launch();
}, 60_000);

afterAll(async () => {
	await browser?.close();
	await rm(folder, { recursive: true, force: true });
});

/** The neuron of the notes. */
function neuron(w0 = 0.6, b0 = 0.9): Node {
	const [w, b, x, y] = [scalar(w0, "w"), scalar(b0, "b"), fixed(1, "x"), fixed(0, "y")];
	return y.sub(w.mul(x).add(b).named("z").sigmoid().named("a")).square().div(2).named("C");
}

/** Two layers of scalar neurons, with Korean names. */
function network(): Node {
	const weight = (index: number): Scalar => scalar(Math.sin(3.1 * index), `w${index}`);
	const x = [fixed(0.5, "입력1"), fixed(-1, "입력2")] as const;
	const layer = (name: string, inputs: readonly Scalar[], first: number, units: number): Scalar[] =>
		scope(name, () =>
			Array.from({ length: units }, (_, unit) =>
				scope(`뉴런 ${unit + 1}`, () =>
					inputs
						.map((input, at) => weight(first + unit * inputs.length + at).mul(input))
						.reduce((total, term) => total.add(term))
						.sigmoid()
						.named(`${name === "은닉층" ? "h" : "o"}${unit + 1}`),
				),
			),
		);
	const [o1, o2] = layer("출력층", layer("은닉층", x, 1, 3), 7, 2) as [Scalar, Scalar];
	return scope("cost", () => o1.sub(1).square().add(o2.square()).mul(0.5).named("J"));
}

function classifier(): Node {
	const generator = new Generator("browser");
	const model = new Sequential(new Linear(3, 8, { generator }), tanh, new Linear(8, 2, { generator }));
	const inputs = tensor([
		[1, 2, 3],
		[4, 5, 6],
		[0.1, 0.2, 0.3],
	]);
	return (crossEntropy(model.call(inputs) as never, tensor([0, 1, 1], { dtype: "int32" })) as Node).named("loss");
}

interface Look {
	readonly width?: number;
	readonly scheme?: "light" | "dark";
	readonly calm?: boolean;
}

async function opened(html: string, { width = 1280, scheme = "light", calm = true }: Look = {}): Promise<Page> {
	const file = join(folder, `${Math.random().toString(36).slice(2)}.html`);
	await writeFile(file, html);
	const page = await browser.newPage({
		viewport: { width, height: width < 500 ? 844 : 800 },
		colorScheme: scheme,
		reducedMotion: calm ? "reduce" : "no-preference",
	});
	watched(page, /^(file|blob|data):/);
	await page.goto(pathToFileURL(file).href);
	return page;
}

async function closed(page: Page): Promise<void> {
	expect(complaintsOf(page)).toEqual([]);
	await page.close();
}

function dataIn(html: string): ExplorerData {
	return JSON.parse(/id="data">(.*?)<\/script>/s.exec(html)?.[1] ?? "") as ExplorerData;
}

async function text(page: Page, selector: string): Promise<string> {
	return (await page.locator(selector).first().textContent()) ?? "";
}

/** Boxes that do not lie whole on the stage, by their text. */
async function outOfSight(page: Page): Promise<string[]> {
	return page.locator(".item").evaluateAll((items) => {
		const stage = document.querySelector(".stage")?.getBoundingClientRect() as DOMRect;
		return items
			.filter((item) => {
				const { left, right, top, bottom } = item.getBoundingClientRect();
				return left < stage.left || right > stage.right || top < stage.top || bottom > stage.bottom;
			})
			.map(({ textContent }) => textContent);
	});
}

/** Waits until the picture has as many boxes as expected. */
async function untilBoxes(page: Page, count: number): Promise<void> {
	await page.waitForFunction((wanted) => document.querySelectorAll(".item").length === wanted, count);
}

describe("stepping", () => {
	it("shows the numbers of the engine at every step, forward and back", async () => {
		const html = await toHtml(neuron());
		const { nodes, runs } = dataIn(html);
		const steps = runs[0]?.steps as readonly StepData[];
		const page = await opened(html);
		expect(await text(page, "#count")).toBe(`0 / ${steps.length}`);
		expect(await page.locator(".gradient.waiting").count()).toBe(
			nodes.filter(({ gradients }) => gradients[0] !== null).length,
		);
		const numbers = (row: string): Promise<string[]> => page.locator(`.row.${row} output`).allTextContents();
		for (const [index, step] of steps.entries()) {
			await page.keyboard.press("ArrowRight");
			expect(await text(page, "#count")).toBe(`${index + 1} / ${steps.length}`);
			expect(await numbers("outgoing")).toEqual([exactText(step.contribution as number)]);
			const sent = step.from < 0 ? [] : [nodes[step.from]?.gradients[0] as number];
			expect(await numbers("incoming")).toEqual(sent.map((gradient) => exactText(gradient)));
			expect(await numbers("local")).toEqual(step.local === null ? [] : [exactText(step.local as number)]);
			expect(await page.locator(".row.local math").count()).toBe(sent.length);
			expect(await text(page, `[data-id=n${step.to}] .gradient`)).toBe(numberText(step.total as number));
			expect(await page.locator(".receiver").getAttribute("data-id")).toBe(`n${step.to}`);
			expect(await page.locator("#live").textContent()).toContain(`Step ${index + 1}`);
		}
		for (let done = steps.length - 1; done >= 0; done--) {
			await page.keyboard.press("ArrowLeft");
			expect(await text(page, "#count")).toBe(`${done} / ${steps.length}`);
		}
		expect(await page.locator(".reached").count()).toBe(0);
		await page.keyboard.press("End");
		for (const [index, { gradients }] of [...nodes.entries()].filter(([, node]) => node.gradients[0] !== null))
			expect(await text(page, `[data-id=n${index}] .gradient`)).toBe(numberText(gradients[0] as number));
		await closed(page);
	});

	it("works by every control: buttons, slider, play, speed, run to", async () => {
		const html = await toHtml(network());
		const data = dataIn(html);
		const count = data.runs[0]?.steps.length as number;
		const page = await opened(html);
		const at = async (done: number): Promise<void> => expect(await text(page, "#count")).toBe(`${done} / ${count}`);
		await page.click("#last");
		await at(count);
		await page.click("#back");
		await at(count - 1);
		await page.click("#first");
		await at(0);
		await page.click("#forth");
		await at(1);
		await page.locator("#position").fill("7");
		await at(7);
		await page.selectOption("#speed", "40");
		await page.click("#play");
		await page.waitForFunction(
			(wanted) => document.querySelector("#count")?.textContent === wanted,
			`${count} / ${count}`,
		);
		expect(await page.getAttribute("#play", "aria-label")).toBe("Play");
		await page.keyboard.press("Home");
		await page.fill("#bound", "0.02");
		await page.click("#run-to button");
		const small = data.runs[0]?.steps[Number((await text(page, "#count")).split(" ")[0]) - 1] as StepData;
		expect(Math.abs(small.total as number)).toBeLessThan(0.02);
		expect(small.turn).toBe(small.turns);
		await page.fill("#bound", "nothing");
		await page.click("#run-to button");
		expect(await text(page, "#notice")).toContain("must be a number above 0");
		await page.keyboard.press("Escape");
		await page.click("#first");
		await page.selectOption("#condition", "sign");
		await page.click("#run-to button");
		const turned = data.runs[0]?.steps[Number((await text(page, "#count")).split(" ")[0]) - 1] as StepData;
		expect(turned.local as number).toBeLessThan(0);
		await page.click("#first");
		await page.selectOption("#condition", "node");
		await page.fill("#named", "h1");
		await page.click("#run-to button");
		expect(await text(page, ".receiver .name")).toBe("h1");
		await page.selectOption("#condition", "broken");
		await page.click("#run-to button");
		expect(await text(page, "#notice")).toContain("does not happen");
		await closed(page);
	});

	it("stops where infinity is born", async () => {
		const page = await opened(await toHtml((sqrt(scalar(0, "x").mul(1)) as Scalar).mul(2).named("y")));
		await page.selectOption("#condition", "broken");
		await page.click("#run-to button");
		expect(await text(page, ".row.outgoing output")).toBe("∞");
		await closed(page);
	});

	it("tells tensors with their elements", async () => {
		const page = await opened(await toHtml(classifier()));
		for (let count = 0; count < 6; count++) await page.keyboard.press("ArrowRight");
		expect(await page.locator(".row.outgoing .matrix td").count()).toBe(6);
		await closed(page);
	});
});

describe("the picture", () => {
	it("opens and closes scopes and keeps every use of an operand", async () => {
		const html = await toHtml(network());
		const { nodes } = dataIn(html);
		const uses = nodes.reduce((count, { inputs }) => count + (inputs[0]?.length ?? 0), 0);
		const page = await opened(html, { calm: false });
		await page.click("#open-all");
		await untilBoxes(page, nodes.length);
		expect(await page.locator(".link").count()).toBe(uses);
		await page.click("#close-all");
		await untilBoxes(page, 5);
		const shown = await page
			.locator(".link")
			.evaluateAll((links) =>
				links.map((link) => Number(/^(\d+)×$/.exec(link.querySelector(".uses")?.textContent ?? "")?.[1] ?? 1)),
			);
		const inside = await page.locator(".item.scope").count();
		expect(inside).toBe(3);
		const { viewOf } = await import("../../viz/explorer/view.js");
		const { hidden } = viewOf(dataIn(html), new Set([0]));
		expect(shown.reduce((sum, count) => sum + count, hidden)).toBe(uses);
		await page.locator(".item.scope").first().dblclick();
		await page.waitForFunction(() => document.querySelectorAll(".frame").length > 0);
		await page.locator(".closer").first().click();
		await untilBoxes(page, 5);
		await closed(page);
	});

	it("lights up what belongs together: boxes and steps, forward and backward", async () => {
		const page = await opened(await toHtml(neuron()));
		await page.locator("[data-id] .name", { hasText: "a" }).first().hover();
		expect(await page.locator(".pass button.lit").count()).toBe(2);
		expect(await page.locator(".link.lit").count()).toBe(2);
		await page.locator(".pass button").nth(4).hover();
		expect(await page.locator(".item.lit").count()).toBe(2);
		expect(await page.locator(".link.lit").count()).toBe(1);
		await page.locator(".pass button").nth(4).click();
		expect(await text(page, "#count")).toContain("5 /");
		await closed(page);
	});

	it("zooms, moves, fits and turns", async () => {
		const page = await opened(await toHtml(neuron()));
		const where = (): Promise<string | null> => page.getAttribute("#world", "transform");
		const first = await where();
		await page.click("#zoom-in");
		const near = await where();
		expect(near).not.toBe(first);
		await page.click("#zoom-fit");
		expect(await where()).toBe(first);
		await page.mouse.move(200, 600);
		await page.mouse.wheel(0, -300);
		expect(await where()).not.toBe(first);
		await page.keyboard.press("0");
		expect(await where()).toBe(first);
		await page.mouse.move(200, 600);
		await page.mouse.down();
		await page.mouse.move(260, 640, { steps: 4 });
		await page.mouse.up();
		expect(await where()).not.toBe(first);
		await page.keyboard.press("0");
		await page.keyboard.press("Shift+ArrowRight");
		expect(await where()).not.toBe(first);
		const before = await page.locator(".item").first().getAttribute("style");
		await page.click("#direction");
		await page.waitForFunction((was) => document.querySelector(".item")?.getAttribute("style") !== was, before);
		await closed(page);
	});

	it("finds names, opens what is around them, and shows details", async () => {
		const html = await toHtml(network());
		const page = await opened(html);
		await page.click("#close-all");
		await untilBoxes(page, 5);
		await page.keyboard.press("/");
		await page.keyboard.type("h2");
		expect(await page.locator("#found button").count()).toBe(1);
		await page.keyboard.press("Enter");
		await page.locator(".selected").waitFor();
		expect(await text(page, ".selected .name")).toBe("h2");
		expect(await text(page, "#details h3 .title")).toBe("h2");
		expect(await text(page, "#details")).toContain("bit for bit");
		expect(await text(page, "#details .path")).toContain("은닉층");
		await page.click("#details .wide");
		expect(await text(page, ".receiver .name")).toBe("h2");
		await page.fill("#search", "nowhere");
		expect(await text(page, "#found")).toContain("nothing found");
		await closed(page);
	});

	it("is operated by keys alone", async () => {
		const page = await opened(await toHtml(network()));
		await page.keyboard.press("ArrowDown");
		const first = await page.locator(".selected").getAttribute("data-id");
		await page.keyboard.press("ArrowDown");
		expect(await page.locator(".selected").getAttribute("data-id")).not.toBe(first);
		expect(await page.evaluate(() => document.activeElement?.getAttribute("data-id"))).toBe(
			await page.locator(".selected").getAttribute("data-id"),
		);
		expect(await page.locator(".selected").getAttribute("aria-label")).toMatch(/value/);
		const boxes = await page.locator(".item").count();
		await page.keyboard.press("ArrowUp");
		await page.keyboard.press("ArrowUp");
		await page.keyboard.press("ArrowUp");
		// The cost is recorded last, in a scope: F closes it.
		await page.keyboard.press("f");
		await page.waitForFunction((was) => document.querySelectorAll(".item").length !== was, boxes);
		await page.keyboard.press("Enter");
		await untilBoxes(page, boxes);
		await page.keyboard.press(" ");
		expect(await page.getAttribute("#play", "aria-label")).toBe("Pause");
		await page.keyboard.press(" ");
		await page.keyboard.press("?");
		expect(await page.locator("#help").isVisible()).toBe(true);
		await page.keyboard.press("Escape");
		expect(await page.locator("#help").isVisible()).toBe(false);
		await closed(page);
	});

	it("has a name for every control", async () => {
		const page = await opened(await toHtml(network()));
		const nameless = await page.locator("button, input, select").evaluateAll((controls) =>
			controls
				.filter((control) => {
					const { labels } = control as HTMLInputElement;
					return !(control.getAttribute("aria-label") || control.textContent?.trim() || labels?.length);
				})
				.map(({ id }) => id),
		);
		expect(nameless).toEqual([]);
		await closed(page);
	});

	it("colours by gradient, and changes between light and dark", async () => {
		const page = await opened(await toHtml(network()));
		await page.selectOption("#colour", "gradient");
		expect(await page.locator(".hot").count()).toBeGreaterThan(10);
		expect(await text(page, "#legend")).toContain("|gradient|");
		const paper = (): Promise<string> => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
		const light = await paper();
		await page.click("#theme");
		expect(await paper()).not.toBe(light);
		await page.click("#motion");
		expect(await page.getAttribute("#motion", "aria-pressed")).toBe("false");
		await closed(page);
	});

	it("stays responsive with two thousand boxes", async () => {
		const weights = Array.from({ length: 40 }, (_, index) => scalar(Math.cos(index), `w${index}`));
		let layer = weights.slice(0, 20);
		for (let depth = 0; depth < 33; depth++) {
			layer = scope(`layer ${depth}`, () =>
				layer.map(
					(x, unit) =>
						tanh(x.mul(weights[(unit + depth) % 40] as Scalar).add(layer[(unit + 1) % 20] as Scalar)) as Scalar,
				),
			);
		}
		const html = await toHtml(layer.reduce((total, x) => total.add(x)));
		const { nodes } = dataIn(html);
		expect(nodes.length).toBeGreaterThan(2_000);
		const page = await opened(html);
		const begun = performance.now();
		await page.click("#open-all");
		await untilBoxes(page, nodes.length);
		expect(performance.now() - begun).toBeLessThan(20_000);
		// While playing, a step is handled in less than a tenth of a second.
		const slowest = await page.evaluate(() => {
			const times: number[] = [];
			const forth = document.querySelector("#forth") as HTMLButtonElement;
			for (let count = 0; count < 30; count++) {
				const before = performance.now();
				forth.click();
				times.push(performance.now() - before);
			}
			return times.sort((a, b) => a - b)[24] as number;
		});
		expect(slowest).toBeLessThan(100);
		await closed(page);
	});
});

describe("two runs", () => {
	it("are shown in one picture, each with its own pass", async () => {
		const html = await toHtml([neuron(), neuron(2, 2)], { compare: true, names: ["near", "far"] });
		const data = dataIn(html);
		const index = data.nodes.findIndex(({ label }) => label === "w");
		const w = `n${index}`;
		const page = await opened(html);
		expect(await text(page, `[data-id=${w}] .value`)).toBe("0.6 | 2");
		expect(await page.locator(".hot").count()).toBeGreaterThan(3);
		await page.selectOption("#run", "1");
		await page.click("#last");
		expect(await text(page, `[data-id=${w}] .gradient`)).toBe(numberText(data.nodes[index]?.gradients[1] as number));
		// What was seen whole stays so: stepping does not zoom by a hair and push boxes under the panel.
		expect(await outOfSight(page)).toEqual([]);
		await page.locator(`[data-id=${w}]`).click();
		expect(await text(page, "#details")).toContain("gradient in far");
		expect(await text(page, "#details")).toContain("difference");
		await page.selectOption("#colour", "gradient difference");
		await page.screenshot({ path: join(screens, "explorer-compare-1280-light.png") });
		await closed(page);
	});
});

describe("safety", () => {
	it("nothing in a name runs or becomes markup", async () => {
		const wicked = `</script><img src=x onerror="window.broken=1"><script>window.broken=1</script>`;
		const loss = scope(wicked, () => scalar(2, wicked).mul(scalar(3, "__proto__")).named(`"'<b>${wicked}`));
		const page = await opened(await toHtml(loss, { title: wicked }));
		await page.keyboard.press("End");
		await page.fill("#search", "script");
		await page.locator("#found button").nth(1).click();
		await page.locator(".selected").waitFor();
		expect(await page.evaluate(() => Reflect.get(window, "broken"))).toBeUndefined();
		expect(await page.locator("img, b").count()).toBe(0);
		expect(await page.title()).toBe(wicked);
		expect(await text(page, "#details h3 .title")).toContain("<img src=x");
		// The policy stops a script that somebody writes into the page.
		await page.evaluate(() => {
			const script = document.createElement("script");
			script.textContent = "window.broken = 1";
			document.body.append(script);
		});
		expect(await page.evaluate(() => Reflect.get(window, "broken"))).toBeUndefined();
		expect(complaintsOf(page).splice(0).join()).toContain("Content Security Policy");
		await closed(page);
	});
});

describe("how it looks", () => {
	const views: readonly [string, () => Node, number][] = [
		["neuron", neuron, 5],
		["network", network, 12],
		["classifier", classifier, 8],
		[
			"product",
			() => sum(matmul(tensor([[1, 2]], { requiresGrad: true }).named("A"), tensor([[3], [4]]))).named("s"),
			2,
		],
	];
	it.each(
		views.flatMap(([name, make, steps]) =>
			([1280, 390] as const).flatMap((width) =>
				(["light", "dark"] as const).map((scheme) => ({ name, make, steps, width, scheme })),
			),
		),
	)("$name at $width, $scheme", async ({ name, make, steps, width, scheme }) => {
		const page = await opened(await toHtml(make()), { width, scheme });
		if (width < 500) await page.waitForTimeout(400);
		for (let count = 0; count < steps; count++) await page.keyboard.press("ArrowRight");
		await page.screenshot({ path: join(screens, `explorer-${name}-${width}-${scheme}.png`) });
		// Nothing makes the page wider than the screen, and no text is wider than its box.
		expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
		const clipped = await page.locator(".item").evaluateAll((items) =>
			items.flatMap((item) => {
				const box = item.querySelector(".box")?.getBoundingClientRect();
				return [...item.querySelectorAll("text")].flatMap((line) => {
					const { left, right } = line.getBoundingClientRect();
					return box && (left < box.left - 0.5 || right > box.right + 0.5) ? [line.textContent] : [];
				});
			}),
		);
		expect(clipped).toEqual([]);
		await closed(page);
	});
});
