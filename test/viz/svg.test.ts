/**
 * The SVG, and the DOT text under a second Graphviz that shares nothing with
 * the first: an older version, compiled by other people.
 */
import { Resvg } from "@resvg/resvg-js";
import {
	add,
	fixed,
	matmul,
	mul,
	type Node,
	parameter,
	scalar,
	scope,
	sigmoid,
	softmax,
	square,
	sub,
	sum,
	tanh,
	tensor,
} from "chainrule";
import { type DotOptions, toDot, toSvg } from "chainrule/viz";
import { renderGraphFromSource } from "graphviz-cli";
import { describe, expect, test } from "vitest";
import { decoded, read } from "./read.js";

const x = scalar(2, "x");
const w = scalar(0.6, "가중치");
const neuron = scope("뉴런", () => sigmoid(add(mul(w, fixed(1, "입력")), 0.9).named('z "합"'))).named("a <b> & \\n");
const layer = sum(
	tanh(
		add(
			matmul(tensor([[1, 2, 3]], { name: "X" }), parameter([[1], [2], [3]], { name: "W" })),
			parameter([0.5], { name: "b" }),
		),
	),
).named("s");

/** Computations and how they are drawn. */
const pictures: readonly (readonly [string, Node | readonly Node[], DotOptions])[] = [
	["x + x", add(x, x), {}],
	["a neuron", neuron, { title: "Ein <Neuron> & mehr" }],
	["a neuron, downward", square(sub(neuron, 1)), { pass: "both", direction: "down" }],
	["a neuron's backward pass", neuron, { pass: "backward" }],
	["a layer with every broadcast", layer, { broadcasts: true }],
	["a layer in both passes", layer, { pass: "both", constants: false }],
	["softmax", sum(square(softmax(parameter([1, 2, 3])))), { pass: "both", values: false }],
	["two outputs", [sigmoid(x), square(x)], {}],
	["one constant", fixed(1), {}],
	["nothing", [], {}],
];

function count(svg: string, sort: "node" | "edge" | "cluster"): number {
	return svg.match(new RegExp(`<g [^>]*class="${sort}[ "]`, "g"))?.length ?? 0;
}

/** The text that a reader of the picture sees. */
function textsOf(svg: string): string[] {
	return [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => decoded(text as string));
}

describe("the SVG", () => {
	test.each(pictures)("%s: well-formed, with every node, edge and cluster", async (_, nodes, options) => {
		const svg = await toSvg(nodes, options);
		expect(svg.startsWith("<svg ")).toBe(true);
		expect(svg.trimEnd().endsWith("</svg>")).toBe(true);
		expect(new Resvg(svg).width).toBeGreaterThan(0); // throws where the XML is not well-formed
		const graph = read(toDot(nodes, options));
		expect(count(svg, "node")).toBe(graph.nodes.size);
		expect(count(svg, "edge")).toBe(graph.edges.length + graph.links.length);
		expect(count(svg, "cluster")).toBe(new Set([...graph.nodes.values()].flatMap(({ clusterIds }) => clusterIds)).size);
	});

	test("names, symbols, values and gradients can be read in it", async () => {
		const texts = textsOf(await toSvg(neuron, { title: "Ein <Neuron> & mehr" }));
		const expected = ["가중치", "뉴런", "입력", 'z "합"', "a <b> & \\n", "Ein <Neuron> & mehr", "σ", "×", "0.8176"];
		for (const text of expected) expect(texts).toContain(text);
	});

	test("to those who hear it, it is one image with its title", async () => {
		const svg = await toSvg(neuron, { title: 'Ein <Neuron> & "mehr"' });
		expect(svg).toMatch(/^<svg role="img" aria-label="Ein &lt;Neuron> &amp; &quot;mehr&quot;"/);
		expect(await toSvg(neuron)).toMatch(/^<svg role="img" aria-label="computation"/);
	});

	test("many pictures fit on one page: no ids to collide, no comments", async () => {
		const svg = await toSvg(neuron, { pass: "both" });
		expect(svg).not.toMatch(/ id=|<!--|<title>|<\?xml/);
		expect(svg).toContain('data-name="n1"');
	});

	test("the same computation gives the same bytes", async () => {
		expect(await toSvg(layer, { pass: "both" })).toBe(await toSvg(layer, { pass: "both" }));
	});

	test("boxes carry classes for a page's own style", async () => {
		const svg = await toSvg(neuron, { pass: "both" });
		for (const classes of ["variable forward", "input forward", "output forward", "gradient backward"]) {
			expect(svg).toContain(`class="node ${classes}"`);
		}
		expect(svg).toContain('class="edge link"');
	});

	test("every text begins inside its box and has room in it", async () => {
		const { instance } = await import("@viz-js/viz");
		const { objects } = (await instance()).renderJSON(toDot(scalar(1, "한글 이름이 아주 긴 변수입니다"))) as {
			objects: { name: string; width: string }[];
		};
		// 14 characters of Hangul and 4 spaces at 11 points need at least 12 ems.
		expect(Number(objects.find(({ name }) => name === "n1")?.width) * 72).toBeGreaterThan(12 * 11);
	});
});

describe("an independent Graphviz", () => {
	test.each(pictures)("%s: the same nodes, edges and clusters", async (_, nodes, options) => {
		const dot = toDot(nodes, options);
		const [ours, theirs] = [
			await toSvg(nodes, options),
			await renderGraphFromSource({ input: dot }, { format: "svg" }),
		];
		for (const sort of ["node", "edge", "cluster"] as const) expect(count(theirs, sort)).toBe(count(ours, sort));
		const named = (svg: string, pattern: RegExp): string[] =>
			[...svg.matchAll(pattern)].map(([, name]) => name as string);
		expect(named(ours, /data-name="([^"]*)"/g).sort()).toEqual(named(theirs, /<title>([^<]*)</g).sort());
	});
});
