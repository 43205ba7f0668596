/**
 * The repository's sources as syntax trees, for tests that judge the code itself.
 *
 * A real parser reads them, so a rule never mistakes the text of a string or a
 * comment for code. Every question is asked of `Source` values that may as well
 * come from a string in a test as from the disk: a rule that cannot be shown to
 * fail proves nothing.
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path/posix";
import { fileURLToPath } from "node:url";
import { type Comment, type Program, parseSync, Visitor, type VisitorObject } from "oxc-parser";

/** One file, parsed. Paths are relative to the repository, with forward slashes. */
export interface Source {
	readonly path: string;
	readonly text: string;
	readonly program: Program;
	readonly comments: readonly Comment[];
}

/** Something to report: printed as `path:line  what`. */
export interface Place {
	readonly path: string;
	readonly line: number;
}

/** The folder that holds package.json. */
export const root: string = fileURLToPath(new URL("..", import.meta.url));

/** Parses `text` as the file `path`; throws where it is not TypeScript. */
export function parse(path: string, text: string): Source {
	const { program, comments, errors } = parseSync(path, text);
	const [error] = errors;
	if (error) throw new SyntaxError(`${path} does not parse: ${error.message}\n${error.codeframe ?? ""}`);
	return { path, text, program, comments };
}

/** Every TypeScript file under `folders`, by path. */
export function readSources(...folders: readonly string[]): Map<string, Source> {
	const paths = folders.flatMap((folder) => filesUnder(folder, ".ts"));
	return new Map(paths.map((path) => [path, parse(path, readFileSync(join(root, path), "utf8"))]));
}

/** Paths of the files under `folder` whose names end in `ending`, sorted. */
export function filesUnder(folder: string, ending: string): string[] {
	const names = readdirSync(join(root, folder), { encoding: "utf8", recursive: true });
	return names
		.filter((name) => name.endsWith(ending) && !name.includes("node_modules"))
		.map((name) => join(folder, name.replaceAll("\\", "/")))
		.sort();
}

/** The place of the character at `offset`; lines count from 1. */
export function placeOf(source: Source, offset: number): Place {
	return { path: source.path, line: source.text.slice(0, offset).split("\n").length };
}

/** Walks the whole tree. */
export function visit(source: Source, visitor: VisitorObject): void {
	new Visitor(visitor).visit(source.program);
}

/** One arrow out of a file, of whatever kind: import, re-export, `import()`, `import("...")` as a type. */
export interface Arrow extends Place {
	readonly specifier: string;
}

/** Every module `source` names, in the order of the text. */
export function importsOf(source: Source): Arrow[] {
	const found: { specifier: string; start: number }[] = [];
	const add = (node: { value: unknown; start: number } | null): void => {
		if (typeof node?.value === "string") found.push({ specifier: node.value, start: node.start });
	};
	visit(source, {
		ImportDeclaration: (node) => add(node.source),
		ExportNamedDeclaration: (node) => add(node.source),
		ExportAllDeclaration: (node) => add(node.source),
		ImportExpression: (node) => add(node.source.type === "Literal" ? node.source : null),
		TSImportType: (node) => add(node.source),
	});
	return found
		.sort((x, y) => x.start - y.start)
		.map(({ specifier, start }) => ({ specifier, ...placeOf(source, start) }));
}

/** The path of the file that a relative import names: `./shape.js` in `src/core/op.ts` is `src/core/shape.ts`. */
export function targetOf(path: string, specifier: string): string {
	return join(dirname(path), specifier).replace(/\.js$/, ".ts");
}

/** A run of comment without its slashes and stars. Neighbouring `//` lines are one run. */
export interface Remark {
	readonly lines: readonly { readonly text: string; readonly line: number }[];
}

/** The comments of `source` as a reader sees them. */
export function remarksOf(source: Source): Remark[] {
	const remarks: { lines: { text: string; line: number }[]; end: number; kind: string }[] = [];
	for (const { type, value, start, end } of source.comments) {
		const { line } = placeOf(source, start);
		const lines = value.split("\n").map((text, index) => ({
			text: text.replace(/^\s*\*?\s*/, "").trimEnd(),
			line: line + index,
		}));
		const last = remarks.at(-1);
		const adjacent = last?.kind === "Line" && type === "Line" && /^\s*$/.test(source.text.slice(last.end, start));
		if (adjacent && last.lines.at(-1)?.line === line - 1) {
			last.lines.push(...lines);
			last.end = end;
		} else {
			remarks.push({ lines, end, kind: type });
		}
	}
	return remarks;
}

/** True where a docstring ends right above `offset`; comments to the tools, as `// biome-ignore`, may stand between. */
export function isDocumented(source: Source, offset: number): boolean {
	let below = offset;
	for (const comment of source.comments.filter(({ end }) => end <= offset).reverse()) {
		if (!/^[^\S\n]*\n?[^\S\n]*$/.test(source.text.slice(comment.end, below))) return false;
		if (comment.type === "Block") return comment.value.startsWith("*");
		below = comment.start;
	}
	return false;
}
