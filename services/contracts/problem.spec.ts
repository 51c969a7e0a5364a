import { describe, expect, it } from "@jest/globals";
import { problemOf } from "./problem.ts";

const refusal = { type: "OUT_OF_STOCK", code: 409, message: "Not enough is left.", data: { productIds: ["p-1"] } };

describe("problemOf", () => {
	it("is the problem document of RFC 9457, with the refusal's own members", () => {
		expect(problemOf(refusal, "r-1")).toEqual({
			type: "urn:stoa:problem:out-of-stock",
			title: "Out of stock",
			status: 409,
			detail: "Not enough is left.",
			code: "OUT_OF_STOCK",
			requestId: "r-1",
			productIds: ["p-1"],
		});
	});

	it.each([undefined, null])("needs no data (%s)", (data) => {
		expect(problemOf({ type: "GONE", code: 410, message: "", ...(data === null && { data }) }, "r-1")).toEqual({
			type: "urn:stoa:problem:gone",
			title: "Gone",
			status: 410,
			detail: "",
			code: "GONE",
			requestId: "r-1",
		});
	});

	it("lets no member of the data pass for one of its own", () => {
		const data = { status: 200, code: "FINE", requestId: "forged", type: "about:blank", title: "", detail: "" };

		expect(problemOf({ ...refusal, data }, "r-1")).toMatchObject({
			status: 409,
			code: "OUT_OF_STOCK",
			requestId: "r-1",
		});
	});

	it("is the same to the byte for the same refusal", () => {
		expect(JSON.stringify(problemOf(refusal, "r-1"))).toBe(JSON.stringify(problemOf({ ...refusal }, "r-1")));
	});
});
