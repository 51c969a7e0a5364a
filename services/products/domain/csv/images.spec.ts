import { describe, expect, it } from "@jest/globals";
import { imagesCell, imagesIn, sameImages } from "./images.ts";

const [plain, piped, escaped] = ["https://a.example/1.png", "https://a.example/a|b.png", "https://a.example/a%7Cb.png"];

describe("the images of a product in a cell", () => {
	it.each([[[]], [[plain]], [[plain, escaped]]])("are read as they were written: %j", (images) => {
		expect(imagesIn(imagesCell(images))).toEqual(images);
	});

	it("stay as many as they are when an address has the separator in it", () => {
		expect(imagesIn(imagesCell([piped, plain, `${plain}?a|b|c`]))).toEqual([escaped, plain, `${plain}?a%7Cb%7Cc`]);
	});

	it("are no others for that", () => {
		const stored = [piped, plain];
		expect(sameImages([escaped, plain], stored)).toBe(stored);
		expect(sameImages([plain, escaped], stored)).toEqual([plain, escaped]);
		expect(sameImages(undefined, stored)).toBeUndefined();
	});
});
