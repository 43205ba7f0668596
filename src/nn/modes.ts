/** The modes of a module and its parts, training or not, kept for a while. */
import type { AnyModule } from "./module.js";

/** Remembers whether the module and each of its parts is trained; the function it returns puts them back. */
export function keepModes(model: AnyModule): () => void {
	const modes = [...model.namedModules().values()].map((part) => [part, part.training] as const);
	return () => {
		for (const [part, training] of modes) part.training = training;
	};
}
