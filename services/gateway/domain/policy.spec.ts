import { describe, expect, it } from "@jest/globals";
import type { Principal, Role } from "../../contracts/meta.ts";
import { ADMIN, adminOrService, CUSTOMER, OPEN, own, SIGNED_IN, STAFF } from "../../contracts/policy.ts";
import type { Policy } from "../../contracts/policy.ts";
import { refusalFor } from "./policy.ts";

const key = (...scopes: string[]): Principal => ({
	kind: "service",
	keyId: "ada",
	scopes,
	userId: "ada",
	role: "service",
});
const as = (role: Role, userId = "ada"): Principal => ({ userId, role, sessionId: "s" });
const nobody = undefined;

describe("who may use a route", () => {
	it.each<[string, Policy | undefined, Principal | undefined, string | undefined]>([
		["nobody without a policy", undefined, as("admin"), "NOT_FOUND"],
		["everybody what is open", OPEN, nobody, undefined],
		["nobody unsigned what needs a role", SIGNED_IN, nobody, "UNAUTHENTICATED"],
		["every role what needs signing in", SIGNED_IN, as("customer"), undefined],
		["customers what is for customers", CUSTOMER, as("customer"), undefined],
		["no admin what is for customers", CUSTOMER, as("admin"), "FORBIDDEN"],
		["vendors what is for staff", STAFF, as("vendor"), undefined],
		["no customer what is for staff", STAFF, as("customer"), "FORBIDDEN"],
		["no vendor what is for admins", ADMIN, as("vendor"), "FORBIDDEN"],
		["the owner what is his own", own("userId"), as("customer"), undefined],
		["an admin what is somebody's own", own("userId"), as("admin", "eve"), undefined],
		["nobody else what is somebody's own, as if it did not exist", own("userId"), as("vendor", "eve"), "NOT_FOUND"],
		["nobody unsigned what is somebody's own", own("userId"), nobody, "UNAUTHENTICATED"],
		["nobody but admins what names an owner the path lacks", own("other"), as("customer"), "NOT_FOUND"],
		["a key what is open", OPEN, key(), undefined],
		["a key what its scope opens", adminOrService("data:read"), key("data:ingest", "data:read"), undefined],
		["an admin what a key may do", adminOrService("data:read"), as("admin"), undefined],
		["no vendor what a key may do", adminOrService("data:read"), as("vendor"), "FORBIDDEN"],
		["no key of another scope", adminOrService("data:read"), key("data:ingest"), "FORBIDDEN"],
		["no key of no scope", adminOrService("data:read"), key(), "FORBIDDEN"],
		["no key what is for users", SIGNED_IN, key("data:read"), "FORBIDDEN"],
		["no key what is for admins", ADMIN, key("data:read"), "FORBIDDEN"],
		["no key what is somebody's own, whatever its id", own("userId"), key("data:read"), "NOT_FOUND"],
		["a key what is somebody's own and its scope opens", own("userId", "data:read"), key("data:read"), undefined],
		["no key of another scope what is somebody's own", own("userId", "data:read"), key(), "FORBIDDEN"],
		["a stranger not by a scope", own("userId", "data:read"), as("vendor", "eve"), "NOT_FOUND"],
	])("lets %s", (_rule, policy, principal, refusal) => {
		expect(refusalFor(policy, principal, { userId: "ada" })?.type).toBe(refusal);
	});

	it("knows the owner of an id that is written in capitals", () => {
		expect(refusalFor(own("userId"), as("customer"), { userId: "ADA" })).toBeUndefined();
	});

	it("names the roles that would do", () => {
		expect(refusalFor(STAFF, as("customer"), {})?.data).toEqual({ requires: ["vendor", "admin"] });
	});

	it("names the scope that would do, and says when there is none", () => {
		expect(refusalFor(adminOrService("data:read"), key(), {})?.message).toContain("lacks the scope data:read");
		expect(refusalFor(ADMIN, key(), {})?.message).toContain("No API key may do that");
	});
});
