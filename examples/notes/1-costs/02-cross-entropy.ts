/** The same neuron with the cross-entropy: its slope has no σ′, so the start that is further off learns faster. */
import { gradients, scalar } from "chainrule";
import { bceWithLogits, halfSse } from "chainrule/nn";
import { draw, line, panel, words } from "../draw.js";

const [x, y] = [1, 0];
const starts = [
	{ start: [0.6, 0.9], colour: "blue" },
	{ start: [2, 2], colour: "orange" },
] as const;

function outputs([startWeight, startBias]: readonly [number, number], loss: typeof halfSse, rate: number): number[] {
	const [w, b] = [scalar(startWeight), scalar(startBias)];
	return Array.from({ length: 301 }, () => {
		const z = w.mul(x).add(b);
		const a = z.sigmoid();
		const [dw, db] = gradients(loss(loss === bceWithLogits ? z : a, y), [w, b]);
		w.assign(w.value - rate * dw.value);
		b.assign(b.value - rate * db.value);
		return a.value;
	});
}

const curves = starts.flatMap(({ start, colour }) => {
	const [w, b] = [scalar(start[0]), scalar(start[1])];
	const z = w.mul(x).add(b);
	const [quadratic] = gradients(halfSse(z.sigmoid(), y), [w]);
	const [entropy] = gradients(bceWithLogits(z, y), [w]);
	const ratio = entropy.value / quadratic.value;
	console.log(`z = ${z.value}: ∂C/∂w = ${entropy.value.toFixed(6)}, ${ratio.toFixed(3)} times the quadratic cost's`);
	for (const rate of [0.005, 0.15]) {
		console.log(`  a after 300 epochs with η = ${rate}: ${outputs(start, bceWithLogits, rate).at(-1)!.toFixed(6)}`);
	}
	const places = (loss: typeof halfSse) => outputs(start, loss, 0.15).map((a, epoch): [number, number] => [epoch, a]);
	return [
		line(places(halfSse), { colour, label: `quadratic, from z = ${z.value}`, labelAt: 15 + 48 * z.value, dy: -10 }),
		line(places(bceWithLogits), { colour, dash: true }),
	];
});
draw(
	"1-cross-entropy",
	panel(
		{ x: { label: "epoch (η = 0.15)", domain: [0, 300] }, y: { label: "output a", domain: [0, 1] } },
		...curves,
		words("cross-entropy, from both", [205, 0.062]),
	),
);

// z = 1.5: ∂C/∂w = 0.817574, 6.705 times the quadratic cost's
//   a after 300 epochs with η = 0.005: 0.417679
//   a after 300 epochs with η = 0.15: 0.011638
// z = 4: ∂C/∂w = 0.982014, 56.616 times the quadratic cost's
//   a after 300 epochs with η = 0.005: 0.779587
//   a after 300 epochs with η = 0.15: 0.012009
// out/notes/1-cross-entropy.svg
