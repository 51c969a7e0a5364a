import { registerHooks } from "node:module";
import type { LoadFnOutput } from "node:module";
import { pathToFileURL } from "node:url";
import { ROOT } from "../../laptop/home.ts";
import { installFailpoints } from "./failpoint.ts";
import { mutated } from "./mutation.ts";
import { mutationsNamed } from "./mutations.ts";

/*
 * Preloaded into a service process (`node --import`): rewrites the source of some modules while they are loaded.
 * STOA_CHAOS_FOLDER is where failpoints are armed and noted; STOA_CHAOS_KIND what kind of process this is,
 * STOA_CHAOS_MUTATIONS names the mutations, as JSON.
 */
const { STOA_CHAOS_FOLDER: folder = "", STOA_CHAOS_KIND: kind = "", STOA_CHAOS_MUTATIONS: names = "[]" } = process.env;

installFailpoints(folder, kind);
const edits = mutationsNamed(JSON.parse(names) as string[]).flatMap(({ name, edits }) =>
	edits.map((edit) => ({ name, edit, url: pathToFileURL(`${ROOT}/${edit.file}`).href })),
);

const textOf = ({ source }: LoadFnOutput): string =>
	typeof source === "string" ? source : new TextDecoder().decode(source);

registerHooks({
	load(url, context, nextLoad) {
		const loaded = nextLoad(url, context);
		const wanted = edits.filter((each) => each.url === url);
		if (wanted.length === 0) return loaded;
		return { ...loaded, source: wanted.reduce((text, { name, edit }) => mutated(text, edit, name), textOf(loaded)) };
	},
});
