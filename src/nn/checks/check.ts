/**
 * What a check of a loss is, and what it may say.
 *
 * A *finding* is an alarm: something that would train towards the wrong thing,
 * or give a number that is not what it seems. Everything else is a *fact*, such
 * as the factor against a standard loss: worth knowing, and as it should be.
 */
import type { Tensor } from "../../index.js";
import type { Labels, Meaning, StandardLoss } from "../losses/standard.js";
import type { Subject } from "./subject.js";

/** Something wrong with a loss, and the input that shows it. */
export interface LossFinding {
	/** The check that found it. */
	readonly check: string;
	/** One line: what is wrong. */
	readonly says: string;
	readonly predictions: Tensor;
	readonly targets: Tensor;
	/** Predictions and targets on one line. */
	readonly input: string;
	readonly expected: string;
	readonly actual: string;
	readonly fix: string;
}

/** A standard loss of which another loss is a constant multiple. */
export interface Multiple {
	readonly name: string;
	/** The standard loss times this is the loss. */
	readonly factor: number;
	/** Of which reduction: the one the standard loss has by itself, or its sum. */
	readonly of: "itself" | "its sum";
	readonly standard: StandardLoss;
}

/** What was found out about a loss that is no defect. */
export interface LossFacts {
	/** How the predictions were taken. */
	readonly predictions: Meaning;
	/** How the targets were taken. */
	readonly targets: Labels;
	/** How it grows with the batch; `undefined` where it is neither. */
	readonly reduction?: "mean" | "sum" | undefined;
	/** Standard losses that it is a constant multiple of, the plainest first. */
	readonly multipleOf: readonly Multiple[];
	/** Where it is smallest, in words. */
	readonly minimiser?: string | undefined;
	/** Whether it is smallest at the true probabilities; `undefined` where no probability is predicted. */
	readonly proper?: boolean | undefined;
	/** Whether its gradient with respect to logits vanishes where they are confidently wrong; `undefined` without logits. */
	readonly stalls?: boolean | undefined;
}

/** What one check says. */
export interface Verdict {
	readonly says: string;
	readonly findings?: readonly Omit<LossFinding, "check">[];
	readonly facts?: Partial<LossFacts>;
}

/** What the checks before have found out, and what the user expects. */
export interface Known {
	readonly facts: LossFacts;
	/** The loss it is meant to be. */
	readonly like: ((predictions: Tensor, targets: Tensor) => unknown) | undefined;
	/** Whether it must train probabilities; decided by the checks where left out. */
	readonly proper: boolean | undefined;
}

/** One question to a loss. */
export interface Check {
	readonly name: string;
	readonly run: (subject: Subject, known: Known) => Verdict;
}
