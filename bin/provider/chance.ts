import { randomFrom } from "../trial/random.ts";

/** A number in [0, 1) that follows from the seed and a name alone: the same in every run, in whatever order. */
export function chance(seed: number, name: string): number {
	let hash = 0x811c9dc5;
	for (const character of name) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
	return randomFrom(hash ^ Math.imul(seed, 0x9e3779b1))();
}
