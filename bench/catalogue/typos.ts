export const EDITS = ["swap", "drop", "double", "replace"] as const;
export type Edit = (typeof EDITS)[number];

const LETTERS = "abcdefghijklmnopqrstuvwxyz";

/**
 * A text with one slip of the fingers in it, anywhere.
 *
 * @param random a number in [0, 1) at each call
 */
export function misspelled(text: string, edit: Edit, random: () => number): string {
	const at = Math.floor(random() * (text.length - (edit === "swap" ? 1 : 0)));
	const [before, letter = "", after] = [text.slice(0, at), text[at], text.slice(at + 1)];
	switch (edit) {
		case "swap":
			return before + after.slice(0, 1) + letter + after.slice(1);
		case "drop":
			return before + after;
		case "double":
			return before + letter + letter + after;
		case "replace":
			return before + otherThan(letter, random) + after;
	}
}

function otherThan(letter: string, random: () => number): string {
	const others = LETTERS.replace(letter.toLowerCase(), "");
	return others[Math.floor(random() * others.length)] ?? "";
}
