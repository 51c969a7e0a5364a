/** What a file says of its encoding by its first bytes; without them it is in UTF-8. */
const MARKS: readonly (readonly [charset: string, mark: Buffer])[] = [
	["utf-8", Buffer.from([0xef, 0xbb, 0xbf])],
	["utf-16le", Buffer.from([0xff, 0xfe])],
	["utf-16be", Buffer.from([0xfe, 0xff])],
];

/** What a decoder writes for bytes that are no character. */
export const NO_CHARACTER = "\ufffd";

/**
 * The text of a file. Bytes that are no characters become NO_CHARACTER, so that they cost their row only.
 */
export async function* decoded(parts: AsyncIterable<Buffer>): AsyncGenerator<string> {
	let decoder: InstanceType<typeof TextDecoder> | undefined;
	for await (const part of parts) {
		decoder ??= new TextDecoder(charsetOf(part));
		yield decoder.decode(part, { stream: true });
	}
	if (decoder !== undefined) yield decoder.decode();
}

/** The text of the first part of a file, as far as it goes. */
export const decodedStart = (part: Buffer): string => new TextDecoder(charsetOf(part)).decode(part, { stream: true });

const charsetOf = (part: Buffer): string | undefined =>
	MARKS.find(([, mark]) => part.subarray(0, mark.length).equals(mark))?.[0];
