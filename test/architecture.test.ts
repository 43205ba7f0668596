/**
 * The rules of the house, checked against its sources.
 *
 * Each rule is a function from sources to complaints, and is tried twice: on
 * the repository, where it must find nothing, and on a few lines written to
 * break it, where it must speak. A complaint names the place and the remedy.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path/posix";
import type { Node, Statement } from "oxc-parser";
import { describe, expect, test } from "vitest";
import {
	filesUnder,
	importsOf,
	isDocumented,
	type Place,
	parse,
	placeOf,
	readSources,
	remarksOf,
	root,
	type Source,
	targetOf,
	visit,
} from "./source.js";

type Sources = ReadonlyMap<string, Source>;

const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
	readonly dependencies: Readonly<Record<string, string>>;
	readonly exports: Readonly<Record<string, string | { readonly types: string }>>;
};

function complaint({ path, line }: Place, what: string): string {
	return `${path}:${line}  ${what}`;
}

/** A repository of a few lines: `{ "src/core/tape.ts": "..." }`. */
function repository(files: Readonly<Record<string, string>>): Sources {
	return new Map(Object.entries(files).map(([path, text]) => [path, parse(path, text)]));
}

// ---------------------------------------------------------------- floors

/** A part of the house: the files that make it up, and the files it may import. */
interface Floor {
	readonly name: string;
	readonly files: RegExp;
	readonly reads: RegExp;
	readonly reading: string;
}

/**
 * From the ground up. The rooms between `src/index.ts` and the roof do not know
 * each other, with three exceptions: nn, optim and data are one room, train
 * stands on these and on io, and symbolic serves viz and compile. Kernels take three files of core: the words
 * for shapes and dtypes, and the one form of an error.
 */
const floors: readonly Floor[] = [
	{
		name: "core",
		files: /^src\/core\//,
		reads: /^src\/core\//,
		reading: "core",
	},
	{
		name: "kernels",
		files: /^src\/kernels\//,
		reads: /^src\/(kernels\/|core\/(shape|dtype|errors)\.ts)/,
		reading: "kernels and core/shape, core/dtype, core/errors",
	},
	{
		name: "ops",
		files: /^src\/ops\//,
		reads: /^src\/(core|kernels|ops)\//,
		reading: "core, kernels and ops",
	},
	{
		name: "diff",
		files: /^src\/diff\//,
		reads: /^src\/(core|kernels|ops|diff)\//,
		reading: "core, kernels, ops and diff",
	},
	{
		name: "the public surface",
		files: /^src\/(index|linalg|random|special)\.ts$/,
		reads: /^src\/(index\.ts|core\/|kernels\/|ops\/|diff\/)/,
		reading: "core, kernels, ops and diff",
	},
	{
		name: "the room nn, optim, data",
		files: /^src\/(nn|optim|data)\//,
		reads: /^src\/(index\.ts|core\/|kernels\/|ops\/|diff\/|nn\/|optim\/|data\/)/,
		reading: "the engine and nn, optim, data",
	},
	{
		name: "the room symbolic",
		files: /^src\/symbolic\//,
		reads: /^src\/(index\.ts|core\/|kernels\/|ops\/|diff\/|symbolic\/)/,
		reading: "the engine and symbolic",
	},
	{
		name: "the room io",
		files: /^src\/io\//,
		reads: /^src\/(index\.ts|core\/|kernels\/|ops\/|diff\/|io\/)/,
		reading: "the engine and io",
	},
	{
		name: "the room train",
		files: /^src\/train\//,
		reads: /^src\/(index\.ts|core\/|kernels\/|ops\/|diff\/|nn\/|optim\/|data\/|io\/|train\/)/,
		reading: "the engine, nn, optim, data, io and train",
	},
	{
		name: "the room compile",
		files: /^src\/compile\//,
		reads: /^src\/(index\.ts|core\/|kernels\/|ops\/|diff\/|symbolic\/|compile\/)/,
		reading: "the engine, symbolic and compile",
	},
	{
		name: "the room viz",
		files: /^viz\/(?!playground\b)/,
		reads: /^(viz\/(?!playground\b)|src\/(index\.ts|core\/|kernels\/|ops\/|diff\/|symbolic\/))/,
		reading: "the engine, symbolic and viz",
	},
	{
		name: "examples",
		files: /^examples\//,
		reads: /^examples\//,
		reading: "the library by its public names (chainrule, chainrule/nn, ...)",
	},
	{
		name: "the roof",
		files: /^(src\/cli|bench|viz\/playground)\b/,
		reads: /^(src|viz|bench|examples)\//,
		reading: "everything",
	},
];

/** Imports of the repository's own files that point up or sideways. */
function arrowsAgainstTheFloors(sources: Sources): string[] {
	return [...sources.values()].flatMap((source) => {
		const floor = floors.find(({ files }) => files.test(source.path));
		if (!floor) {
			const what = "stands on no floor: move it into a folder of the house, or add its folder to `floors` here";
			return [complaint({ path: source.path, line: 1 }, what)];
		}
		return importsOf(source)
			.filter(({ specifier }) => specifier.startsWith("."))
			.map((arrow) => ({ ...arrow, target: targetOf(arrow.path, arrow.specifier) }))
			.filter(({ target }) => !floor.reads.test(target))
			.map((arrow) => {
				const remedy = "move what is needed down a floor, or hand it in as an argument";
				return complaint(arrow, `${floor.name} imports ${arrow.target}, but may import ${floor.reading}: ${remedy}`);
			});
	});
}

const packageName = (specifier: string): string => specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");

/** Who may import the runtime dependencies: pictures, and tables, which leave the reading of cells to papaparse. */
const usesPackages = /^(viz\/|src\/data\/csv\.ts$)/;

/** Imports of packages and of Node below the roof that would keep the library out of a browser or from being one file. */
function packagesBelowTheRoof(sources: Sources): string[] {
	return [...sources.values()]
		.filter(({ path }) => /^(src\/(?!cli\/)|viz\/(?!playground\/))/.test(path))
		.flatMap(importsOf)
		.filter(({ specifier }) => !specifier.startsWith("."))
		.flatMap((arrow) => {
			const { specifier, path } = arrow;
			const name = packageName(specifier);
			if (name === "chainrule")
				return [complaint(arrow, `"${specifier}" is this library: import the file by its path`)];
			if (specifier.startsWith("node:"))
				return [complaint(arrow, `"${specifier}" does not exist in a browser: only src/cli may import it`)];
			if (name in manifest.dependencies && !usesPackages.test(path))
				return [
					complaint(
						arrow,
						`"${specifier}" stays outside the bundle: only viz, src/data/csv.ts and src/cli may import it`,
					),
				];
			return [];
		});
}

/** Who may ask for a module of Node while the program runs: the one file of a room that knows paths, BLAS, and the bar on a terminal. */
const asksForNode = /^src\/(\w+\/files|kernels\/blas|train\/progress)\.ts$/;

/** Other requests for modules of Node below the roof, in the one form that is no import. */
function requestsForNode(sources: Sources): string[] {
	return [...sources.values()]
		.filter(({ path }) => /^(src\/(?!cli\/)|viz\/)/.test(path) && !asksForNode.test(path))
		.flatMap((source) => {
			const found: string[] = [];
			const remedy = "what needs paths stands in a file called files.ts, and everything else takes bytes";
			visit(source, {
				Identifier: ({ name, start }) => {
					if (name !== "getBuiltinModule") return;
					found.push(complaint(placeOf(source, start), `asks for Node, which a browser has not: ${remedy}`));
				},
			});
			return found;
		});
}

// ----------------------------------------------------------------- notes

interface Mention extends Place {
	readonly title: string;
}

/** Where Notes are defined and where they are cited. A line that begins with a Note defines it, unless the line above ends in "see". */
function notesIn(source: Source): { definitions: Mention[]; citations: Mention[] } {
	const definitions: Mention[] = [];
	const citations: Mention[] = [];
	for (const { lines } of remarksOf(source)) {
		const text = lines.map((line) => line.text).join("\n");
		for (const match of text.matchAll(/Note\s\[([^\]]+)\]/g)) {
			const before = text.slice(0, match.index);
			const line = (lines[0]?.line ?? 1) + before.split("\n").length - 1;
			const begins = /(^|\n)$/.test(before) && !/\bsee\n$/i.test(before);
			const title = (match[1] as string).replace(/\s+/g, " ");
			(begins ? definitions : citations).push({ path: source.path, line, title });
		}
	}
	return { definitions, citations };
}

/** Citations in a page of text: every Note it mentions by title. */
function citationsInPage(path: string, text: string): Mention[] {
	return text
		.split("\n")
		.flatMap((line, index) =>
			[...line.matchAll(/Note \[([^\]]+)\]/g)].map((match) => ({ path, line: index + 1, title: match[1] as string })),
		)
		.filter(({ title }) => !/^(Title|\.{3}|…)$/.test(title)); // how a page says what a Note is
}

/** Notes cited but not defined, or defined twice. */
function brokenNotes(sources: Sources, cited: readonly Mention[] = []): string[] {
	const found = [...sources.values()].map(notesIn);
	const definitions = found.flatMap((notes) => notes.definitions);
	const titles = new Map<string, Mention[]>();
	for (const note of definitions) titles.set(note.title, [...(titles.get(note.title) ?? []), note]);
	const missing = [...found.flatMap((notes) => notes.citations), ...cited].filter(({ title }) => !titles.has(title));
	const doubled = [...titles.values()].filter((notes) => notes.length > 1);
	return [
		...missing.map((note) =>
			complaint(
				note,
				`cites "Note [${note.title}]", which no comment defines: correct the title, or begin a comment line with it`,
			),
		),
		...doubled.map((notes) => {
			const [first, ...others] = notes as [Mention, ...Mention[]];
			const elsewhere = others.map(({ path, line }) => `${path}:${line}`).join(", ");
			return complaint(first, `defines "Note [${first.title}]", and so does ${elsewhere}: keep one and cite it`);
		}),
	];
}

// ------------------------------------------------------- what is not written

/** Uses of the parts of the language this repository does without. */
function forbiddenSyntax(sources: Sources): string[] {
	return [...sources.values()].flatMap((source) => {
		const found: string[] = [];
		const add = (offset: number, what: string): void => {
			found.push(complaint(placeOf(source, offset), what));
		};
		visit(source, {
			TSAnyKeyword: ({ start }) => add(start, "has the type `any`: write the type, or `unknown` and a check"),
			TSEnumDeclaration: ({ start }) => add(start, "is an enum: write a union of strings"),
			ExportDefaultDeclaration: ({ start }) => add(start, "is a default export: export it by name"),
			ExportSpecifier: ({ exported, start }) => {
				if (exported.type === "Identifier" && exported.name === "default")
					add(start, "is a default export: export it by name");
			},
		});
		for (const { value, start } of source.comments) {
			const directive = /@ts-(ignore|nocheck|expect-error)/.exec(value);
			if (directive) add(start, `silences the compiler with ${directive[0]}: mend the type instead`);
		}
		return found;
	});
}

// ------------------------------------------------------------ docstrings

/** A public name, and the nodes a docstring may stand above. */
interface Declaration {
	readonly source: Source;
	readonly nodes: readonly { readonly start: number }[];
}

/** The declarations of `name` that `statement` makes: usually one node, in `const { exp, log } = ...` the statement and the property. */
function declarationsIn(statement: Statement, name: string): { readonly start: number }[] {
	const exported = statement.type === "ExportNamedDeclaration";
	const declaration: Node | null = exported ? statement.declaration : statement;
	if (!declaration) return [];
	if (declaration.type === "VariableDeclaration") {
		return declaration.declarations.flatMap((declarator, index): { readonly start: number }[] => {
			const { id } = declarator;
			if (id.type === "Identifier" && id.name === name) return index === 0 ? [statement, declarator] : [declarator];
			if (id.type !== "ObjectPattern") return [];
			const property = id.properties.find(
				(part) => part.type === "Property" && part.value.type === "Identifier" && part.value.name === name,
			);
			return property ? [statement, property] : [];
		});
	}
	const named = "id" in declaration && declaration.id?.type === "Identifier" && declaration.id.name === name;
	return named ? [statement] : [];
}

/** Names that `path` exports. */
function exportedNames(sources: Sources, path: string, seen: ReadonlySet<string> = new Set()): string[] {
	const source = sources.get(path);
	if (!source || seen.has(path)) return [];
	return source.program.body.flatMap((statement) => {
		if (statement.type === "ExportAllDeclaration") {
			if (statement.exported) return [nameOf(statement.exported)];
			return exportedNames(sources, targetOf(path, statement.source.value), new Set([...seen, path]));
		}
		if (statement.type !== "ExportNamedDeclaration") return [];
		const { declaration, specifiers } = statement;
		if (!declaration) return specifiers.map(({ exported }) => nameOf(exported));
		if (declaration.type === "VariableDeclaration") {
			return declaration.declarations.flatMap(({ id }) => {
				if (id.type === "Identifier") return [id.name];
				if (id.type !== "ObjectPattern") return [];
				return id.properties.flatMap((part) =>
					part.type === "Property" && part.value.type === "Identifier" ? [part.value.name] : [],
				);
			});
		}
		return "id" in declaration && declaration.id?.type === "Identifier" ? [declaration.id.name] : [];
	});
}

function nameOf(name: { readonly type: string; readonly name?: string; readonly value?: unknown }): string {
	return name.name ?? String(name.value);
}

/** Where `name`, as seen from inside or outside the file `path`, is declared; follows imports and re-exports. */
function declarationOf(
	sources: Sources,
	path: string,
	name: string,
	seen: ReadonlySet<string> = new Set(),
): Declaration | undefined {
	const source = sources.get(path);
	const key = `${path} ${name}`;
	if (!source || seen.has(key)) return undefined;
	const follow = (specifier: string, next: string): Declaration | undefined =>
		declarationOf(sources, targetOf(path, specifier), next, new Set([...seen, key]));

	const nodes = source.program.body.flatMap((statement) => declarationsIn(statement, name));
	if (nodes.length > 0) return { source, nodes };
	for (const statement of source.program.body) {
		if (statement.type === "ImportDeclaration") {
			const specifier = statement.specifiers.find(({ local }) => local.name === name);
			if (specifier?.type === "ImportSpecifier") return follow(statement.source.value, nameOf(specifier.imported));
		} else if (statement.type === "ExportNamedDeclaration") {
			const specifier = statement.specifiers.find(({ exported }) => nameOf(exported) === name);
			if (!specifier) continue;
			const local = nameOf(specifier.local);
			if (statement.source) return follow(statement.source.value, local);
			if (local !== name) return declarationOf(sources, path, local, new Set([...seen, key]));
		} else if (statement.type === "ExportAllDeclaration") {
			if (statement.exported && nameOf(statement.exported) === name) return { source, nodes: [statement] };
			const found = statement.exported ? undefined : follow(statement.source.value, name);
			if (found) return found;
		}
	}
	return undefined;
}

/** Names a user can import that say nothing about themselves. */
function publicNamesWithoutDocstring(sources: Sources, entries: readonly string[]): string[] {
	const places = new Map<string, string>();
	for (const entry of entries) {
		if (!sources.has(entry))
			places.set(entry, complaint({ path: entry, line: 1 }, "is an entry of package.json, but no file"));
		for (const name of exportedNames(sources, entry)) {
			const declaration = declarationOf(sources, entry, name);
			if (!declaration) {
				places.set(`${entry} ${name}`, complaint({ path: entry, line: 1 }, `exports ${name}, declared nowhere`));
				continue;
			}
			const { source, nodes } = declaration;
			if (nodes.some(({ start }) => isDocumented(source, start))) continue;
			const place = placeOf(source, nodes[0]?.start ?? 0);
			const what = `${name} is public (${entry}) and has no docstring: write /** ... */ right above it`;
			places.set(`${place.path}:${place.line} ${name}`, complaint(place, what));
		}
	}
	return [...places.values()];
}

/** The sources of the package's entries, from the declarations that package.json promises. */
const entries = Object.values(manifest.exports).flatMap((entry) =>
	typeof entry === "string" ? [] : [entry.types.replace("./dist/types/", "").replace(".d.ts", ".ts")],
);

// ----------------------------------------------------------------- tests

describe("the floors of the house", () => {
	test("no import points up or sideways", () => {
		expect(arrowsAgainstTheFloors(readSources("src", "viz", "examples", "bench"))).toEqual([]);
	});

	test("an arrow up, sideways, or out of nowhere is found, whatever kind of import draws it", () => {
		const broken = repository({
			"src/core/tape.ts": 'import { loop } from "../kernels/loops.js";',
			"src/kernels/loops.ts": 'import type { View } from "../core/shape.js";\nexport * from "../core/tensor.js";',
			"src/ops/arithmetic.ts": 'const reverse = await import("../diff/reverse.js");',
			"src/nn/layers.ts": 'type Picture = import("../../viz/dot.js").Picture;',
			"src/io/npy.ts": 'import "../symbolic/text.js";',
			"examples/neuron.ts": 'import { scalar } from "../src/index.js";',
			"src/spare.ts": "",
		});
		expect(arrowsAgainstTheFloors(broken).map((line) => line.replace(/,? (but|:).*/, ""))).toEqual([
			"src/core/tape.ts:1  core imports src/kernels/loops.ts",
			"src/kernels/loops.ts:2  kernels imports src/core/tensor.ts",
			"src/ops/arithmetic.ts:1  ops imports src/diff/reverse.ts",
			"src/nn/layers.ts:1  the room nn, optim, data imports viz/dot.ts",
			"src/io/npy.ts:1  the room io imports src/symbolic/text.ts",
			"examples/neuron.ts:1  examples imports src/index.ts",
			"src/spare.ts:1  stands on no floor: move it into a folder of the house, or add its folder to `floors` here",
		]);
	});

	test("arrows down, and imports that are only text, pass", () => {
		const sound = repository({
			"src/core/tape.ts": '// import "../ops/index.js"\nconst text = `import "../ops/index.js"`;',
			"src/kernels/loops.ts": 'import { failure } from "../core/errors.js";',
			"src/optim/sgd.ts": 'import type { Module } from "../nn/module.js";\nimport { noGrad } from "../index.js";',
			"viz/dot.ts": 'import { text } from "../src/symbolic/text.js";',
			"src/cli/tour.ts": 'import { toDot } from "../../viz/index.js";',
			"examples/neuron.ts": 'import { Neuron } from "chainrule/nn";',
		});
		expect(arrowsAgainstTheFloors(sound)).toEqual([]);
	});

	test("below the roof nothing imports Node, and only viz and tables import runtime dependencies", () => {
		expect(packagesBelowTheRoof(readSources("src", "viz"))).toEqual([]);
	});

	test("an import of Node, of a runtime dependency or of the library's own name is found", () => {
		const broken = repository({
			"src/core/tape.ts": 'import { readFileSync } from "node:fs";',
			"src/nn/layers.ts": 'import { toDot } from "ts-graphviz";',
			"src/data/csv.ts": 'import Papa from "papaparse";',
			"src/data/idx.ts": 'import Papa from "papaparse";',
			"viz/dot.ts": 'import { toDot } from "ts-graphviz";\nimport { scalar } from "chainrule";',
			"src/kernels/random.ts": 'import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";',
			"src/cli/main.ts": 'import { Command } from "commander";\nimport { writeFileSync } from "node:fs";',
		});
		expect(packagesBelowTheRoof(broken)).toEqual([
			'src/core/tape.ts:1  "node:fs" does not exist in a browser: only src/cli may import it',
			'src/nn/layers.ts:1  "ts-graphviz" stays outside the bundle: only viz, src/data/csv.ts and src/cli may import it',
			'src/data/idx.ts:1  "papaparse" stays outside the bundle: only viz, src/data/csv.ts and src/cli may import it',
			'viz/dot.ts:2  "chainrule" is this library: import the file by its path',
		]);
	});
});

describe("Node", () => {
	test("is asked for by files that know paths, and by BLAS", () => {
		expect(requestsForNode(readSources("src", "viz"))).toEqual([]);
	});

	test("asked for elsewhere is found", () => {
		const request = 'const files = process.getBuiltinModule("node:fs");';
		const broken = repository({
			"src/io/npy.ts": `\n${request}`,
			"viz/svg.ts": "const ask = process.getBuiltinModule;",
			"src/io/files.ts": request,
			"src/kernels/blas.ts": request,
			"src/cli/main.ts": request,
		});
		expect(requestsForNode(broken).map((line) => line.replace(/,.*/, ""))).toEqual([
			"src/io/npy.ts:2  asks for Node",
			"viz/svg.ts:1  asks for Node",
		]);
	});
});

describe("notes", () => {
	test("every citation names exactly one Note", () => {
		const pages = filesUnder("src", ".md").flatMap((path) =>
			citationsInPage(path, readFileSync(join(root, path), "utf8")),
		);
		expect(brokenNotes(readSources("src", "viz", "test"), pages)).toEqual([]);
	});

	test("a citation of a Note that does not exist and a Note written twice are found", () => {
		const broken = repository({
			"src/core/tape.ts": "/**\n * Columns. See Note [cutting\n * the tape] and (Note [lost]).\n */\nconst x = 1;",
			"src/core/op.ts":
				"// Note [cutting the tape]\n// Cut early.\nconst x = 1;\n// What we do here, see\n// Note [also lost].",
			"viz/dot.ts": "const x = 1; /* Note [cutting the tape]\n once more */",
		});
		expect(brokenNotes(broken).map((line) => line.replace(/(, which|, and| :).*/, ""))).toEqual([
			'src/core/tape.ts:3  cites "Note [lost]"',
			'src/core/op.ts:5  cites "Note [also lost]"',
			'src/core/op.ts:1  defines "Note [cutting the tape]"',
		]);
	});

	test("a page's mention of a Note that does not exist is found, and its explanation of Notes is not", () => {
		const mentions = citationsInPage("src/README.md", "`Note [Title]` blocks:\n- `Note [lost]`: in tape.ts");
		expect(brokenNotes(repository({}), mentions)).toHaveLength(1);
		expect(mentions).toEqual([{ path: "src/README.md", line: 2, title: "lost" }]);
	});
});

describe("the language", () => {
	test("no any, no enum, no default export, no silenced compiler", () => {
		expect(forbiddenSyntax(readSources("src", "viz"))).toEqual([]);
	});

	test("each of them is found, and the words in text and names are not", () => {
		const broken = repository({
			"src/core/tape.ts": [
				"export const any = (x: unknown): string => `any enum ${String(x)}`; // any enum is bad",
				"export function first(xs: readonly any[]): unknown { return xs[0]; }",
				"export const enum Kind { leaf }",
				"// @ts-expect-error: never mind",
				"export default first;",
				"export { first as default };",
			].join("\n"),
		});
		expect(forbiddenSyntax(broken).map((line) => line.replace(/:[^:]*$/, ""))).toEqual([
			"src/core/tape.ts:2  has the type `any`",
			"src/core/tape.ts:3  is an enum",
			"src/core/tape.ts:5  is a default export",
			"src/core/tape.ts:6  is a default export",
			"src/core/tape.ts:4  silences the compiler with @ts-expect-error",
		]);
	});
});

describe("docstrings", () => {
	test("every name a user can import has one", () => {
		expect(publicNamesWithoutDocstring(readSources("src", "viz"), entries)).toEqual([]);
	});

	test("a public name without one is found through every kind of re-export", () => {
		const broken = repository({
			"src/index.ts": [
				'export * from "./ops/index.js";',
				'export { tape as record, type Tape } from "./core/tape.js";',
				'import { scope } from "./core/tape.js";',
				"export { scope };",
				'export * as kernels from "./kernels/index.js";',
				'export { lost } from "./core/tape.js";',
			].join("\n"),
			"src/ops/index.ts": 'export * from "./arithmetic.js";',
			"src/ops/arithmetic.ts": [
				"/** Header of the file. */",
				"",
				"export const add = 1;",
				"/** Documented. */",
				"export const mul = 1,",
				"\tdiv = 2;",
				"export const { exp, log } = table;",
			].join("\n"),
			"src/core/tape.ts": [
				"export function tape(): void {}",
				"/* not a docstring */ export interface Tape {}",
				"// nor this",
				"function scope() {}",
				"export { scope };",
			].join("\n"),
		});
		const found = publicNamesWithoutDocstring(broken, ["src/index.ts", "viz/index.ts"]).map((line) =>
			line.replace(/ (is public|,).*/, ""),
		);
		expect(found).toEqual([
			"src/ops/arithmetic.ts:3  add",
			"src/ops/arithmetic.ts:6  div",
			"src/ops/arithmetic.ts:7  exp",
			"src/ops/arithmetic.ts:7  log",
			"src/core/tape.ts:1  record",
			"src/core/tape.ts:2  Tape",
			"src/core/tape.ts:4  scope",
			"src/index.ts:5  kernels",
			"src/index.ts:1  exports lost, declared nowhere",
			"viz/index.ts:1  is an entry of package.json, but no file",
		]);
	});

	test("a docstring right above passes: of an overload, a destructured name, and above a remark to a tool", () => {
		const sound = repository({
			"src/index.ts": [
				"/** Adds. */",
				"export function add(x: number): number;",
				"export function add(x: string): string;",
				"export function add(x: unknown): unknown { return x; }",
				"/** Functions. */",
				"export const { exp, log } = table;",
				"export const {",
				"\t/** Sine. */ sin,",
				"} = table;",
				"/** A tape. */",
				"// biome-ignore lint/suspicious/noEmptyInterface: it is a brand",
				"export interface Tape {}",
			].join("\n"),
		});
		expect(publicNamesWithoutDocstring(sound, ["src/index.ts"])).toEqual([]);
	});
});
