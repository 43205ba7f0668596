/**
 * Pictures that a command was asked for: where they go is tried before anything
 * is drawn, and all are written or none.
 */
import { type Drawable, type PngOptions, toDot, toHtml, toPng, toSvg } from "../../viz/index.js";
import { failure } from "../core/errors.js";
import { checkFile, type Output, type Target } from "./files.js";

/** Where pictures go, by kind. */
export interface DrawingOptions {
	readonly dot?: string;
	readonly svg?: string;
	readonly png?: string;
	readonly html?: string;
}

const kinds = ["dot", "svg", "png", "html"] as const;

/** The places that `options` name, each found to be one. */
export async function targetsOf(command: string, options: DrawingOptions): Promise<Target[]> {
	const targets = kinds.flatMap((kind): Target[] => {
		const path = options[kind];
		return path === undefined ? [] : [{ command, option: `--${kind}`, path }];
	});
	for (const [at, { option, path }] of targets.entries()) {
		const other = targets.slice(0, at).find((target) => target.path === path);
		if (other === undefined) continue;
		throw failure({
			what: `${command}: ${other.option} and ${option} name the same file`,
			expected: "a file for each",
			actual: path,
			fix: "give each its own name",
		});
	}
	for (const target of targets) await checkFile(target);
	return targets;
}

/** The pictures for `targets`. */
export async function drawn(targets: readonly Target[], subject: Drawable, options: PngOptions): Promise<Output[]> {
	const outputs: Output[] = [];
	for (const target of targets) {
		const draw = { "--dot": toDot, "--svg": toSvg, "--png": toPng, "--html": toHtml }[target.option] as typeof toPng;
		outputs.push({ target, content: await draw(subject, options) });
	}
	return outputs;
}
