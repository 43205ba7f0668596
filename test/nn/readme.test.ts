/**
 * The picture in src/nn/README.md is that of the loss which is written there.
 * Run `npx vitest run test/nn/readme.test.ts -u` after changing it.
 */
import { readFile } from "node:fs/promises";
import { maximum, mean, mul, parameter, scope, sub, type Tensor, tensor } from "chainrule";
import { toSvg } from "chainrule/viz";
import { expect, test } from "vitest";

const lateness = (x: Tensor, y: Tensor) =>
	scope("lateness", () => {
		const d = sub(y, x).named("d");
		return mean(maximum(mul(0.9, d), mul(-0.1, d))).named("lateness");
	});

test("docs/pictures/custom-loss.svg shows the loss with its values and gradients", async () => {
	const promise = parameter([15, 20], { name: "x" });
	const loss = lateness(promise, tensor([12, 31], { name: "y" }));
	const svg = await toSvg(loss, { title: "A loss of one's own" });
	await expect(`${svg.trimEnd()}\n`).toMatchFileSnapshot("../../docs/pictures/custom-loss.svg");
	for (const text of ["lateness", "max", "&#45;0.45"]) expect(svg).toContain(text);
});

test("src/nn/README.md shows this loss and this picture", async () => {
	const page = await readFile(new URL("../../src/nn/README.md", import.meta.url), "utf8");
	expect(page).toContain("(../../docs/pictures/custom-loss.svg)");
	expect(page).toContain('return mean(maximum(mul(0.9, d), mul(-0.1, d))).named("lateness");');
});
