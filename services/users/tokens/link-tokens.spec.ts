import { describe, expect, it } from "@jest/globals";
import { LinkTokens } from "./link-tokens.ts";

const tokens = new LinkTokens("a secret of the test, of more than 32 bytes");
const others = new LinkTokens("another secret of the test, of 32 bytes too");
const id = "0190c1f0-0000-7000-8000-000000000001";
const userId = "0190c1f0-0000-7000-8000-000000000002";
const claim = { purpose: "reset-password", tokenId: id, userId, email: "ada@example.com" } as const;

describe("the token of a link", () => {
	it("names the link and proves what it stands for", () => {
		const token = tokens.write(claim);

		expect(token).toMatch(/^[\w-]{64}$/);
		expect(tokens.idIn(token)).toBe(id);
		expect(tokens.isRight(token, claim)).toBe(true);
	});

	it.each([
		["another purpose", { purpose: "invitation" }],
		["another user", { userId: id }],
		["another link", { tokenId: claim.userId }],
		["another address", { email: "eve@example.com" }],
	] as const)("proves nothing for %s", (_what, change) => {
		expect(tokens.isRight(tokens.write(claim), { ...claim, ...change })).toBe(false);
	});

	it("is right under the shop's own secret only", () => {
		expect(others.isRight(tokens.write(claim), claim)).toBe(false);
	});

	it.each([
		["too short", "AAAA"],
		["too long", "A".repeat(80)],
		["no id", Buffer.alloc(48, 0xaa).toString("base64url")],
		["no base64", "ä".repeat(64)],
	])("that is %s names no link", (_fault, token) => {
		expect(tokens.idIn(token)).toBeUndefined();
		expect(tokens.isRight(token, claim)).toBe(false);
	});
});
