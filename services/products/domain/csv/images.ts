const SEPARATOR = "|";

/** The cell of some image URLs. The separator is `%7C` within one of them, which is the same URL. */
export const imagesCell = (images: readonly string[]): string =>
	images.map((image) => image.replaceAll(SEPARATOR, "%7C")).join(SEPARATOR);

/** What stands in such a cell. */
export const imagesIn = (cell: string): string[] =>
	cell === "" ? [] : cell.split(SEPARATOR).map((image) => image.trim());

/** The images of a row, as the product has them where they are the same: a cell may write them otherwise. */
export const sameImages = (given: readonly string[] | undefined, stored: readonly string[]) =>
	given !== undefined && imagesCell(given) === imagesCell(stored) ? stored : given;
