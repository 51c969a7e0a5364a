import { describe, expect, it } from "@jest/globals";
import { csvRows } from "./csv-rows.ts";
import { decoded, decodedStart } from "./decoded.ts";

async function rowsOf(bytes: Buffer | string, { delimiter = ",", pieceBytes = 5, batch = 100 } = {}) {
	const file = Buffer.from(bytes);
	const pieces = async function* () {
		for (let at = 0; at < file.length; at += pieceBytes) yield file.subarray(at, at + pieceBytes);
	};
	const batches = [];
	for await (const rows of csvRows(decoded(pieces()), delimiter, batch)) batches.push(rows);
	return batches;
}

const cellsOf = async (...given: Parameters<typeof rowsOf>) =>
	(await rowsOf(...given)).flat().map(({ cells }) => cells);

describe("the rows of a CSV file", () => {
	it("are cells between delimiters, in quotes or not", async () => {
		expect(await cellsOf('a,b\r\n"1, one","say ""hi"""\r\n"two\r\nlines",\r\n')).toEqual([
			["a", "b"],
			["1, one", 'say "hi"'],
			["two\r\nlines", ""],
		]);
	});

	it("may have another delimiter", async () => {
		expect(await cellsOf('a;b\n"1;2";3,4', { delimiter: ";" })).toEqual([
			["a", "b"],
			["1;2", "3,4"],
		]);
		expect(await cellsOf("a\tb\n1\t2", { delimiter: "\t" })).toEqual([
			["a", "b"],
			["1", "2"],
		]);
	});

	it("come in batches, and know the line they begin at", async () => {
		const batches = await rowsOf('a\n\n1\n"2\n2"\n,\n3', { batch: 2 });
		expect(batches.map((rows) => rows.map(({ line, cells }) => [line, cells]))).toEqual([
			[
				[1, ["a"]],
				[3, ["1"]],
			],
			[
				[4, ["2\n2"]],
				[7, ["3"]],
			],
		]);
	});

	it("are ragged when they are: what misses and what is too much is seen", async () => {
		expect(await cellsOf("a,b\n1\n1,2,3")).toEqual([["a", "b"], ["1"], ["1", "2", "3"]]);
	});

	it("that are malformed cost no other row", async () => {
		expect(await cellsOf('a,b\n1,"2\n3,4\n5"5,6\n7,8')).toMatchObject([
			["a", "b"],
			{ code: "ROW_MALFORMED" },
			["3", "4"],
			{ code: "ROW_MALFORMED" },
			["7", "8"],
		]);
	});

	it.each([
		["UTF-8 with its mark", Buffer.from("\ufeffä,b\n1,2")],
		["UTF-16 of a spreadsheet", Buffer.from("\ufeffä,b\n1,2", "utf16le")],
		["UTF-16 the other way round", Buffer.from("\ufeffä,b\n1,2", "utf16le").swap16()],
	])("are read from %s", async (_what, bytes) => {
		expect(await cellsOf(bytes, { pieceBytes: 7 })).toEqual([
			["ä", "b"],
			["1", "2"],
		]);
		expect(decodedStart(bytes)).toBe("ä,b\n1,2");
	});

	it("that are no text are refused, and no other row is", async () => {
		const file = Buffer.concat([Buffer.from("a,b\n1,2\n"), Buffer.from("ä,3\n", "latin1"), Buffer.from("ö,4\n")]);
		expect(await cellsOf(file)).toMatchObject([["a", "b"], ["1", "2"], { code: "ROW_NOT_TEXT" }, ["ö", "4"]]);
	});

	it("of an empty file are none", async () => {
		expect(await rowsOf("")).toEqual([]);
		expect(await rowsOf("\n\r\n\n")).toEqual([]);
	});
});
