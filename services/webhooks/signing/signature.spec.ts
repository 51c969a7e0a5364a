import { describe, expect, it } from "@jest/globals";
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { newSecret, signatureOf } from "./signature.ts";

type Check = (header: string, body: string, secret: string, nowMs?: number) => boolean;

/** The check that the README tells receivers to use, as it stands there. */
async function documented(): Promise<Check> {
	const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
	const code = /```js\n([^]*?)```/.exec(readme)?.[1] ?? "";
	const module = (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as { isFromShop: Check };
	return module.isFromShop;
}

const AT = new Date("2026-03-01T10:00:00.500Z");
const SECONDS = 1_772_359_200;
const BODY = '{"id":"1","data":{"name":"Größe"}}';

describe("a signature", () => {
	it("is the HMAC-SHA256 of the second it was made in and the body", () => {
		const expected = createHmac("sha256", "whsec_a").update(`${SECONDS}.${BODY}`).digest("hex");

		expect(signatureOf(BODY, ["whsec_a"], AT)).toBe(`t=${SECONDS},v1=${expected}`);
	});

	it("stands once for each secret, so that either is believed while one is replaced", async () => {
		const isFromShop = await documented();
		const header = signatureOf(BODY, ["whsec_new", "whsec_old"], AT);

		expect(header.match(/v1=/g)).toHaveLength(2);
		expect(isFromShop(header, BODY, "whsec_new", AT.getTime())).toBe(true);
		expect(isFromShop(header, BODY, "whsec_old", AT.getTime())).toBe(true);
	});

	it("is refused by the documented check when it is old, of another body or secret, or garbage", async () => {
		const isFromShop = await documented();
		const header = signatureOf(BODY, ["whsec_a"], AT);

		expect(isFromShop(header, BODY, "whsec_a", AT.getTime() + 299_000)).toBe(true);
		expect(isFromShop(header, BODY, "whsec_a", AT.getTime() + 301_000)).toBe(false);
		expect(isFromShop(header, `${BODY} `, "whsec_a", AT.getTime())).toBe(false);
		expect(isFromShop(header, BODY, "whsec_b", AT.getTime())).toBe(false);
		expect(isFromShop(header.replace(/t=\d+/, `t=${SECONDS + 1}`), BODY, "whsec_a", AT.getTime())).toBe(false);
		for (const garbage of ["", "t=", "v1=", `t=${SECONDS},v1=`, `t=${SECONDS},v1=${"x".repeat(64)}`])
			expect(isFromShop(garbage, BODY, "whsec_a", AT.getTime())).toBe(false);
	});
});

describe("a new secret", () => {
	it("has 32 bytes of chance behind a prefix that scanners of leaks know", () => {
		expect(newSecret()).toMatch(/^whsec_[\w-]{43}$/);
		expect(newSecret()).not.toBe(newSecret());
	});
});
