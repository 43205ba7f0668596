/**
 * What the network bench and its Worker say to each other. Everything here is
 * plain data that can be posted.
 *
 * The Worker trains as fast as it can and sends a frame whenever the page has
 * drawn the last one, so a slow page skips frames instead of falling behind.
 */
import type { Setup } from "../setup.js";

/** How fast it trains while it runs: steps per frame, `"epoch"` for one pass over the data per frame, `"full"` for as many as fit into a frame; below 1, so many frames wait for a step. */
export type Pace = number | "epoch" | "full";

/** What can be exported. */
export const exportForms = ["typescript", "json", "safetensors", "csv"] as const;
export type ExportForm = (typeof exportForms)[number];

/** From the page. */
export type Command =
	/** Begins anew with this setup; `step` trains up to there before it answers. */
	| { readonly kind: "open"; readonly setup: Setup; readonly step: number }
	/** Changes what can be changed while weights are kept: learning rate, weight decay, optimizer (its memory begins anew), batch, loss and its formula. Answered by `changed`; made while an earlier step is shown, it forgets what came after. */
	| { readonly kind: "change"; readonly setup: Setup }
	| { readonly kind: "run"; readonly pace: Pace }
	| { readonly kind: "pause" }
	/** Pauses, then makes one step, or as many as an epoch has left. */
	| { readonly kind: "step"; readonly by: "step" | "epoch" }
	/**
	 * Pauses and goes to where `step` steps are made: back to a state that was, bit for bit, or on.
	 * The settings of that time hold again, which `changed` tells where they are others. Up to the furthest
	 * step it goes the way it went, changes included; `run` and `step` go on with the settings that hold,
	 * and forget the way where it would lead on with others.
	 */
	| { readonly kind: "rewind"; readonly step: number }
	/** The last frame was drawn: another may come. */
	| { readonly kind: "drawn" }
	/** What the next frames shall hold. */
	| { readonly kind: "look"; readonly surface: number; readonly unit: number; readonly plane: Plane }
	| { readonly kind: "export"; readonly form: ExportForm }
	/** Asks for the computation graph of the batch at hand: an explorer file, or a picture. */
	| { readonly kind: "graph"; readonly as: "html" | "svg" }
	/** Asks `checkLoss` about the loss of the setup. */
	| { readonly kind: "check" };

/**
 * The part of the input plane that is pictured: `x1` from `left` to `right`, `x2` from `bottom` to `top`.
 * A picture of n × n places shows what is at the centres of n × n cells. Where there is one input only,
 * the vertical means nothing: the points lie at 0, and every row of a picture is the same. Further
 * inputs than two stay at their mean over the points that are trained on.
 */
export interface Plane {
	readonly left: number;
	readonly right: number;
	readonly bottom: number;
	readonly top: number;
}

/** From the Worker. */
export type Answer =
	| ({ readonly kind: "opened" } & Opened)
	| ({ readonly kind: "frame" } & Frame)
	/** Other settings hold: by a command `change`, or because a rewinding came to where others held. */
	| ({ readonly kind: "changed" } & Changed)
	/** It stopped before a step, because the loss of its batch is no finite number any more. */
	| { readonly kind: "stopped"; readonly step: number }
	| { readonly kind: "file"; readonly name: string; readonly type: string; readonly content: string | Uint8Array }
	| { readonly kind: "graph"; readonly as: "html" | "svg"; readonly content: string }
	| { readonly kind: "checked"; readonly report: LossReportData }
	/** Something that was asked for cannot be: `about` is what was asked; `field` is the entry of the setup that is to blame, if one is. */
	| {
			readonly kind: "problem";
			readonly about?: Command["kind"];
			readonly field?: keyof Setup;
			readonly text: string;
	  };

/** The points. */
export interface Points {
	/** Number of inputs of a point; the picture shows the first two. */
	readonly width: number;
	readonly names: readonly string[];
	/** `[count × width]`, row by row. */
	readonly x: Float64Array;
	/** The class of a point, or its value. */
	readonly y: Float64Array;
	/** So many at the beginning are trained on, the others tested. */
	readonly trained: number;
	readonly task: "classes" | "values";
	/** Number of classes; 0 for values. */
	readonly classes: number;
	/** What the classes are called, in their order; their numbers where left out. */
	readonly labels?: readonly string[];
	/** Where the pictures reach. */
	readonly plane: Plane;
}

/** A line `name = formula` of the rule by which every weight is moved. */
export interface RuleLine {
	readonly name: string;
	/** In the notation of formulas. */
	readonly formula: string;
	/** The whole line. */
	readonly latex: string;
}

/** A run is ready. */
export interface Opened {
	readonly points: Points;
	/** Units of every layer, from the features to the output. */
	readonly sizes: readonly number[];
	readonly output: Exclude<Setup["output"], "auto">;
	readonly parameters: number;
	/** Steps of an epoch. */
	readonly stepsPerEpoch: number;
	/** The update rule, and the numbers of the first step in it. */
	readonly rule: readonly RuleLine[];
	/** Numbers of the rule that follow from others, and from the count of steps t. */
	readonly derived: readonly RuleLine[];
	readonly numbers: Readonly<Record<string, number>>;
	/** The loss as LaTeX, in a, z and y. */
	readonly lossLatex: string;
	/** For two classes: from here on the output says class 1; ½ where left out. */
	readonly boundary?: number;
}

/** What a change of settings changes of what was told when the run was opened. */
export interface Changed {
	/** The settings that hold: what the controls should show. */
	readonly setup: Setup;
	/** So many steps are made. */
	readonly step: number;
	/** The furthest step of the way that is known: what was changed behind it is forgotten. */
	readonly furthest: number;
	readonly stepsPerEpoch: number;
	/** The update rule, and the numbers of the next step in it. */
	readonly rule: readonly RuleLine[];
	/** Numbers of the rule that follow from others, and from the count of steps t. */
	readonly derived: readonly RuleLine[];
	readonly numbers: Readonly<Record<string, number>>;
	readonly lossLatex: string;
}

/** Where the exponents of histograms lie: bins of width 1/2 in log₁₀ |g| from 10^low on; what is smaller lies in the first, what is larger in the last. */
export const histogram = { low: -12, bins: 30, perDecade: 2 } as const;

/** One layer of weights as it is now. */
export interface LayerFrame {
	/** `[outputs × inputs]`, row by row. */
	readonly weight: Float64Array;
	readonly bias: Float64Array;
	/** Of the loss of the last batch; zeros before the first step. */
	readonly weightGradient: Float64Array;
	readonly biasGradient: Float64Array;
	/** How many entries of both gradients have which size; see {@link histogram}. */
	readonly counts: Uint32Array;
	/** How many are 0, and how many NaN or infinite. */
	readonly zeros: number;
	readonly broken: number;
	/** Square root of the mean of their squares. */
	readonly size: number;
	/** What every unit gives on a grid of `unit × unit` places of the plane, row by row from the top: `[outputs × unit × unit]`. */
	readonly maps: Float32Array;
}

/** What is drawn. */
export interface Frame {
	readonly step: number;
	readonly epoch: number;
	readonly running: boolean;
	/** The step that a rewinding, or an opening at a later step, is on its way to. */
	readonly towards?: number;
	/** The furthest step of this run so far: rewinding leaves it where it is until something else is trained. */
	readonly furthest: number;
	readonly trainLoss: number;
	/** NaN where nothing is kept for testing. */
	readonly testLoss: number;
	/** Part of the points that are classified right; NaN for values. */
	readonly trainAccuracy: number;
	readonly testAccuracy: number;
	/** What the network says of every point, in their order: the class, or the value. */
	readonly predicted?: Float64Array;
	readonly layers: readonly LayerFrame[];
	/** What the features give, as `maps` of a layer. */
	readonly featureMaps: Float32Array;
	/** On a grid of `surface × surface` places, row by row from the top: for two classes the probability of class 1 (or the output), for more the probability of every class in turn, for values the value. `[planes × surface × surface]`. */
	readonly surface: Float32Array;
	/** Losses along the way from the beginning to `furthest`, thinned to at most 2,000 steps. Present where it changed. */
	readonly curve?: Curve;
	/** Training steps per second, over the last second; 0 while it stands. */
	readonly speed: number;
	/** The numbers of the next step in the update rule. */
	readonly numbers?: Readonly<Record<string, number>>;
}

/** Losses by step. */
export interface Curve {
	readonly steps: Float64Array;
	readonly train: Float64Array;
	readonly test: Float64Array;
}

/** What `checkLoss` found. */
export interface LossReportData {
	/** The report as text. */
	readonly text: string;
	readonly findings: readonly { readonly check: string; readonly text: string }[];
}
