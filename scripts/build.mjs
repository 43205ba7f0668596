#!/usr/bin/env node
/**
 * Builds `dist`: one bundle per package entry, the command, and the declarations.
 *
 * All entries are bundled in one go with splitting, so that `chainrule`,
 * `chainrule/nn` and the command share one tape. What a bundle may import is
 * decided here, at the only door every import passes: packages named in
 * `bundled` are compiled in, the runtime dependencies stay outside and belong
 * to pictures, tables and the command, and everything else stops the build. So
 * the entry `chainrule` can never come to need a package or Node.
 *
 * `--code-only` leaves out the declarations and is done in a fraction of a second.
 */
import { execFileSync } from "node:child_process";
import { chmod, readFile, rm } from "node:fs/promises";
import { isBuiltin } from "node:module";
import { relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { embed } from "./embed.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = resolve(root, "dist");
const { bin, dependencies, exports } = JSON.parse(await readFile(resolve(root, "package.json"), "utf8"));

/** Development dependencies compiled into the library; whatever these import is compiled in with them. */
const bundled = [
	"pure-rand",
	"fflate",
	"@stdlib/math-base-special-digamma",
	"@stdlib/math-base-special-erf",
	"@stdlib/math-base-special-erfc",
	"@stdlib/math-base-special-erfinv",
	"@stdlib/math-base-special-gammaln",
];

/**
 * What every engine brings, in place of the packages that `@stdlib` has for it: 5 kB gzipped of feature detection
 * and of second copies. Exponential, logarithm and tangent are the same bits; the sine may differ in the last one.
 */
const native = new Map([
	["math-base-assert-is-infinite", "(x) => Math.abs(x) === Infinity"],
	["math-base-assert-is-nan", "Number.isNaN"],
	...["abs", "cos", "exp", "floor", "sin", "sqrt", "tan", "trunc"].map((name) => [
		`math-base-special-${name}`,
		`Math.${name}`,
	]),
	["math-base-special-copysign", "(x, y) => Math.abs(x) * (y < 0 || Object.is(y, -0) ? -1 : 1)"],
	["math-base-special-ln", "Math.log"],
	[
		"number-float64-base-set-low-word",
		"(x, word, bits = new DataView(new ArrayBuffer(8))) => (bits.setFloat64(0, x), bits.setUint32(4, word), bits.getFloat64(0))",
	],
	[
		"utils-define-nonenumerable-read-only-property",
		"(object, name, value) => Object.defineProperty(object, name, { value })",
	],
	["utils-define-property", "Object.defineProperty"],
]);
const platform = {
	name: "platform",
	setup({ onLoad }) {
		const names = [...native.keys()].join("|");
		onLoad({ filter: new RegExp(`@stdlib.(${names}).lib.index\\.js$`) }, ({ path }) => {
			const [, name] = /@stdlib.([^\\/]+)/.exec(path);
			return { contents: `module.exports = ${native.get(name)};`, loader: "js" };
		});
	},
};

/** The bundles: what package.json promises, traced from the promised declaration back to its source. */
const entries = Object.values(exports)
	.filter((entry) => typeof entry !== "string")
	.map((entry) => ({
		in: entry.types.replace("./dist/types/", "").replace(".d.ts", ".ts"),
		out: entry.default.replace("./dist/", "").replace(".js", ""),
	}));
const command = "src/cli/";
const usesPackages = [command, "viz/", "src/data/csv.ts"];

/** `@scope/name/file` and `name/file` without the file. */
const packageName = (specifier) => specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");

/** Decides each import of a package or a Node module by who asks for it. */
const door = {
	name: "door",
	setup({ onResolve }) {
		onResolve({ filter: /^[^./]/ }, ({ path, importer, kind }) => {
			if (kind === "entry-point" || importer.split(sep).includes("node_modules")) return undefined;
			const file = relative(root, importer).replaceAll(sep, "/");
			const from = (folder) => file.startsWith(folder);
			if (isBuiltin(path)) {
				if (from(command)) return { path, external: true };
				return { errors: [{ text: `"${path}" is imported outside ${command}: the library must run in a browser` }] };
			}
			if (bundled.includes(packageName(path))) return undefined;
			if (packageName(path) in dependencies) {
				if (usesPackages.some(from)) return { path, external: true };
				return { errors: [{ text: `"${path}" may be imported by ${usesPackages.join(", ")} only` }] };
			}
			return {
				errors: [{ text: `"${path}" is neither a runtime dependency nor listed as bundled in scripts/build.mjs` }],
			};
		});
	},
};

await rm(dist, { recursive: true, force: true });
await build({
	absWorkingDir: root,
	entryPoints: [...entries, { in: "src/cli/main.ts", out: "cli/main" }],
	outdir: dist,
	bundle: true,
	splitting: true,
	format: "esm",
	target: "es2022",
	platform: "neutral",
	mainFields: ["browser", "module", "main"],
	// Shared chunks lie beside the entries: errors tell the library's frames from the caller's by the folder.
	chunkNames: "shared-[hash]",
	plugins: [embed, door, platform],
	logLevel: "warning",
}).catch(() => process.exit(1)); // esbuild has printed every error with its file and line
await chmod(resolve(root, bin.chainrule), 0o755);

if (!process.argv.includes("--code-only")) {
	const compiler = fileURLToPath(new URL("bin/tsc", import.meta.resolve("typescript/package.json")));
	try {
		execFileSync(process.execPath, [compiler, "-p", "tsconfig.build.json"], { cwd: root, stdio: "inherit" });
	} catch {
		process.exit(1); // the compiler has said why
	}
}
