/** The computation of a neuron and its backward pass, as one DOT graph; `chainrule graph` with this file draws what it exports. */
import { mul, type Scalar, scalar, sigmoid } from "chainrule";
import { toDot } from "chainrule/viz";

const w = scalar(0.6, "w");
const b = scalar(0.9, "b");
const x = scalar(1, "x");
const a = sigmoid(w.mul(x).add(b)).named("a");
export const cost: Scalar = mul(a.square(), 0.5).named("C");

const dot = toDot(cost, { pass: "both", wrt: [w, b] });
console.log(dot.startsWith("digraph"), dot.includes("σ"), dot.includes("dotted"));

// true true true
