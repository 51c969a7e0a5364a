import { describe, expect, it } from "@jest/globals";
import { BodyTooLarge, defineError, DomainError, IdempotencyKeyInUse, ServiceBusy } from "./errors.ts";

const Sold = defineError<{ left: number }>("ALREADY_SOLD", 409, ({ left }) => `Only ${left} are left. Order less.`);

describe("a refusal", () => {
	it("carries the fields that cross between nodes", () => {
		const refusal = new Sold({ left: 2 });

		expect(refusal).toBeInstanceOf(DomainError);
		expect(refusal).toMatchObject({
			type: "ALREADY_SOLD",
			code: 409,
			message: "Only 2 are left. Order less.",
			data: { left: 2 },
			retryable: false,
		});
	});

	it("has empty data when there is nothing to tell", () => {
		expect(new (defineError("GONE", 410, "It is gone."))().data).toEqual({});
	});

	it("says whether the same request may succeed a moment later", () => {
		expect(new ServiceBusy({ retryAfterSeconds: 1 }).retryable).toBe(true);
		expect(new IdempotencyKeyInUse({ retryAfterSeconds: 1 }).retryable).toBe(false);
	});

	it("names its type and status where only the kind is known, for the documentation", () => {
		expect({ type: Sold.type, status: Sold.status, describes: Sold.describes }).toEqual({
			type: "ALREADY_SOLD",
			status: 409,
			describes: "already sold",
		});
		expect(ServiceBusy.describes).toBe(new ServiceBusy().message);
	});

	it("speaks of the data it was given", () => {
		expect(new BodyTooLarge({ limitBytes: 100 }).message).toBe("The body is larger than 100 bytes. Send less at once.");
	});
});
