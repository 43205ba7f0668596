/**
 * `chainrule/io`: tensors in files.
 *
 * Every format has four functions: `read` and `write` between bytes and values,
 * in every environment, and `load` and `save` by path, in Node.
 */
export { load, save } from "./files.js";
export { loadJson, readJson, type SavedModule, saveJson, writeJson } from "./json.js";
export type { Named, Stateful } from "./named.js";
export { loadNpy, readNpy, saveNpy, writeNpy } from "./npy.js";
export { loadNpz, type NpzOptions, type ReadNpzOptions, readNpz, saveNpz, writeNpz } from "./npz.js";
export {
	loadSafetensors,
	readSafetensors,
	type SafetensorsContent,
	saveSafetensors,
	writeSafetensors,
} from "./safetensors.js";
