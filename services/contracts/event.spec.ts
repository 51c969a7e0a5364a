import { describe, expect, it } from "@jest/globals";
import { z } from "zod";
import { defineEvent } from "./event.ts";

const ParcelSent = defineEvent("parcel.sent", 2, {
	summary: "A parcel left the house.",
	aggregate: ["parcel", "parcelId"],
	body: { parcelId: z.string(), weightGrams: z.int() },
});
const body = { parcelId: "p-1", weightGrams: 300, timestamp: "2026-01-02T03:04:05.000Z" };

describe("a published fact", () => {
	it("names the thing it happened to by a field of its body", () => {
		expect(ParcelSent.of(body)).toEqual({
			name: "parcel.sent",
			version: 2,
			aggregate: { type: "parcel", id: "p-1" },
			data: body,
		});
	});

	it("is read back as it was written", () => {
		expect(ParcelSent.schema.parse(JSON.parse(JSON.stringify(ParcelSent.of(body).data)))).toEqual(body);
	});

	it("may gain fields that older readers do not know", () => {
		expect(ParcelSent.schema.parse({ ...body, colour: "red" })).toEqual(body);
	});

	it.each([
		["a moment", { timestamp: undefined }],
		["a moment in ISO 8601", { timestamp: "yesterday" }],
		["its fields", { weightGrams: "300" }],
	])("has %s", (_, changed) => {
		expect(ParcelSent.schema.safeParse({ ...body, ...changed }).success).toBe(false);
	});
});
