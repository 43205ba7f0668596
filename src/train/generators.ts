/** The sources of chance in training: found in the model, written down, and set again. */
import { failure } from "../core/errors.js";
import { defaultGenerator, Generator, type GeneratorState } from "../index.js";
import type { AnyModule } from "../nn/module.js";

/** The generators training may draw from: the default one, and those that modules keep in fields. */
export function generatorsOf(model: AnyModule): ReadonlyMap<string, Generator> {
	const own = [...model.namedModules()].flatMap(([path, part]) =>
		Object.entries(part)
			.filter((entry): entry is [string, Generator] => entry[1] instanceof Generator)
			.map(([field, generator]): [string, Generator] => [`model.${path === "" ? "" : `${path}.`}${field}`, generator]),
	);
	return new Map([["default", defaultGenerator()], ...own]);
}

/** Sets generators to the states of a checkpoint; refused whole where one is missing. */
export function setGenerators(
	generators: ReadonlyMap<string, Generator>,
	states: Readonly<Record<string, GeneratorState>>,
): void {
	for (const name of generators.keys()) {
		if (Object.hasOwn(states, name)) continue;
		throw failure({
			what: "fit: a generator is not in the checkpoint",
			expected: [...generators.keys()].join(", "),
			actual: Object.keys(states).join(", ") || "none",
		});
	}
	for (const [name, generator] of generators) generator.state = states[name] as GeneratorState;
}
