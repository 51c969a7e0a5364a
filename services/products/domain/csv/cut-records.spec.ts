import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { cutRecords, MAX_RECORD_CHARS } from "./cut-records.ts";
import { recordRule } from "./well-formed.ts";

const isWellFormed = recordRule(",");
const cut = (text: string, isLast = true) => cutRecords(text, 1, isLast, isWellFormed);
const textsOf = (text: string) => cut(text).records.map((record) => record.text);
const seen = (text: string) => cut(text).records.map(({ line, text: row, isBroken }) => [line, row, isBroken]);

describe("the records of a CSV file", () => {
	it.each(["\n", "\r\n", "\r"])("end at a line break %j, the last one with or without", (end) => {
		expect(textsOf(`a,b${end}1,2${end}`)).toEqual(["a,b", "1,2"]);
		expect(textsOf(`a,b${end}1,2`)).toEqual(["a,b", "1,2"]);
	});

	it("may have line breaks and doubled quotes between quotes, and know their line", () => {
		expect(seen('a,b\n\n"x\r\ny","say ""hi"""\n5,6')).toEqual([
			[1, "a,b", false],
			[3, '"x\r\ny","say ""hi"""', false],
			[5, "5,6", false],
		]);
	});

	it.each([
		["a quote that is never closed", '1,"open'],
		["a quote within a cell", '1,2"3'],
		["something after a closing quote", '1,"2"x'],
	])("lose one row, and no other, to %s", (_what, bad) => {
		expect(seen(`a,b\n${bad}\n4,5\n6,"7"\n8,"nine\nten"\n`)).toEqual([
			[1, "a,b", false],
			[2, bad, true],
			[3, "4,5", false],
			[4, '6,"7"', false],
			[5, '8,"nine\nten"', false],
		]);
	});

	it("have an end: one that is too long is broken, and its memory is bounded", () => {
		const long = "x".repeat(MAX_RECORD_CHARS);
		expect(cut(`1,${long}\n2,3`).records.map(({ isBroken }) => isBroken)).toEqual([true, false]);
		expect(cut(long + long, false).rest).toHaveLength(MAX_RECORD_CHARS);
		const open = cut(`1,"open\n${"2,3\n".repeat(MAX_RECORD_CHARS / 4)}`, false);
		expect(open.records[0]).toMatchObject({ isBroken: true, text: '1,"open' });
		expect(open.records).toHaveLength(MAX_RECORD_CHARS / 4 + 1);
	});

	it("are the same however the file is cut into pieces", () => {
		const text = fc.string({ unit: fc.constantFrom('"', ",", "\n", "\r", "a"), maxLength: 40 });
		const whole = (given: string) => seen(given);
		const inPieces = (given: string, size: number) => {
			const records: unknown[] = [];
			let [rest, line] = ["", 1];
			for (let at = 0; at < given.length; at += size) {
				const piece = cutRecords(rest + given.slice(at, at + size), line, at + size >= given.length, isWellFormed);
				records.push(...piece.records.map(({ line: first, text: row, isBroken }) => [first, row, isBroken]));
				[rest, line] = [piece.rest, piece.line];
			}
			return records;
		};
		fc.assert(
			fc.property(text, fc.integer({ min: 1, max: 7 }), (given, size) => {
				expect(inPieces(given, size)).toEqual(whole(given));
			}),
			{ numRuns: 2_000 },
		);
	});
});
