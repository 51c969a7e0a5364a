import { Readable } from "node:stream";
import { describe, expect, it } from "@jest/globals";
import { BodyTooLarge } from "../../contracts/errors.ts";
import { fileOf } from "./uploaded-file.ts";

const FORM = "multipart/form-data; boundary=frontier";
const refusal = (type: string) => expect.objectContaining({ type });

/** A part of a form; with a file name it is a file. */
const part = (name: string, content: string, fileName?: string) => {
	const file = fileName === undefined ? "" : `; filename="${fileName}"\r\nContent-Type: text/csv`;
	return `--frontier\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n${content}\r\n`;
};
const form = (...parts: string[]) => `${parts.join("")}--frontier--\r\n`;

async function read(body: string | Readable, contentType = FORM) {
	const chunks = [];
	const stream = typeof body === "string" ? Readable.from(body.match(/[^]{1,7}/g) ?? [], { objectMode: false }) : body;
	for await (const chunk of fileOf(stream, contentType)) chunks.push(chunk);
	return Buffer.concat(chunks).toString();
}

describe("an uploaded file", () => {
	it("is the body, or the one file of a form", async () => {
		expect(await read("a,b\n1,2", "text/csv")).toBe("a,b\n1,2");
		expect(await read(form(part("file", "a,b\r\n1,2", "products.csv")))).toBe("a,b\r\n1,2");
	});

	it.each([
		["no file", form()],
		["two files", form(part("one", "a", "a.csv"), part("two", "b", "b.csv"))],
		["another field", form(part("dryRun", "true"), part("file", "a", "a.csv"))],
		["another field after it", form(part("file", "a", "a.csv"), part("dryRun", "true"))],
	])("is refused in a form with %s", async (_what, body) => {
		await expect(read(body)).rejects.toEqual(refusal("VALIDATION_FAILED"));
	});

	it.each([
		["has no boundary", form(part("file", "a", "a.csv")), "multipart/form-data"],
		[
			"ends before its file does",
			'--frontier\r\nContent-Disposition: form-data; name="a"; filename="a"\r\n\r\nabc',
			FORM,
		],
	])("is refused in a form that %s", async (_what, body, contentType) => {
		await expect(read(body, contentType)).rejects.toEqual(refusal("MALFORMED_REQUEST"));
	});

	it("fails as its upload does", async () => {
		const cut = Readable.from(
			(async function* () {
				yield Buffer.from(part("file", "a,b", "a.csv"));
				throw new BodyTooLarge({ limitBytes: 3 });
			})(),
			{ objectMode: false },
		);
		await expect(read(cut)).rejects.toEqual(refusal("BODY_TOO_LARGE"));
	});
});
