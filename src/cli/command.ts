/**
 * The command line: which commands there are, what they take, and how a run ends.
 *
 * `run` never ends the process and writes only to the streams it is handed.
 * What a user can mend ends with 2 and one message; what only we can mend ends
 * with 70. A stack trace is shown to those who set DEBUG.
 */
import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { ChainruleError, failure } from "../core/errors.js";
import { type GradOptions, grad, limits } from "./grad.js";
import { type Place, painter } from "./terminal.js";
import { type TourOptions, tour } from "./tour.js";

/** How a run can end. */
const exits = { done: 0, badInput: 2, bug: 70 } as const;

/** package.json lies two folders above this file, in the sources as in the bundle. */
function version(): string {
	const manifest: unknown = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
	return (manifest as { readonly version: string }).version;
}

function commands(place: Place): Command {
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
		.option("--at <pairs>", "values of the free names: w=0.6,b=0.9", (pairs, before: string[] | undefined) => [
			...(before ?? []),
			pairs,
		])
		.option("--order <order>", `all derivatives up to this order, at most ${limits.order}`, "1")
		.option("--dot <file>", "write the graph, forward and backward, in DOT")
		.option("--svg <file>", "write the graph, forward and backward, as a picture")
		.addHelpText(
			"after",
			'\nExample:\n  $ chainrule grad "z = w*x + b; a = sigma(z); C = (y - a)^2/2" \\\n      --at w=0.6,b=0.9,x=1,y=0 --order 2 --svg neuron.svg\n',
		)
		.action((expression: string, options: GradOptions) => grad(expression.trim(), options, place));
	return program;
}

/**
 * An expression may begin with a sign, `-x^2`, which commander would take for
 * options. A space in front tells them apart; grad has no short option but -h.
 */
function shielded(args: readonly string[]): string[] {
	const isSigned = (arg: string, before: string | undefined): boolean =>
		/^-[^-]/.test(arg) && arg !== "-h" && !/^--\w+$/.test(before ?? "");
	return args.map((arg, index) => (args[0] === "grad" && isSigned(arg, args[index - 1]) ? ` ${arg}` : arg));
}

/** A message of commander in our form. */
function misuse({ message, code }: CommanderError, args: readonly string[]): ChainruleError {
	const [first = "", guess] = message.replace(/^error: /, "").split("\n");
	const command = args[0] === "tour" || args[0] === "grad" ? args[0] : undefined;
	const meant = /Did you mean (one of )?(.*)\?\)/.exec(guess ?? "")?.[2];
	const help = `chainrule ${command ?? ""} --help`.replace(/ +/g, " ");
	return failure({
		what: `${command ?? "chainrule"}: ${first.replace(/\.( .*)?$/, "")}`,
		...(code === "commander.unknownCommand" && { expected: "tour or grad" }),
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
		await commands(place).parseAsync(shielded(args.length === 0 ? ["--help"] : args), { from: "user" });
		return exits.done;
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
