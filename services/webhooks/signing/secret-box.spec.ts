import { describe, expect, it } from "@jest/globals";
import { secretBox } from "./secret-box.ts";

const OLD = Buffer.alloc(32, 1);
const NEW = Buffer.alloc(32, 2);

describe("a stored secret", () => {
	it("shows nothing of itself, and is never stored the same way twice", () => {
		const box = secretBox([NEW]);
		const sealed = box.seal("whsec_a", "e-1");

		expect(sealed.toString("latin1")).not.toContain("whsec");
		expect(box.seal("whsec_a", "e-1")).not.toEqual(sealed);
		expect(box.open(sealed, "e-1")).toBe("whsec_a");
	});

	it("is of no use in the row of another endpoint, changed, or under another key", () => {
		const sealed = secretBox([NEW]).seal("whsec_a", "e-1");
		const changed = Buffer.from(sealed.map((byte) => byte ^ 1));

		expect(() => secretBox([NEW]).open(sealed, "e-2")).toThrow("cannot be read");
		expect(() => secretBox([NEW]).open(changed, "e-1")).toThrow("cannot be read");
		expect(() => secretBox([OLD]).open(sealed, "e-1")).toThrow(/WEBHOOK_ENCRYPTION_KEY/);
		expect(() => secretBox([NEW]).open(Buffer.alloc(0), "e-1")).toThrow("cannot be read");
	});

	it("is read with the key before, and written with the new one", () => {
		const sealed = secretBox([OLD]).seal("whsec_a", "e-1");
		const both = secretBox([NEW, OLD]);

		expect(both.open(sealed, "e-1")).toBe("whsec_a");
		expect(secretBox([NEW]).open(both.seal("whsec_a", "e-1"), "e-1")).toBe("whsec_a");
	});
});
