/**
 * Pictures: how long a computation of ten thousand nodes takes to be folded to
 * what one can read, with all its values and gradients, and to be laid out.
 *
 * Three shapes that fold in three ways: by repetition of scopes, by repetition
 * of bare operations, and a tangle where nothing repeats.
 */
import { add, ancestors, fixed, Generator, mul, type Node, type Scalar, scalar, sin, square, tanh } from "chainrule";
import { MLP } from "chainrule/nn";
import { toSvg } from "chainrule/viz";
import { uniform } from "./workload.js";

/** A picture, and how long it may take. */
export interface PictureUse {
	readonly name: string;
	readonly nodes: number;
	/** Boxes that can be seen. */
	readonly boxes: number;
	/** Seconds: the median of several. */
	readonly time: number;
	/** Seconds at most. */
	readonly limit: number;
}

function network(): Node {
	const model = new MLP(20, [60, 60, 1], { generator: new Generator(1) });
	const [output] = [model.call(Array.from({ length: 20 }, (_, at) => fixed(at / 20, `x${at + 1}`)))].flat();
	return output as Scalar;
}

function chain(): Node {
	let x = scalar(0.3, "x");
	for (let step = 0; step < 5_000; step++) x = sin(mul(x, 1.01));
	return x;
}

function tangle(): Node {
	const random = uniform(7);
	const known: Scalar[] = Array.from({ length: 10 }, (_, at) => scalar(at / 10, `p${at + 1}`));
	const pick = (): Scalar => known.at(-1 - Math.floor(random() * Math.min(known.length, 300))) as Scalar;
	const steps = [() => add(pick(), pick()), () => mul(pick(), pick()), () => tanh(pick()), () => sin(square(pick()))];
	while (known.length < 10_000) known.push((steps[Math.floor(random() * steps.length)] as () => Scalar)());
	return known.slice(-300).reduce((sum, x) => add(sum, x));
}

const pictures = [
	["a network of 121 neurons", network],
	["a chain of two operations, 5,000 times", chain],
	["a tangle", tangle],
] as const;

/** Draws every picture `rounds` times, after once for warming up. */
export async function measurePictures(rounds: number): Promise<PictureUse[]> {
	const found: PictureUse[] = [];
	for (const [name, make] of pictures) {
		const output = make();
		const times: number[] = [];
		let svg = "";
		for (let round = 0; round <= rounds; round++) {
			const began = performance.now();
			svg = await toSvg(output);
			if (round > 0) times.push((performance.now() - began) / 1e3);
		}
		const time = times.sort((a, b) => a - b)[times.length >> 1] as number;
		const boxes = svg.match(/class="node /g)?.length ?? 0;
		found.push({ name, nodes: ancestors([output]).length, boxes, time, limit: 1 });
	}
	return found;
}
