const NAME_LENGTH = 80;
const SUFFIX_LENGTH = 8;

/**
 * A username for somebody who chose none: what Latin letters and digits can show of his name, and a part of an id,
 * so that it need not be asked whether it is taken.
 *
 * @param id UUIDv7, whose end is random
 */
export function usernameFor(name: string, surname: string, id: string): string {
	const words = [name, surname].map(plain).filter(Boolean);
	const shown = words.length === 0 ? "user" : words.join(".").slice(0, NAME_LENGTH);
	return `${shown}.${id.replaceAll("-", "").slice(-SUFFIX_LENGTH)}`;
}

/** Accents are taken off; what no letter stands for falls out. */
const plain = (word: string): string =>
	word
		.normalize("NFKD")
		.toLowerCase()
		.replaceAll(/[^a-z0-9]/g, "");
