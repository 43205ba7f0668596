/** What of a setup can be changed while the weights are kept, for the page and for the Worker. */
import { type Setup, standardSetup } from "../setup.js";

/** The entries that can. */
export const changeable: readonly (keyof Setup)[] = [
	"learningRate",
	"weightDecay",
	"optimizer",
	"batch",
	"loss",
	"formula",
];

/** The entries in which two setups differ. */
export function differences(one: Setup, other: Setup): readonly (keyof Setup)[] {
	return (Object.keys(standardSetup) as (keyof Setup)[]).filter(
		(name) => JSON.stringify(one[name]) !== JSON.stringify(other[name]),
	);
}
