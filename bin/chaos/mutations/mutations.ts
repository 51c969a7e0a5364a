import { CONTROLS } from "./controls.ts";
import { FAILPOINTS } from "./failpoints.ts";
import type { Mutation } from "./mutation.ts";

/** Failpoints first: they leave the text they are found by, which a control may take away. */
export const MUTATIONS: readonly Mutation[] = [...FAILPOINTS, ...CONTROLS];

/** In the order in which they are applied. @throws when there is none of a name */
export function mutationsNamed(names: readonly string[]): Mutation[] {
	const unknown = names.filter((name) => !MUTATIONS.some((each) => each.name === name));
	if (unknown.length > 0) {
		const known = MUTATIONS.map(({ name }) => name).join(", ");
		throw new Error(`There is no mutation ${unknown.join(", ")}. There are: ${known}.`);
	}
	return MUTATIONS.filter(({ name }) => names.includes(name));
}
