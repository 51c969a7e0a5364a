/** One place in the source that is read differently while a chaos run loads it. */
export interface Edit {
	/** Relative to the project's root. */
	readonly file: string;
	/** Must occur in the file exactly once. */
	readonly find: string;
	readonly replace: string;
}

/**
 * A change of the program that exists only in memory: the tree has no switch that a deployment could leave on.
 * A failpoint adds a place to die at, a negative control takes a safeguard away.
 */
export interface Mutation {
	readonly name: string;
	/** What the program does with it. */
	readonly meaning: string;
	readonly edits: readonly Edit[];
}

/** @throws when the text to be replaced is not there exactly once: then the mutation means something else by now */
export function mutated(source: string, { file, find, replace }: Edit, mutation: string): string {
	const [before = "", ...after] = source.split(find);
	if (after.length !== 1) {
		throw new Error(
			`The mutation "${mutation}" expects this text once in ${file}, where it occurs ${after.length} times:\n${find}\n` +
				"Bring the mutation up to date with the code: bin/chaos/mutations.",
		);
	}
	return before + replace + after.join(find);
}
