/** What becomes of a formula of matrices: where the note's shapes do not fit, the message of the library is the proof. */
import { ChainruleError, evaluate, type Names, parseFormula, Tensor } from "chainrule";

/** The shape of a formula of matrices, or the message that refuses it. */
export function outcome(claim: string, names: Names): string {
	try {
		const value = evaluate(parseFormula(claim), names);
		return `[${value instanceof Tensor ? value.shape.join(", ") : ""}]`;
	} catch (error) {
		if (!(error instanceof ChainruleError)) throw error;
		return error.message.split("\n").slice(0, 3).join("\n  ");
	}
}
