import { describe, expect, it } from "@jest/globals";
import { DomainError } from "../../services/contracts/errors.ts";
import { translated, violates } from "./errors.ts";

const failure = (code: unknown, message = "") => Object.assign(new Error(message), { code });

describe("a failure of the database", () => {
	it.each([
		["a lock that was waited for in vain", failure("55P03")],
		["a statement that took too long", failure("57014")],
		["too many connections", failure("53300")],
		["a server that stops", failure("57P01")],
		["a server that starts", failure("57P03")],
		["a transaction that idled", failure("25P03")],
		["a deadlock, after its tries", failure("40P01")],
		["a connection error of the protocol", failure("08006")],
		["no server there", failure("ECONNREFUSED")],
		["a network that lost it", failure("ETIMEDOUT")],
		["a connection that ended", failure(undefined, "Connection terminated unexpectedly")],
		["a pool that is used up", failure(undefined, "timeout exceeded when trying to connect")],
	])("is worth trying again: %s", (_what, error) => {
		expect(translated(error)).toMatchObject({
			type: "SERVICE_BUSY",
			code: 503,
			retryable: true,
			data: { retryAfterSeconds: 1 },
		});
	});

	it.each([
		["a broken constraint", failure("23505")],
		["a mistake in the SQL", failure("42601")],
		["a refusal, whose code is a number", new DomainError("NO", 409, "No.")],
		["any other error", new Error("a fault")],
	])("stays what it is: %s", (_what, error) => {
		expect(translated(error)).toBe(error);
	});

	it("names the constraint that refused the statement", () => {
		const error = Object.assign(failure("23505"), { constraint: "users_email_key" });

		expect(violates(error, "users_email_key")).toBe(true);
		expect(violates(error, "users_pkey")).toBe(false);
	});
});
