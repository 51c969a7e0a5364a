import { createECDH, ECDH } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { isBrowserKey } from "./browser-key.ts";

const point = createECDH("prime256v1").generateKeys();
const written = (form: "compressed" | "hybrid") =>
	(ECDH.convertKey(point, "prime256v1", undefined, undefined, form) as Buffer).toString("base64url");

describe("the key of a browser", () => {
	it("is a point of P-256, with or without the padding of base64", () => {
		expect([isBrowserKey(point.toString("base64url")), isBrowserKey(point.toString("base64"))]).toEqual([true, true]);
	});

	it.each([
		["65 bytes that are no point", "B".repeat(87)],
		["nothing", ""],
		["a compressed point", written("compressed")],
		["a point in both forms at once", written("hybrid")],
		["a point of another curve", createECDH("secp256k1").generateKeys("base64url")],
	])("is not %s", (_what, given) => {
		expect(isBrowserKey(given)).toBe(false);
	});
});
