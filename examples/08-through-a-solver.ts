/** The gradient of a solution with respect to the system: which resistor changes the voltage most? */
import { gradients, parameter, tensor } from "chainrule";
import { solve } from "chainrule/linalg";

// Two nodes between a source of 1 V and ground, joined by conductances g1, g2, g3 in a row.
const g = parameter([1, 2, 4], { name: "g" });
const [g1, g2, g3] = [g.at(0), g.at(1), g.at(2)];

const system = tensor([
	[1, 0],
	[0, 0],
])
	.mul(g1.add(g2))
	.sub(
		tensor([
			[0, 1],
			[1, 0],
		]).mul(g2),
	)
	.add(
		tensor([
			[0, 0],
			[0, 1],
		]).mul(g2.add(g3)),
	);
const voltages = solve(system, tensor([1, 0]).mul(g1));
console.log(voltages.toArray().toString());

const [slope] = gradients(voltages.at(1), [g]);
console.log(Array.from(slope.data, (value) => value.toFixed(4)).join(" "));

// 0.42857142857142855,0.14285714285714285
// 0.0816 0.0204 -0.0306
