/**
 * The command line: which commands there are, what they take, and how a run ends.
 *
 * `run` never ends the process and writes only to the streams it is handed.
 * What a user can mend ends with 2 and one message; what only we can mend ends
 * with 70. A stack trace is shown to those who set DEBUG.
 */
import { existsSync, readFileSync } from "node:fs";
import { Command, CommanderError, Option } from "commander";
import { ChainruleError, failure } from "../core/errors.js";
import { type CheckOptions, check } from "./check.js";
import { type DeriveOptions, derive } from "./derive.js";
import { type GradOptions, grad, limits } from "./grad.js";
import { type GraphOptions, graph } from "./graph.js";
import { type Place, painter } from "./terminal.js";
import { type TourOptions, tour } from "./tour.js";
import { listed } from "./words.js";

/** The commands. */
const names = ["tour", "grad", "derive", "check", "graph"] as const;

/** How a run can end. */
const exits = { done: 0, badInput: 2, bug: 70 } as const;

/** package.json lies two folders above this file in the sources, and one above the bundle that holds it. */
function version(): string {
	const places = ["../package.json", "../../package.json"].map((path) => new URL(path, import.meta.url));
	const manifest: unknown = JSON.parse(readFileSync(places.find((place) => existsSync(place)) as URL, "utf8"));
	return (manifest as { readonly version: string }).version;
}

function commands(place: Place, end: (code: number) => void): Command {
	const program = new Command("chainrule")
		.description("Derivatives by the chain rule: computed, compared with formulas written by hand, and drawn.")
		.version(version(), "-V, --version", "print the version")
		.helpOption("-h, --help", "print this help")
		.helpCommand(false)
		.exitOverride()
		.configureOutput({ writeOut: (text) => place.stdout.write(text), writeErr: () => {} })
		.addHelpText("after", '\nExamples:\n  $ chainrule tour\n  $ chainrule grad "x^2 * sin(y)" --at x=3,y=pi/4\n');

	program
		.command("tour")
		.description("train one neuron and a small network, compare every slope with the hand formulas, and draw it all")
		.option("-o, --out <dir>", "folder for the page and the graphs", "out/tour")
		.option("-q, --quiet", "print nothing but errors")
		.addHelpText("after", "\nExample:\n  $ chainrule tour --out /tmp/tour\n")
		.action((options: TourOptions) => tour(options, place));

	program
		.command("grad")
		.description("the value, every partial derivative and the graph of an expression")
		.argument("<expression>", 'a formula; definitions come first, with ";" between them')
		.option("--at <pairs>", "values of the free names: w=0.6,b=0.9", gathered)
		.option("--order <order>", `all derivatives up to this order, at most ${limits.order}`, "1")
		.option("--dot <file>", "write the graph, forward and backward, in DOT")
		.option("--svg <file>", "write the graph, forward and backward, as a picture")
		.option("--png <file>", "the same in pixels")
		.option("--html <file>", "write a page to step through the backward pass in")
		.addHelpText(
			"after",
			'\nExample:\n  $ chainrule grad "z = w*x + b; a = sigma(z); C = (y - a)^2/2" \\\n      --at w=0.6,b=0.9,x=1,y=0 --order 2 --svg neuron.svg\n',
		)
		.action((expression: string, options: GradOptions) => grad(expression.trim(), options, place));

	program
		.command("derive")
		.description("the derivatives of an expression, written out by the chain rule, one step a line")
		.argument("<expression>", 'a formula; definitions come first, with ";" between them')
		.option("--wrt <names>", "along which names: w,b; along every free name when left out", gathered)
		.option("--at <pairs>", "values of the free names, to be put into every line: w=0.6,b=0.9", gathered)
		.option("--latex", "print LaTeX, for display math")
		.option("--markdown", "print Markdown")
		.option("--json", "print everything as data")
		.addHelpText(
			"after",
			'\nExample:\n  $ chainrule derive "z = w*x + b; a = sigma(z); C = (y - a)^2/2" --wrt w --at w=0.6,b=0.9,x=1,y=0\n',
		)
		.action((expression: string, options: DeriveOptions) => derive(expression.trim(), options, place));

	program
		.command("check")
		.description("judge the derivations in notes: every equals sign is proven, or refuted with a counterexample")
		.argument("<files...>", "Markdown files, or folders of them")
		.option("--json", "print the report as JSON")
		.option("--html <file>", "write the report as a page")
		.option("--strict", "an undecided step is a fault, too")
		.option("-q, --quiet", "print only what is not as it should be, and the table")
		.option("--timeout <seconds>", "how long a step may take before it is undecided", "2")
		.addHelpText(
			"after",
			`
Ends with 0 if all is proven or wrong as a remark expects, with 1 if something is not, and with 2 if something cannot be read.

Examples:
  $ chainrule check notes.md
  $ chainrule check notes/ --strict --html report.html
`,
		)
		.action(async (files: string[], options: CheckOptions) => end(await check(files, options, place)));

	program
		.command("graph")
		.description("a picture of a formula, or of what a program of yours exports")
		.argument("<source>", "a file that ends in .ts, .mts, .js or .mjs, or a formula")
		.option("--svg <file>", "write the picture as SVG")
		.option("--png <file>", "write the picture in pixels")
		.option("--dot <file>", "write the graph in DOT; printed where no file is named")
		.option("--html <file>", "write a page to step through the backward pass in")
		.option("--at <pairs>", "for a formula: values of the free names", gathered)
		.option("--export <name>", "for a program: which export; default, or the only one that can be drawn")
		.addOption(new Option("--pass <pass>", "what is drawn").choices(["forward", "backward", "both"]))
		.addOption(new Option("--direction <direction>", "where results lie").choices(["right", "down"]))
		.addOption(new Option("--theme <theme>", "for which pages").choices(["light", "dark"]))
		.option("--title <text>", "a line above the picture")
		.option("--depth <depth>", "fold scopes inside of so many others")
		.option("--fold <scope>", "fold scopes of this name, or with this end of their path", gathered)
		.option("--unfold <scope>", "draw these open whatever else is said", gathered)
		.option("--repeats", "fold scopes of one structure in a row")
		.option("--max-boxes <count>", "fold until at most so many boxes are left")
		.addOption(new Option("--partials <what>", "local derivatives along edges").choices(["value", "formula", "both"]))
		.option("--contributions", "what flows back along every edge, and as which of several")
		.option("--shade", "colour by the size of the gradient")
		.option("--highlight <name>", "every way from the nodes of this name to the outputs")
		.addOption(new Option("--strip <kind>", "under large tensors").choices(["histogram", "heat", "none"]))
		.option("--digits <count>", "significant digits")
		.option("--scale <factor>", "for --png: pixels per CSS pixel")
		.option("--broadcasts", "draw what only moves numbers, too")
		.option("--no-values", "leave values out")
		.option("--no-gradients", "leave gradients out")
		.option("--no-constants", "leave constants out")
		.option("--no-marks", "do not mark NaN, vanishing gradients and dead units")
		.addHelpText(
			"after",
			`
A program exports a node, an array of nodes, a module or a function; for the last two also \`inputs\`,
an array of what it is called with.

Examples:
  $ chainrule graph model.ts --svg model.svg --depth 1 --shade
  $ chainrule graph "a = sigma(w*x + b); (y - a)^2/2" --at w=0.6,b=0.9,x=1,y=0 --partials both --png neuron.png
`,
		)
		.action((source: string, options: GraphOptions) => graph(source.trim(), options, place));
	return program;
}

/** An option that may be given more than once. */
function gathered(value: string, before: readonly string[] | undefined): string[] {
	return [...(before ?? []), value];
}

/** The commands whose first argument is a formula. */
const takingFormulas: readonly string[] = ["grad", "derive", "graph"];

/**
 * An expression may begin with a sign, `-x^2`, which commander would take for
 * options. A space in front tells them apart; no such command has a short option but -h.
 */
function shielded(args: readonly string[]): string[] {
	const isSigned = (arg: string, before: string | undefined): boolean =>
		/^-[^-]/.test(arg) && arg !== "-h" && !/^--\w+$/.test(before ?? "");
	return args.map((arg, index) =>
		takingFormulas.includes(args[0] ?? "") && isSigned(arg, args[index - 1]) ? ` ${arg}` : arg,
	);
}

/** A message of commander in our form. */
function misuse({ message, code }: CommanderError, args: readonly string[]): ChainruleError {
	const [first = "", guess] = message.replace(/^error: /, "").split("\n");
	const command = names.find((name) => name === args[0]);
	const meant = /Did you mean (one of )?(.*)\?\)/.exec(guess ?? "")?.[2];
	const help = `chainrule ${command ?? ""} --help`.replace(/ +/g, " ");
	return failure({
		what: `${command ?? "chainrule"}: ${first.replace(/\.( .*)?$/, "")}`,
		...(code === "commander.unknownCommand" && { expected: listed(names, "or") }),
		fix: meant === undefined ? `${help} says what can be written` : `did you mean ${meant}?`,
	});
}

/** Runs `chainrule` with `args` and returns its exit code. */
export async function run(args: readonly string[], place: Place): Promise<number> {
	const debug = Boolean(place.env.DEBUG) && place.env.DEBUG !== "0";
	const paint = painter(place.stderr, place.env);
	const complain = (error: Error): void => {
		const [first = "", ...others] = error.message.split("\n");
		place.stderr.write(`${[paint("bad", first), ...others].join("\n")}\n`);
		const trace = error.stack?.split("\n").filter((line) => /^\s+at /.test(line));
		if (debug && trace) place.stderr.write(`\n${trace.join("\n")}\n`);
	};
	try {
		let code: number = exits.done;
		const program = commands(place, (given) => {
			code = given;
		});
		await program.parseAsync(shielded(args.length === 0 ? ["--help"] : args), { from: "user" });
		return code;
	} catch (error) {
		if (error instanceof CommanderError && error.exitCode === 0) return exits.done;
		if (error instanceof CommanderError) {
			complain(misuse(error, args));
			return exits.badInput;
		}
		if (error instanceof ChainruleError) {
			complain(error);
			return exits.badInput;
		}
		const bug = error instanceof Error ? error : new Error(String(error));
		bug.message = failure({
			what: `chainrule: this is a mistake of ours: ${bug.message}`,
			path: [],
			fix: debug ? "please report it with the lines below" : "please report it with what DEBUG=1 adds to this message",
		}).message;
		complain(bug);
		return exits.bug;
	}
}
